import type { Candle, PublicTrade } from "../connectivity/marketApi.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketChunk } from "../domain/market.ts";
import type { Millis, Timeframe } from "../domain/time.ts";
import { BarRows } from "./barRows.ts";
import { closeTimeOf } from "./candlePages.ts";
import { FeedRows } from "./feedRows.ts";
import { type Level, type LocalBook, parseAmount } from "./localBook.ts";

const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const sides = { buy: 1, sell: -1 } as const;

interface Writer {
  readonly instrument: Instrument;
  /** Null: ticks, quotes and books. */
  readonly timeframe: Timeframe | null;
  take(): Iterable<MarketChunk>;
}

/**
 * Rows of several instruments in the order in which they became known, on their way into chunks. A row that is told of
 * late (back-filled, or from a slower socket) became known now: no time lies before that of the row before it.
 */
export class LiveRows {
  readonly #depth: number;
  #ready: MarketChunk[] = [];
  #writer: (Writer & { readonly rows: BarRows | FeedRows }) | null = null;
  /** Cells that wait to be taken, about: a picture of a book counts as its levels. */
  waiting = 0;
  /** Time of the newest row. */
  last: Millis = Number.NEGATIVE_INFINITY;

  constructor(depth: number) {
    this.#depth = depth;
  }

  addBar(instrument: Instrument, timeframe: Timeframe, candle: Candle): Millis {
    const time = this.#advance(closeTimeOf(candle.openTime, timeframe));
    const rows = this.#rowsOf(instrument, timeframe) as BarRows;
    rows.add(time, candle);
    this.waiting += 1;
    return time;
  }

  addTrade(instrument: Instrument, trade: PublicTrade): Millis {
    const { id, price, amount } = trade;
    const time = this.#advance(trade.time);
    const side = trade.side === null ? 0 : sides[trade.side];
    const print = { price: parseAmount(price)!, volume: parseAmount(amount)!, side, id } as const;
    this.#feedOf(instrument).addTick(time, print);
    this.waiting += 1;
    return time;
  }

  addQuote(instrument: Instrument, time: Millis, bid: Level, ask: Level): void {
    this.#feedOf(instrument).addQuote(this.#advance(time), bid, ask);
    this.waiting += 1;
  }

  addBook(instrument: Instrument, time: Millis, book: LocalBook | null): void {
    this.#feedOf(instrument).addBook(this.#advance(time), book);
    this.waiting += this.#depth;
  }

  /** Hands the rows out; those that follow are gathered anew. */
  take(): readonly MarketChunk[] {
    this.#close();
    const ready = this.#ready;
    this.#ready = [];
    this.waiting = 0;
    return ready;
  }

  #advance(time: Millis): Millis {
    if (time > this.last) this.last = time;
    return this.last;
  }

  #feedOf(instrument: Instrument): FeedRows {
    return this.#rowsOf(instrument, null) as FeedRows;
  }

  #rowsOf(instrument: Instrument, timeframe: Timeframe | null): BarRows | FeedRows {
    const writer = this.#writer;
    if (writer?.instrument === instrument && writer.timeframe === timeframe) return writer.rows;
    this.#close();
    const rows =
      timeframe === null ? new FeedRows(instrument, this.#depth, always) : new BarRows(instrument, timeframe);
    this.#writer = { instrument, timeframe, rows, take: () => rows.take() };
    return rows;
  }

  #close(): void {
    if (this.#writer !== null) this.#ready.push(...this.#writer.take());
    this.#writer = null;
  }
}
