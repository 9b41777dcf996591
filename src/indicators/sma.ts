import { requireNumber, requirePeriod } from "./checks.ts";
import type { SavableIndicator } from "./indicator.ts";
import { type IndicatorState, SavedState, savedState } from "./state.ts";
import { WindowMoments } from "./window-moments.ts";

/**
 * Simple moving average: the arithmetic mean of the last n inputs, in the inputs' unit. Ready after n inputs.
 *
 * Prices are decimals, so their sum is kept as an exact integer: the mean is the true mean of the decimals, rounded
 * once. It cannot drift, forgets a spike entirely, is the same wherever the series began, and two averages that tie
 * on paper are equal here (`10 of 100.10` is `30 of 100.10`), so that a crossing is never an artefact of rounding.
 * Inputs with more than ten decimals, or too large, are summed as doubles from then on (see WindowMoments).
 * @throws RangeError when n is not a positive integer.
 */
export function sma(n: number): SavableIndicator {
  return new Sma(requirePeriod("sma", n));
}

/** y + ROUND - ROUND is y rounded to the nearest integer, for |y| < 2^51: faster than Math.round. */
const ROUND = 1.5 * 2 ** 52;
const FINEST_SCALE = 1e10;

/**
 * Plain private fields and a `value` divided on demand: measured faster than #private ones and a stored value.
 * Invariant: sum = Σ ring; ring holds integers, the inputs × scale; each is within `limit`, so no sum passes 2^51.
 */
class Sma implements SavableIndicator {
  private readonly n: number;
  private readonly limit: number;
  private readonly ring: Float64Array;
  private next = 0;
  private sum = 0;
  /** A power of ten; NaN once some input was no decimal, so that no later input takes the quick way. */
  private scale = 1;
  /** n × scale; NaN until the window is full. */
  private divisor = Number.NaN;
  private doubles: WindowMoments | undefined;

  constructor(n: number) {
    this.n = n;
    this.limit = Math.floor(2 ** 51 / n);
    this.ring = new Float64Array(n);
  }

  get value(): number {
    return this.doubles === undefined ? this.sum / this.divisor : this.doubles.mean;
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(input: number): number {
    const scale = this.scale;
    const integer = input * scale + ROUND - ROUND;
    // Also false for NaN, undefined, Infinity and strings.
    if (!(integer / scale === input && Math.abs(integer) <= this.limit)) return this.updateUnfit(input);
    const { ring, next: i } = this;
    const sum = this.sum + (integer - ring[i]!);
    this.sum = sum;
    ring[i] = integer;
    if (i + 1 === this.n) {
      this.next = 0;
      this.divisor = this.n * scale;
    } else {
      this.next = i + 1;
    }
    return sum / this.divisor;
  }

  save(): IndicatorState {
    const { next, sum, scale, divisor, ring, doubles } = this;
    const memory = { next, sum, scale, divisor, ring, doubles: doubles?.save() ?? null };
    return savedState(`sma of ${this.n}`, memory);
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`sma of ${this.n}`, state);
    this.next = saved.slot("next", this.n);
    this.sum = saved.number("sum");
    this.scale = saved.numberOrNaN("scale");
    this.divisor = saved.numberOrNaN("divisor");
    saved.numbers("ring", this.ring);
    this.doubles = saved.has("doubles") ? new WindowMoments(this.n) : undefined;
    if (this.doubles !== undefined) saved.part("doubles", this.doubles);
  }

  /** The input has more decimals than `scale`, or is no decimal, or no number. */
  private updateUnfit(input: number): number {
    requireNumber("sma", input);
    if (this.doubles === undefined) {
      const scale = this.scaleFor(input);
      if (scale !== undefined) {
        this.rescale(scale / this.scale);
        return this.update(input);
      }
      this.doubles = this.leaveDecimals();
    }
    this.doubles.add(input);
    return this.doubles.mean;
  }

  /** The coarsest power of ten at which the input and everything in the window are integers within the limit. */
  private scaleFor(input: number): number | undefined {
    const largest = this.ring.reduce((most, integer) => Math.max(most, Math.abs(integer)), 0) / this.scale;
    for (let scale = this.scale; scale <= FINEST_SCALE; scale *= 10) {
      if (Math.max(largest, Math.abs(input)) * scale > this.limit) return undefined;
      if ((input * scale + ROUND - ROUND) / scale === input) return scale;
    }
    return undefined;
  }

  private rescale(factor: number): void {
    for (let i = 0; i < this.n; i++) this.ring[i] = this.ring[i]! * factor;
    this.sum *= factor;
    this.scale *= factor;
    this.divisor *= factor;
  }

  private leaveDecimals(): WindowMoments {
    const doubles = new WindowMoments(this.n);
    const oldestFirst = Number.isNaN(this.divisor)
      ? this.ring.subarray(0, this.next)
      : [...this.ring.subarray(this.next), ...this.ring.subarray(0, this.next)];
    for (const integer of oldestFirst) doubles.add(integer / this.scale);
    this.scale = Number.NaN;
    return doubles;
  }
}
