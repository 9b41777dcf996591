import { createHmac } from "node:crypto";
import { Decimal } from "geosync";
import { jsonServer } from "./server.mjs";

export const credentials = { apiKey: "key-of-corner", apiSecret: "secret-of-corner" };

/**
 * The Corner: an exchange invented for own-execution-adapter.mjs. One market, BTC/USDT at 50000; market orders fill at
 * once, limit orders below the market rest, 0.1 % fee in USDT. Requests are signed: HMAC-SHA256 of method, path and body.
 */
export function cornerExchange() {
  const orders = new Map();
  const balances = { USDT: new Decimal("10000"), BTC: new Decimal("0") };
  let cost = new Decimal(0);
  return jsonServer(({ method, path, headers, body }) => {
    const signed = createHmac("sha256", credentials.apiSecret)
      .update(`${method}${path}${body}`)
      .digest("hex");
    if (headers["x-key"] !== credentials.apiKey || headers["x-sign"] !== signed)
      return refuse(401, "bad signature");
    const id = path.split("/")[2];
    if (path === "/balances") return balances;
    if (path === "/cost") return { cost };
    if (method === "POST") return place(JSON.parse(body));
    const order = orders.get(id);
    if (order === undefined) return refuse(404, `no order ${id}`);
    if (method === "DELETE") {
      if (order.state !== "resting") return refuse(409, `order ${id} is ${order.state}`);
      order.state = "cancelled";
    }
    return order;
  });

  function place({ side, kind, amount, limit }) {
    const order = { id: String(orders.size + 1), side, kind, amount, limit, state: "resting", done: "0" };
    const value = new Decimal(amount).times(50000);
    if (kind === "market" && side === "buy") {
      if (value.times("1.001").gt(balances.USDT)) return refuse(422, "not enough USDT");
      balances.USDT = balances.USDT.minus(value.times("1.001"));
      balances.BTC = balances.BTC.plus(amount);
      cost = cost.plus(value);
      Object.assign(order, { state: "done", done: amount, price: "50000" });
    } else if (kind === "market") return refuse(422, "the Corner buys nothing at the market");
    orders.set(order.id, order);
    return order;
  }
}

function refuse(status, reason) {
  return { status, body: { reason } };
}
