import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/** The last n log returns of one price. Callers check the prices. */
export class RecentReturns implements Restorable {
  /** Oldest first; NaN at first. */
  readonly values: Float64Array;
  private previous = Number.NaN;

  constructor(n: number) {
    this.values = new Float64Array(n).fill(Number.NaN);
  }

  get full(): boolean {
    return !Number.isNaN(this.values[0]!);
  }

  add(price: number): void {
    // Moving the few hundred numbers of a window is cheaper than reading a ring by remainders.
    this.values.copyWithin(0, 1);
    this.values[this.values.length - 1] = Math.log(price / this.previous);
    this.previous = price;
  }

  save(): IndicatorState {
    const { values, previous } = this;
    return savedState(`last ${values.length} returns`, { values, previous });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`last ${this.values.length} returns`, state);
    saved.numbersOrNaN("values", this.values);
    this.previous = saved.numberOrNaN("previous");
  }
}
