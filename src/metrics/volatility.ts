import { checkAbove, checkSeries, returnNoise, sampleDeviation, timesRoot } from "./series.ts";

/**
 * Volatility, a year: the sample standard deviation (n − 1) of the returns × √periods; 0.2 is 20 % a year.
 *
 * @returns `null` for fewer than two returns, exactly 0 when they do not vary
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for bad options
 */
export function volatility(
  returns: ArrayLike<number>,
  { periodsPerYear = 252 }: { readonly periodsPerYear?: number | undefined } = {},
): number | null {
  checkSeries(returns, "returns");
  checkAbove(0, periodsPerYear, "periodsPerYear");
  const deviation = sampleDeviation(returns, returnNoise);
  return timesRoot(deviation, periodsPerYear);
}
