import { excessReturns, type RatioOptions } from "./riskFree.ts";
import { checkSeries, mean, ratio, returnNoise, sampleDeviation, timesRoot } from "./series.ts";

/**
 * Sharpe ratio, a year: √periods × mean(r − rf) / deviation(r), with rf = (1 + riskFreeRate)^(1 / periods) − 1 and the
 * sample deviation (n − 1). Sharpe, "The Sharpe Ratio", Journal of Portfolio Management (1994).
 *
 * @param returns one fraction a period: 0.01 is 1 %
 * @returns `null` for fewer than two returns, or when they do not vary
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for bad options
 */
export function sharpeRatio(
  returns: ArrayLike<number>,
  { riskFreeRate = 0, periodsPerYear = 252 }: RatioOptions = {},
): number | null {
  checkSeries(returns, "returns");
  const excess = excessReturns(returns, riskFreeRate, periodsPerYear);
  const perPeriod = ratio(mean(excess), sampleDeviation(returns, returnNoise));
  return timesRoot(perPeriod, periodsPerYear);
}
