import type { Indicator } from "./indicator.ts";
import { requireInteger, requirePrice } from "./price-checks.ts";
import { RecentReturns } from "./recent-returns.ts";
import { ReturnBins } from "./return-bins.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

export interface ShannonOptions {
  /** Log returns looked at, 2 or more. */
  readonly window: number;
  /** Of equal width, from the least return in the window to the greatest; 2 or more. @default 8 */
  readonly bins?: number;
}

/**
 * Shannon's entropy of the distribution of the last `window` log returns over equal bins, as a share of log(bins): 0
 * when all lie in one bin, 1 when all bins have the same. Low where a few large returns stand out from many small
 * ones, and 0 for a price that stands still. Ready after `window` returns. To compare two times take entropyChange,
 * which gives both the same bins.
 * C. E. Shannon, A mathematical theory of communication, Bell System Technical Journal 27 (1948).
 * @throws RangeError for options out of range.
 */
export function shannonEntropy({ window, bins = 8 }: ShannonOptions): Indicator & Restorable {
  return new ShannonEntropy(
    requireInteger("shannonEntropy: window", window, 2),
    requireInteger("shannonEntropy: bins", bins, 2),
  );
}

class ShannonEntropy implements Indicator, Restorable {
  value = Number.NaN;
  private readonly identity: string;
  private readonly returns: RecentReturns;
  private readonly bins: ReturnBins;

  constructor(window: number, bins: number) {
    this.identity = `shannonEntropy of ${window}, bins ${bins}`;
    this.returns = new RecentReturns(window);
    this.bins = new ReturnBins(bins);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("shannonEntropy", price);
    this.returns.add(price);
    const { values, full } = this.returns;
    if (full) this.value = this.bins.entropy(values, 0, values.length);
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
