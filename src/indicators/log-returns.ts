import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/** Log returns of several assets, from one list of prices to the next. Callers check the prices. */
export class LogReturns implements Restorable {
  /** Of the last two updates; overwritten by the next. */
  readonly values: Float64Array;
  private readonly previous: Float64Array;

  constructor(assets: number) {
    this.values = new Float64Array(assets);
    this.previous = new Float64Array(assets).fill(Number.NaN);
  }

  /** False for the first prices, which have nothing to return from. */
  update(prices: ArrayLike<number>): boolean {
    const { previous, values } = this;
    for (let i = 0; i < values.length; i++) {
      const price = prices[i]!;
      // Of the ratio, not the difference of logarithms: that would lose digits where prices are large.
      values[i] = Math.log(price / previous[i]!);
      previous[i] = price;
    }
    return !Number.isNaN(values[0]!);
  }

  save(): IndicatorState {
    return savedState("log returns", { previous: this.previous });
  }

  load(state: IndicatorState): void {
    new SavedState("log returns", state).numbersOrNaN("previous", this.previous);
  }
}
