import { requireNumber, requirePeriod } from "./checks.ts";
import { ExponentialMean } from "./exponential-mean.ts";
import type { SavableIndicator } from "./indicator.ts";
import { requireParts } from "./saved-parts.ts";
import type { IndicatorState } from "./state.ts";

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
  private readonly gain: ExponentialMean;
  private readonly loss: ExponentialMean;
  private previous = Number.NaN;
  value = Number.NaN;

  constructor(n: number) {
    this.gain = new ExponentialMean(n, 1 / n);
    this.loss = new ExponentialMean(n, 1 / n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  save(): IndicatorState {
    return [this.previous, this.value, this.gain.save(), this.loss.save()];
  }

  load(state: IndicatorState): void {
    const [previous, value, gain, loss] = requireParts("rsi", state, 4);
    [this.previous, this.value] = [previous as number, value as number];
    this.gain.load(gain as IndicatorState);
    this.loss.load(loss as IndicatorState);
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
