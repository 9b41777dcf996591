import type {
  BestPrices,
  BookPicture,
  BookUpdate,
  Candle,
  MarketApi,
  MarketTraits,
  PublicTrade,
  TradesSince,
} from "../../src/connectivity/marketApi.ts";
import { PushQueue } from "../../src/connectivity/pushQueue.ts";
import { ConnectionError } from "../../src/domain/errors.ts";
import type { Millis, Timeframe } from "../../src/domain/time.ts";
import type { FakeTime } from "./fakeTime.ts";

export const epoch = Date.UTC(2024, 0, 1);

/** The market side of a venue whose every message and answer is in the hands of the test. */
export class FakeMarket implements MarketApi {
  readonly venue = "FAKE";
  traits: MarketTraits = { countedTrades: true, everyCandle: true, candlePage: 5 };
  /** What the venue has by now, all of it, oldest first. */
  readonly candleList: Candle[] = [];
  readonly tradeList: PublicTrade[] = [];
  picture: BookPicture = { kind: "picture", time: epoch, sequence: 0, bids: [], asks: [] };
  /** Of the open connections, newest last. */
  readonly streams = {
    candles: [] as PushQueue<Candle>[],
    trades: [] as PushQueue<PublicTrade>[],
    quotes: [] as PushQueue<BestPrices>[],
    book: [] as PushQueue<BookUpdate>[],
  };
  /** Connections opened so far. */
  opened = 0;
  questions = 0;
  /** Answers that still fail. */
  failing = 0;
  /** REST does not show this many of the newest candles and trades yet. */
  lag = 0;
  readonly #time: FakeTime;

  constructor(time: FakeTime) {
    this.#time = time;
  }

  venueTime(): Millis {
    return epoch + this.#time.now();
  }

  async candles(_symbol: string, _timeframe: Timeframe, from: Millis, limit: number) {
    this.#ask();
    const shown = this.candleList.slice(0, Math.max(0, this.candleList.length - this.lag));
    return shown.filter(({ openTime }) => openTime >= from).slice(0, limit);
  }

  async trades(_symbol: string, since: TradesSince) {
    this.#ask();
    const shown = this.tradeList.slice(0, Math.max(0, this.tradeList.length - this.lag));
    const wanted = (trade: PublicTrade) =>
      "afterId" in since ? Number(trade.id) > Number(since.afterId) : trade.time >= since.time;
    return shown.filter(wanted).slice(0, 5);
  }

  async book(): Promise<BookPicture> {
    this.#ask();
    return this.picture;
  }

  watchCandles(_symbol: string, _timeframe: Timeframe, signal: AbortSignal) {
    return this.#open(this.streams.candles, signal);
  }

  watchTrades(_symbol: string, signal: AbortSignal) {
    return this.#open(this.streams.trades, signal);
  }

  watchQuotes(_symbol: string, signal: AbortSignal) {
    return this.#open(this.streams.quotes, signal);
  }

  watchBook(_symbol: string, _depth: number, signal: AbortSignal) {
    return this.#open(this.streams.book, signal);
  }

  /** Breaks the newest connection. */
  cut(channel: keyof FakeMarket["streams"]): void {
    this.streams[channel].at(-1)?.fail(new ConnectionError("the socket was cut"));
    this.streams[channel].pop();
  }

  #open<T>(list: PushQueue<T>[], signal: AbortSignal): PushQueue<T> {
    const queue = new PushQueue<T>(10_000, () => new ConnectionError("full"));
    this.opened++;
    list.push(queue);
    signal.addEventListener("abort", () => {
      queue.end();
      if (list.includes(queue)) list.splice(list.indexOf(queue), 1);
    });
    return queue;
  }

  #ask(): void {
    this.questions++;
    if (this.failing === 0) return;
    this.failing--;
    throw new ConnectionError("the venue does not answer");
  }
}

/** Candle `minute`, told apart by its prices. */
export function candleOf(minute: number, closed = true): Candle {
  const price = 100 + (minute % 50);
  return {
    openTime: epoch + minute * 60_000,
    open: `${price}.00`,
    high: `${price + 2}.50`,
    low: `${price - 1}.25`,
    close: closed ? `${price + 1}.75` : `${price}.10`,
    volume: closed ? `${minute + 1}.5000` : "0.0001",
    closed,
  };
}

/** Trade `id`, one a second. */
export function tradeOf(id: number): PublicTrade {
  const side = id % 2 === 0 ? "buy" : "sell";
  return { id: String(id), time: epoch + id * 1000, price: `${100 + (id % 7)}.5`, amount: "0.25", side };
}
