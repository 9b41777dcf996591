import { checkSeries, finiteOrNull } from "./series.ts";
import { wealthPath } from "./wealth.ts";

/** One fall below a peak. Indexes count periods: 0 is the start, before the first return. */
export interface Drawdown {
  readonly peak: number;
  readonly trough: number;
  /** Where the peak was reached again, or the last index when it was not. */
  readonly end: number;
  readonly recovered: boolean;
  /** Value at the trough / value at the peak − 1, below 0. */
  readonly depth: number;
}

/**
 * Maximum drawdown of compounded returns: the lowest value / peak so far − 1. The first peak is the initial capital,
 * so a loss in the first period counts.
 *
 * @returns a fraction ≤ 0, or `null` without returns; below −1 only if a return below −1 lost more than there was
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function maxDrawdown(returns: ArrayLike<number>): number | null {
  checkSeries(returns, "returns");
  return returns.length === 0 ? null : deepest(drawdownsOfPath(wealthPath(returns)));
}

/**
 * The longest drawdown in periods, from its peak to the first value at or above it (or to the end).
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function maxDrawdownDuration(returns: ArrayLike<number>): number {
  return drawdowns(returns).reduce((longest, { peak, end }) => Math.max(longest, end - peak), 0);
}

/**
 * Every drawdown of compounded returns, in order of time.
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function drawdowns(returns: ArrayLike<number>): readonly Drawdown[] {
  checkSeries(returns, "returns");
  return drawdownsOfPath(wealthPath(returns));
}

/** Every drawdown of a path of values that starts above 0. */
export function drawdownsOfPath(path: ArrayLike<number>): readonly Drawdown[] {
  const found: Drawdown[] = [];
  let peak = 0;
  let trough = 0;
  const close = (end: number, recovered: boolean) => {
    if (trough > peak) found.push({ peak, trough, end, recovered, depth: path[trough]! / path[peak]! - 1 });
  };
  for (let i = 1; i < path.length; i++) {
    if (path[i]! >= path[peak]!) {
      close(i, true);
      peak = trough = i;
    } else if (trough === peak || path[i]! < path[trough]!) trough = i;
  }
  close(path.length - 1, false);
  return found;
}

/** The depth of the deepest drawdown, 0 when there is none. */
export function deepest(found: readonly Drawdown[]): number | null {
  return finiteOrNull(found.reduce((lowest, { depth }) => Math.min(lowest, depth), 0));
}
