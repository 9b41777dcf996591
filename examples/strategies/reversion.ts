import type { Signal, Strategy } from "geosync";

/** The class form: buys what fell far below its mean, and leaves when the mean is reached again. */
export default class Reversion implements Strategy {
  /** The first decision counts at the 20th bar. */
  static warmup = 20;

  generateSignal(prices: Float64Array, indicators: { readonly [name: string]: number }): Signal {
    const last = prices[prices.length - 1] ?? Number.NaN;
    const { sma20 = Number.NaN, stddev20 = Number.NaN } = indicators;
    const distance = (last - sma20) / stddev20;
    const action = distance < -2 ? "buy" : distance > 0 ? "exit" : "hold";
    return { action, confidence: Math.min(1, Math.abs(distance) / 4 || 0), metadata: {} };
  }
}
