import { isFinal, type Order, type OrderId } from "../../domain/order.ts";
import type { Admission } from "./riskGate.ts";

interface Known {
  order: Order;
  readonly admission: Admission;
}

/** The orders that were sent to one venue, as far as is known. */
export class KnownOrders {
  /** Ids are the venue's, unique within a symbol only. */
  readonly #known = new Map<string, Known>();
  readonly #open = new Map<string, OrderId>();

  add(order: Order, admission: Admission): void {
    this.#known.set(keyOf(order), { order, admission });
    if (!isFinal(order.status)) this.#open.set(keyOf(order), order.id);
  }

  /** The last that was sent of that id. */
  find(id: OrderId): Order | null {
    return this.all.findLast((order) => order.id === id) ?? null;
  }

  /** The order as it stands now. */
  latest(order: Order): Order {
    return this.#known.get(keyOf(order))?.order ?? order;
  }

  get all(): readonly Order[] {
    return [...this.#known.values()].map(({ order }) => order);
  }

  get open(): readonly OrderId[] {
    return [...this.#open.values()];
  }

  /** @returns what it was until now; null for news of nothing new, or of a stranger */
  take(order: Order): { readonly before: Order; readonly admission: Admission } | null {
    const known = this.#known.get(keyOf(order));
    if (known === undefined) return null;
    const { order: before, admission } = known;
    if (!isNews(before, order)) return null;
    known.order = order;
    if (isFinal(order.status)) this.#open.delete(keyOf(order));
    return { before, admission };
  }
}

function keyOf({ symbol, id }: Order): string {
  return `${symbol} ${id}`;
}

/** News may come late and twice: an order never goes backwards. */
function isNews(before: Order, after: Order): boolean {
  if (after.filledQuantity.lt(before.filledQuantity)) return false;
  if (after.filledQuantity.gt(before.filledQuantity)) return true;
  return !isFinal(before.status) && after.status !== before.status && after.status !== "pending";
}
