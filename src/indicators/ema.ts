import { requireNumber, requirePeriod } from "./checks.ts";
import { ExponentialMean } from "./exponential-mean.ts";
import type { Indicator } from "./indicator.ts";

/**
 * Exponential moving average, in the inputs' unit: seeded with the simple mean of the first n inputs (ready then),
 * after that ema += 2 / (n + 1) × (input - ema). It never quite forgets: after 3.45 × (n + 1) inputs the start still weighs 0.1 %.
 * @throws RangeError when n is not a positive integer.
 */
export function ema(n: number): Indicator {
  return new Ema(requirePeriod("ema", n));
}

class Ema implements Indicator {
  private readonly mean: ExponentialMean;

  constructor(n: number) {
    this.mean = new ExponentialMean(n, 2 / (n + 1));
  }

  get value(): number {
    return this.mean.value;
  }

  get ready(): boolean {
    return this.mean.ready;
  }

  update(input: number): number {
    requireNumber("ema", input);
    return this.mean.update(input);
  }
}
