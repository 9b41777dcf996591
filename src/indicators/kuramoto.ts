import { CycleFilter } from "./cycle-filter.ts";
import type { Indicator } from "./indicator.ts";
import { LogReturns } from "./log-returns.ts";
import { requireInteger, requirePrices } from "./price-checks.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

export interface KuramotoOptions {
  /** Two or more. */
  readonly assets: number;
  /** Of the cycles looked at, in updates; each 3 or more. */
  readonly periods: readonly number[];
  /** Whole cycles in a window: more make a narrower band and a later answer. @default 4 */
  readonly cycles?: number;
}

export interface Kuramoto extends Indicator<ArrayLike<number>>, Restorable {
  /** R of each period, in the order of the option; overwritten by the next update. */
  readonly byPeriod: Float64Array;
}

/**
 * Kuramoto's order parameter across assets, 0 to 1: R = |1/N Σ e^(iθ)| over the phases θ of the assets' detrended log
 * returns at a period, and the mean of R over the periods. 1: all cycles are at the same point. `update` takes one
 * price of each asset, of the same instant. The phases are causal (see CycleFilter): the window of a period are its
 * last `cycles` × period returns. Ready after the longest window and one price.
 *
 * N assets that have nothing to do with each other give √(π / 4N) on average, not 0: 0.63 for two, 0.28 for ten. A
 * price that does not move has no phase and is left out; with fewer than two phases the value is NaN.
 * Y. Kuramoto, Self-entrainment of a population of coupled non-linear oscillators (1975).
 * @throws RangeError for options out of range.
 */
export function kuramoto(options: KuramotoOptions): Kuramoto {
  const assets = requireInteger("kuramoto: assets", options.assets, 2);
  return new OrderParameter(assets, ...requireBands("kuramoto", options));
}

/** The periods and the cycles of options that have both. */
export function requireBands(
  indicator: string,
  { periods, cycles = 4 }: { readonly periods: readonly number[]; readonly cycles?: number },
): [periods: readonly number[], cycles: number] {
  if (!Array.isArray(periods) || periods.length === 0) {
    throw new RangeError(`${indicator}: periods must be a list of one or more, found ${String(periods)}`);
  }
  // At a period of 2 there are no two directions to tell a phase by.
  for (const period of periods) requireInteger(`${indicator}: each of periods`, period, 3);
  return [[...periods], requireInteger(`${indicator}: cycles`, cycles, 1)];
}

class OrderParameter implements Kuramoto {
  readonly byPeriod: Float64Array;
  value = Number.NaN;
  private readonly identity: string;
  private readonly returns: LogReturns;
  private readonly filters: readonly CycleFilter[];
  private readonly assets: number;

  constructor(assets: number, periods: readonly number[], cycles: number) {
    this.identity = `kuramoto of ${assets} assets, periods ${periods.join(", ")}, cycles ${cycles}`;
    this.assets = assets;
    this.returns = new LogReturns(assets);
    this.filters = periods.map((period) => new CycleFilter(assets, period, cycles));
    this.byPeriod = new Float64Array(periods.length).fill(Number.NaN);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(prices: ArrayLike<number>): number {
    requirePrices("kuramoto", prices, this.assets);
    if (!this.returns.update(prices)) return this.value;
    let sum = 0;
    for (let i = 0; i < this.filters.length; i++) {
      const filter = this.filters[i]!;
      filter.add(this.returns.values);
      const order = lengthOfMean(filter.directions);
      this.byPeriod[i] = order;
      sum += order;
    }
    this.value = sum / this.filters.length;
    return this.value;
  }

  save(): IndicatorState {
    const { value, byPeriod, returns, filters } = this;
    const parts = { returns: returns.save(), filters: filters.map((filter) => filter.save()) };
    return savedState(this.identity, { value, byPeriod, ...parts });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    saved.numbersOrNaN("byPeriod", this.byPeriod);
    saved.part("returns", this.returns);
    saved.parts("filters", this.filters);
  }
}

/** Of unit vectors x, y, x, y, …; those that are NaN don't count. NaN for fewer than two. */
function lengthOfMean(directions: Float64Array): number {
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < directions.length; i += 2) {
    if (Number.isNaN(directions[i]!)) continue;
    x += directions[i]!;
    y += directions[i + 1]!;
    count++;
  }
  // Rounding must not lead past 1.
  return count < 2 ? Number.NaN : Math.min(1, Math.sqrt(x * x + y * y) / count);
}
