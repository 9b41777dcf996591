/** The measures of a run in two groups, so that a backtest and a bare trade list are measured by the same lines. */
import { cagr } from "./cagr.ts";
import { calmarRatio } from "./calmar.ts";
import { expectancy } from "./expectancy.ts";
import { kellyFraction } from "./kelly.ts";
import { averageLoss, averageWin, payoffRatio } from "./payoffRatio.ts";
import { profitFactor } from "./profitFactor.ts";
import { mean, numbersOf } from "./series.ts";
import { sharpeRatio } from "./sharpe.ts";
import { sortinoRatio } from "./sortino.ts";
import { sqn } from "./sqn.ts";
import { conditionalValueAtRisk, valueAtRisk } from "./valueAtRisk.ts";
import { volatility } from "./volatility.ts";
import { tradeWinRate } from "./winRate.ts";

/** Measures of periodic returns. */
export interface ReturnMeasures {
  /** Compound annual growth rate, a fraction a year. */
  readonly cagr: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  /** cagr / |maxDrawdown|. */
  readonly calmar: number | null;
  /** A fraction a year. */
  readonly volatility: number | null;
  /** Historical, a return a period: negative for a loss. */
  readonly valueAtRisk95: number | null;
  readonly conditionalValueAtRisk95: number | null;
}

/** Measures of closed trades; averages, best and worst are of their `return`, a fraction of the entry value. */
export interface TradeMeasures {
  readonly winRate: number | null;
  readonly profitFactor: number | null;
  readonly expectancy: number | null;
  readonly sqn: number | null;
  readonly bestTrade: number | null;
  readonly worstTrade: number | null;
  readonly averageWin: number | null;
  /** Below 0. */
  readonly averageLoss: number | null;
  readonly payoffRatio: number | null;
  readonly kelly: number | null;
  /** Mean number of bars held. */
  readonly averageBars: number | null;
}

/** `null` periods a year: unknown, so that what is stated a year stays `null`. */
export function measureReturns(
  returns: ArrayLike<number>,
  periodsPerYear: number | null,
  riskFreeRate: number,
  maxDrawdown: number | null,
): ReturnMeasures {
  const perYear = periodsPerYear ?? Number.NaN;
  const known = periodsPerYear !== null;
  const options = { riskFreeRate, periodsPerYear: perYear };
  return {
    cagr: known ? cagr(returns, perYear) : null,
    sharpe: known ? sharpeRatio(returns, options) : null,
    sortino: known ? sortinoRatio(returns, options) : null,
    calmar: known ? calmarRatio(returns, perYear, maxDrawdown) : null,
    volatility: known ? volatility(returns, options) : null,
    valueAtRisk95: valueAtRisk(returns),
    conditionalValueAtRisk95: conditionalValueAtRisk(returns),
  };
}

/** Each column is empty when the trades do not have it. */
export interface TradeColumns {
  /** Net profits, exact decimals. */
  readonly pnls: readonly string[];
  readonly returns: ArrayLike<number>;
  readonly bars: ArrayLike<number>;
}

/** Money measures fall back on returns, which are the profits of equal stakes, when there is no pnl. */
export function measureTrades({ pnls, returns, bars }: TradeColumns): TradeMeasures {
  const profits = pnls.length > 0 ? numbersOf(pnls, Number) : returns;
  return {
    winRate: tradeWinRate(profits),
    profitFactor: profitFactor(pnls.length > 0 ? pnls : returns),
    expectancy: expectancy(returns),
    sqn: sqn(profits),
    bestTrade: extreme(returns, Math.max),
    worstTrade: extreme(returns, Math.min),
    averageWin: averageWin(returns),
    averageLoss: averageLoss(returns),
    payoffRatio: payoffRatio(returns),
    kelly: kellyFraction(returns),
    averageBars: mean(bars),
  };
}

function extreme(values: ArrayLike<number>, pick: (a: number, b: number) => number): number | null {
  if (values.length === 0) return null;
  let best = values[0]!;
  for (let i = 1; i < values.length; i++) best = pick(best, values[i]!);
  return best;
}
