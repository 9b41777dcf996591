import { fixedAt } from "../domain/columns.ts";
import { compareFixed, type Fixed, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Bar, BarChunk } from "../domain/market.ts";
import { intervalOf, type Millis, type Timeframe } from "../domain/time.ts";
import { illegal } from "./request.ts";
import { type BarCells, ClosedBar, cellsOf } from "./views.ts";

interface Unfinished {
  readonly openTime: Millis;
  readonly end: Millis;
  readonly open: Fixed;
  high: Fixed;
  low: Fixed;
  close: Fixed;
  volume: Fixed;
}

export interface BarSeriesState {
  readonly timeframe: string;
  readonly closed: readonly (BarCells & { readonly openTime: Millis; readonly time: Millis })[];
  /** Index of the first of `closed`. */
  readonly first: number;
  readonly current: Unfinished | null;
  readonly started: boolean;
  readonly firstStart: Millis;
}

/**
 * Bars of a longer timeframe built from those of the run, aligned in UTC (weeks from Monday, months by the calendar).
 * Only closed ones are shown: a bar is closed when a bar of the run reaches or passes its end.
 */
export class BarSeries {
  readonly #instrument: Instrument;
  readonly #timeframe: Timeframe;
  readonly #most: number;
  /** The newest `#most`, or some more. */
  #closed: ClosedBar[] = [];
  #current: Unfinished | null = null;
  #started = false;
  #firstStart: Millis = Number.NEGATIVE_INFINITY;

  /** @param most as many closed bars are shown, the newest */
  constructor(instrument: Instrument, timeframe: Timeframe, most = Number.POSITIVE_INFINITY) {
    this.#instrument = instrument;
    this.#timeframe = timeframe;
    this.#most = most;
  }

  get length(): number {
    return Math.min(this.#closed.length, this.#most);
  }

  /** 0 is the oldest, -1 the newest. */
  at(index: number): Bar | undefined {
    const hidden = this.#closed.length - this.length;
    if (hidden === 0) return this.#closed.at(index);
    return index >= 0
      ? this.#closed[hidden + index]
      : index < -this.length
        ? undefined
        : this.#closed.at(index);
  }

  save(): BarSeriesState {
    const shown = this.#closed.slice(this.#closed.length - this.length);
    return {
      timeframe: this.#timeframe.label,
      closed: shown.map((bar) => {
        const { open, high, low, close, volume } = cellsOf(bar);
        return { openTime: bar.openTime, time: bar.time, open, high, low, close, volume };
      }),
      first: shown[0]?.index ?? 0,
      current: this.#current,
      started: this.#started,
      firstStart: this.#firstStart,
    };
  }

  load({ closed, first, current, started, firstStart }: BarSeriesState): void {
    this.#closed = closed.map(({ openTime, time, ...cells }, i) =>
      this.#barAt(first + i, openTime, time, cells),
    );
    this.#current = current;
    this.#started = started;
    this.#firstStart = firstStart;
  }

  add(chunk: BarChunk, row: number): void {
    const openTime = chunk.openTimes[row]!;
    if (!this.#started) this.#start(openTime, chunk.timeframe);
    if (openTime < this.#firstStart) return;
    if (this.#current !== null && openTime >= this.#current.end) this.#close(this.#current);
    this.#current = merge(this.#current, chunk, row, this.#timeframe);
    if (chunk.times[row]! >= this.#current.end) this.#close(this.#current);
  }

  /** A bar whose beginning the run has not seen would not be the venue's. */
  #start(openTime: Millis, own: Timeframe): void {
    const { label, ms } = this.#timeframe;
    const calendar = label.endsWith("M") || label.endsWith("y");
    if (own.ms > ms || (!calendar && ms % own.ms !== 0)) {
      throw illegal(`bars("${label}"): expected a multiple of the run's own bars, which are ${own.label}`);
    }
    const [start, end] = intervalOf(openTime, this.#timeframe);
    this.#firstStart = openTime > start ? end : start;
    this.#started = true;
  }

  #close(bar: Unfinished): void {
    const { openTime, end, ...cells } = bar;
    const index = (this.#closed.at(-1)?.index ?? -1) + 1;
    if (this.#closed.length >= 2 * this.#most)
      this.#closed = this.#closed.slice(this.#closed.length - this.#most);
    this.#closed.push(this.#barAt(index, openTime, end, cells));
    this.#current = null;
  }

  #barAt(index: number, openTime: Millis, time: Millis, cells: BarCells): ClosedBar {
    const { symbol } = this.#instrument;
    return new ClosedBar({ symbol, timeframe: this.#timeframe.label, index, openTime, time }, cells);
  }
}

function merge(current: Unfinished | null, chunk: BarChunk, row: number, timeframe: Timeframe): Unfinished {
  const high = fixedAt(chunk.high, row);
  const low = fixedAt(chunk.low, row);
  const close = fixedAt(chunk.close, row);
  const volume = fixedAt(chunk.volume, row);
  if (current === null) {
    const [openTime, end] = intervalOf(chunk.openTimes[row]!, timeframe);
    return { openTime, end, open: fixedAt(chunk.open, row), high, low, close, volume };
  }
  if (compareFixed(high, current.high) > 0) current.high = high;
  if (compareFixed(low, current.low) < 0) current.low = low;
  current.close = close;
  const scale = Math.max(volume.scale, current.volume.scale);
  const units =
    widen(volume.units, volume.scale, scale) + widen(current.volume.units, current.volume.scale, scale);
  current.volume = { units, scale };
  return current;
}
