import { isFinal, type Order, type OrderId } from "../../domain/order.ts";
import type { Admission } from "./riskGate.ts";

interface Known {
  order: Order;
  readonly admission: Admission;
}

/** The orders that were sent to one venue, as far as is known. */
export class KnownOrders {
  readonly #byId = new Map<OrderId, Known>();
  readonly #open = new Set<OrderId>();

  /** Ids are the venue's, unique within a symbol at least. */
  add(order: Order, admission: Admission): void {
    this.#byId.set(order.id, { order, admission });
    if (!isFinal(order.status)) this.#open.add(order.id);
  }

  find(id: OrderId): Order | null {
    return this.#byId.get(id)?.order ?? null;
  }

  get all(): readonly Order[] {
    return [...this.#byId.values()].map(({ order }) => order);
  }

  get open(): readonly OrderId[] {
    return [...this.#open];
  }

  /** @returns what it was until now; null for news of nothing new, or of a stranger */
  take(order: Order): { readonly before: Order; readonly admission: Admission } | null {
    const known = this.#byId.get(order.id);
    if (known === undefined || known.order.symbol !== order.symbol) return null;
    const { order: before, admission } = known;
    if (!isNews(before, order)) return null;
    known.order = order;
    if (isFinal(order.status)) this.#open.delete(order.id);
    return { before, admission };
  }
}

/** News may come late and twice: an order never goes backwards. */
function isNews(before: Order, after: Order): boolean {
  if (after.filledQuantity.lt(before.filledQuantity)) return false;
  if (after.filledQuantity.gt(before.filledQuantity)) return true;
  return !isFinal(before.status) && after.status !== before.status && after.status !== "pending";
}
