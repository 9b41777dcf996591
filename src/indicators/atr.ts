import { requireNumber, requirePeriod } from "./checks.ts";
import { ExponentialMean } from "./exponential-mean.ts";
import type { SavableIndicator } from "./indicator.ts";
import { type IndicatorState, SavedState, savedState } from "./state.ts";

/** What a true range needs of a bar, all in price units. */
export interface Range {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Average true range, in price units: Wilder's average (alpha = 1 / n, seeded with the simple mean of the first n) of
 * the true range, which is the largest of high - low, |high - previous close| and |low - previous close|; high - low
 * for the first bar, which has no previous close. Ready after n bars.
 * J. Welles Wilder, New Concepts in Technical Trading Systems (1978).
 * @throws RangeError when n is not a positive integer, or for a bar whose high is below its low.
 */
export function atr(n: number): SavableIndicator<Range> {
  return new Atr(requirePeriod("atr", n));
}

class Atr implements SavableIndicator<Range> {
  private readonly n: number;
  private readonly mean: ExponentialMean;
  private previousClose: number | undefined;

  constructor(n: number) {
    this.n = n;
    this.mean = new ExponentialMean(n, 1 / n);
  }

  get value(): number {
    return this.mean.value;
  }

  get ready(): boolean {
    return this.mean.ready;
  }

  save(): IndicatorState {
    return savedState(`atr of ${this.n}`, { previous: this.previousClose ?? null, mean: this.mean.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`atr of ${this.n}`, state);
    this.previousClose = saved.has("previous") ? saved.number("previous") : undefined;
    saved.part("mean", this.mean);
  }

  update(bar: Range): number {
    const { high, low, close } = requireRange(bar);
    // A gap belongs to the range: what happened between two bars moved the price as well.
    const from = this.previousClose ?? low;
    this.previousClose = close;
    return this.mean.update(Math.max(high, from) - Math.min(low, from));
  }
}

function requireRange(bar: Range): Range {
  if (typeof bar !== "object" || bar === null) {
    throw new TypeError(`atr: expected a bar { high, low, close } as input, found ${String(bar)}`);
  }
  requireNumber("atr: high", bar.high);
  requireNumber("atr: low", bar.low);
  requireNumber("atr: close", bar.close);
  if (bar.high < bar.low) {
    throw new RangeError(`atr: expected a high not below the low, found high ${bar.high}, low ${bar.low}`);
  }
  return bar;
}
