import type { Indicator } from "./indicator.ts";
import { sma } from "./sma.ts";

/**
 * Exponential smoothing seeded with the simple mean of the first n inputs, then value += alpha × (input - value).
 * The one recursion behind ema (alpha = 2 / (n + 1)) and Wilder's averages (alpha = 1 / n). Callers check inputs.
 */
export class ExponentialMean {
  private readonly alpha: number;
  private readonly seed: Indicator;
  value = Number.NaN;

  constructor(n: number, alpha: number) {
    this.alpha = alpha;
    this.seed = sma(n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(input: number): number {
    // In this form, and not alpha × input + (1 - alpha) × value, a constant series keeps its exact value.
    this.value = this.ready ? this.value + this.alpha * (input - this.value) : this.seed.update(input);
    return this.value;
  }
}
