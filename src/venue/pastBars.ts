import type { Millis } from "../domain/time.ts";
import { BarSeries } from "./barSeries.ts";
import { draw, drawNormal } from "./chance.ts";

/** Minutes of history that can be asked for at most: 140 days, as if the market had been listed then. */
const longestPast = 201_600;
const minuteMs = 60_000;
const drawsPerMinute = 8;

export interface PastOptions {
  readonly seed: number;
  /** The first minute that is not past. */
  readonly end: Millis;
  /** What the market stood at then, in points. */
  readonly price: number;
  readonly tick: number;
  /** Standard deviation of a minute's logarithmic return. */
  readonly deviation: number;
  /** Mean size of a trade, and trades of a minute. */
  readonly meanSize: number;
  readonly tradesPerMinute: number;
}

/**
 * Bars from before the exchange began: a random walk backwards from its first price, made as far back as someone asks.
 * A minute's draws depend on nothing but the minute, so what was told once is told again.
 */
export class PastBars {
  readonly #options: PastOptions;
  #series = new BarSeries(minuteMs, longestPast);

  constructor(options: PastOptions) {
    this.#options = options;
  }

  /** The bars from `time` or earlier up to the end; fewer when that is longer ago than `longestPast`. */
  since(time: Millis): BarSeries {
    const { end } = this.#options;
    const wanted = Math.min(longestPast, Math.ceil((end - time) / minuteMs));
    if (wanted > this.#series.length) {
      const rows = Math.min(longestPast, Math.max(wanted, 1500, this.#series.length * 2));
      this.#series = this.#made(rows);
    }
    return this.#series;
  }

  #made(rows: number): BarSeries {
    const { seed, end, price, tick, deviation } = this.#options;
    const opens = new Float64Array(rows + 1);
    opens[rows] = price;
    for (let ago = 1; ago <= rows; ago++) {
      const move = deviation * drawNormal(seed, ago * drawsPerMinute);
      opens[rows - ago] = Math.max(tick, opens[rows - ago + 1]! * Math.exp(-move));
    }
    const series = new BarSeries(minuteMs, longestPast);
    for (let row = 0; row < rows; row++) {
      this.#pushMinute(series, end - (rows - row) * minuteMs, opens[row]!, opens[row + 1]!, rows - row);
    }
    return series;
  }

  #pushMinute(series: BarSeries, openTime: Millis, from: number, to: number, ago: number): void {
    const { seed, tick, deviation, meanSize, tradesPerMinute } = this.#options;
    const chance = (n: number): number => draw(seed, ago * drawsPerMinute + n);
    const snapped = (value: number): number => Math.max(1, Math.round(value / tick)) * tick;
    const [open, close] = [snapped(from), snapped(to)];
    const high = Math.max(open, close, snapped(Math.max(from, to) * (1 + deviation * chance(2) * 0.6)));
    const low = Math.min(open, close, snapped(Math.min(from, to) * (1 - deviation * chance(3) * 0.6)));
    const trades = Math.max(1, Math.round(tradesPerMinute * (0.5 + chance(4))));
    const size = Math.max(1, Math.round(meanSize * trades * (0.6 + 0.8 * chance(5))));
    const volume = BigInt(size);
    const takerVolume = BigInt(Math.round(size * (0.3 + 0.4 * chance(6))));
    const middle = BigInt(Math.round((open + close + high + low) / 4));
    const quote = volume * middle;
    const takerQuote = takerVolume * middle;
    series.push({ openTime, open, high, low, close, volume, quote, trades, takerVolume, takerQuote });
  }
}
