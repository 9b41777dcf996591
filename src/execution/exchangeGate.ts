import type { OrderApi } from "../connectivity/ordersApi.ts";
import { compareFixed, type Fixed, multiplyFixed, parseFixed } from "../domain/fixed.ts";
import type { Order } from "../domain/order.ts";
import { checkNotional, checkOrder } from "./exchangeChecks.ts";

interface KnownPrice {
  readonly price: Fixed;
  /** By our monotonic clock, in ms. */
  readonly at: number;
}

/** Markets move less than by half in so many ms. */
const staleMs = 600_000;
const two: Fixed = { units: 2n, scale: 0 };

/** What every order passes before it is sent. */
export class OrderGate {
  readonly #venue: string;
  readonly #api: OrderApi;
  readonly #prices = new Map<string, KnownPrice>();

  constructor(venue: string, api: OrderApi) {
    this.#venue = venue;
    this.#api = api;
  }

  /** @throws OrderError GEO-ORDER-REFUSED naming the field */
  async check(order: Order): Promise<void> {
    const { abilities, clientId } = this.#api;
    const rules = this.#api.rules(order.symbol);
    checkOrder(order, { venue: this.#venue, abilities, clientId, rules });
    const { minNotional } = rules.instrument;
    if (order.type !== "market" || order.quantity === null || minNotional === null) return;
    // A market order has no price of its own: the last one tells its value. It is asked for only when the one known is
    // old, or the value so near the limit that it matters.
    const known = this.#prices.get(order.symbol);
    const quantity = parseFixed(order.quantity.toFixed());
    if (known !== undefined && performance.now() - known.at < staleMs) {
      const value = multiplyFixed(quantity, known.price);
      const isFarAbove = compareFixed(value, multiplyFixed(minNotional, two)) >= 0;
      if (isFarAbove && isFarBelow(value, rules.maxNotional)) return;
    }
    const price = parseFixed((await this.#api.lastPrice(order.symbol)).toFixed());
    this.#prices.set(order.symbol, { price, at: performance.now() });
    checkNotional(order, price, rules);
  }
}

function isFarBelow(value: Fixed, limit: Fixed | null): boolean {
  return limit === null || compareFixed(multiplyFixed(value, two), limit) <= 0;
}
