import { isConditional, triggersAbove, type VenueOrder } from "./venueOrder.ts";

/** Orders in the order of a price, those of one price as they came. */
class Queue {
  readonly orders: VenueOrder[] = [];
  readonly #priceOf: (order: VenueOrder) => number;

  /** @param priceOf the lowest comes first */
  constructor(priceOf: (order: VenueOrder) => number) {
    this.#priceOf = priceOf;
  }

  add(order: VenueOrder): void {
    const price = this.#priceOf(order);
    let at = this.orders.length;
    while (at > 0 && this.#priceOf(this.orders[at - 1]!) > price) at--;
    this.orders.splice(at, 0, order);
  }

  remove(order: VenueOrder): void {
    const at = this.orders.indexOf(order);
    if (at >= 0) this.orders.splice(at, 1);
  }
}

/** Open orders of one market: limits in the book, best price first, and what waits for its stop, the nearest first. */
export class RestingOrders {
  readonly #bids = new Queue((order) => -order.price);
  readonly #asks = new Queue((order) => order.price);
  readonly #above = new Queue((order) => order.stop);
  readonly #below = new Queue((order) => -order.stop);

  add(order: VenueOrder): void {
    this.#queueOf(order).add(order);
  }

  /** Call before anything is changed that decides where it is. */
  remove(order: VenueOrder): void {
    this.#queueOf(order).remove(order);
  }

  /** The first to fill: its limit is at or beyond what the other side offers. */
  crossing(bid: number, ask: number, skip: ReadonlySet<VenueOrder>): VenueOrder | null {
    for (const order of this.#bids.orders) {
      if (order.price < ask) break;
      if (!skip.has(order)) return order;
    }
    for (const order of this.#asks.orders) {
      if (order.price > bid) break;
      if (!skip.has(order)) return order;
    }
    return null;
  }

  /** The first that a trade in that range triggers. */
  triggered(low: number, high: number): VenueOrder | null {
    const above = this.#above.orders[0];
    if (above !== undefined && above.stop <= high) return above;
    const below = this.#below.orders[0];
    return below !== undefined && below.stop >= low ? below : null;
  }

  #queueOf(order: VenueOrder): Queue {
    if (isConditional(order) && !order.isWorking) return triggersAbove(order) ? this.#above : this.#below;
    return order.side === "BUY" ? this.#bids : this.#asks;
  }
}
