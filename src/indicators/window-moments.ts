import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/**
 * Mean and population standard deviation of the last n doubles, O(1) an update on average, without running
 * subtraction: a running sum keeps the rounding error of whatever has passed through it, so it drifts, and after a
 * spike it lies for good.
 *
 * The window is the end of the previous block of n inputs (`tail…[j]`: sums over its slots j to n - 1, prepared
 * once a block) and the beginning of the present one (`head…`); nothing that has left is in either.
 *
 * Sums are taken of x - origin, the newest input of the previous block. The origin is itself in the window, so these
 * differences are never larger than the window's range: 1e9 ± 1 is as exact as 0 ± 1, n equal inputs have
 * deviation 0 and mean exactly theirs, and Σd² - (Σd)²/n loses a factor of 2n at the most, never its sign.
 */
export class WindowMoments implements Restorable {
  private readonly n: number;
  private readonly ring: Float64Array;
  private readonly tailSum: Float64Array;
  private readonly tailSquares: Float64Array;
  /** NaN until the window is full, and with it mean and deviation. */
  private origin = Number.NaN;
  private next = 0;
  private headSum = 0;
  private headSquares = 0;

  constructor(n: number) {
    this.n = n;
    this.ring = new Float64Array(n);
    this.tailSum = new Float64Array(n + 1);
    this.tailSquares = new Float64Array(n + 1);
  }

  get mean(): number {
    return this.origin + (this.headSum + this.tailSum[this.next]!) / this.n;
  }

  get deviation(): number {
    const sum = this.headSum + this.tailSum[this.next]!;
    const squares = this.headSquares + this.tailSquares[this.next]!;
    return Math.sqrt(Math.max(0, squares - (sum * sum) / this.n) / this.n);
  }

  add(input: number): void {
    const i = this.next;
    this.ring[i] = input;
    if (i + 1 === this.n) {
      this.beginBlock(input);
      return;
    }
    const difference = input - this.origin;
    this.headSum += difference;
    this.headSquares += difference * difference;
    this.next = i + 1;
  }

  save(): IndicatorState {
    const { next, origin, headSum, headSquares, ring, tailSum, tailSquares } = this;
    const memory = { next, origin, headSum, headSquares, ring, tailSum, tailSquares };
    return savedState(`moments of ${this.n}`, memory);
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`moments of ${this.n}`, state);
    this.next = saved.slot("next", this.n);
    this.origin = saved.numberOrNaN("origin");
    this.headSum = saved.numberOrNaN("headSum");
    this.headSquares = saved.numberOrNaN("headSquares");
    saved.numbers("ring", this.ring);
    saved.numbers("tailSum", this.tailSum);
    saved.numbers("tailSquares", this.tailSquares);
  }

  private beginBlock(newest: number): void {
    this.origin = newest;
    this.next = 0;
    this.headSum = 0;
    this.headSquares = 0;
    for (let j = this.n - 1; j >= 0; j--) {
      const difference = this.ring[j]! - newest;
      this.tailSum[j] = this.tailSum[j + 1]! + difference;
      this.tailSquares[j] = this.tailSquares[j + 1]! + difference * difference;
    }
  }
}
