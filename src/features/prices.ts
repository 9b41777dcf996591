import { ema, rsi, sma, stddev } from "../indicators/index.ts";
import { type Feature, restoring, single } from "./feature.ts";
import { PastPrices } from "./trailing.ts";

/** Features of prices alone. */

/** ln(price / price `periods` bars ago), without unit. */
export function logReturn(periods: number): Feature {
  const past = new PastPrices(periods);
  return single(`return${periods}`, [past], ({ price }) => Math.log(price / past.exchange(price)));
}

/** Mean of the last n prices, in price units. */
export function meanPrice(n: number): Feature {
  const mean = sma(n);
  return single(`sma${n}`, [mean], ({ price }) => mean.update(price));
}

/** Exponential mean of prices, in price units; seeded with the simple mean of the first n. */
export function exponentialPrice(n: number): Feature {
  const mean = ema(n);
  return single(`ema${n}`, [mean], ({ price }) => mean.update(price));
}

/** Population standard deviation of the last n one-bar log returns: a bar's, not a year's; without unit. */
export function volatility(n: number): Feature {
  const deviation = stddev(n);
  return single(`volatility${n}`, [deviation], ({ change }) =>
    Number.isNaN(change) ? Number.NaN : deviation.update(change),
  );
}

/** Wilder's relative strength index, 0 to 100. */
export function strength(n: number): Feature {
  const index = rsi(n);
  return single(`rsi${n}`, [index], ({ price }) => index.update(price));
}

/** (high − low) / price, without unit. */
export function range(): Feature {
  return single("range", [], ({ high, low, price }) => (high - low) / price);
}

/**
 * Moving average convergence/divergence in price units: EMA(fast) − EMA(slow), its EMA(signal), and their difference.
 * Gerald Appel, Technical Analysis: Power Tools for Active Investors (2005).
 */
export function macd({ fast, slow, signal }: { fast: number; slow: number; signal: number }): Feature {
  const [quick, long, smooth] = [ema(fast), ema(slow), ema(signal)];
  return {
    names: ["macd", "macdSignal", "macdHistogram"],
    update({ price }, to, at) {
      const line = quick.update(price) - long.update(price);
      const mean = Number.isNaN(line) ? Number.NaN : smooth.update(line);
      to[at] = line;
      to[at + 1] = mean;
      to[at + 2] = line - mean;
    },
    ...restoring("macd", [quick, long, smooth]),
  };
}
