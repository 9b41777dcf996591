import type { Indicator } from "./indicator.ts";
import { LogReturns } from "./log-returns.ts";
import { requireInteger, requirePrices } from "./price-checks.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";
import { TrailingSums } from "./trailing-sums.ts";

export interface LeadLagOptions {
  /** Pairs of log returns that a correlation is of, 3 or more. */
  readonly window: number;
  /** The longest lag looked at, either way, in updates; 1 or more. */
  readonly maxLag: number;
}

export interface LeadLag extends Indicator<ArrayLike<number>>, Restorable {
  /** At the lag that `value` tells, -1 to 1; NaN until ready. */
  readonly correlation: number;
}

/**
 * Which of two assets moves first: the lag, in updates, at which their log returns are most strongly correlated over a
 * trailing window, above 0 when the first leads the second. Of equally strong lags the shortest. `update` takes the two
 * prices of one instant; nothing later is looked at: the leader's returns are compared with later ones of the other,
 * which are past as well. Ready after window + maxLag returns; NaN while one of the prices does not move.
 *
 * There is a strongest lag in noise, too: look at `correlation`, whose size must exceed some 3 / √window to mean much.
 * Cross-correlation after M. Hoffmann, M. Rosenbaum, N. Yoshida, Estimation of the lead-lag parameter from
 * non-synchronous data, Bernoulli 19 (2013), here on synchronous prices.
 * @throws RangeError for options out of range.
 */
export function leadLag({ window, maxLag }: LeadLagOptions): LeadLag {
  return new StrongestLag(
    requireInteger("leadLag: window", window, 3),
    requireInteger("leadLag: maxLag", maxLag, 1),
  );
}

/** Σx, Σy, Σx², Σy², Σxy of a lag. */
const COLUMNS = 5;
/** Of a sum of squares that is left after the mean is taken off, what is rounding error; also of correlations that tie. */
const FAINTEST = 1e-12;

class StrongestLag implements LeadLag {
  value = Number.NaN;
  correlation = Number.NaN;
  private readonly identity: string;
  private readonly window: number;
  /** 0, 1, -1, 2, -2, …: the order in which a tie is decided. */
  private readonly lags: readonly number[];
  private readonly returns = new LogReturns(2);
  /** The last maxLag + 1 returns of each, newest first. */
  private readonly leader: Float64Array;
  private readonly follower: Float64Array;
  private readonly row: Float64Array;
  private readonly sums: TrailingSums;

  constructor(window: number, maxLag: number) {
    this.identity = `leadLag of ${window}, maxLag ${maxLag}`;
    this.window = window;
    this.lags = [0, ...Array.from({ length: maxLag }, (_, i) => [i + 1, -i - 1]).flat()];
    this.leader = new Float64Array(maxLag + 1).fill(Number.NaN);
    this.follower = new Float64Array(maxLag + 1).fill(Number.NaN);
    this.row = new Float64Array(COLUMNS * this.lags.length);
    this.sums = new TrailingSums(window, this.row.length);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(prices: ArrayLike<number>): number {
    requirePrices("leadLag", prices, 2);
    if (!this.returns.update(prices)) return this.value;
    for (const [i, past] of [this.leader, this.follower].entries()) {
      past.copyWithin(1, 0);
      past[0] = this.returns.values[i]!;
    }
    if (Number.isNaN(this.leader.at(-1)!)) return this.value;
    for (const [i, lag] of this.lags.entries()) {
      const x = this.leader[Math.max(lag, 0)]!;
      const y = this.follower[Math.max(-lag, 0)]!;
      this.row.set([x, y, x * x, y * y, x * y], COLUMNS * i);
    }
    this.sums.add(this.row);
    this.findStrongest();
    return this.value;
  }

  private findStrongest(): void {
    this.value = Number.NaN;
    this.correlation = Number.NaN;
    for (const [i, lag] of this.lags.entries()) {
      const correlation = this.correlationAt(COLUMNS * i);
      const isStronger = Math.abs(correlation) > Math.abs(this.correlation) + FAINTEST;
      if (Number.isNaN(correlation) || (this.ready && !isStronger)) continue;
      this.value = lag;
      this.correlation = correlation;
    }
  }

  private correlationAt(column: number): number {
    const [x, y, xx, yy, xy] = this.sums.sums.subarray(column, column + COLUMNS) as unknown as number[];
    const left = xx! - (x! * x!) / this.window;
    const right = yy! - (y! * y!) / this.window;
    if (!(left > FAINTEST * xx! && right > FAINTEST * yy!)) return Number.NaN;
    return (xy! - (x! * y!) / this.window) / Math.sqrt(left * right);
  }

  save(): IndicatorState {
    const { value, correlation, leader, follower } = this;
    const parts = { returns: this.returns.save(), sums: this.sums.save() };
    return savedState(this.identity, { value, correlation, leader, follower, ...parts });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    this.correlation = saved.numberOrNaN("correlation");
    saved.numbersOrNaN("leader", this.leader);
    saved.numbersOrNaN("follower", this.follower);
    saved.part("returns", this.returns);
    saved.part("sums", this.sums);
  }
}
