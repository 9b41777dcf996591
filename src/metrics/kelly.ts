import { payoffRatio } from "./payoffRatio.ts";
import { finiteOrNull } from "./series.ts";
import { winRate } from "./winRate.ts";

/**
 * Kelly fraction: W − (1 − W) / payoff ratio, W being wins / (wins + losses): the share of capital that grew fastest
 * on these results, an upper bound and no advice; below 0, do not play. Kelly, "A New Interpretation of Information
 * Rate" (1956), for bets of two outcomes; results of 0 move no money and drop out.
 *
 * @returns `null` without a win or without a loss
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function kellyFraction(returns: ArrayLike<number>): number | null {
  const wins = winRate(returns);
  const payoff = payoffRatio(returns);
  return wins === null || payoff === null ? null : finiteOrNull(wins - (1 - wins) / payoff);
}
