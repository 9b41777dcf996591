import { CycleFilter } from "./cycle-filter.ts";
import type { Indicator } from "./indicator.ts";
import { requireBands } from "./kuramoto.ts";
import { LogReturns } from "./log-returns.ts";
import { requirePrice } from "./price-checks.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

export interface KuramotoScalesOptions {
  /** Of the cycles compared, in updates: two or more, each 3 or more. */
  readonly periods: readonly number[];
  /** Whole cycles in the window of each. @default 4 */
  readonly cycles?: number;
}

export interface KuramotoScales extends Indicator, Restorable {
  /** Direction of the mean, in radians from -π to π: near 0 the log returns' cycles crest, near ±π they are lowest. */
  readonly phase: number;
}

/**
 * Kuramoto's order parameter across the scales of one asset, 0 to 1: R = |1/S Σ e^(iθ)| over the phases at which its
 * detrended log returns stand, now, in cycles of S periods. 1: short and long cycles crest together. Phases are causal
 * (see CycleFilter). Ready after the longest window and one price. Cycles that have nothing to do with each other give
 * about √(π / 4S): 0.44 for four. NaN while the price does not move.
 * @throws RangeError for options out of range.
 */
export function kuramotoScales(options: KuramotoScalesOptions): KuramotoScales {
  const [periods, cycles] = requireBands("kuramotoScales", options);
  if (new Set(periods).size >= 2) return new ScaleOrder(periods, cycles);
  throw new RangeError(
    `kuramotoScales: periods must be two or more different ones, found ${periods.join(", ")}`,
  );
}

class ScaleOrder implements KuramotoScales {
  value = Number.NaN;
  phase = Number.NaN;
  private readonly identity: string;
  private readonly returns = new LogReturns(1);
  private readonly filters: readonly CycleFilter[];

  constructor(periods: readonly number[], cycles: number) {
    this.identity = `kuramotoScales of periods ${periods.join(", ")}, cycles ${cycles}`;
    this.filters = periods.map((period) => new CycleFilter(1, period, cycles));
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("kuramotoScales", price);
    if (!this.returns.update([price])) return this.value;
    let [x, y] = [0, 0];
    for (const filter of this.filters) {
      filter.add(this.returns.values);
      const phase = filter.phaseOf(0);
      x += Math.cos(phase);
      y += Math.sin(phase);
    }
    this.value = Math.min(1, Math.sqrt(x * x + y * y) / this.filters.length);
    this.phase = Math.atan2(y, x);
    return this.value;
  }

  save(): IndicatorState {
    const { value, phase, returns, filters } = this;
    const parts = { returns: returns.save(), filters: filters.map((filter) => filter.save()) };
    return savedState(this.identity, { value, phase, ...parts });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    this.phase = saved.numberOrNaN("phase");
    saved.part("returns", this.returns);
    saved.parts("filters", this.filters);
  }
}
