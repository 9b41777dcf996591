/** Returns that a volatility is taken from: a month of trading days. */
const usualLength = 20;

/**
 * Sample deviation (n − 1) of the last n log returns of closes. Feed each close when its bar is done, after the bar's
 * fills: then a fill knows nothing of its own bar. Computed afresh from the window when it is read, so it cannot drift;
 * feeding costs a logarithm.
 */
export class RollingVolatility {
  #returns: Float64Array;
  #count = 0;
  #lastLog = Number.NaN;

  /** @param length returns that count, 2 or more */
  constructor(length = usualLength) {
    this.#returns = new Float64Array(length);
  }

  close(price: number): void {
    const log = Math.log(price);
    if (!Number.isNaN(this.#lastLog)) {
      this.#returns[this.#count % this.#returns.length] = log - this.#lastLog;
      this.#count++;
    }
    this.#lastLog = log;
  }

  /** NaN until the window is full. */
  get value(): number {
    const { length } = this.#returns;
    if (this.#count < length) return Number.NaN;
    const mean = this.#returns.reduce((sum, value) => sum + value, 0) / length;
    const squares = this.#returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return Math.sqrt(squares / (length - 1));
  }
}
