import type { FixedColumn } from "./columns.ts";
import type { Decimal } from "./decimal.ts";
import type { Fixed } from "./fixed.ts";
import type { Instrument } from "./instrument.ts";
import type { Millis, Timeframe } from "./time.ts";

/**
 * Market data travels in chunks of columns; an event is one row of a chunk. Chunks cross async borders, single
 * events never do.
 */
export type MarketChunk = TradedChunk | OfferedChunk;

/** What was traded: prices that the market has paid. */
export type TradedChunk = BarChunk | TickChunk;

/** What is offered: prices, and sizes, that stand in the market for whoever takes them. */
export type OfferedChunk = QuoteChunk | BookChunk;

interface ChunkRows {
  readonly length: number;
  readonly instruments: readonly Instrument[];
  /** Index into `instruments` of each row; null when there is only one. */
  readonly instrumentOf: Uint16Array | null;
  /** When each row became known; never decreasing. */
  readonly times: Float64Array;
  /** Matched against, never shown to strategies: the finer data of a run on coarser bars. */
  readonly hidden?: boolean;
}

export interface BarChunk extends ChunkRows {
  readonly kind: "bar";
  readonly timeframe: Timeframe;
  /** Start of each bar; its time is min(openTime + timeframe, next bar's openTime), equal to openTime for price-only rows. */
  readonly openTimes: Float64Array;
  readonly open: FixedColumn;
  readonly high: FixedColumn;
  readonly low: FixedColumn;
  readonly close: FixedColumn;
  readonly volume: FixedColumn;
  /** Made of, or resolved by, finer rows that are in the run themselves: shown to strategies, never matched against. */
  readonly derived: boolean;
}

export interface TickChunk extends ChunkRows {
  readonly kind: "tick";
  readonly price: FixedColumn;
  readonly volume: FixedColumn;
  /** Taker side: 1 buy, -1 sell, 0 unknown; null when the source names none. */
  readonly sides: Int8Array | null;
  readonly ids: readonly string[] | null;
}

/** Best bid and ask. Locked quotes (bid = ask) happen, crossed ones (bid > ask) are refused by the readers. */
export interface QuoteChunk extends ChunkRows {
  readonly kind: "quote";
  readonly bid: FixedColumn;
  readonly ask: FixedColumn;
  /** In units of the base currency; both null when the source names no sizes. 0: nothing stands on that side. */
  readonly bidSize: FixedColumn | null;
  readonly askSize: FixedColumn | null;
}

/**
 * Pictures of an order book, best level first: each row is the whole of what stood at its time within `depth` levels
 * a side, so that readers of rows keep no book of their own. Level `l` of row `r` lies at `r × depth + l`; cells from
 * the side's count of levels on are 0 and mean nothing. A row without levels says that the book is not known.
 */
export interface BookChunk extends ChunkRows {
  readonly kind: "book";
  readonly depth: number;
  /** Levels of each row, at most `depth`. */
  readonly bidLevels: Uint16Array;
  readonly askLevels: Uint16Array;
  readonly bidPrices: FixedColumn;
  readonly bidSizes: FixedColumn;
  readonly askPrices: FixedColumn;
  readonly askSizes: FixedColumn;
}

/** What holders of a perpetual pay at a time: longs to shorts when the rate is above 0. */
export interface FundingRate {
  /** As the source has it, which may be some ms after the full hour. */
  readonly time: Millis;
  /** Fraction of the position's value. */
  readonly rate: Fixed;
}

/** One row of a chunk. Reused by its owner: read it, don't keep it. */
export interface MarketEvent {
  chunk: MarketChunk;
  row: number;
}

/** All events of one time: they match and book before any handler runs. Reused. */
export interface Instant {
  time: Millis;
  /** The first `count` of `events` belong to this instant. */
  count: number;
  readonly events: MarketEvent[];
}

export function isOffered(chunk: MarketChunk): chunk is OfferedChunk {
  return chunk.kind === "quote" || chunk.kind === "book";
}

export function instrumentAt(chunk: MarketChunk, row: number): Instrument {
  return chunk.instrumentOf === null ? chunk.instruments[0]! : chunk.instruments[chunk.instrumentOf[row]!]!;
}

/** Views are reused: copy what you keep. Numbers are the nearest doubles of exact decimals. */
export interface Bar {
  readonly symbol: string;
  readonly timeframe: string;
  /** From 0, per symbol. */
  readonly index: number;
  /** Start of the bar. */
  readonly openTime: Millis;
  /** When it became known: its close. */
  readonly time: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly exact: {
    readonly open: Decimal;
    readonly high: Decimal;
    readonly low: Decimal;
    readonly close: Decimal;
    readonly volume: Decimal;
  };
}

/** A trade print. */
export interface Tick {
  readonly symbol: string;
  readonly time: Millis;
  readonly price: number;
  readonly volume: number;
  /** Side of the taker. */
  readonly side?: "buy" | "sell";
  readonly id?: string;
  readonly exact: { readonly price: Decimal; readonly volume: Decimal };
}

/** Best bid and ask. Sizes are NaN when the source names none; 0: nothing stands on that side. */
export interface Quote {
  readonly symbol: string;
  readonly time: Millis;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

/** An order book: at most so many of its levels, best first. Both sides are empty while it is not known. */
export interface Book {
  readonly symbol: string;
  readonly time: Millis;
  bids(depth: number): ReadonlyArray<readonly [price: number, size: number]>;
  asks(depth: number): ReadonlyArray<readonly [price: number, size: number]>;
}
