import { compareCell, type FixedColumn, fixedAt } from "../domain/columns.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { BookChunk, QuoteChunk } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";

/** What one row of quotes or of a book offers to the orders of one side, best first: asks to buys, bids to sells. */
export interface MarketSide {
  readonly prices: FixedColumn;
  /** Null when the source names no sizes. */
  readonly sizes: FixedColumn | null;
  /** Cell of the best level; the next ones lie behind it. */
  readonly start: number;
  readonly levels: number;
  /** There may be more beyond the last level, of which the row says nothing. */
  readonly isCut: boolean;
}

/** Of which nothing is known. */
export const emptySide: MarketSide = {
  prices: { mantissas: new Float64Array(0), scale: 0, wide: null },
  sizes: null,
  start: 0,
  levels: 0,
  isCut: true,
};

/** The side that an order to `taker` takes from. */
export function sideFor(chunk: QuoteChunk | BookChunk, row: number, taker: OrderSide): MarketSide {
  return chunk.kind === "quote" ? sideOfQuote(chunk, row, taker) : sideOfBook(chunk, row, taker);
}

/** A quote is a book of one level; with a size of 0, of none. */
function sideOfQuote(chunk: QuoteChunk, row: number, taker: OrderSide): MarketSide {
  const [prices, sizes] = taker === "buy" ? [chunk.ask, chunk.askSize] : [chunk.bid, chunk.bidSize];
  const nothing = sizes !== null && sizes.mantissas[row] === 0;
  return { prices, sizes, start: row, levels: nothing ? 0 : 1, isCut: !nothing };
}

function sideOfBook(chunk: BookChunk, row: number, taker: OrderSide): MarketSide {
  const { depth } = chunk;
  const [asks, bids] = [chunk.askLevels[row]!, chunk.bidLevels[row]!];
  const levels = taker === "buy" ? asks : bids;
  const [prices, sizes] =
    taker === "buy" ? [chunk.askPrices, chunk.askSizes] : [chunk.bidPrices, chunk.bidSizes];
  // A row without any level says that the book is not known.
  return { prices, sizes, start: row * depth, levels, isCut: levels === depth || asks + bids === 0 };
}

/** Price of a level, 0 the best. */
export function priceAt(side: MarketSide, level: number): Fixed {
  return fixedAt(side.prices, side.start + level);
}

/** What stands at a level; null when the source does not say. */
export function sizeAt(side: MarketSide, level: number): Fixed | null {
  return side.sizes === null ? null : fixedAt(side.sizes, side.start + level);
}

/** Sign of the level's price − `price`, whose nearest double is `nearest`. */
export function compareLevel(side: MarketSide, level: number, price: Fixed, nearest: number): number {
  return compareCell(side.prices, side.start + level, price, nearest);
}
