import { intervalOf, type Millis, parseTimeframe, type Timeframe } from "../domain/time.ts";
import { amountScale } from "./amount.ts";
import { type BarRow, BarSeries, type Print, type SavedBars } from "./barSeries.ts";
import type { Kline, Page } from "./contract.ts";
import type { PastBars } from "./pastBars.ts";
import type { Grid } from "./priceSource.ts";
import { invalidInterval } from "./refusals.ts";

const names = "1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split(" ");

/** Binance's intervals. */
export const klineIntervals: ReadonlyMap<string, Timeframe> = new Map(
  names.map((name) => [name, parseTimeframe(name)]),
);

/** @throws VenueError -1120 */
export function klineInterval(name: string): Timeframe {
  const interval = klineIntervals.get(name);
  if (interval === undefined) throw invalidInterval();
  return interval;
}

const secondMs = 1000;
const keptSeconds = 20_000;
const keptMinutes = 600_000;
const averageSeconds = 300;

/** Klines of every interval, put together from seconds and minutes when they are asked for. */
export class Klines {
  readonly #seconds = new BarSeries(secondMs, keptSeconds);
  readonly #minutes = new BarSeries(60_000, keptMinutes);
  readonly #grid: Grid;
  readonly #past: PastBars;
  #average: { readonly second: number; readonly price: number | null } | null = null;

  constructor(grid: Grid, past: PastBars) {
    this.#grid = grid;
    this.#past = past;
  }

  add(print: Print): void {
    this.#seconds.add(print);
    this.#minutes.add(print);
  }

  extend(now: Millis): void {
    this.#seconds.extend(now);
    this.#minutes.extend(now);
  }

  save(): { readonly seconds: SavedBars; readonly minutes: SavedBars } {
    return { seconds: this.#seconds.save(), minutes: this.#minutes.save() };
  }

  restore({ seconds, minutes }: { readonly seconds: SavedBars; readonly minutes: SavedBars }): void {
    this.#seconds.restore(seconds);
    this.#minutes.restore(minutes);
  }

  /** From a start on, the oldest first; without one, the latest (up to the end). The last may be under way. */
  page(interval: Timeframe, now: Millis, { startTime, endTime, limit }: Page): readonly Kline[] {
    this.extend(now);
    const last = Math.min(now, endTime ?? now);
    const klines: Kline[] = [];
    if (startTime === undefined) {
      for (let at = last; klines.length < limit; ) {
        const [start, end] = intervalOf(at, interval);
        const kline = this.at(interval, start, end, now);
        if (kline === null) break;
        klines.push(kline);
        at = start - 1;
      }
      return klines.reverse();
    }
    let at = Math.max(startTime, this.#earliest(interval, startTime));
    const [start, end] = intervalOf(at, interval);
    // Klines are asked for by when they open.
    if (start < at) at = end;
    while (at <= last && klines.length < limit) {
      const [open, close] = intervalOf(at, interval);
      const kline = this.at(interval, open, close, now);
      if (kline !== null) klines.push(kline);
      at = close;
    }
    return klines;
  }

  /** The kline of [start, end); null when there was no market then. */
  at(interval: Timeframe, start: Millis, end: Millis, now: Millis): Kline | null {
    const series = interval.ms < this.#minutes.ms ? this.#seconds : this.#minutes;
    let bar = series.read(series.rowAt(start), series.rowAt(end));
    if (series === this.#minutes && start < series.start) {
      const past = this.#past.since(start);
      bar = joined(past.read(past.rowAt(start), past.rowAt(end)), bar);
    }
    return bar === null ? null : this.#klineOf(bar, start, end, now);
  }

  /**
   * Mean price by volume of the last five minutes before this second, in units of 10^-8; null when nothing was traded
   * in them.
   */
  average(now: Millis): number | null {
    const second = Math.floor(now / secondMs);
    if (this.#average?.second === second) return this.#average.price;
    this.#seconds.extend(now);
    const end = this.#seconds.rowAt(second * secondMs);
    const bar = this.#seconds.read(end - averageSeconds, end);
    const shift = 10n ** BigInt(amountScale - this.#grid.priceScale);
    const price = bar === null || bar.volume === 0n ? null : Number((bar.quote * shift) / bar.volume);
    this.#average = { second, price };
    return price;
  }

  #earliest(interval: Timeframe, asked: Millis): Millis {
    if (interval.ms < this.#minutes.ms) return this.#seconds.start;
    return asked < this.#minutes.start ? Math.min(this.#minutes.start, this.#past.since(asked).start) : asked;
  }

  #klineOf(bar: BarRow, start: Millis, end: Millis, now: Millis): Kline {
    const { priceScale, sizeScale } = this.#grid;
    const price = (points: number) => ({ units: BigInt(points), scale: priceScale });
    const size = (units: bigint) => ({ units, scale: sizeScale });
    const value = (units: bigint) => ({ units, scale: priceScale + sizeScale });
    return {
      openTime: start,
      closeTime: end - 1,
      open: price(bar.open),
      high: price(bar.high),
      low: price(bar.low),
      close: price(bar.close),
      volume: size(bar.volume),
      quoteVolume: value(bar.quote),
      trades: bar.trades,
      takerBuyVolume: size(bar.takerVolume),
      takerBuyQuoteVolume: value(bar.takerQuote),
      closed: now >= end,
    };
  }
}

function joined(a: BarRow | null, b: BarRow | null): BarRow | null {
  if (a === null || b === null) return a ?? b;
  return {
    openTime: a.openTime,
    open: a.open,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    close: b.close,
    volume: a.volume + b.volume,
    quote: a.quote + b.quote,
    trades: a.trades + b.trades,
    takerVolume: a.takerVolume + b.takerVolume,
    takerQuote: a.takerQuote + b.takerQuote,
  };
}
