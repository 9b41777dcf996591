import { type IndicatorState, type Restorable, SavedState, savedState } from "../indicators/state.ts";

/** The last n prices. */
export class PastPrices implements Restorable {
  readonly #prices: Float64Array;
  #next = 0;

  constructor(n: number) {
    this.#prices = new Float64Array(n).fill(Number.NaN);
  }

  /** Takes the newest, gives the one n before it; NaN when there is none. */
  exchange(price: number): number {
    const oldest = this.#prices[this.#next]!;
    this.#prices[this.#next] = price;
    this.#next = (this.#next + 1) % this.#prices.length;
    return oldest;
  }

  save(): IndicatorState {
    return savedState(`last ${this.#prices.length} prices`, { prices: this.#prices, next: this.#next });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`last ${this.#prices.length} prices`, state);
    saved.numbersOrNaN("prices", this.#prices);
    this.#next = saved.slot("next", this.#prices.length);
  }
}

/** The last n pairs of numbers. Sums over them are taken anew each time, so that no rounding is carried along. */
export class TrailingPairs implements Restorable {
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  #count = 0;

  constructor(n: number) {
    this.#first = new Float64Array(n);
    this.#second = new Float64Array(n);
  }

  get isFull(): boolean {
    return this.#count >= this.#first.length;
  }

  add(first: number, second: number): void {
    const slot = this.#count % this.#first.length;
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.#count++;
  }

  /** Σ first / Σ second; NaN when Σ second is 0. */
  ratio(): number {
    const total = sum(this.#second);
    return total === 0 ? Number.NaN : sum(this.#first) / total;
  }

  /** Slope of first on second by least squares with an intercept; NaN when second never varies. */
  slope(): number {
    const n = this.#first.length;
    const [meanFirst, meanSecond] = [sum(this.#first) / n, sum(this.#second) / n];
    let products = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const distance = this.#second[i]! - meanSecond;
      products += distance * (this.#first[i]! - meanFirst);
      squares += distance * distance;
    }
    return squares === 0 ? Number.NaN : products / squares;
  }

  save(): IndicatorState {
    const memory = { first: this.#first, second: this.#second, count: this.#count };
    return savedState(`last ${this.#first.length} pairs`, memory);
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`last ${this.#first.length} pairs`, state);
    saved.numbers("first", this.#first);
    saved.numbers("second", this.#second);
    this.#count = saved.slot("count");
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
