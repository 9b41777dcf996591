import { checkSeries, mean, ratio, sampleDeviation, timesRoot } from "./series.ts";

/**
 * System quality number: √n × mean(pnl) / deviation(pnl), with the sample deviation (n − 1). Van Tharp, "The
 * Definitive Guide to Position Sizing" (2008); without his cap of n at 100.
 *
 * @returns `null` for fewer than two trades, or when they all earn the same
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function sqn(pnls: ArrayLike<number>): number | null {
  checkSeries(pnls, "pnls");
  const perTrade = ratio(mean(pnls), sampleDeviation(pnls));
  return timesRoot(perTrade, pnls.length);
}
