import { checkSeries } from "./series.ts";

/**
 * Win rate of returns: positive returns / returns that are not 0, as periods without a position are no bets.
 *
 * @returns a fraction from 0 to 1, or `null` without a return that is not 0
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function winRate(returns: ArrayLike<number>): number | null {
  checkSeries(returns, "returns");
  const bets = count(returns, (r) => r !== 0);
  return bets === 0 ? null : count(returns, (r) => r > 0) / bets;
}

/**
 * Win rate of closed trades: trades with pnl > 0 / all trades; a trade that breaks even was a bet and is no win.
 *
 * @returns a fraction from 0 to 1, or `null` without trades
 * @throws ValidationError GEO-VALUE naming the index of a NaN or an infinity
 */
export function tradeWinRate(pnls: ArrayLike<number>): number | null {
  checkSeries(pnls, "pnls");
  return pnls.length === 0 ? null : count(pnls, (pnl) => pnl > 0) / pnls.length;
}

function count(values: ArrayLike<number>, counts: (value: number) => boolean): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) if (counts(values[i]!)) total++;
  return total;
}
