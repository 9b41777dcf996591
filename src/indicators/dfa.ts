import type { Indicator } from "./indicator.ts";
import { requireInteger, requirePrice } from "./price-checks.ts";
import { slope } from "./slope.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/**
 * Exponent of detrended fluctuation analysis (DFA-1) of the last n log returns: their profile, the log price, is cut
 * into boxes of s, a line is fitted to each by least squares, and F(s)², the mean square of what is left, grows as
 * s^2α. Uncorrelated returns have 0.5, returns that persist more, returns that revert less. Box sizes from 4 to n / 4,
 * each about 1.4 times the one before; boxes are laid from both ends, as n need not be a multiple. The slope is taken
 * over (s² - 4) / s instead of s, to which F² of uncorrelated returns is exactly proportional: without it small boxes
 * lift the exponent. Ready after n prices (n - 1 returns and where they start); NaN while the price does not move.
 * C.-K. Peng et al., Mosaic organization of DNA nucleotides, Phys. Rev. E 49 (1994); both ends and small boxes: J. W.
 * Kantelhardt et al., Detecting long-range correlations with DFA, Physica A 295 (2001).
 * @throws RangeError when n is not an integer of at least 32.
 */
export function dfa(n: number): Indicator & Restorable {
  return new Dfa(requireInteger("dfa: n", n, 32));
}

/** Below it a mean square of log prices is rounding error. */
const FAINTEST = 1e-26;

class Dfa implements Indicator, Restorable {
  value = Number.NaN;
  private readonly n: number;
  private readonly sizes: readonly number[];
  private readonly logScales: readonly number[];
  /** The last n prices, oldest at `next`. */
  private readonly prices: Float64Array;
  private next = 0;
  private readonly sums: PrefixSums;

  constructor(n: number) {
    this.n = n;
    this.sizes = boxSizes(n);
    this.logScales = this.sizes.map((size) => Math.log((size * size - 4) / size));
    this.prices = new Float64Array(n).fill(Number.NaN);
    this.sums = new PrefixSums(n);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("dfa", price);
    this.prices[this.next] = price;
    this.next = (this.next + 1) % this.n;
    if (!Number.isNaN(this.prices[this.next]!)) this.value = this.exponent();
    return this.value;
  }

  private exponent(): number {
    const { prices, next, n, sums } = this;
    const origin = prices[next]!;
    // Off the line from the first to the last, which no fit notices: a long trend would cost the sums their digits.
    const growth = Math.log(prices[(next + n - 1) % n]! / origin) / (n - 1);
    for (let i = 0; i < n; i++) sums.set(i, Math.log(prices[(next + i) % n]! / origin) - i * growth);
    const fluctuations = this.sizes.map((size) => Math.log(this.meanSquare(size)) / 2);
    return slope(this.logScales, fluctuations);
  }

  private meanSquare(size: number): number {
    const boxes = Math.floor(this.n / size);
    let sum = 0;
    for (let box = 0; box < boxes; box++) {
      sum += this.sums.residual(box * size, size) + this.sums.residual(this.n - (box + 1) * size, size);
    }
    const mean = sum / (2 * boxes * size);
    return mean > FAINTEST ? mean : Number.NaN;
  }

  save(): IndicatorState {
    const { value, prices, next } = this;
    return savedState(`dfa of ${this.n}`, { value, prices, next });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`dfa of ${this.n}`, state);
    this.value = saved.numberOrNaN("value");
    saved.numbersOrNaN("prices", this.prices);
    this.next = saved.slot("next", this.n);
  }
}

function boxSizes(n: number): readonly number[] {
  const count = Math.floor(Math.log2(n / 16) * 2) + 1;
  return [...new Set(Array.from({ length: count }, (_, i) => Math.round(4 * 2 ** (i / 2))))];
}

/** Sums of y, y² and i × y up to each i: with them a line is fitted to any stretch in O(1). */
class PrefixSums {
  private readonly ys: Float64Array;
  private readonly squares: Float64Array;
  private readonly moments: Float64Array;

  constructor(n: number) {
    this.ys = new Float64Array(n + 1);
    this.squares = new Float64Array(n + 1);
    this.moments = new Float64Array(n + 1);
  }

  /** In the order of i, from 0. */
  set(i: number, y: number): void {
    this.ys[i + 1] = this.ys[i]! + y;
    this.squares[i + 1] = this.squares[i]! + y * y;
    this.moments[i + 1] = this.moments[i]! + i * y;
  }

  /** Sum of squares that the best line through `size` values leaves. */
  residual(first: number, size: number): number {
    const end = first + size;
    const sum = this.ys[end]! - this.ys[first]!;
    const squares = this.squares[end]! - this.squares[first]! - (sum * sum) / size;
    const centre = first + (size - 1) / 2;
    const product = this.moments[end]! - this.moments[first]! - centre * sum;
    const spread = (size * (size * size - 1)) / 12;
    return Math.max(0, squares - (product * product) / spread);
  }
}
