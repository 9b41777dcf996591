import type { FixedColumn } from "../../domain/columns.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { MarketChunk } from "../../domain/market.ts";
import type { Timeframe } from "../../domain/time.ts";
import { largestPacked } from "./bytes.ts";

/**
 * How the rows of one kind of chunk are written: everything that is the same for all of them, said once. A journal
 * defines a format before the first row that has it.
 */
export interface RowFormat {
  readonly kind: MarketChunk["kind"];
  /** Number of the instrument in the journal. */
  readonly instrument: number;
  readonly hidden: boolean;
  /** Of each column, in the order of `columnsOf`. */
  readonly scales: readonly number[];
  /** Cells as texts: some do not fit a packed integer. */
  readonly wide: boolean;
  /** Of bars. */
  readonly timeframe?: Timeframe;
  readonly derived?: boolean;
  /** Of ticks. */
  readonly sides?: boolean;
  readonly ids?: boolean;
  /** Of books: levels a side. */
  readonly depth?: number;
}

/** The columns that a row of the chunk has a cell (a book: `depth` cells) in. */
export function columnsOf(chunk: MarketChunk): readonly FixedColumn[] {
  switch (chunk.kind) {
    case "bar":
      return [chunk.open, chunk.high, chunk.low, chunk.close, chunk.volume];
    case "tick":
      return [chunk.price, chunk.volume];
    case "quote":
      return chunk.bidSize === null || chunk.askSize === null
        ? [chunk.bid, chunk.ask]
        : [chunk.bid, chunk.ask, chunk.bidSize, chunk.askSize];
    case "book":
      return [chunk.bidPrices, chunk.bidSizes, chunk.askPrices, chunk.askSizes];
  }
}

export function formatOf(
  chunk: MarketChunk,
  row: number,
  instrumentNumber: (instrument: Instrument) => number,
): RowFormat {
  const columns = columnsOf(chunk);
  const { instruments, instrumentOf } = chunk;
  return {
    kind: chunk.kind,
    instrument: instrumentNumber(instruments[instrumentOf === null ? 0 : instrumentOf[row]!]!),
    hidden: chunk.hidden === true,
    scales: columns.map(({ scale }) => scale),
    wide: isWide(chunk, row, columns),
    ...(chunk.kind === "bar" && { timeframe: chunk.timeframe, derived: chunk.derived }),
    ...(chunk.kind === "tick" && { sides: chunk.sides !== null, ids: chunk.ids !== null }),
    ...(chunk.kind === "book" && { depth: chunk.depth }),
  };
}

/** Cells of a row in each of its columns: [from, to) of the column. */
export function cellsOf(
  chunk: MarketChunk,
  row: number,
  column: number,
): readonly [from: number, to: number] {
  if (chunk.kind !== "book") return [row, row + 1];
  const from = row * chunk.depth;
  return [from, from + (column < 2 ? chunk.bidLevels : chunk.askLevels)[row]!];
}

export function isWide(chunk: MarketChunk, row: number, columns: readonly FixedColumn[]): boolean {
  return columns.some(({ mantissas }, column) => {
    const [from, to] = cellsOf(chunk, row, column);
    for (let i = from; i < to; i++) if (!(Math.abs(mantissas[i]!) <= largestPacked)) return true;
    return false;
  });
}
