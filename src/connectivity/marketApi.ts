import type { Millis, Timeframe } from "../domain/time.ts";

/**
 * Public market data of one venue, in exact decimal texts. Questions are asked once more by the session behind it;
 * watching is not: an iterable throws when its stream is lost, and whoever wants more watches anew.
 */
export interface MarketApi {
  /** As instruments name it: BINANCE. */
  readonly venue: string;
  readonly traits: MarketTraits;
  /** By the venue's clock, which need not agree with ours. */
  venueTime(): Millis;
  /**
   * A page, oldest first, of candles that opened at or after `from`: at most `traits.candlePage`, the last of them
   * perhaps unfinished.
   * @throws ConnectionError GEO-VENUE-UNSUPPORTED for a symbol or timeframe the venue lacks, and as a session's calls
   */
  candles(symbol: string, timeframe: Timeframe, from: Millis, limit: number): Promise<readonly Candle[]>;
  /** A page of public trades, oldest first: those after an id (exclusive) or from a time (inclusive) on. */
  trades(symbol: string, since: TradesSince): Promise<readonly PublicTrade[]>;
  /** @param depth levels a side, at least; the venue may give more */
  book(symbol: string, depth: number): Promise<BookPicture>;
  watchCandles(symbol: string, timeframe: Timeframe, signal: AbortSignal): AsyncIterable<Candle>;
  watchTrades(symbol: string, signal: AbortSignal): AsyncIterable<PublicTrade>;
  watchQuotes(symbol: string, signal: AbortSignal): AsyncIterable<BestPrices>;
  watchBook(symbol: string, depth: number, signal: AbortSignal): AsyncIterable<BookUpdate>;
}

export interface MarketTraits {
  /** Ids of trades are counted one by one, so that a missing one shows; else they only tell trades apart. */
  readonly countedTrades: boolean;
  /** Every interval has a candle, traded in or not. Other venues leave intervals without trades out. */
  readonly everyCandle: boolean;
  /** Most candles of one answer. */
  readonly candlePage: number;
}

export type TradesSince = { readonly afterId: string } | { readonly time: Millis };

/** Decimal texts, padded with zeros or not. */
export interface Candle {
  readonly openTime: Millis;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** The venue itself calls it final. False also where it does not say. */
  readonly closed: boolean;
}

export interface PublicTrade {
  readonly id: string;
  readonly time: Millis;
  readonly price: string;
  readonly amount: string;
  /** Of the taker; null when the venue does not say. */
  readonly side: "buy" | "sell" | null;
}

export type LevelText = readonly [price: string, size: string];

export interface BestPrices {
  readonly time: Millis;
  /** Of the book that it was read off, where the venue says: later ones are larger. */
  readonly sequence: number | null;
  readonly bid: LevelText;
  readonly ask: LevelText;
}

/** The whole of the best levels at once, best first. */
export interface BookPicture {
  readonly kind: "picture";
  readonly time: Millis;
  /** Id that diffs go on from; null where the venue sends none. */
  readonly sequence: number | null;
  readonly bids: readonly LevelText[];
  readonly asks: readonly LevelText[];
}

/** Levels that changed: absolute sizes, 0 takes a level away. */
export interface BookDiff {
  readonly kind: "diff";
  readonly time: Millis;
  readonly first: number;
  readonly last: number;
  /** Last id of the message before, where the venue says it. */
  readonly previous: number | null;
  readonly bids: readonly LevelText[];
  readonly asks: readonly LevelText[];
}

export type BookUpdate = BookDiff | BookPicture;
