import { checkAbove, checkSeries, finiteOrNull } from "./series.ts";
import { wealthPath } from "./wealth.ts";

/**
 * Compound annual growth rate: ∏(1 + r)^(periods / n) − 1, a fraction a year.
 *
 * @param periodsPerYear returns a year, such as 252 or 365
 * @returns `null` without returns, or when more than the whole capital was lost
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for bad periods
 */
export function cagr(returns: ArrayLike<number>, periodsPerYear: number): number | null {
  checkSeries(returns, "returns");
  checkAbove(0, periodsPerYear, "periodsPerYear");
  if (returns.length === 0) return null;
  const growth = wealthPath(returns).at(-1)!;
  return growth < 0 ? null : finiteOrNull(growth ** (periodsPerYear / returns.length) - 1);
}
