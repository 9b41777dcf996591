import { cagr } from "./cagr.ts";
import { maxDrawdown } from "./drawdown.ts";
import { ratio } from "./series.ts";

/**
 * Calmar ratio: compound annual growth rate / |maximum drawdown|, over the whole series. Young, "Calmar Ratio: A
 * Smoother Tool", Futures (1991).
 *
 * @param periodsPerYear returns a year, such as 252 or 365
 * @param drawdown the maximum drawdown, when it was measured on finer data than `returns`
 * @returns `null` without a drawdown or a growth rate
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for bad periods
 */
export function calmarRatio(
  returns: ArrayLike<number>,
  periodsPerYear: number,
  drawdown: number | null = maxDrawdown(returns),
): number | null {
  return ratio(cagr(returns, periodsPerYear), drawdown === null ? null : Math.abs(drawdown));
}
