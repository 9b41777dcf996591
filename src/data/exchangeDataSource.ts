import type { Candle, MarketApi, PublicTrade } from "../connectivity/marketApi.ts";
import { ConnectionError, GeoSyncError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketChunk } from "../domain/market.ts";
import type { DataSource, MarketStream } from "../domain/ports.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { Ticker } from "../domain/ticker.ts";
import { isoTime, type Millis, type Timeframe } from "../domain/time.ts";
import { type ExchangeDataSourceOptions, type LivePlan, livePlan } from "./exchangeOptions.ts";
import { LiveFeeds } from "./liveFeeds.ts";
import { LiveRows } from "./liveRows.ts";
import { reasonOf } from "./liveStatus.ts";

type Callback = (tick: Ticker) => void;

/** Rows that wait for a consumer who does not come. */
const mostWaiting = 1_000_000;

/**
 * A venue's public data as it happens: closed candles, trades, quotes and pictures of the book of some symbols. What a
 * broken, stalled or lossy stream left out is asked for by REST, so that rows come once each and in order; see
 * docs/live-data.md.
 *
 *     const source = new ExchangeDataSource(market, { symbols: ["BTC/USDT"], timeframe: "1m", warmup: 50 });
 *     await source.connect();
 *     for await (const chunk of source.events()) …
 *
 * Callbacks get a tick a trade; without the channel of trades, one a closed candle: its close, at the time it closed.
 */
export class ExchangeDataSource implements DataSource, MarketStream {
  /** Rows up to this time are history; null before `connect` has resolved. */
  historyUntil: Millis | null = null;
  /** Of the present connection, or the last; made anew by `connect`. */
  done: Promise<void>;
  readonly #api: MarketApi;
  readonly #plan: LivePlan;
  #rows: LiveRows;
  #stop = new AbortController();
  readonly #callbacks = new Map<string, Callback>();
  #state: "new" | "connected" | "ended" = "new";
  #failure: { readonly error: unknown } | null = null;
  #settle: { resolve(): void; reject(error: unknown): void } | null = null;
  #wake: (() => void) | null = null;
  #consumed = false;

  /** @throws ValidationError GEO-VALUE for options that make no sense */
  constructor(api: MarketApi, options: ExchangeDataSourceOptions) {
    this.#api = api;
    this.#plan = livePlan(options);
    this.#rows = new LiveRows(this.#plan.depth);
    this.done = this.#promise();
  }

  /**
   * Settles when the history is there and the streams are being opened; does nothing when connected. After
   * `disconnect` it begins anew, history first.
   * @throws ConnectionError, with the code GEO-VENUE-UNSUPPORTED for a symbol or timeframe that the venue lacks
   */
  async connect(): Promise<void> {
    if (this.#state === "connected") return;
    if (this.#state === "ended") this.#renew();
    this.#state = "connected";
    try {
      const instruments = new Map<string, Instrument>();
      for (const symbol of this.#plan.symbols) {
        instruments.set(symbol, await this.#plan.instrumentOf(symbol, this.#api));
      }
      await this.#start(instruments);
    } catch (error) {
      this.#end({ error });
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    this.#end(null);
    this.#callbacks.clear();
  }

  /** @throws ValidationError GEO-VALUE when `symbol` is none */
  subscribe(symbol: string, callback: Callback): void {
    this.#callbacks.set(normalizeSymbol(symbol), callback);
  }

  unsubscribe(symbol: string): void {
    this.#callbacks.delete(normalizeSymbol(symbol));
  }

  /**
   * For one consumer: history first, then what happens, until `disconnect`; leaving the loop disconnects, too. Throws
   * what `done` rejects with.
   */
  async *events(): AsyncGenerator<MarketChunk, void, undefined> {
    this.#consumed = true;
    // Of this connection: there may be another by the time that its consumer looks again.
    const { signal } = this.#stop;
    const rows = this.#rows;
    try {
      for (;;) {
        yield* rows.take();
        if (rows.waiting > 0) continue;
        if (this.#rows !== rows) return;
        if (this.#failure !== null) throw this.#failure.error;
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      if (this.#rows === rows) this.#end(null);
    }
  }

  #renew(): void {
    this.#rows = new LiveRows(this.#plan.depth);
    this.#stop = new AbortController();
    this.#failure = null;
    this.#consumed = false;
    this.historyUntil = null;
    this.done = this.#promise();
  }

  #promise(): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Nobody has to listen to `done`: events() and connect() tell of the failure, too.
    done.catch(() => {});
    return done;
  }

  async #start(instruments: ReadonlyMap<string, Instrument>): Promise<void> {
    const feeds = new LiveFeeds({
      api: this.#api,
      plan: this.#plan,
      signal: this.#stop.signal,
      onCandles: (symbol, timeframe, candles) =>
        this.#add(symbol, () => this.#addBars(instruments.get(symbol)!, timeframe, candles)),
      onTrade: (symbol, trade) => this.#add(symbol, () => this.#addTrade(instruments.get(symbol)!, trade)),
      onQuote: (symbol, time, bid, ask) =>
        this.#add(symbol, () => this.#rows.addQuote(instruments.get(symbol)!, time, bid, ask)),
      onBook: (symbol, time, book) =>
        this.#add(symbol, () => this.#rows.addBook(instruments.get(symbol)!, time, book)),
      onFatal: (error) => this.#end({ error }),
    });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    try {
      const history = await feeds.startCandles(released);
      for (const { symbol, timeframe, candle } of history) {
        this.#add(symbol, () => this.#addBars(instruments.get(symbol)!, timeframe, [candle]));
      }
      this.historyUntil = this.#rows.last;
    } finally {
      release();
    }
    if (this.#failure !== null) throw this.#failure.error;
    feeds.startOthers();
  }

  #addBars(instrument: Instrument, timeframe: Timeframe, candles: readonly Candle[]): void {
    for (const candle of candles) {
      const time = this.#rows.addBar(instrument, timeframe, candle);
      if (!this.#plan.channels.includes("trades")) this.#tell(instrument, candle.close, candle.volume, time);
    }
  }

  #addTrade(instrument: Instrument, trade: PublicTrade): void {
    const time = this.#rows.addTrade(instrument, trade);
    this.#tell(instrument, trade.price, trade.amount, time);
  }

  #add(symbol: string, row: () => void): void {
    if (this.#state !== "connected") return;
    row();
    // Whoever came for ticks alone never takes the rows.
    if (!this.#consumed && this.#callbacks.has(symbol)) this.#rows.take();
    if (this.#rows.waiting > mostWaiting) this.#end({ error: this.#tooSlow() });
    this.#notify();
  }

  #tell({ symbol, venue }: Instrument, price: string, volume: string, timestamp: Millis): void {
    const callback = this.#callbacks.get(symbol);
    if (callback === undefined) return;
    try {
      callback(Ticker.create({ symbol, venue, price, volume, timestamp }));
    } catch (cause) {
      const reason = `the callback of ${symbol} threw at ${isoTime(timestamp)}: ${reasonOf(cause)}`;
      const hint = "Correct the callback; the source was disconnected.";
      this.#end({ error: new GeoSyncError("GEO-STRATEGY-THREW", reason, { cause, hint }) });
    }
  }

  #tooSlow(): ConnectionError {
    return new ConnectionError(
      `${this.#api.venue}: expected a consumer that keeps up with the market, found ${this.#rows.waiting} cells waiting`,
      { hint: "Read events() without long pauses, or ask for fewer symbols, channels or levels." },
    );
  }

  #end(failure: { readonly error: unknown } | null): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#failure = failure;
    this.#stop.abort();
    if (failure === null) this.#settle?.resolve();
    else this.#settle?.reject(failure.error);
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
