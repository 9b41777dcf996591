import type { SavableIndicator } from "./indicator.ts";
import { requireParts } from "./saved-parts.ts";
import { sma } from "./sma.ts";
import type { IndicatorState } from "./state.ts";

/**
 * Exponential smoothing seeded with the simple mean of the first n inputs, then value += alpha × (input - value).
 * The one recursion behind ema (alpha = 2 / (n + 1)) and Wilder's averages (alpha = 1 / n). Callers check inputs.
 */
export class ExponentialMean {
  private readonly alpha: number;
  private readonly seed: SavableIndicator;
  value = Number.NaN;

  constructor(n: number, alpha: number) {
    this.alpha = alpha;
    this.seed = sma(n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  save(): IndicatorState {
    // Seeded for good: what the seed was made of does not matter any more.
    return this.ready ? [this.value] : [this.value, this.seed.save()];
  }

  load(state: IndicatorState): void {
    const [value, seed] = requireParts("exponential mean", state, 1, 2);
    this.value = value as number;
    if (seed !== undefined) this.seed.load(seed as IndicatorState);
  }

  update(input: number): number {
    // In this form, and not alpha × input + (1 - alpha) × value, a constant series keeps its exact value.
    this.value = this.ready ? this.value + this.alpha * (input - this.value) : this.seed.update(input);
    return this.value;
  }
}
