import { excessReturns, type RatioOptions } from "./riskFree.ts";
import { checkSeries, mean, ratio, returnNoise, rootMeanSquare, timesRoot } from "./series.ts";

/**
 * Sortino ratio, a year: √periods × mean(r − rf) / √(Σ min(r − rf, 0)² / n), the root mean square below the risk-free
 * rate over **all** n returns, not the deviation of the losses. Sortino and Price, "Performance Measurement in a
 * Downside Risk Framework", Journal of Investing (1994).
 *
 * @param returns one fraction a period: 0.01 is 1 %
 * @returns `null` for fewer than two returns, or when none is below the risk-free rate
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for bad options
 */
export function sortinoRatio(
  returns: ArrayLike<number>,
  { riskFreeRate = 0, periodsPerYear = 252 }: RatioOptions = {},
): number | null {
  checkSeries(returns, "returns");
  const excess = excessReturns(returns, riskFreeRate, periodsPerYear);
  if (returns.length < 2) return null;
  // A shortfall within rounding noise is none: a series that earns exactly the risk-free rate has no downside.
  const downside = rootMeanSquare(excess.map((r) => (r < -returnNoise ? r : 0)));
  const perPeriod = ratio(mean(excess), downside);
  return timesRoot(perPeriod, periodsPerYear);
}
