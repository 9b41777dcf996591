import { Decimal, numericText, toDecimal } from "../domain/decimal.ts";
import { GeoSyncError } from "../domain/errors.ts";
import { dayMs } from "../domain/time.ts";
import { type PeriodicReturns, periodicReturns } from "./calendar.ts";
import { measureReturns, measureTrades, type ReturnMeasures, type TradeMeasures } from "./measures.ts";
import { explainNulls, type Facts, nouns } from "./reasons.ts";
import { checkFinite, numbersOf } from "./series.ts";

/** A point of equity: [epoch ms when it became known, exact decimal]. */
export type EquityPoint = readonly [timeMs: number, equity: string];

/** What the measures need of a closed trade. */
export interface TradeRow {
  /** Net of fees, exact decimal. */
  readonly pnl: string;
  /** pnl / entry value. */
  readonly return: number;
  /** Bars held. */
  readonly bars: number;
}

/** What a finished run hands over to be measured. */
export interface PanelInput {
  /** Exact decimals. */
  readonly initialEquity: string;
  readonly finalEquity: string;
  readonly fees: string;
  /** One point a UTC day, or a bar when bars are longer; none for the initial equity itself. */
  readonly daily: readonly EquityPoint[];
  /** One point a bar; needed for `returns: "bar"` only. */
  readonly barSamples?: readonly EquityPoint[] | undefined;
  readonly barMs: number | null;
  /** Measured on every bar: a fraction ≤ 0. */
  readonly maxDrawdown: number;
  /** Measured on every bar, in seconds. */
  readonly maxDrawdownDuration: number;
  /** Share of bars with a position. */
  readonly exposure: number | null;
  readonly buyAndHoldReturn: number | null;
  readonly trades: readonly TradeRow[];
  readonly options: PanelOptions;
}

export interface PanelOptions {
  /** Yearly, a fraction. @default 0 */
  readonly riskFreeRate?: number | undefined;
  /** Overrides what the calendar says. */
  readonly periodsPerYear?: number | undefined;
  /** @default "day" */
  readonly returns?: "day" | "bar" | undefined;
}

/**
 * Every measure of a run. Ratios are fractions (0.1 is 10 %), money is exact decimal text, and what is undefined is
 * `null` with its reason in `undefinedBecause`.
 */
export interface Metrics extends ReturnMeasures, TradeMeasures {
  readonly totalReturn: number | null;
  readonly maxDrawdown: number | null;
  /** Seconds from the peak to its recovery, or to the end. */
  readonly maxDrawdownDuration: number | null;
  readonly exposure: number | null;
  readonly buyAndHoldReturn: number | null;
  /** Closed trades. */
  readonly trades: number | null;
  readonly fees: string | null;
  readonly finalEquity: string | null;
  readonly riskFreeRate: number;
  /** What one periodic return covers. */
  readonly returns: "day" | "bar" | "trade" | "period";
  readonly periodsPerYear: number | null;
  /** The calendar in plain words. */
  readonly calendar: string | null;
  readonly undefinedBecause: Readonly<Record<string, string>>;
}

/**
 * The metrics of a run.
 * @throws ValidationError GEO-VALUE for money that is no decimal, equity out of order or an initial equity ≤ 0
 */
export function computePanel(input: PanelInput): Metrics {
  const { riskFreeRate = 0, returns: each = "day" } = input.options;
  for (const name of ["maxDrawdown", "maxDrawdownDuration", "exposure", "buyAndHoldReturn"] as const) {
    checkFinite(input[name] ?? 0, name);
  }
  const periodic = returnsOf(input);
  const byBar = each === "bar" || (input.barMs !== null && input.barMs > dayMs);
  const pnls = input.trades.map(({ pnl }, i) => numericText(pnl, `trades[${i}].pnl`));
  const tradeReturns = numbersOf(input.trades, (trade) => trade.return);
  return assemble(
    {
      totalReturn: growth(input.initialEquity, input.finalEquity),
      maxDrawdown: input.maxDrawdown,
      maxDrawdownDuration: input.maxDrawdownDuration,
      exposure: input.exposure,
      buyAndHoldReturn: input.buyAndHoldReturn,
      trades: input.trades.length,
      fees: numericText(input.fees, "fees"),
      finalEquity: numericText(input.finalEquity, "finalEquity"),
      riskFreeRate,
      returns: byBar ? "bar" : "day",
      periodsPerYear: periodic.periodsPerYear,
      calendar: periodic.calendar,
    },
    measureReturns(periodic.returns, periodic.periodsPerYear, riskFreeRate, input.maxDrawdown),
    measureTrades({ pnls, returns: tradeReturns, bars: numbersOf(input.trades, ({ bars }) => bars) }),
    {
      noReturns: periodic.undefinedBecause,
      returns: periodic.returns.length,
      each: nouns[byBar ? "bar" : "day"],
      ...outcomes(numbersOf(pnls, Number)),
    },
  );
}

function returnsOf(input: PanelInput): PeriodicReturns {
  const { returns: mode = "day", periodsPerYear } = input.options;
  const perBar = mode === "bar" && !(input.barMs !== null && input.barMs > dayMs);
  const points = perBar ? input.barSamples : input.daily;
  if (points === undefined) {
    throw new GeoSyncError("GEO-INTERNAL", 'computePanel: returns "bar" need barSamples, found none');
  }
  const samples = points.map(([time, equity], i) => ({
    time,
    equity: Number(numericText(equity, `equity[${i}]`)),
  }));
  const initial = Number(numericText(input.initialEquity, "initialEquity"));
  return periodicReturns(samples, initial, { barMs: input.barMs, mode, periodsPerYear });
}

/** final / initial − 1, exact to the last division. */
export function growth(initial: string, final: string): number {
  return toDecimal(final, "finalEquity").div(new Decimal(initial)).minus(1).toNumber();
}

/** How many of the results there are, won and lost. */
export function outcomes(results: ArrayLike<number>): Pick<Facts, "trades" | "wins" | "losses"> {
  let wins = 0;
  let losses = 0;
  for (let i = 0; i < results.length; i++) {
    if (results[i]! > 0) wins++;
    else if (results[i]! < 0) losses++;
  }
  return { trades: results.length, wins, losses };
}

/** Everything that is neither a measure of returns nor of trades. */
export type Frame = Omit<Metrics, keyof ReturnMeasures | keyof TradeMeasures | "undefinedBecause">;

/** The groups in the order in which a reader expects them, each `null` with its reason. */
export function assemble(
  frame: Frame,
  byReturn: ReturnMeasures,
  byTrade: TradeMeasures,
  facts: Facts,
  known: Readonly<Record<string, string>> = {},
): Metrics {
  const measures = {
    totalReturn: frame.totalReturn,
    cagr: byReturn.cagr,
    sharpe: byReturn.sharpe,
    sortino: byReturn.sortino,
    calmar: byReturn.calmar,
    maxDrawdown: frame.maxDrawdown,
    maxDrawdownDuration: frame.maxDrawdownDuration,
    volatility: byReturn.volatility,
    valueAtRisk95: byReturn.valueAtRisk95,
    conditionalValueAtRisk95: byReturn.conditionalValueAtRisk95,
    ...byTrade,
    exposure: frame.exposure,
    buyAndHoldReturn: frame.buyAndHoldReturn,
    trades: frame.trades,
    fees: frame.fees,
    finalEquity: frame.finalEquity,
    riskFreeRate: frame.riskFreeRate,
    returns: frame.returns,
    periodsPerYear: frame.periodsPerYear,
    calendar: frame.calendar,
  };
  return { ...measures, undefinedBecause: explainNulls(measures, facts, known) };
}
