import { entropyShare } from "./entropy-share.ts";

/** Below it the range of log returns is rounding error: they are all equal. */
const FAINTEST = 1e-14;
/** What lies on the edge of two bins, but for rounding, goes to the upper one, whatever unit the prices have. */
const EDGE = 1e-9;

/**
 * Counts values in bins of equal width between the least and the greatest of all of them. A part of them is counted in
 * these same bins: bins of its own would hide that it is narrower than the rest.
 */
export class ReturnBins {
  private readonly counts: Float64Array;

  constructor(bins: number) {
    this.counts = new Float64Array(bins);
  }

  /** Entropy, 0 to 1, of the values from `first` to before `end`, in the bins of all values. */
  entropy(values: Float64Array, first: number, end: number): number {
    let [least, greatest] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    const { counts } = this;
    const perUnit = greatest - least > FAINTEST ? counts.length / (greatest - least) : 0;
    counts.fill(0);
    for (let i = first; i < end; i++) {
      const bin = Math.min(counts.length - 1, Math.floor((values[i]! - least) * perUnit + EDGE));
      counts[bin] = counts[bin]! + 1;
    }
    return entropyShare(counts);
  }
}
