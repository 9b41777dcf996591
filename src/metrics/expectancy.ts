import { checkSeries, mean } from "./series.ts";

/**
 * Expectancy: the mean return of a trade, a fraction of its entry value.
 *
 * @returns `null` without trades
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function expectancy(returns: ArrayLike<number>): number | null {
  checkSeries(returns, "returns");
  return mean(returns);
}
