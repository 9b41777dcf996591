import { OrderError } from "../domain/errors.ts";
import { isFinal, nextStatus, type Order, type OrderId, type StatusChange } from "../domain/order.ts";
import type { OwnTrade } from "../domain/ports.ts";

/** Ended orders remembered, so that late news of them is known for what it is. */
const endedKept = 1000;
const tradesKept = 10_000;

/**
 * The orders seen on this connection, each at its latest: news comes late, twice and out of order. Bounded, for
 * sessions of weeks.
 */
export class KnownOrders {
  readonly #orders = new Map<string, Order>();
  readonly #ended: string[] = [];
  readonly #symbols = new Map<OrderId, string | null>();
  readonly #trades = new Set<string>();

  get open(): readonly Order[] {
    return [...this.#orders.values()].filter(({ status }) => !isFinal(status));
  }

  /** The order as it is now known to stand; null when this is no news. */
  take(order: Order): Order | null {
    const key = `${order.symbol} ${order.id}`;
    const before = this.#orders.get(key);
    if (before !== undefined && !isNews(before, order)) return null;
    const other = this.#symbols.get(order.id);
    // Ids are unique within a symbol only; null: there are two of that id.
    this.#symbols.set(order.id, other === undefined || other === order.symbol ? order.symbol : null);
    // What was said with the order stays, where the venue does not repeat it.
    const { clientId = before?.clientId, value = before?.value } = order;
    const known: Order = Object.freeze({
      ...order,
      tag: before?.tag ?? order.tag,
      ...(clientId !== undefined && { clientId }),
      ...(value !== undefined && { value }),
    });
    this.#orders.set(key, known);
    if (isFinal(order.status) && !(before !== undefined && isFinal(before.status))) this.#end(key);
    return known;
  }

  /** The same, but for what is no news: then the order as it was known. */
  seen(order: Order): Order {
    return this.take(order) ?? this.#orders.get(`${order.symbol} ${order.id}`)!;
  }

  #end(key: string): void {
    this.#ended.push(key);
    if (this.#ended.length <= endedKept) return;
    const oldest = this.#ended.shift()!;
    const order = this.#orders.get(oldest);
    if (order !== undefined) this.#symbols.delete(order.id);
    this.#orders.delete(oldest);
  }

  /** @throws OrderError GEO-ORDER-REQUEST when two symbols have orders of that id */
  symbolOf(id: OrderId): string | undefined {
    const symbol = this.#symbols.get(id);
    if (symbol !== null) return symbol;
    throw new OrderError("GEO-ORDER-REQUEST", `order ${id}: expected an id of one symbol, found two`, {
      hint: "Ask by symbol and client id: findOrder, cancelByClientId.",
    });
  }

  clientIdOf({ symbol, orderId }: OwnTrade): string | null {
    return this.#orders.get(`${symbol} ${orderId}`)?.clientId ?? null;
  }

  /** Is it told for the first time? */
  isNewTrade({ symbol, id }: OwnTrade): boolean {
    const key = `${symbol} ${id}`;
    if (this.#trades.has(key)) return false;
    this.#trades.add(key);
    if (this.#trades.size > tradesKept) this.#trades.delete(this.#trades.values().next().value!);
    return true;
  }
}

/** By cumulative filled quantity first, then by the one table of transitions. */
function isNews(before: Order, order: Order): boolean {
  if (order.filledQuantity.lt(before.filledQuantity)) return false;
  if (order.filledQuantity.gt(before.filledQuantity)) return true;
  if (order.status === before.status) return false;
  const change = changeOf(order);
  return change !== null && nextStatus(before.status, change) !== "stale";
}

function changeOf({ status }: Order): StatusChange | null {
  if (status === "pending") return null;
  return status === "open" ? "accepted" : status;
}
