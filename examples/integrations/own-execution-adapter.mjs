/**
 * An execution adapter of one's own, for an exchange that nobody else has. `geosync/testing` holds it to what geosync
 * expects of any venue. Run it: the tests are Node's own.
 */
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { applyChange, ConnectionError, createOrder, createPosition, Decimal, OrderError } from "geosync";
import { declareContract, executionAdapterContract } from "geosync/testing";
import { cornerExchange, credentials } from "./local/corner.mjs";

export class CornerAdapter {
  #url;
  // Private fields are shown by no log and no inspector.
  #credentials = null;

  constructor(url) {
    this.#url = url;
  }

  async connect(given) {
    this.#credentials = given;
    try {
      // A private question: bad keys are found here, not by the first order.
      await this.getBalance();
    } catch (error) {
      this.#credentials = null;
      throw error;
    }
  }

  async disconnect() {
    this.#credentials = null;
  }

  async placeOrder(order) {
    // Checked before it is sent: side, type, quantity and price make sense, or GEO-VALUE names the field.
    const asked = { symbol: order.symbol, side: order.side, type: order.type, quantity: order.quantity };
    const { symbol, side, type, quantity, price } = createOrder({ ...asked, price: order.price });
    if (symbol !== "BTC/USDT")
      throw new OrderError("GEO-ORDER-REFUSED", `symbol: expected BTC/USDT, found ${symbol}`);
    const wanted = { side, kind: type, amount: quantity.toFixed(), limit: price?.toFixed() };
    return orderOf(await this.#ask("POST", "/orders", wanted));
  }

  async cancelOrder(id) {
    try {
      await this.#ask("DELETE", `/orders/${id}`);
      return true;
    } catch (error) {
      // There is nothing left to cancel, or never was.
      if (error.code === "GEO-ORDER-REFUSED") return false;
      throw error;
    }
  }

  async getOrderStatus(id) {
    return orderOf(await this.#ask("GET", `/orders/${id}`));
  }

  async getBalance() {
    const amounts = await this.#ask("GET", "/balances");
    return Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, new Decimal(text)]));
  }

  async getPositions() {
    const { BTC: quantity } = await this.getBalance();
    if (quantity.isZero()) return [];
    const { cost } = await this.#ask("GET", "/cost");
    const entryPrice = new Decimal(cost).div(quantity);
    return [createPosition({ symbol: "BTC/USDT", quantity, entryPrice, currentPrice: "50000" })];
  }

  async #ask(method, path, content) {
    if (this.#credentials === null)
      throw new ConnectionError("the Corner: expected connect() before a question");
    const { apiKey, apiSecret } = this.#credentials;
    const body = content === undefined ? "" : JSON.stringify(content);
    const sign = createHmac("sha256", apiSecret).update(`${method}${path}${body}`).digest("hex");
    const init = {
      method,
      headers: { "x-key": apiKey, "x-sign": sign },
      signal: AbortSignal.timeout(10_000),
    };
    let answer;
    try {
      answer = await fetch(`${this.#url}${path}`, body === "" ? init : { ...init, body });
    } catch (cause) {
      // An order that was on its way may have arrived: never say that it failed.
      if (method === "POST")
        throw new OrderError("GEO-ORDER-UNKNOWN", `the Corner did not answer`, { cause });
      throw new ConnectionError("the Corner did not answer", { cause });
    }
    const told = await answer.json();
    if (answer.ok) return told;
    if (answer.status === 401)
      throw new ConnectionError("the Corner refuses the key", { code: "GEO-CREDENTIALS" });
    throw new OrderError("GEO-ORDER-REFUSED", `the Corner: ${told.reason}`);
  }
}

function orderOf({ id, side, kind, amount, limit, state, done, price }) {
  const input = { symbol: "BTC/USDT", side, type: kind, quantity: amount, id };
  const open = applyChange(createOrder(limit === undefined ? input : { ...input, price: limit }), {
    kind: "accepted",
  });
  if (state === "cancelled") return applyChange(open, { kind: "cancelled", reason: "cancelled:by-user" });
  if (state === "resting") return open;
  return applyChange(open, { kind: "filled", quantity: new Decimal(done), price: new Decimal(price) });
}

declareContract(
  "CornerAdapter",
  executionAdapterContract(async () => {
    const { url, stop } = await cornerExchange();
    return {
      adapter: new CornerAdapter(url),
      credentials,
      symbol: "BTC/USDT",
      quantity: "0.01",
      restingPrice: "10000",
      close: stop,
    };
  }),
  { describe, it },
);
