import { type Fixed, zero } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { BookChunk, MarketChunk, QuoteChunk, TickChunk } from "../domain/market.ts";
import type { Millis } from "../domain/time.ts";
import { ColumnBuilder } from "./columnBuilder.ts";
import type { Level, LocalBook } from "./localBook.ts";
import { sliceChunk } from "./sliceChunk.ts";

type RowKind = "book" | "tick" | "quote";

/** From the first time to the one that is no longer wanted. */
export interface TimeRange {
  readonly from: Millis;
  readonly to: Millis;
}

export interface Print {
  readonly price: Fixed;
  readonly volume: Fixed;
  /** Of the taker. */
  readonly side: 1 | -1 | 0;
  readonly id: string;
}

/**
 * Rows of several kinds of one instrument in order of arrival. They are gathered in one chunk a kind and leave as
 * views of these, cut wherever the next row is of another kind.
 */
export class FeedRows {
  /** Rows within the range so far, and the times of the first and the last. */
  total = 0;
  first: Millis | null = null;
  last: Millis | null = null;
  /** A row at or after the end of the range has come: what follows is not wanted. */
  ended = false;
  readonly #range: TimeRange;
  readonly #instruments: readonly Instrument[];
  readonly #depth: number;
  #arrivals: RowKind[] = [];
  #books: BookRows;
  #ticks = new TickRows();
  #quotes = new QuoteRows();

  constructor(instrument: Instrument, depth: number, range: TimeRange) {
    this.#instruments = [instrument];
    this.#depth = depth;
    this.#range = range;
    this.#books = new BookRows(depth);
  }

  get length(): number {
    return this.#arrivals.length;
  }

  /** A picture of the book, or of one that is not known. */
  addBook(time: Millis, book: LocalBook | null): void {
    if (this.#admits(time, "book")) this.#books.add(time, book);
  }

  addTick(time: Millis, print: Print): void {
    if (this.#admits(time, "tick")) this.#ticks.add(time, print);
  }

  addQuote(time: Millis, bid: Level, ask: Level): void {
    if (this.#admits(time, "quote")) this.#quotes.add(time, bid, ask);
  }

  #admits(time: Millis, kind: RowKind): boolean {
    this.ended ||= time >= this.#range.to;
    if (this.ended || time < this.#range.from) return false;
    this.total++;
    this.first ??= time;
    this.last = time;
    this.#arrivals.push(kind);
    return true;
  }

  /** Hands the rows out; those that follow are gathered anew. */
  *take(): Generator<MarketChunk, void, undefined> {
    const arrivals = this.#arrivals;
    const base = { instruments: this.#instruments, instrumentOf: null };
    const gathered = { book: this.#books, tick: this.#ticks, quote: this.#quotes };
    const chunks: { [K in MarketChunk["kind"]]?: MarketChunk } = {};
    // A live feed hands out row by row: what did not come costs nothing.
    const kinds = new Set(arrivals);
    for (const kind of kinds) chunks[kind] = { ...base, ...gathered[kind].finish() } as MarketChunk;
    this.#arrivals = [];
    if (kinds.has("book")) this.#books = new BookRows(this.#depth);
    if (kinds.has("tick")) this.#ticks = new TickRows();
    if (kinds.has("quote")) this.#quotes = new QuoteRows();
    const rows = { book: 0, tick: 0, quote: 0 };
    for (let i = 0; i < arrivals.length; ) {
      const kind = arrivals[i]!;
      const from = rows[kind];
      for (; arrivals[i] === kind; i++) rows[kind]++;
      yield sliceChunk<MarketChunk>(chunks[kind]!, from, rows[kind]);
    }
  }
}

type Columns<C extends MarketChunk> = Omit<C, "instruments" | "instrumentOf">;

class BookRows {
  readonly #depth: number;
  readonly #times: Millis[] = [];
  readonly #bids = new SideRows();
  readonly #asks = new SideRows();

  constructor(depth: number) {
    this.#depth = depth;
  }

  add(time: Millis, book: LocalBook | null): void {
    this.#times.push(time);
    this.#bids.add(book?.bids ?? [], this.#depth);
    this.#asks.add(book?.asks ?? [], this.#depth);
  }

  finish(): Columns<BookChunk> {
    return {
      kind: "book",
      length: this.#times.length,
      times: Float64Array.from(this.#times),
      depth: this.#depth,
      bidLevels: Uint16Array.from(this.#bids.counts),
      askLevels: Uint16Array.from(this.#asks.counts),
      bidPrices: this.#bids.prices.finish(),
      bidSizes: this.#bids.sizes.finish(),
      askPrices: this.#asks.prices.finish(),
      askSizes: this.#asks.sizes.finish(),
    };
  }
}

class SideRows {
  readonly counts: number[] = [];
  readonly prices = new ColumnBuilder();
  readonly sizes = new ColumnBuilder();

  add(levels: readonly Level[], depth: number): void {
    this.counts.push(Math.min(levels.length, depth));
    for (let l = 0; l < depth; l++) {
      const level = levels[levels.length - 1 - l];
      this.prices.push(level?.price ?? zero);
      this.sizes.push(level?.size ?? zero);
    }
  }
}

class TickRows {
  readonly #times: Millis[] = [];
  readonly #price = new ColumnBuilder();
  readonly #volume = new ColumnBuilder();
  readonly #sides: number[] = [];
  readonly #ids: string[] = [];

  add(time: Millis, { price, volume, side, id }: Print): void {
    this.#times.push(time);
    this.#price.push(price);
    this.#volume.push(volume);
    this.#sides.push(side);
    this.#ids.push(id);
  }

  finish(): Columns<TickChunk> {
    return {
      kind: "tick",
      length: this.#times.length,
      times: Float64Array.from(this.#times),
      price: this.#price.finish(),
      volume: this.#volume.finish(),
      sides: Int8Array.from(this.#sides),
      ids: this.#ids,
    };
  }
}

class QuoteRows {
  readonly #times: Millis[] = [];
  readonly #bid = new ColumnBuilder();
  readonly #ask = new ColumnBuilder();
  readonly #bidSize = new ColumnBuilder();
  readonly #askSize = new ColumnBuilder();

  add(time: Millis, bid: Level, ask: Level): void {
    this.#times.push(time);
    this.#bid.push(bid.price);
    this.#ask.push(ask.price);
    this.#bidSize.push(bid.size);
    this.#askSize.push(ask.size);
  }

  finish(): Columns<QuoteChunk> {
    return {
      kind: "quote",
      length: this.#times.length,
      times: Float64Array.from(this.#times),
      bid: this.#bid.finish(),
      ask: this.#ask.finish(),
      bidSize: this.#bidSize.finish(),
      askSize: this.#askSize.finish(),
    };
  }
}
