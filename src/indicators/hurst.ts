import type { Indicator } from "./indicator.ts";
import { requireInteger, requirePrice } from "./price-checks.ts";
import { slope } from "./slope.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";
import { TrailingSums } from "./trailing-sums.ts";

/**
 * Hurst exponent of the last n log returns, from how the variance of longer returns grows: var(τ) ~ τ^2H, so half the
 * slope of log var over log τ by least squares, at τ = 1, 2, 4, … up to n / 8. A random walk has 0.5, prices that trend
 * more, prices that revert less, white noise around a level 0. The variances are about the window's own drift, which
 * alone is no trend here, and free of the bias that overlapping returns bring (Lo and MacKinlay's divisor). Ready
 * after n returns; NaN while the price does not move. It is an estimate: over 128 returns of a random walk it strays
 * by 0.07.
 * T. Di Matteo, Multi-scaling in finance, Quantitative Finance 7 (2007), for q = 2; A. W. Lo, A. C. MacKinlay, Stock
 * market prices do not follow random walks, Rev. Financ. Stud. 1 (1988).
 * @throws RangeError when n is not an integer of at least 16.
 */
export function hurst(n: number): Indicator & Restorable {
  return new Hurst(requireInteger("hurst: n", n, 16));
}

/** Share of a mean square that is rounding error, once the drift is taken off. */
const FAINTEST = 1e-12;

class Hurst implements Indicator, Restorable {
  value = Number.NaN;
  private readonly n: number;
  private readonly lags: readonly number[];
  private readonly logLags: readonly number[];
  /** Of τ-returns and their squares; as many as fit into n returns. */
  private readonly sums: readonly TrailingSums[];
  /** The price of `count` is in slot count % length. */
  private readonly prices: Float64Array;
  private count = 0;

  constructor(n: number) {
    this.n = n;
    this.lags = Array.from({ length: Math.floor(Math.log2(n / 8)) + 1 }, (_, i) => 2 ** i);
    this.logLags = this.lags.map(Math.log);
    this.sums = this.lags.map((lag) => new TrailingSums(n - lag + 1, 2));
    this.prices = new Float64Array(this.lags.at(-1)! + 1).fill(Number.NaN);
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("hurst", price);
    const { prices, lags, sums } = this;
    prices[this.count % prices.length] = price;
    for (let i = 0; i < lags.length && lags[i]! <= this.count; i++) {
      const change = Math.log(price / prices[(this.count - lags[i]!) % prices.length]!);
      sums[i]!.add([change, change * change]);
    }
    this.count++;
    if (this.count > this.n) this.value = slope(this.logLags, this.sums.map(this.logVariance)) / 2;
    return this.value;
  }

  private readonly logVariance = ({ sums }: TrailingSums, i: number): number => {
    const lag = this.lags[i]!;
    const returns = this.n - lag + 1;
    const drift = (lag * this.sums[0]!.sums[0]!) / this.n;
    const squares = sums[1]! - 2 * drift * sums[0]! + returns * drift * drift;
    if (!(squares > FAINTEST * sums[1]!)) return Number.NaN;
    return Math.log(squares / (returns * (1 - lag / this.n)));
  };

  save(): IndicatorState {
    const { value, count, prices, sums } = this;
    return savedState(`hurst of ${this.n}`, { value, count, prices, sums: sums.map((one) => one.save()) });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`hurst of ${this.n}`, state);
    this.value = saved.numberOrNaN("value");
    this.count = saved.slot("count");
    saved.numbersOrNaN("prices", this.prices);
    saved.parts("sums", this.sums);
  }
}
