import { midsOf } from "../domain/bestPrices.ts";
import { columnOf, type FixedColumn, fixedAt, largestMantissa } from "../domain/columns.ts";
import { compareFixed, type Fixed, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type BarChunk, isOffered, type MarketChunk, type TickChunk } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import { dayMs, type Millis, type Timeframe } from "../domain/time.ts";
import { extremes } from "./extremes.ts";
import { sliceChunk } from "./sliceChunk.ts";

/** What bars are made of: trades, or, where a stream has none, the mids of its quotes or books (without volume). */
export type BarSource = "trades" | "mids";

/** Rows with one price each. */
type PricedRows = Pick<TickChunk, "length" | "instruments" | "instrumentOf" | "times" | "price" | "volume">;

/**
 * The rows of `stream`, with the bars they make between them (`derived: true`). Bars are aligned in UTC (weeks to
 * Mondays, months and years to the calendar), exist only for intervals with a trade (a mid), and are known at their end.
 *
 * Order of chunks: rows before the end of an interval, then one chunk with its bars (one row for each instrument that
 * traded, in the order of `instruments`), then the rows from that end on. Times never decrease over the whole stream,
 * and at equal time the bar stands before the row: one source for InstantFeed. Rows that bars are not made of are cut
 * at the ends of bars like the others; bars in `stream` pass through.
 */
export function ticksToBars<C extends MarketChunk>(
  stream: MarketStream<C>,
  timeframe: Timeframe,
  source: BarSource = "trades",
): MarketStream<C | BarChunk> {
  return { events: () => interleave(stream, timeframe, source) };
}

async function* interleave<C extends MarketChunk>(
  stream: MarketStream<C>,
  timeframe: Timeframe,
  source: BarSource,
): AsyncGenerator<C | BarChunk, void, undefined> {
  const building = new BarsOfInterval(timeframe);
  for await (const chunk of stream.events()) {
    if (chunk.kind === "bar") {
      yield chunk;
      continue;
    }
    const priced = pricedRows(chunk, source);
    let from = 0;
    while (from < chunk.length) {
      const ended = building.endAt(chunk.times[from]!);
      if (ended !== null) yield ended;
      const to = priced === null ? building.firstBeyond(chunk.times, from) : building.add(priced, from);
      yield sliceChunk(chunk, from, to);
      from = to;
    }
  }
  const last = building.endAt(Number.POSITIVE_INFINITY);
  if (last !== null) yield last;
}

/** The rows as bars are made of them; null when they are not. */
function pricedRows(chunk: Exclude<MarketChunk, BarChunk>, source: BarSource): PricedRows | null {
  if (!isOffered(chunk)) return source === "trades" ? chunk : null;
  if (source === "trades") return null;
  const { length, instruments, instrumentOf, times } = chunk;
  const volume = { mantissas: new Float64Array(length), scale: 0, wide: null };
  return { length, instruments, instrumentOf, times, price: midsOf(chunk), volume };
}

interface OpenBar {
  readonly open: Fixed;
  high: Fixed;
  low: Fixed;
  close: Fixed;
  volume: Fixed;
}

/** The bars of the interval that time is in, one for each instrument that traded. */
class BarsOfInterval {
  readonly #timeframe: Timeframe;
  #start: Millis = 0;
  #end: Millis = Number.NEGATIVE_INFINITY;
  #instruments: readonly Instrument[] = [];
  #several = false;
  #bars: (OpenBar | undefined)[] = [];

  constructor(timeframe: Timeframe) {
    this.#timeframe = timeframe;
  }

  /** The finished bars, when `time` lies beyond their interval. */
  endAt(time: Millis): BarChunk | null {
    if (time < this.#end) return null;
    const bars = [...this.#bars.entries()].filter(
      (entry): entry is [number, OpenBar] => entry[1] !== undefined,
    );
    this.#bars = [];
    return bars.length === 0 ? null : this.#chunkOf(bars);
  }

  /** Takes the rows from `from` on that lie in one interval; returns the row after them. */
  add(chunk: PricedRows, from: number): number {
    const first = chunk.times[from]!;
    if (first >= this.#end) [this.#start, this.#end] = intervalOf(first, this.#timeframe);
    this.#instruments = chunk.instruments;
    this.#several = chunk.instrumentOf !== null;
    let to = from;
    while (to < chunk.length && chunk.times[to]! < this.#end) to++;
    if (chunk.instrumentOf === null) this.#extendLone(chunk, from, to);
    else for (let row = from; row < to; row++) this.#extendOne(chunk.instrumentOf[row]!, chunk, row);
    return to;
  }

  /** The first row from `from` on that lies beyond the interval under way; all rows when there is none. */
  firstBeyond(times: Float64Array, from: number): number {
    if (times[from]! >= this.#end) return times.length;
    let to = from;
    while (to < times.length && times[to]! < this.#end) to++;
    return to;
  }

  /** Rows of one instrument; those without a price (a mid of 0) lie between the runs that count. */
  #extendLone(chunk: PricedRows, from: number, to: number): void {
    const { mantissas } = chunk.price;
    for (let start = from; start < to; start++) {
      let end = start;
      while (end < to && mantissas[end] !== 0) end++;
      if (end > start) this.#extend(0, chunk, start, end);
      start = end;
    }
  }

  #extendOne(instrument: number, chunk: PricedRows, row: number): void {
    if (chunk.price.mantissas[row] !== 0) this.#extend(instrument, chunk, row, row + 1);
  }

  #extend(instrument: number, chunk: PricedRows, from: number, to: number): void {
    const { price, volume } = chunk;
    const [lowest, highest] = extremes(price, from, to);
    const bar = this.#bars[instrument];
    const close = fixedAt(price, to - 1);
    const traded = sum(volume, from, to);
    if (bar === undefined) {
      const open = fixedAt(price, from);
      const high = fixedAt(price, highest);
      const low = fixedAt(price, lowest);
      this.#bars[instrument] = { open, high, low, close, volume: traded };
      return;
    }
    const high = fixedAt(price, highest);
    const low = fixedAt(price, lowest);
    if (compareFixed(high, bar.high) > 0) bar.high = high;
    if (compareFixed(low, bar.low) < 0) bar.low = low;
    bar.close = close;
    bar.volume = addFixed(bar.volume, traded);
  }

  #chunkOf(bars: readonly (readonly [number, OpenBar])[]): BarChunk {
    const column = (field: keyof OpenBar) => columnOf(bars.map(([, bar]) => bar[field]));
    return {
      kind: "bar",
      length: bars.length,
      instruments: this.#instruments,
      instrumentOf: this.#several ? Uint16Array.from(bars, ([instrument]) => instrument) : null,
      timeframe: this.#timeframe,
      openTimes: new Float64Array(bars.length).fill(this.#start),
      times: new Float64Array(bars.length).fill(this.#end),
      open: column("open"),
      high: column("high"),
      low: column("low"),
      close: column("close"),
      volume: column("volume"),
      derived: true,
    };
  }
}

/** Start and end of the interval of `timeframe` that holds `time`. */
export function intervalOf(time: Millis, timeframe: Timeframe): [start: Millis, end: Millis] {
  const months = monthsOf(timeframe);
  if (months > 0) {
    const date = new Date(time);
    const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    const start = Math.floor(month / months) * months;
    return [Date.UTC(1970, start), Date.UTC(1970, start + months)];
  }
  // 1970-01-01 was a Thursday; weeks start on Mondays.
  const offset = timeframe.ms % (7 * dayMs) === 0 ? 4 * dayMs : 0;
  const start = Math.floor((time - offset) / timeframe.ms) * timeframe.ms + offset;
  return [start, start + timeframe.ms];
}

function monthsOf({ label }: Timeframe): number {
  const match = /^(\d+)([My])$/.exec(label);
  return match === null ? 0 : Number(match[1]) * (match[2] === "y" ? 12 : 1);
}

function sum(column: FixedColumn, from: number, to: number): Fixed {
  let total = 0;
  for (let row = from; row < to; row++) total += column.mantissas[row]!;
  // Partial sums of amounts ≥ 0 are exact as long as the whole is; NaN, the mark of a wide cell, fails the test.
  if (total <= largestMantissa) return { units: BigInt(total), scale: column.scale };
  let exact: Fixed = { units: 0n, scale: 0 };
  for (let row = from; row < to; row++) exact = addFixed(exact, fixedAt(column, row));
  return exact;
}

function addFixed(a: Fixed, b: Fixed): Fixed {
  const scale = Math.max(a.scale, b.scale);
  return { units: widen(a.units, a.scale, scale) + widen(b.units, b.scale, scale), scale };
}
