import type { Account } from "../account/account.ts";
import type { Fixed } from "../domain/fixed.ts";
import { dayMs, type Millis } from "../domain/time.ts";

export interface EquityPoint {
  readonly time: Millis;
  readonly equity: Fixed;
}

export interface RecorderOptions {
  /** Nothing up to this time is measured. */
  readonly tradeFrom: Millis;
  /** Keep every instant's equity. */
  readonly keepAll: boolean;
}

export interface RecorderState {
  readonly measured: Pick<
    EquityRecorder,
    "maxDrawdown" | "maxDrawdownDuration" | "exposedBars" | "bars" | "ruined" | "from" | "to"
  >;
  readonly points: readonly EquityPoint[];
  readonly all: readonly EquityPoint[] | null;
  readonly peak: number;
  readonly peakTime: Millis;
  readonly lowest: number;
  readonly underWater: boolean;
  readonly dayEnd: Millis;
}

/**
 * Equity over the run. Drawdown and exposure look at every instant in doubles (they are ratios); the daily points are
 * exact. A day is that of `time − 1 ms`: a bar that closes at midnight belongs to the day it was traded on.
 */
export class EquityRecorder {
  readonly points: EquityPoint[] = [];
  readonly all: EquityPoint[] | null;
  maxDrawdown = 0;
  /** Milliseconds from a peak until it was reached again, or the end; the longest. */
  maxDrawdownDuration = 0;
  /** Bars at whose close a position was held, and all bars. */
  exposedBars = 0;
  bars = 0;
  /** Equity fell to zero or below. */
  ruined = false;
  /** First and last measured moment; NaN before there is one. */
  from: Millis = Number.NaN;
  to: Millis = Number.NaN;
  readonly #account: Account;
  #peak: number;
  #peakTime: Millis = Number.NaN;
  #lowest: number;
  #underWater = false;
  /** Until when the present day lasts, inclusive. */
  #dayEnd: Millis;

  constructor(account: Account, { tradeFrom, keepAll }: RecorderOptions) {
    this.#account = account;
    this.#peak = account.equity();
    this.#lowest = this.#peak;
    this.#dayEnd = tradeFrom;
    this.all = keepAll ? [] : null;
  }

  /** After it `before` has something to do, and is to be called for every instant. */
  get idleUntil(): Millis {
    return this.#dayEnd;
  }

  /** Before anything of the instant is matched: closes the day that ended. */
  before(time: Millis): void {
    if (time > this.#dayEnd) this.#endDay(time);
  }

  #endDay(time: Millis): void {
    if (Number.isNaN(this.from)) this.from = this.#peakTime = time;
    // Rows that are not measured may lead over several days: each day that was is sampled once.
    else if (this.to > (this.points.at(-1)?.time ?? Number.NEGATIVE_INFINITY)) this.#sample();
    this.#dayEnd = (Math.floor((time - 1) / dayMs) + 1) * dayMs;
  }

  /** After the instant's fills are booked and prices marked. */
  after(time: Millis, bars: number): void {
    // NaN before the measured range.
    if (!(time >= this.from)) return;
    this.to = time;
    this.bars += bars;
    const account = this.#account;
    if (account.hasPosition) this.exposedBars += bars;
    if (this.all !== null) this.all.push({ time, equity: account.exactEquity() });
    this.#see(account.equity(), time);
  }

  /** The same for one bar where `all` is not kept, given what `Account.equity` would say. */
  afterBar(time: Millis, equity: number): void {
    if (!(time >= this.from)) return;
    this.to = time;
    this.bars++;
    if (this.#account.hasPosition) this.exposedBars++;
    this.#see(equity, time);
  }

  #see(equity: number, time: Millis): void {
    if (equity >= this.#peak) this.#reach(equity, time);
    else {
      this.#underWater = true;
      if (equity < this.#lowest) this.#sink(equity);
    }
  }

  /** Of equity now from its peak, 0 or below; null before anything was measured. */
  get drawdown(): number | null {
    if (Number.isNaN(this.to)) return null;
    return Math.min(0, this.#account.equity() / this.#peak - 1);
  }

  /** The points so far, the present one included. */
  sampled(): readonly EquityPoint[] {
    const last = this.points.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    if (!(this.to > last)) return this.points;
    return [...this.points, { time: this.to, equity: this.#account.exactEquity() }];
  }

  /** After the last instant. */
  finish(): void {
    if (Number.isNaN(this.to)) return;
    if (this.#underWater) this.#surface(this.to);
    this.#sample();
  }

  save(): RecorderState {
    const { maxDrawdown, maxDrawdownDuration, exposedBars, bars, ruined, from, to, points, all } = this;
    return {
      measured: { maxDrawdown, maxDrawdownDuration, exposedBars, bars, ruined, from, to },
      points,
      all,
      peak: this.#peak,
      peakTime: this.#peakTime,
      lowest: this.#lowest,
      underWater: this.#underWater,
      dayEnd: this.#dayEnd,
    };
  }

  load({ measured, points, all, ...state }: RecorderState): void {
    Object.assign(this, measured);
    this.points.push(...points);
    for (const point of all ?? []) this.all?.push(point);
    this.#peak = state.peak;
    this.#peakTime = state.peakTime;
    this.#lowest = state.lowest;
    this.#underWater = state.underWater;
    this.#dayEnd = state.dayEnd;
  }

  #reach(equity: number, time: Millis): void {
    if (this.#underWater) this.#surface(time);
    this.#peak = equity;
    this.#lowest = equity;
    this.#peakTime = time;
  }

  #sink(equity: number): void {
    this.#lowest = equity;
    this.maxDrawdown = Math.min(this.maxDrawdown, equity / this.#peak - 1);
    if (equity <= 0) this.ruined = true;
  }

  #surface(time: Millis): void {
    this.#underWater = false;
    this.maxDrawdownDuration = Math.max(this.maxDrawdownDuration, time - this.#peakTime);
  }

  #sample(): void {
    this.points.push({ time: this.to, equity: this.#account.exactEquity() });
  }
}
