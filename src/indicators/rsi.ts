import { requireNumber, requirePeriod } from "./checks.ts";
import { ExponentialMean } from "./exponential-mean.ts";
import type { SavableIndicator } from "./indicator.ts";
import { type IndicatorState, SavedState, savedState } from "./state.ts";

/**
 * Relative strength index, 0 to 100: 100 × G / (G + L), where G and L are Wilder's averages (alpha = 1 / n, seeded
 * with the simple mean of the first n) of the gains and losses from input to input. Ready after n + 1 inputs, which
 * make n changes. 100 when there were only gains, 0 when only losses, 50 when nothing ever moved.
 * J. Welles Wilder, New Concepts in Technical Trading Systems (1978).
 * @throws RangeError when n is not a positive integer.
 */
export function rsi(n: number): SavableIndicator {
  return new Rsi(requirePeriod("rsi", n));
}

class Rsi implements SavableIndicator {
  private readonly n: number;
  private readonly gain: ExponentialMean;
  private readonly loss: ExponentialMean;
  private previous = Number.NaN;
  value = Number.NaN;

  constructor(n: number) {
    this.n = n;
    this.gain = new ExponentialMean(n, 1 / n);
    this.loss = new ExponentialMean(n, 1 / n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  save(): IndicatorState {
    const { previous, value, gain, loss } = this;
    return savedState(`rsi of ${this.n}`, { previous, value, gain: gain.save(), loss: loss.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`rsi of ${this.n}`, state);
    this.previous = saved.numberOrNaN("previous");
    this.value = saved.numberOrNaN("value");
    saved.part("gain", this.gain);
    saved.part("loss", this.loss);
  }

  update(input: number): number {
    requireNumber("rsi", input);
    const change = input - this.previous;
    this.previous = input;
    if (Number.isNaN(change)) return this.value;
    const gain = this.gain.update(Math.max(change, 0));
    const loss = this.loss.update(Math.max(-change, 0));
    // An unchanged price shrinks both averages alike, so the ratio stands. Computing it anew would lie once a long
    // standstill has shrunk them to where doubles lose their digits.
    if (change !== 0 || !this.ready) this.value = relativeStrength(gain, loss);
    return this.value;
  }
}

function relativeStrength(gain: number, loss: number): number {
  const total = gain + loss;
  return total === 0 ? 50 : 100 * (gain / total);
}
