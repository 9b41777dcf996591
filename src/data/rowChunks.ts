import type { BarChunk, MarketChunk, QuoteChunk, TickChunk } from "../domain/market.ts";
import type { Timeframe } from "../domain/time.ts";
import type { RowBatch } from "./rowBatch.ts";

export type ChunkBase = Pick<BarChunk, "length" | "instruments" | "instrumentOf" | "times">;

interface BarTimes {
  readonly openTimes: Float64Array;
  /** Null when rows are not bars. */
  readonly timeframe: Timeframe | null;
}

/** The rows of a batch as a chunk that shares its memory. */
export function chunkOf(
  kind: MarketChunk["kind"],
  base: ChunkBase,
  rows: RowBatch,
  { openTimes, timeframe }: BarTimes,
): MarketChunk {
  if (kind === "bar") return barChunk(base, rows, openTimes, timeframe!);
  return kind === "quote" ? quoteChunk(base, rows) : tickChunk(base, rows);
}

/** Of price-only rows open, high, low and close are one column. */
function barChunk(base: ChunkBase, rows: RowBatch, openTimes: Float64Array, timeframe: Timeframe): BarChunk {
  const single = rows.shape.prices === 1;
  const price = (slot: number) => rows.column(single ? 0 : slot);
  const [open, high, low, close] = [price(0), price(1), price(2), price(3)];
  const volume = rows.column(rows.shape.prices);
  return { ...base, kind: "bar", timeframe, openTimes, open, high, low, close, volume, derived: false };
}

function tickChunk(base: ChunkBase, rows: RowBatch): TickChunk {
  return {
    ...base,
    kind: "tick",
    price: rows.column(0),
    volume: rows.column(1),
    sides: rows.sides?.subarray(0, rows.length) ?? null,
    ids: rows.ids?.slice(0, rows.length) ?? null,
  };
}

function quoteChunk(base: ChunkBase, rows: RowBatch): QuoteChunk {
  const sized = rows.shape.sizes === 2;
  return {
    ...base,
    kind: "quote",
    bid: rows.column(0),
    ask: rows.column(1),
    bidSize: sized ? rows.column(2) : null,
    askSize: sized ? rows.column(3) : null,
  };
}
