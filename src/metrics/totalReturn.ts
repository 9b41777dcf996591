import { checkSeries, finiteOrNull } from "./series.ts";
import { wealthPath } from "./wealth.ts";

/**
 * Total return: ∏(1 + r) − 1, a fraction of the initial capital. Compounding ends when the capital is gone.
 *
 * @returns `null` without returns
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function totalReturn(returns: ArrayLike<number>): number | null {
  checkSeries(returns, "returns");
  return returns.length === 0 ? null : finiteOrNull(wealthPath(returns).at(-1)! - 1);
}
