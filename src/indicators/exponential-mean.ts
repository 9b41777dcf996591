import type { SavableIndicator } from "./indicator.ts";
import { sma } from "./sma.ts";
import { type IndicatorState, SavedState, savedState } from "./state.ts";

/**
 * Exponential smoothing seeded with the simple mean of the first n inputs, then value += alpha × (input - value).
 * The one recursion behind ema (alpha = 2 / (n + 1)) and Wilder's averages (alpha = 1 / n). Callers check inputs.
 */
export class ExponentialMean {
  private readonly identity: string;
  private readonly alpha: number;
  private readonly seed: SavableIndicator;
  value = Number.NaN;

  constructor(n: number, alpha: number) {
    this.identity = `exponential mean of ${n}, alpha ${alpha}`;
    this.alpha = alpha;
    this.seed = sma(n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  save(): IndicatorState {
    // Seeded for good: what the seed was made of does not matter any more.
    return savedState(this.identity, { value: this.value, seed: this.ready ? null : this.seed.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    if (!this.ready) saved.part("seed", this.seed);
  }

  update(input: number): number {
    // In this form, and not alpha × input + (1 - alpha) × value, a constant series keeps its exact value.
    this.value = this.ready ? this.value + this.alpha * (input - this.value) : this.seed.update(input);
    return this.value;
  }
}
