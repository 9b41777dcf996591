import { type Api, ApiError, newKey, type OrderRequest, reasonOf } from "./api.ts";
import { ask } from "./dialogs.ts";
import { byId, say } from "./dom.ts";
import { amountText, moneyText, wordsOf } from "./format.ts";
import { tell } from "./news.ts";
import type { Order, Status } from "./wire.ts";

const decimal = /^\d{1,15}(\.\d{1,18})?$/;

/** Where orders are written. */
export class Ticket {
  readonly #api: Api;
  readonly #form = byId<HTMLFormElement>("ticket");
  #symbol = "";
  #price: string | null = null;
  #isReal = false;
  /** Of the order as it stands in the form: another attempt at it is no other order. */
  #key = newKey();
  #isBusy = false;

  constructor(api: Api) {
    this.#api = api;
    this.#form.addEventListener("input", () => {
      this.#key = newKey();
      say(byId("ticketError"), "");
      this.#show();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#show();
  }

  /** @param price the last one, for the estimate */
  showMarket(symbol: string, price: string | null): void {
    if (symbol !== this.#symbol) this.#key = newKey();
    this.#symbol = symbol;
    this.#price = price;
    const [base = symbol, quote = ""] = symbol.split(/[/:]/);
    const [quantity, value] = byId<HTMLSelectElement>("unit").options;
    say(quantity!, base);
    say(value!, quote || "Value");
    say(byId("ticketSymbol"), symbol);
    this.#show();
  }

  showStatus({ mode }: Status): void {
    this.#isReal = mode === "live";
  }

  #read(name: string): string {
    return String(new FormData(this.#form).get(name) ?? "").trim();
  }

  #show(): void {
    const type = this.#read("type");
    byId("priceField").hidden = type === "market";
    say(byId("priceLabel"), type === "stop" ? "Stop price" : "Limit price");
    const submit = byId("submit");
    submit.dataset.side = this.#read("side");
    say(submit, `${this.#read("side") === "buy" ? "Buy" : "Sell"} ${this.#symbol}`);
    say(byId("estimate"), this.#estimate());
  }

  /** What it comes to at the price that is known: for the eye alone. */
  #estimate(): string {
    const amount = this.#read("amount");
    const price = this.#read("type") === "market" ? this.#price : this.#read("price");
    if (!decimal.test(amount) || price === null || !decimal.test(price) || Number(price) === 0) return " ";
    const [base = "", quote = ""] = this.#symbol.split(/[/:]/);
    return this.#read("unit") === "quantity"
      ? `≈ ${moneyText(String(Number(amount) * Number(price)))} ${quote}`
      : `≈ ${amountText((Number(amount) / Number(price)).toFixed(6))} ${base}`;
  }

  #submit(): void {
    const order = this.#order();
    if (order === null || this.#isBusy) return;
    if (!this.#isReal) return void this.#place(order).catch((error) => this.#complain(reasonOf(error)));
    ask({
      title: "Place this order for real money?",
      text: `${describe(order)}.`,
      yes: "Place the order",
      act: () => this.#place(order),
    });
  }

  /** What the form says; null, and said why, when it says none. */
  #order(): OrderRequest | null {
    const [amount, type, price] = [this.#read("amount"), this.#read("type"), this.#read("price")];
    if (!isAmount(amount)) return this.#complain("Amount: a number above 0, such as 0.1", "amount");
    if (type !== "market" && !isAmount(price))
      return this.#complain(`${type === "stop" ? "Stop" : "Limit"} price: a number above 0`, "limitPrice");
    return {
      ...{ symbol: this.#symbol, side: this.#read("side"), order_type: type },
      ...(this.#read("unit") === "quantity" ? { quantity: amount } : { notional: amount }),
      ...(type === "limit" && { price }),
      ...(type === "stop" && { stop_price: price }),
      ...(this.#read("reduceOnly") === "on" && { reduce_only: true }),
    };
  }

  async #place(request: OrderRequest): Promise<void> {
    this.#isBusy = true;
    byId("submit").setAttribute("aria-disabled", "true");
    try {
      const order = await this.#api.placeOrder(request, this.#key);
      this.#key = newKey();
      this.#told(order);
    } catch (error) {
      // An answer is an answer. Without one the key stays: nobody knows whether the order is there.
      if (error instanceof ApiError) this.#key = newKey();
      throw error;
    } finally {
      this.#isBusy = false;
      byId("submit").removeAttribute("aria-disabled");
    }
  }

  #told({ order_id, status, reason }: Order): void {
    if (status === "rejected")
      return void this.#complain(`Rejected: ${wordsOf(reason ?? "no reason given")}`);
    say(byId("ticketError"), "");
    tell(`Order ${order_id}: ${wordsOf(status)}`);
  }

  #complain(text: string, field?: string): null {
    say(byId("ticketError"), text);
    for (const id of ["amount", "limitPrice"]) {
      if (id === field) byId(id).setAttribute("aria-invalid", "true");
      else byId(id).removeAttribute("aria-invalid");
    }
    if (field !== undefined) byId(field).focus();
    return null;
  }
}

function isAmount(text: string): boolean {
  return decimal.test(text) && Number(text) > 0;
}

function describe({ side, symbol, order_type, quantity, notional, price, stop_price }: OrderRequest): string {
  const size = quantity ?? `${notional} worth of`;
  const at = price ?? stop_price;
  return `${side === "buy" ? "Buy" : "Sell"} ${size} ${symbol}, ${order_type}${at === undefined ? "" : ` at ${at}`}`;
}
