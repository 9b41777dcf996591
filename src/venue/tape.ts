import type { Page, PublicTrade } from "./contract.ts";

export type AggregateTrade = PublicTrade & { readonly firstId: number; readonly lastId: number };

const kept = 10_000;

/** The latest public trades of a market, one by one and aggregated; older ones are forgotten. */
export class Tape {
  readonly #trades: PublicTrade[] = [];
  readonly #aggregates: AggregateTrade[] = [];
  #aggregateId = 0;

  add(trade: PublicTrade): void {
    this.#trades.push(trade);
    const last = this.#aggregates.at(-1);
    // Binance aggregates what one order took at one price: fills of the same time, price and side.
    const joins =
      last !== undefined &&
      last.time === trade.time &&
      last.isBuyerMaker === trade.isBuyerMaker &&
      last.price.units === trade.price.units;
    if (joins) {
      const qty = { units: last.qty.units + trade.qty.units, scale: trade.qty.scale };
      this.#aggregates[this.#aggregates.length - 1] = { ...last, qty, lastId: trade.id };
    } else {
      const id = ++this.#aggregateId;
      this.#aggregates.push({ ...trade, id, firstId: trade.id, lastId: trade.id });
    }
    if (this.#trades.length > 2 * kept) this.#trades.splice(0, kept);
    if (this.#aggregates.length > 2 * kept) this.#aggregates.splice(0, kept);
  }

  trades(page: Page): readonly PublicTrade[] {
    return pageOf(this.#trades, page);
  }

  aggregates(page: Page): readonly AggregateTrade[] {
    return pageOf(this.#aggregates, page);
  }
}

/** From an id or a start on, the oldest first; without either, the latest. `rows` are in order of id and time. */
export function pageOf<T extends { readonly id: number; readonly time: number }>(
  rows: readonly T[],
  { fromId, startTime, endTime, limit }: Page,
): readonly T[] {
  const first = Math.max(
    fromId === undefined ? 0 : lowerBound(rows, (row) => row.id >= fromId),
    startTime === undefined ? 0 : lowerBound(rows, (row) => row.time >= startTime),
  );
  const end = endTime === undefined ? rows.length : lowerBound(rows, (row) => row.time > endTime);
  const forward = fromId !== undefined || startTime !== undefined;
  return forward
    ? rows.slice(first, Math.min(end, first + limit))
    : rows.slice(Math.max(0, end - limit), end);
}

/** Index of the first row that `holds`; those before it don't, those behind it do. */
function lowerBound<T>(rows: readonly T[], holds: (row: T) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(rows[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
