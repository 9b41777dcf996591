import { type FixedColumn, numberAt } from "../domain/columns.ts";
import type { Book, BookChunk, Quote, QuoteChunk } from "../domain/market.ts";
import { isoTime } from "../domain/time.ts";

/** As in views.ts: one reused object a symbol, pointed at the present row by functions that only the engine has. */
export let pointQuote: (view: QuoteView, chunk: QuoteChunk, row: number) => void;
export let pointBook: (view: BookView, chunk: BookChunk, row: number) => void;

export class QuoteView implements Quote {
  readonly symbol: string;
  #chunk!: QuoteChunk;
  #row = 0;

  static {
    pointQuote = (view, chunk, row) => {
      view.#chunk = chunk;
      view.#row = row;
    };
  }

  constructor(symbol: string) {
    this.symbol = symbol;
    Object.freeze(this);
  }

  get time(): number {
    return this.#chunk.times[this.#row]!;
  }
  get bid(): number {
    return numberAt(this.#chunk.bid, this.#row);
  }
  get bidSize(): number {
    return sizeAt(this.#chunk.bidSize, this.#row);
  }
  get ask(): number {
    return numberAt(this.#chunk.ask, this.#row);
  }
  get askSize(): number {
    return sizeAt(this.#chunk.askSize, this.#row);
  }
  toJSON(): object {
    const { symbol, time, bid, bidSize, ask, askSize } = this;
    return { symbol, time: isoTime(time), bid, bidSize, ask, askSize };
  }
}

export class BookView implements Book {
  readonly symbol: string;
  #chunk!: BookChunk;
  #row = 0;

  static {
    pointBook = (view, chunk, row) => {
      view.#chunk = chunk;
      view.#row = row;
    };
  }

  constructor(symbol: string) {
    this.symbol = symbol;
    Object.freeze(this);
  }

  get time(): number {
    return this.#chunk.times[this.#row]!;
  }
  bids(depth: number): ReadonlyArray<readonly [price: number, size: number]> {
    const { bidPrices, bidSizes, bidLevels } = this.#chunk;
    return this.#levels(bidPrices, bidSizes, Math.min(depth, bidLevels[this.#row]!));
  }
  asks(depth: number): ReadonlyArray<readonly [price: number, size: number]> {
    const { askPrices, askSizes, askLevels } = this.#chunk;
    return this.#levels(askPrices, askSizes, Math.min(depth, askLevels[this.#row]!));
  }
  toJSON(): object {
    const { depth } = this.#chunk;
    return {
      symbol: this.symbol,
      time: isoTime(this.time),
      bids: this.bids(depth),
      asks: this.asks(depth),
    };
  }

  /** A copy, made when it is asked for: it may be kept. */
  #levels(prices: FixedColumn, sizes: FixedColumn, count: number): [price: number, size: number][] {
    const levels: [price: number, size: number][] = [];
    const start = this.#row * this.#chunk.depth;
    for (let l = start; l < start + count; l++) levels.push([numberAt(prices, l), numberAt(sizes, l)]);
    return levels;
  }
}

/** NaN when the source names no sizes: comparisons with it are false. */
function sizeAt(sizes: FixedColumn | null, row: number): number {
  return sizes === null ? Number.NaN : numberAt(sizes, row);
}
