import type { Indicator } from "./indicator.ts";
import { type PermutationOptions, permutationEntropy } from "./permutation-entropy.ts";
import { requireInteger, requirePrice } from "./price-checks.ts";
import { RecentReturns } from "./recent-returns.ts";
import { ReturnBins } from "./return-bins.ts";
import type { ShannonOptions } from "./shannon-entropy.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/**
 * ΔH: Shannon's entropy of the last `window` log returns less that of the `window` before them, each as a share of
 * log(bins), so -1 to 1. Both are counted in the same bins, from the least to the greatest of all 2 × window returns.
 * Above 0 when returns became more various, as when volatility rises; near 0 on a random walk. Ready after 2 × window
 * returns. Bins and source: see shannonEntropy.
 * @throws RangeError for options out of range.
 */
export function entropyChange({ window, bins = 8 }: ShannonOptions): Indicator & Restorable {
  return new ShannonChange(
    requireInteger("entropyChange: window", window, 2),
    requireInteger("entropyChange: bins", bins, 2),
  );
}

class ShannonChange implements Indicator, Restorable {
  value = Number.NaN;
  private readonly identity: string;
  private readonly returns: RecentReturns;
  private readonly bins: ReturnBins;

  constructor(window: number, bins: number) {
    this.identity = `entropyChange of ${window}, bins ${bins}`;
    this.returns = new RecentReturns(2 * window);
    this.bins = new ReturnBins(bins);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("entropyChange", price);
    this.returns.add(price);
    const { values, full } = this.returns;
    const middle = values.length / 2;
    if (full) {
      this.value = this.bins.entropy(values, middle, values.length) - this.bins.entropy(values, 0, middle);
    }
    return this.value;
  }

  save(): IndicatorState {
    return savedState(this.identity, { value: this.value, returns: this.returns.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    saved.part("returns", this.returns);
  }
}

/**
 * ΔH of patterns: permutation entropy of the last `window` patterns less that of the `window` before them, -1 to 1.
 * Below 0 when the order of prices became more regular. Ready `window` updates after the entropy is: see
 * permutationEntropy.
 * @throws RangeError for options out of range.
 */
export function permutationEntropyChange(options: PermutationOptions): Indicator & Restorable {
  return new PermutationChange(options);
}

class PermutationChange implements Indicator, Restorable {
  value = Number.NaN;
  private readonly identity: string;
  private readonly entropy: Indicator & Restorable;
  /** Of the last `window` updates; the oldest is about to be overwritten. */
  private readonly past: Float64Array;
  private next = 0;

  constructor(options: PermutationOptions) {
    const { window, order = 3, delay = 1 } = options;
    this.entropy = permutationEntropy(options);
    this.identity = `permutationEntropyChange of ${window}, order ${order}, delay ${delay}`;
    this.past = new Float64Array(window).fill(Number.NaN);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("permutationEntropyChange", price);
    const now = this.entropy.update(price);
    this.value = now - this.past[this.next]!;
    this.past[this.next] = now;
    this.next = (this.next + 1) % this.past.length;
    return this.value;
  }

  save(): IndicatorState {
    const { value, past, next, entropy } = this;
    return savedState(this.identity, { value, past, next, entropy: entropy.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    saved.numbersOrNaN("past", this.past);
    this.next = saved.slot("next", this.past.length);
    saved.part("entropy", this.entropy);
  }
}
