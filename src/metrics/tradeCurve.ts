import { Decimal } from "../domain/decimal.ts";
import { dayMs } from "../domain/time.ts";
import { type EquitySample, periodicReturns } from "./calendar.ts";
import { type Drawdown, deepest, drawdownsOfPath, maxDrawdown } from "./drawdown.ts";
import type { ListedTrade } from "./input.ts";
import { growth, type Metrics } from "./panel.ts";
import { totalReturn } from "./totalReturn.ts";

/** The course of capital, as far as a list of trades or returns tells it. */
export interface Curve
  extends Pick<
    Metrics,
    "totalReturn" | "maxDrawdown" | "maxDrawdownDuration" | "finalEquity" | "periodsPerYear" | "calendar"
  > {
  readonly returns: ArrayLike<number>;
  readonly each: Metrics["returns"];
  /** Why there are no returns; `null` when there are. */
  readonly noReturns: string | null;
}

/** Returns of unknown spacing: the whole capital earns each of them, one after the other. */
export function compoundedCurve(
  returns: readonly number[],
  each: "trade" | "period",
  periodsPerYear: number | undefined,
): Curve {
  return {
    returns,
    each,
    noReturns: null,
    totalReturn: totalReturn(returns),
    maxDrawdown: maxDrawdown(returns),
    maxDrawdownDuration: null,
    finalEquity: null,
    ...yearOf(each, periodsPerYear),
  };
}

/** Profits without capital tell no return. */
export function unknownCurve(noReturns: string): Curve {
  return { ...compoundedCurve([], "trade", undefined), noReturns };
}

/** Capital plus the profits realised so far; open positions are not in a trade list. */
export function realisedCurve(
  trades: readonly ListedTrade[],
  cash: string,
  periodsPerYear: number | undefined,
): Curve {
  const times = trades.flatMap(({ exitTime }) => exitTime ?? []);
  if (trades.length === 0 || times.length < trades.length) return curveByTrade(trades, cash, periodsPerYear);
  return curveByDay(trades, cash, periodsPerYear);
}

function curveByTrade(
  trades: readonly ListedTrade[],
  cash: string,
  periodsPerYear: number | undefined,
): Curve {
  const path = equityPath(trades, cash);
  const steps = path.slice(1).map((equity, i) => equity.minus(path[i]!).div(path[i]!).toNumber());
  const ruined = path.some((equity) => equity.lte(0));
  return {
    returns: ruined ? [] : steps,
    each: "trade",
    noReturns: ruined ? "the trades lose more than the capital" : null,
    ...outcome(path, cash),
    maxDrawdown: deepest(drawdownsOfPath(path.map(Number))),
    maxDrawdownDuration: null,
    ...yearOf("trade", periodsPerYear),
  };
}

function curveByDay(trades: readonly ListedTrade[], cash: string, periodsPerYear: number | undefined): Curve {
  const ordered = trades.toSorted((a, b) => a.exitTime! - b.exitTime!);
  const path = equityPath(ordered, cash);
  const start = trades.reduce(
    (first, { entryTime, exitTime }) => Math.min(first, entryTime ?? exitTime!, exitTime!),
    Infinity,
  );
  // Of trades closed at one instant only the last matters: the order among them is nobody's drawdown.
  const points = [{ time: start, equity: Number(cash) }];
  ordered.forEach(({ exitTime }, i) => {
    if (exitTime !== ordered[i + 1]?.exitTime)
      points.push({ time: exitTime!, equity: path[i + 1]!.toNumber() });
  });
  const falls = drawdownsOfPath(points.map(({ equity }) => equity));
  const days = everyDay(points);
  const periodic = periodicReturns(days, Number(cash), { barMs: null, periodsPerYear });
  return {
    returns: periodic.returns,
    each: "day",
    noReturns: periodic.undefinedBecause,
    ...outcome(path, cash),
    maxDrawdown: deepest(falls),
    maxDrawdownDuration: longest(falls, points),
    periodsPerYear: periodic.periodsPerYear,
    calendar: `${periodic.calendar}; realised profits only`,
  };
}

/** The capital before the first trade and after each. */
function equityPath(trades: readonly ListedTrade[], cash: string): readonly Decimal[] {
  const path = [new Decimal(cash)];
  for (const { pnl } of trades) path.push(path.at(-1)!.plus(pnl!));
  return path;
}

function outcome(path: readonly Decimal[], cash: string): Pick<Curve, "totalReturn" | "finalEquity"> {
  const finalEquity = path.at(-1)!.toFixed();
  return { finalEquity, totalReturn: growth(cash, finalEquity) };
}

/**
 * One sample at the end of each weekday and each day with an exit: a day without one is a return of 0, not a day that
 * the market was closed. Sunday's are folded into Monday, and Saturdays make it a market that never closes, as ever.
 */
function everyDay(points: readonly EquitySample[]): readonly EquitySample[] {
  const samples: EquitySample[] = [];
  let next = 0;
  let equity = points[0]!.equity;
  const last = dayOf(points.at(-1)!.time);
  for (let day = dayOf(points[0]!.time); day <= last; day++) {
    const before = next;
    while (next < points.length && dayOf(points[next]!.time) === day) equity = points[next++]!.equity;
    const weekend = [0, 6].includes(new Date(day * dayMs).getUTCDay());
    if (!weekend || next > before) samples.push({ time: (day + 1) * dayMs, equity });
  }
  return samples;
}

/** An exit at midnight belongs to the day that begins: unlike a close it is no end of a bar. */
function dayOf(time: number): number {
  return Math.floor(time / dayMs);
}

/** Seconds. */
function longest(falls: readonly Drawdown[], points: readonly EquitySample[]): number {
  return falls.reduce(
    (most, { peak, end }) => Math.max(most, (points[end]!.time - points[peak]!.time) / 1000),
    0,
  );
}

function yearOf(
  each: "trade" | "period",
  periodsPerYear: number | undefined,
): Pick<Curve, "periodsPerYear" | "calendar"> {
  if (periodsPerYear === undefined) return { periodsPerYear: null, calendar: null };
  return { periodsPerYear, calendar: `${periodsPerYear} ${each}s a year, as set (one return a ${each})` };
}
