import type { Exchange } from "ccxt";
import { ConnectionError, type GeoSyncError } from "../domain/errors.ts";
import { normalizeVenue } from "../domain/symbol.ts";
import { intervalOf, type Millis, type Timeframe } from "../domain/time.ts";
import { readCandle, readLevels, readList, readObject, readText, readTime } from "./marketAnswers.ts";
import type {
  BestPrices,
  BookPicture,
  BookUpdate,
  Candle,
  MarketApi,
  MarketTraits,
  PublicTrade,
  TradesSince,
} from "./marketApi.ts";
import { repeated } from "./marketWatch.ts";
import type { VenueSession } from "./session.ts";

/** Venues that have a candle for every interval, and those with pages of other lengths than most. */
const everyCandle = new Set(["binance", "binanceus", "bybit", "okx"]);
const candlePages: Readonly<Record<string, number>> = {
  binance: 1000,
  binanceus: 1000,
  bybit: 1000,
  kraken: 720,
};

/**
 * Public data of any venue that ccxt knows, by its unified methods. Its candles on the wire are floats and don't say
 * when they are final: they only tell that another one has begun, and what closed is asked for by REST.
 */
export class CcxtMarket implements MarketApi {
  readonly venue: string;
  readonly traits: MarketTraits;
  protected readonly session: VenueSession;

  constructor(session: VenueSession) {
    this.session = session;
    this.venue = normalizeVenue(session.venue);
    const { id } = session.exchange;
    const candlePage = candlePages[id] ?? 300;
    this.traits = { countedTrades: false, everyCandle: everyCandle.has(id), candlePage };
  }

  venueTime(): Millis {
    return this.session.venueTime();
  }

  async candles(
    symbol: string,
    timeframe: Timeframe,
    from: Millis,
    limit: number,
  ): Promise<readonly Candle[]> {
    this.#checkTimeframe(timeframe);
    return this.session.call({
      name: "fetchOHLCV",
      send: (exchange) => exchange.fetchOHLCV(symbol, timeframe.label, from, limit),
      read: (rows) => readList(rows, "candles").map((row) => readCandle(row)),
      repeatable: true,
    });
  }

  async trades(symbol: string, since: TradesSince): Promise<readonly PublicTrade[]> {
    const from = "time" in since ? since.time : undefined;
    return this.session.call({
      name: "fetchTrades",
      send: (exchange) => exchange.fetchTrades(symbol, from, 1000),
      read: (trades) => readList(trades, "trades").map(readTrade),
      repeatable: true,
    });
  }

  async book(symbol: string, _depth: number): Promise<BookPicture> {
    return this.session.call({
      name: "fetchOrderBook",
      // How many levels may be asked for differs from venue to venue: what is usual, then.
      send: (exchange) => exchange.fetchOrderBook(symbol),
      read: (book) => this.#picture(book, Number.POSITIVE_INFINITY),
      repeatable: true,
    });
  }

  watchCandles(symbol: string, timeframe: Timeframe, signal: AbortSignal): AsyncIterable<Candle> {
    if (!this.session.exchange.has.watchOHLCV) return this.#begun(timeframe, signal);
    const watch = (exchange: Exchange) => exchange.watchOHLCV(symbol, timeframe.label);
    return repeated(this.session, "watchOHLCV", watch, signal, (rows) =>
      readList(rows, "candles").map((row) => readCandle(row)),
    );
  }

  watchTrades(symbol: string, signal: AbortSignal): AsyncIterable<PublicTrade> {
    const watch = (exchange: Exchange) => exchange.watchTrades(symbol);
    return repeated(this.session, "watchTrades", watch, signal, (trades) =>
      readList(trades, "trades").map(readTrade),
    );
  }

  watchQuotes(symbol: string, signal: AbortSignal): AsyncIterable<BestPrices> {
    if (this.session.exchange.has.watchBidsAsks) {
      const watch = (exchange: Exchange) => exchange.watchBidsAsks([symbol]);
      return repeated(this.session, "watchBidsAsks", watch, signal, (tickers) =>
        Object.values(readObject(tickers, "tickers")).map((ticker) => this.#quote(ticker)),
      );
    }
    const watch = (exchange: Exchange) => exchange.watchOrderBook(symbol);
    return repeated(this.session, "watchOrderBook", watch, signal, (book) => {
      const { time, bids, asks } = this.#picture(book, 1);
      const [bid, ask] = [bids[0], asks[0]];
      return bid === undefined || ask === undefined ? [] : [{ time, sequence: null, bid, ask }];
    });
  }

  watchBook(symbol: string, depth: number, signal: AbortSignal): AsyncIterable<BookUpdate> {
    const watch = (exchange: Exchange) => exchange.watchOrderBook(symbol);
    return repeated(this.session, "watchOrderBook", watch, signal, (book) => [this.#picture(book, depth)]);
  }

  /** Of a venue without a stream of candles: that another one has begun, by its clock. */
  async *#begun(timeframe: Timeframe, signal: AbortSignal): AsyncGenerator<Candle> {
    while (!signal.aborted) {
      const [openTime, end] = intervalOf(this.venueTime(), timeframe);
      const unknown = { open: "0", high: "0", low: "0", close: "0", volume: "0" };
      yield { openTime, ...unknown, closed: false };
      await untilNext(Math.min(end - this.venueTime(), 60_000), signal);
    }
  }

  #checkTimeframe({ label }: Timeframe): void {
    const known = Object.keys(this.session.exchange.timeframes);
    if (known.includes(label)) return;
    throw unsupported(`${this.venue}: expected one of its timeframes ${known.join(", ")}, found ${label}`);
  }

  #picture(answer: unknown, depth: number): BookPicture {
    const { timestamp, bids, asks } = readObject(answer, "an order book");
    return {
      kind: "picture",
      time: timestamp === undefined ? this.venueTime() : readTime(timestamp, "timestamp"),
      sequence: null,
      bids: readLevels(readList(bids, "bids").slice(0, depth)),
      asks: readLevels(readList(asks, "asks").slice(0, depth)),
    };
  }

  #quote(answer: unknown): BestPrices {
    const { timestamp, bid, bidVolume, ask, askVolume } = readObject(answer, "a ticker");
    return {
      time: timestamp === undefined ? this.venueTime() : readTime(timestamp, "timestamp"),
      sequence: null,
      bid: [readText(bid, "bid"), readText(bidVolume, "bidVolume")],
      ask: [readText(ask, "ask"), readText(askVolume, "askVolume")],
    };
  }
}

function unsupported(message: string): GeoSyncError {
  return new ConnectionError(message, { code: "GEO-VENUE-UNSUPPORTED" });
}

function readTrade(answer: unknown): PublicTrade {
  const { id, timestamp, price, amount, side } = readObject(answer, "a trade");
  const time = readTime(timestamp, "timestamp");
  const [exactPrice, exactAmount] = [readText(price, "price"), readText(amount, "amount")];
  return {
    // Some venues number no trades: what looks the same at the same time is taken for the same.
    id: typeof id === "string" ? id : `${time} ${String(side)} ${exactAmount}@${exactPrice}`,
    time,
    price: exactPrice,
    amount: exactAmount,
    side: side === "buy" || side === "sell" ? side : null,
  };
}

function untilNext(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.max(ms, 1));
    signal.addEventListener("abort", finish);
  });
}
