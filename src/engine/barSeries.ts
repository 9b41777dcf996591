import { fixedAt } from "../domain/columns.ts";
import { compareFixed, type Fixed, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Bar, BarChunk } from "../domain/market.ts";
import { intervalOf, type Millis, type Timeframe } from "../domain/time.ts";
import { illegal } from "./request.ts";
import { ClosedBar } from "./views.ts";

interface Unfinished {
  readonly openTime: Millis;
  readonly end: Millis;
  readonly open: Fixed;
  high: Fixed;
  low: Fixed;
  close: Fixed;
  volume: Fixed;
}

/**
 * Bars of a longer timeframe built from those of the run, aligned in UTC (weeks from Monday, months by the calendar).
 * Only closed ones are shown: a bar is closed when a bar of the run reaches or passes its end.
 */
export class BarSeries {
  readonly #instrument: Instrument;
  readonly #timeframe: Timeframe;
  readonly #closed: Bar[] = [];
  #current: Unfinished | null = null;
  #started = false;
  #firstStart: Millis = Number.NEGATIVE_INFINITY;

  constructor(instrument: Instrument, timeframe: Timeframe) {
    this.#instrument = instrument;
    this.#timeframe = timeframe;
  }

  get length(): number {
    return this.#closed.length;
  }

  /** 0 is the oldest, -1 the newest. */
  at(index: number): Bar | undefined {
    return this.#closed.at(index);
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
    const place = {
      symbol: this.#instrument.symbol,
      timeframe: this.#timeframe.label,
      index: this.#closed.length,
      openTime: bar.openTime,
      time: bar.end,
    };
    this.#closed.push(new ClosedBar(place, bar));
    this.#current = null;
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
