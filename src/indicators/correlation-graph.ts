import { LogReturns } from "./log-returns.ts";
import { requireInteger, requirePrices } from "./price-checks.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";
import { TrailingSums } from "./trailing-sums.ts";

export interface CorrelationOptions {
  /** Two or more. */
  readonly assets: number;
  /** Log returns that a correlation is of, 3 or more. */
  readonly window: number;
  /** Assets are neighbours whose correlation is at least this, above 0 and at most 1. @default 0.5 */
  readonly threshold?: number;
}

/** Of a sum of squares that is left after the mean is taken off, what is rounding error. */
const FAINTEST = 1e-12;

/** The graph of assets whose log returns over a trailing window are correlated. A price that stands still has no edge. */
export class CorrelationGraph implements Restorable {
  readonly identity: string;
  readonly assets: number;
  private readonly indicator: string;
  private readonly window: number;
  private readonly threshold: number;
  private readonly returns: LogReturns;
  /** The returns, then their products: with itself and with each later asset. */
  private readonly row: Float64Array;
  private readonly sums: TrailingSums;

  constructor(indicator: string, { assets, window, threshold = 0.5 }: CorrelationOptions) {
    this.indicator = indicator;
    this.assets = requireInteger(`${indicator}: assets`, assets, 2);
    this.window = requireInteger(`${indicator}: window`, window, 3);
    if (!(threshold > 0 && threshold <= 1)) {
      throw new RangeError(
        `${indicator}: threshold must be above 0 and at most 1, found ${String(threshold)}`,
      );
    }
    this.threshold = threshold;
    this.identity = `${indicator} of ${assets} assets, window ${window}, threshold ${threshold}`;
    this.returns = new LogReturns(assets);
    this.row = new Float64Array(assets + (assets * (assets + 1)) / 2);
    this.sums = new TrailingSums(window, this.row.length);
  }

  /** A fresh graph for one price of each asset; undefined until the window is full. */
  update(prices: ArrayLike<number>): Set<number>[] | undefined {
    requirePrices(this.indicator, prices, this.assets);
    if (!this.returns.update(prices)) return undefined;
    const { row, assets } = this;
    const { values } = this.returns;
    row.set(values);
    let next = assets;
    for (let i = 0; i < assets; i++) {
      for (let j = i; j < assets; j++) row[next++] = values[i]! * values[j]!;
    }
    this.sums.add(row);
    return Number.isNaN(this.sums.sums[0]!) ? undefined : this.join();
  }

  private join(): Set<number>[] {
    const { assets, window, threshold } = this;
    const { sums } = this.sums;
    const neighbours = Array.from({ length: assets }, () => new Set<number>());
    const deviations = new Float64Array(assets);
    for (let i = 0, at = assets; i < assets; at += assets - i, i++) {
      const squares = sums[at]!;
      const left = squares - (sums[i]! * sums[i]!) / window;
      deviations[i] = left > FAINTEST * squares ? Math.sqrt(left) : Number.NaN;
    }
    for (let i = 0, at = assets; i < assets; at += assets - i, i++) {
      for (let j = i + 1; j < assets; j++) {
        const shared = sums[at + j - i]! - (sums[i]! * sums[j]!) / window;
        // So that two copies of one price are joined at a threshold of 1.
        if (!(shared >= (threshold - FAINTEST) * deviations[i]! * deviations[j]!)) continue;
        neighbours[i]!.add(j);
        neighbours[j]!.add(i);
      }
    }
    return neighbours;
  }

  save(): IndicatorState {
    return savedState(this.identity, { returns: this.returns.save(), sums: this.sums.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    saved.part("returns", this.returns);
    saved.part("sums", this.sums);
  }
}
