import { checkSeries, mean, only, ratio } from "./series.ts";

/** Mean of the values above 0, or `null` when there is none. */
export function averageWin(values: ArrayLike<number>): number | null {
  checkSeries(values, "values");
  return mean(only(values, (value) => value > 0));
}

/** Mean of the values below 0 (a number below 0), or `null` when there is none. */
export function averageLoss(values: ArrayLike<number>): number | null {
  checkSeries(values, "values");
  return mean(only(values, (value) => value < 0));
}

/**
 * Payoff ratio: average win / |average loss|.
 *
 * @param values returns, or profits and losses
 * @returns `null` without a win or without a loss
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function payoffRatio(values: ArrayLike<number>): number | null {
  const loss = averageLoss(values);
  return ratio(averageWin(values), loss === null ? null : -loss);
}
