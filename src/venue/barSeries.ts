import type { Millis } from "../domain/time.ts";

/** One trade as bars see it: points and sizes as the ladder counts them. */
export interface Print {
  readonly time: Millis;
  readonly price: number;
  readonly size: number;
  /** The buyer took. */
  readonly buyerTook: boolean;
}

/** A row of the series, or several put together. Quote values in units of 10^-(priceScale + sizeScale). */
export interface BarRow {
  openTime: Millis;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: bigint;
  quote: bigint;
  trades: number;
  takerVolume: bigint;
  takerQuote: bigint;
}

const firstRows = 1024;
const prices = ["open", "high", "low", "close"] as const;

/**
 * Bars of one length, one for every interval from the first trade on: an interval without trades carries the close
 * before it, with volume 0, as Binance has it. The latest `keep` rows at least are kept.
 */
export class BarSeries {
  readonly ms: number;
  length = 0;
  /** Open time of row 0; Infinity before the first. */
  start: Millis = Number.POSITIVE_INFINITY;
  readonly #keep: number;
  #open = new Float64Array(firstRows);
  #high = new Float64Array(firstRows);
  #low = new Float64Array(firstRows);
  #close = new Float64Array(firstRows);
  #trades = new Float64Array(firstRows);
  #volume = new BigInt64Array(firstRows);
  #quote = new BigInt64Array(firstRows);
  #takerVolume = new BigInt64Array(firstRows);
  #takerQuote = new BigInt64Array(firstRows);

  constructor(ms: number, keep: number) {
    this.ms = ms;
    this.#keep = keep;
  }

  get end(): Millis {
    return this.start + this.length * this.ms;
  }

  /** Times never go back. */
  add({ time, price, size, buyerTook }: Print): void {
    if (this.length === 0) {
      this.start = Math.floor(time / this.ms) * this.ms;
      this.#append(price);
    } else this.extend(time);
    const row = this.length - 1;
    if (this.#trades[row] === 0) this.#open[row] = this.#high[row] = this.#low[row] = price;
    if (price > this.#high[row]!) this.#high[row] = price;
    if (price < this.#low[row]!) this.#low[row] = price;
    this.#close[row] = price;
    this.#trades[row]!++;
    const [volume, quote] = [BigInt(size), BigInt(price) * BigInt(size)];
    this.#volume[row]! += volume;
    this.#quote[row]! += quote;
    if (!buyerTook) return;
    this.#takerVolume[row]! += volume;
    this.#takerQuote[row]! += quote;
  }

  /** Time has come to `time`: rows without trades up to the one that holds it. */
  extend(time: Millis): void {
    if (this.length === 0) return;
    while (time >= this.end) this.#append(this.#close[this.length - 1]!);
  }

  /** Appends a whole row, which must begin where the last one ends. */
  push(bar: BarRow): void {
    if (this.length === 0) this.start = bar.openTime;
    this.#append(bar.close);
    const row = this.length - 1;
    for (const name of prices) this.#column(name)[row] = bar[name];
    this.#trades[row] = bar.trades;
    this.#volume[row] = bar.volume;
    this.#quote[row] = bar.quote;
    this.#takerVolume[row] = bar.takerVolume;
    this.#takerQuote[row] = bar.takerQuote;
  }

  save(): SavedBars {
    const rows = Array.from({ length: this.length }, (_, row): SavedBars["rows"][number] => {
      const { open, high, low, close, volume, quote, trades, takerVolume, takerQuote } = this.read(
        row,
        row + 1,
      )!;
      if (trades === 0) return [close];
      return [open, high, low, close, trades, `${volume}`, `${quote}`, `${takerVolume}`, `${takerQuote}`];
    });
    return { start: this.length === 0 ? null : this.start, rows };
  }

  restore({ start, rows }: SavedBars): void {
    this.length = 0;
    for (const [row, saved] of rows.entries()) this.push(barOf(start! + row * this.ms, saved));
  }

  /** Row of the bar that holds `time`; below 0 or beyond the last one when there is none. */
  rowAt(time: Millis): number {
    return Math.floor((time - this.start) / this.ms);
  }

  /** Rows [from, to) as one bar; null when there is none. */
  read(from: number, to: number): BarRow | null {
    const [first, last] = [Math.max(0, from), Math.min(this.length, to)];
    if (first >= last) return null;
    // A row without trades only carries the close before it: prices begin with the first that has some.
    let traded = first;
    while (traded < last - 1 && this.#trades[traded] === 0) traded++;
    const bar: BarRow = {
      openTime: this.start + first * this.ms,
      open: this.#open[traded]!,
      high: this.#high[traded]!,
      low: this.#low[traded]!,
      close: this.#close[last - 1]!,
      volume: 0n,
      quote: 0n,
      trades: 0,
      takerVolume: 0n,
      takerQuote: 0n,
    };
    for (let row = traded; row < last; row++) {
      if (this.#trades[row] === 0) continue;
      if (this.#high[row]! > bar.high) bar.high = this.#high[row]!;
      if (this.#low[row]! < bar.low) bar.low = this.#low[row]!;
      bar.trades += this.#trades[row]!;
      bar.volume += this.#volume[row]!;
      bar.quote += this.#quote[row]!;
      bar.takerVolume += this.#takerVolume[row]!;
      bar.takerQuote += this.#takerQuote[row]!;
    }
    return bar;
  }

  #column(name: (typeof prices)[number]) {
    if (name === "open") return this.#open;
    if (name === "high") return this.#high;
    return name === "low" ? this.#low : this.#close;
  }

  #append(close: number): void {
    if (this.length === this.#open.length) this.#makeRoom();
    const row = this.length++;
    this.#open[row] = this.#high[row] = this.#low[row] = this.#close[row] = close;
    this.#trades[row] = 0;
    this.#volume[row] = this.#quote[row] = this.#takerVolume[row] = this.#takerQuote[row] = 0n;
  }

  /** Twice the room, or the older half forgotten once twice as much is there as must be kept. */
  #makeRoom(): void {
    const drop = this.length >= this.#keep * 2 ? this.length - this.#keep : 0;
    const size = drop > 0 ? this.length : this.length * 2;
    const grown = (column: Float64Array) => {
      const next = new Float64Array(size);
      next.set(column.subarray(drop, this.length));
      return next;
    };
    const grownBig = (column: BigInt64Array) => {
      const next = new BigInt64Array(size);
      next.set(column.subarray(drop, this.length));
      return next;
    };
    this.#open = grown(this.#open);
    this.#high = grown(this.#high);
    this.#low = grown(this.#low);
    this.#close = grown(this.#close);
    this.#trades = grown(this.#trades);
    this.#volume = grownBig(this.#volume);
    this.#quote = grownBig(this.#quote);
    this.#takerVolume = grownBig(this.#takerVolume);
    this.#takerQuote = grownBig(this.#takerQuote);
    this.length -= drop;
    this.start += drop * this.ms;
  }
}

/** A row without trades is its price. */
export interface SavedBars {
  readonly start: Millis | null;
  readonly rows: readonly (
    | readonly [price: number]
    | readonly [
        open: number,
        high: number,
        low: number,
        close: number,
        trades: number,
        volume: string,
        quote: string,
        takerVolume: string,
        takerQuote: string,
      ]
  )[];
}

function barOf(openTime: Millis, saved: SavedBars["rows"][number]): BarRow {
  if (saved.length === 1) {
    const [price] = saved;
    const none = { volume: 0n, quote: 0n, trades: 0, takerVolume: 0n, takerQuote: 0n };
    return { openTime, open: price, high: price, low: price, close: price, ...none };
  }
  const [open, high, low, close, trades, ...amounts] = saved;
  const [volume, quote, takerVolume, takerQuote] = amounts.map(BigInt) as [bigint, bigint, bigint, bigint];
  return { openTime, open, high, low, close, trades, volume, quote, takerVolume, takerQuote };
}
