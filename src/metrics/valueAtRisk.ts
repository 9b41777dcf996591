import { ValidationError } from "../domain/errors.ts";
import { checkSeries, finiteOrNull, mean, only } from "./series.ts";

/**
 * Historical value at risk: the return that the worst `tail` of periods fall below, by linear interpolation between
 * order statistics (definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996).
 *
 * @param tail share of periods in the tail, between 0 and 1: 0.05 for a confidence of 95 %
 * @returns a return, negative for a loss, or `null` without returns, or with ones too large for a double's range
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for a bad tail
 */
export function valueAtRisk(returns: ArrayLike<number>, tail = 0.05): number | null {
  checkSeries(returns, "returns");
  if (!(tail > 0 && tail < 1)) {
    throw new ValidationError("GEO-OPTION-VALUE", `tail: expected a share between 0 and 1, found ${tail}`);
  }
  if (returns.length === 0) return null;
  const sorted = Float64Array.from(returns).sort();
  const position = (sorted.length - 1) * tail;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return finiteOrNull(below + (above - below) * (position - Math.floor(position)));
}

/**
 * Conditional value at risk (expected shortfall): the mean of the returns at or below the value at risk.
 *
 * @param tail share of periods in the tail, between 0 and 1: 0.05 for a confidence of 95 %
 * @returns a return, negative for a loss, or `null` without returns
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity; GEO-OPTION-VALUE for a bad tail
 */
export function conditionalValueAtRisk(returns: ArrayLike<number>, tail = 0.05): number | null {
  const limit = valueAtRisk(returns, tail);
  return limit === null ? null : mean(only(returns, (r) => r <= limit));
}
