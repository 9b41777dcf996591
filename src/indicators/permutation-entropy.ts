import { entropyShare } from "./entropy-share.ts";
import type { Indicator } from "./indicator.ts";
import { requireInteger, requirePrice } from "./price-checks.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

export interface PermutationOptions {
  /** Patterns looked at, 2 or more. */
  readonly window: number;
  /** Prices in a pattern, 2 to 6. @default 3 */
  readonly order?: number;
  /** Updates from one price of a pattern to the next. @default 1 */
  readonly delay?: number;
}

/**
 * Permutation entropy of prices, as a share of log(order!): how evenly the last `window` patterns, the orders in which
 * `order` prices lie, are spread. 0 when there is only one, as in a steady rise; 1 for white noise. A random walk has
 * 0.967 at order 3: its steady patterns are more frequent. The earlier of two equal prices counts as the lower.
 * Patterns follow closely on each other and overlap. Ready after window + (order - 1) × delay prices.
 * C. Bandt, B. Pompe, Permutation entropy: a natural complexity measure for time series, Phys. Rev. Lett. 88 (2002).
 * @throws RangeError for options out of range.
 */
export function permutationEntropy({
  window,
  order = 3,
  delay = 1,
}: PermutationOptions): Indicator & Restorable {
  return new PermutationEntropy(
    requireInteger("permutationEntropy: window", window, 2),
    requireInteger("permutationEntropy: order", order, 2, 6),
    requireInteger("permutationEntropy: delay", delay, 1),
  );
}

class PermutationEntropy implements Indicator, Restorable {
  value = Number.NaN;
  private readonly identity: string;
  private readonly order: number;
  private readonly delay: number;
  /** The newest is in slot (seen - 1) % length. */
  private readonly prices: Float64Array;
  private seen = 0;
  /** Numbers of the last patterns; the oldest is about to be overwritten. */
  private readonly patterns: Float64Array;
  private readonly counts: Float64Array;

  constructor(window: number, order: number, delay: number) {
    this.identity = `permutationEntropy of ${window}, order ${order}, delay ${delay}`;
    this.order = order;
    this.delay = delay;
    this.prices = new Float64Array((order - 1) * delay + 1).fill(Number.NaN);
    this.patterns = new Float64Array(window).fill(Number.NaN);
    this.counts = new Float64Array(factorial(order));
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("permutationEntropy", price);
    const { prices, patterns, counts } = this;
    prices[this.seen++ % prices.length] = price;
    if (this.seen < prices.length) return this.value;
    const slot = (this.seen - prices.length) % patterns.length;
    const gone = patterns[slot]!;
    if (!Number.isNaN(gone)) counts[gone] = counts[gone]! - 1;
    const pattern = this.pattern();
    patterns[slot] = pattern;
    counts[pattern] = counts[pattern]! + 1;
    if (slot === patterns.length - 1 || this.ready) this.value = entropyShare(counts);
    return this.value;
  }

  /** Lehmer's number of the newest pattern: for each price, how many later ones are below it. */
  private pattern(): number {
    const { prices, order, delay, seen } = this;
    let number = 0;
    for (let i = 0; i < order; i++) {
      const price = prices[(seen + i * delay) % prices.length]!;
      let below = 0;
      for (let j = i + 1; j < order; j++) if (prices[(seen + j * delay) % prices.length]! < price) below++;
      number = number * (order - i) + below;
    }
    return number;
  }

  save(): IndicatorState {
    const { value, prices, seen, patterns } = this;
    return savedState(this.identity, { value, prices, seen, patterns });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    saved.numbersOrNaN("prices", this.prices);
    this.seen = saved.slot("seen");
    saved.numbersOrNaN("patterns", this.patterns);
    this.counts.fill(0);
    for (const pattern of this.patterns) {
      if (Number.isNaN(pattern)) continue;
      const count = this.counts[pattern];
      if (count === undefined) throw saved.unfit("patterns", `numbers below ${this.counts.length}`);
      this.counts[pattern] = count + 1;
    }
  }
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
