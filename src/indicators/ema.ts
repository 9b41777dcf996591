import { requireNumber, requirePeriod } from "./checks.ts";
import { ExponentialMean } from "./exponential-mean.ts";
import type { SavableIndicator } from "./indicator.ts";
import { type IndicatorState, SavedState, savedState } from "./state.ts";

/**
 * Exponential moving average, in the inputs' unit: seeded with the simple mean of the first n inputs (ready then),
 * after that ema += 2 / (n + 1) × (input - ema). It never quite forgets: after 3.45 × (n + 1) inputs the start still weighs 0.1 %.
 * @throws RangeError when n is not a positive integer.
 */
export function ema(n: number): SavableIndicator {
  return new Ema(requirePeriod("ema", n));
}

class Ema implements SavableIndicator {
  private readonly n: number;
  private readonly mean: ExponentialMean;

  constructor(n: number) {
    this.n = n;
    this.mean = new ExponentialMean(n, 2 / (n + 1));
  }

  get value(): number {
    return this.mean.value;
  }

  get ready(): boolean {
    return this.mean.ready;
  }

  save(): IndicatorState {
    return savedState(`ema of ${this.n}`, { mean: this.mean.save() });
  }

  load(state: IndicatorState): void {
    new SavedState(`ema of ${this.n}`, state).part("mean", this.mean);
  }

  update(input: number): number {
    requireNumber("ema", input);
    return this.mean.update(input);
  }
}
