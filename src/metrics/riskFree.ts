import { checkAbove, numbersOf } from "./series.ts";

export interface RatioOptions {
  /** Yearly risk-free rate as a fraction: 0.02 is 2 % a year. @default 0 */
  readonly riskFreeRate?: number | undefined;
  /** Returns a year: 252 for days of a stock exchange, 365 for days of a market that never closes. @default 252 */
  readonly periodsPerYear?: number | undefined;
}

/**
 * Each return less the risk-free rate of one period, (1 + rf)^(1 / periods) − 1.
 * @throws ValidationError GEO-OPTION-VALUE for a rate of −1 or less, or periods a year of 0 or less.
 */
export function excessReturns(
  returns: ArrayLike<number>,
  riskFreeRate: number,
  periodsPerYear: number,
): Float64Array {
  checkAbove(-1, riskFreeRate, "riskFreeRate");
  checkAbove(0, periodsPerYear, "periodsPerYear");
  const perPeriod = Math.expm1(Math.log1p(riskFreeRate) / periodsPerYear);
  return numbersOf(returns, (r) => r - perPeriod);
}
