import type { Candle, MarketApi, PublicTrade } from "../connectivity/marketApi.ts";
import type { Millis, Timeframe } from "../domain/time.ts";
import { BookKeeper } from "./bookKeeper.ts";
import { CandleKeeper } from "./candleKeeper.ts";
import { closeTimeOf } from "./candlePages.ts";
import type { LivePlan } from "./exchangeOptions.ts";
import type { Channel, LiveChange } from "./liveStatus.ts";
import { keepStream, type StreamPlan } from "./liveStream.ts";
import type { Level, LocalBook } from "./localBook.ts";
import { QuoteKeeper } from "./quoteKeeper.ts";
import { TradeKeeper } from "./tradeKeeper.ts";

export interface LiveFeedsOptions {
  readonly api: MarketApi;
  readonly plan: LivePlan;
  readonly signal: AbortSignal;
  onCandles(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): void;
  onTrade(symbol: string, trade: PublicTrade): void;
  onQuote(symbol: string, time: Millis, bid: Level, ask: Level): void;
  onBook(symbol: string, time: Millis, book: LocalBook | null): void;
  /** What no new attempt can mend. */
  onFatal(error: unknown): void;
}

export interface HistoricCandle {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly candle: Candle;
  readonly time: Millis;
}

/** One stream for each channel, symbol and timeframe, so that a stalled one is connected anew without the others. */
export class LiveFeeds {
  readonly #options: LiveFeedsOptions;

  constructor(options: LiveFeedsOptions) {
    this.#options = options;
  }

  /**
   * Opens the streams of candles, and gives their history by time.
   * @param released streams deliver nothing before
   * @throws ConnectionError, of the code GEO-VENUE-UNSUPPORTED when the venue does not know a symbol
   */
  async startCandles(released: Promise<void>): Promise<readonly HistoricCandle[]> {
    const { api, plan } = this.#options;
    const { channels, symbols, timeframes } = plan;
    if (!channels.includes("candles")) {
      await Promise.all(symbols.map((symbol) => api.book(symbol, 5)));
      return [];
    }
    const histories = symbols.flatMap((symbol) =>
      timeframes.map((timeframe) => this.#startCandles(symbol, timeframe, released)),
    );
    const all = (await Promise.all(histories)).flat();
    return all.sort((a, b) => a.time - b.time);
  }

  startOthers(): void {
    const { channels, symbols } = this.#options.plan;
    const starts = {
      trades: (symbol: string) => this.#startTrades(symbol),
      quotes: (symbol: string) => this.#startQuotes(symbol),
      book: (symbol: string) => this.#startBook(symbol),
    };
    for (const symbol of symbols) {
      for (const channel of channels) if (channel !== "candles") starts[channel](symbol);
    }
  }

  async #startCandles(
    symbol: string,
    timeframe: Timeframe,
    released: Promise<void>,
  ): Promise<readonly HistoricCandle[]> {
    const { api, plan, onCandles } = this.#options;
    const keeper = new CandleKeeper({
      ...this.#shared("candles", symbol),
      timeframe,
      deliver: (candles) => onCandles(symbol, timeframe, candles),
    });
    this.#keep("candles", symbol, timeframe, {
      open: (connection) => api.watchCandles(symbol, timeframe, connection),
      take: (candle) => keeper.take(candle),
      lost: () => {},
      poll: () => keeper.catchUp(),
    });
    const history = await keeper.start(plan.since, released);
    this.#run(released.then(() => keeper.keepPace()));
    return history.map((candle) => ({
      symbol,
      timeframe,
      candle,
      time: closeTimeOf(candle.openTime, timeframe),
    }));
  }

  #startTrades(symbol: string): void {
    const { api, onTrade } = this.#options;
    const keeper = new TradeKeeper({
      ...this.#shared("trades", symbol),
      deliver: (trade) => onTrade(symbol, trade),
    });
    this.#keep("trades", symbol, null, {
      open: (signal) => api.watchTrades(symbol, signal),
      take: (trade) => keeper.take(trade),
      lost: () => keeper.lost(),
      poll: () => keeper.catchUp(),
    });
  }

  #startQuotes(symbol: string): void {
    const { api, onQuote } = this.#options;
    const keeper = new QuoteKeeper({
      ...this.#shared("quotes", symbol),
      deliver: (time, bid, ask) => onQuote(symbol, time, bid, ask),
    });
    this.#keep("quotes", symbol, null, {
      open: (signal) => api.watchQuotes(symbol, signal),
      take: (quote) => keeper.take(quote),
      lost: () => keeper.lost(),
      poll: () => keeper.poll(),
    });
  }

  #startBook(symbol: string): void {
    const { api, plan, onBook, onFatal } = this.#options;
    const keeper = new BookKeeper({
      ...this.#shared("book", symbol),
      depth: plan.depth,
      deliver: (time, book) => onBook(symbol, time, book),
      onFatal,
    });
    this.#keep("book", symbol, null, {
      open: (signal) => api.watchBook(symbol, plan.depth, signal),
      take: (update) => keeper.take(update),
      lost: () => keeper.lost("the stream broke off"),
      poll: () => keeper.poll(),
    });
  }

  #shared(channel: Channel, symbol: string) {
    const { api, plan, signal } = this.#options;
    const { timers } = plan;
    return { api, symbol, timers, signal, onChange: this.#teller(channel, symbol) };
  }

  #keep<T>(
    channel: Channel,
    symbol: string,
    timeframe: Timeframe | null,
    stream: Omit<StreamPlan<T>, "maxSilenceMs" | "pollMs">,
  ): void {
    const { plan, signal } = this.#options;
    const { timers, pollMs } = plan;
    const maxSilenceMs = plan.silenceOf(channel, timeframe);
    const onChange = this.#teller(channel, symbol);
    this.#run(keepStream({ ...stream, maxSilenceMs, pollMs }, { timers, signal, onChange }));
  }

  #teller(channel: Channel, symbol: string): (change: LiveChange) => void {
    const { api, plan } = this.#options;
    return (change) => plan.onStatus({ channel, symbol, time: api.venueTime(), ...change });
  }

  #run(task: Promise<void>): void {
    task.catch((error: unknown) => this.#options.onFatal(error));
  }
}
