import { requireNumber, requirePeriod } from "./checks.ts";
import type { SavableIndicator } from "./indicator.ts";
import { type IndicatorState, SavedState, savedState } from "./state.ts";
import { WindowMoments } from "./window-moments.ts";

/**
 * Population standard deviation (divisor n, not n - 1) of the last n inputs, in the inputs' unit: √(Σ(x - mean)² / n).
 * Ready after n inputs. Exactly 0 when all n are equal, and always so for n = 1.
 * @throws RangeError when n is not a positive integer.
 */
export function stddev(n: number): SavableIndicator {
  return new StandardDeviation(requirePeriod("stddev", n));
}

class StandardDeviation implements SavableIndicator {
  private readonly n: number;
  private readonly moments: WindowMoments;
  value = Number.NaN;

  constructor(n: number) {
    this.n = n;
    this.moments = new WindowMoments(n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  save(): IndicatorState {
    return savedState(`stddev of ${this.n}`, { value: this.value, moments: this.moments.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`stddev of ${this.n}`, state);
    this.value = saved.numberOrNaN("value");
    saved.part("moments", this.moments);
  }

  update(input: number): number {
    requireNumber("stddev", input);
    this.moments.add(input);
    this.value = this.moments.deviation;
    return this.value;
  }
}
