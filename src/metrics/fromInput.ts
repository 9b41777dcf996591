import { type Numeric, numericText, toDecimal } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { dayMs } from "../domain/time.ts";
import type { BacktestDocument } from "./document.ts";
import type { ListedTrade, ReturnSeries, TradeInput, TradeList } from "./input.ts";
import { measureReturns, measureTrades, type TradeMeasures } from "./measures.ts";
import { assemble, computePanel, type Metrics, outcomes } from "./panel.ts";
import { nouns } from "./reasons.ts";
import { type Curve, compoundedCurve, realisedCurve, unknownCurve } from "./tradeCurve.ts";
import { winRate } from "./winRate.ts";

export interface InputOptions {
  /** Starting capital of a trade list, above 0. */
  readonly cash?: Numeric | undefined;
  /** Yearly, a fraction. @default 0 */
  readonly riskFreeRate?: number | undefined;
  /** How many of the returns, or of trades without times, make a year. */
  readonly periodsPerYear?: number | undefined;
}

/**
 * The panel of whatever `readTradeInput` read. What the input cannot tell is `null` and says why.
 *
 * - A backtest document: recomputed from its equity and trades.
 * - Trades with a pnl: returns are profits realised a day (with `exitTime`) or a trade, on the capital `cash`.
 * - Trades with a return only, and bare returns: the whole capital earns one after the other.
 *
 * @throws ValidationError GEO-VALUE or GEO-OPTION-VALUE
 */
export function computeFromInput(input: TradeInput, options: InputOptions = {}): Metrics {
  switch (input.kind) {
    case "backtest":
      return fromBacktest(input, options);
    case "trades":
      return fromTrades(input, options);
    case "returns":
      return fromReturns(input, options);
  }
}

/** What needs every bar (drawdown, exposure, returns by the bar) is the document's own word. */
function fromBacktest(document: BacktestDocument, options: InputOptions): Metrics {
  const { metrics: own, equity, barMs } = document;
  const byBar = own.returns === "bar" && !(barMs !== null && barMs > dayMs);
  const recomputed = computePanel({
    ...own,
    ...document,
    daily: equity,
    options: {
      riskFreeRate: options.riskFreeRate ?? own.riskFreeRate ?? undefined,
      periodsPerYear: options.periodsPerYear ?? (byBar ? undefined : (own.periodsPerYear ?? undefined)),
    },
  });
  const asked = options.riskFreeRate !== undefined || options.periodsPerYear !== undefined;
  return byBar && !asked ? withOwnReturns(recomputed, document) : recomputed;
}

function withOwnReturns(recomputed: Metrics, { metrics: own }: BacktestDocument): Metrics {
  const { cagr, sharpe, sortino, calmar, volatility, valueAtRisk95, conditionalValueAtRisk95 } = own;
  const measured = { cagr, sharpe, sortino, calmar, volatility, valueAtRisk95, conditionalValueAtRisk95 };
  const reasons = { ...recomputed.undefinedBecause };
  for (const [name, value] of Object.entries(measured)) {
    if (value === null)
      reasons[name] = own.undefinedBecause[name] ?? "the document says so, without a reason";
    else delete reasons[name];
  }
  const { returns, periodsPerYear, calendar } = own;
  return { ...recomputed, ...measured, returns, periodsPerYear, calendar, undefinedBecause: reasons };
}

const noCash = "profits are known, the capital is not: give the starting cash";
const noPeriods = "the input has no times: give the periods a year";
const noTimes = "the input has no times";
const noMarket = "the input has no bars";

function fromTrades({ trades }: TradeList, options: InputOptions): Metrics {
  const hasPnl = trades[0]?.pnl !== undefined;
  const hasReturn = trades[0]?.return !== undefined;
  const returns = column(trades, "return");
  const pnls = column(trades, "pnl");
  const curve =
    hasPnl || trades.length === 0
      ? curveOf(trades, options)
      : compoundedCurve(returns, "trade", options.periodsPerYear);
  const measures = measureTrades({ pnls, returns, bars: column(trades, "bars") });
  const fees = column(trades, "fees");
  const frame = {
    trades: trades.length,
    fees:
      fees.length === 0
        ? null
        : fees.reduce((total, fee) => toDecimal(total, "fees").plus(fee).toFixed(), "0"),
  };
  const known = trades.length === 0 ? withoutTrades : hasReturn ? {} : withoutReturns;
  return panelOf(curve, frame, measures, hasPnl ? pnls.map(Number) : returns, options, known);
}

function curveOf(trades: readonly ListedTrade[], { cash, periodsPerYear }: InputOptions): Curve {
  if (cash === undefined) return unknownCurve(trades.length === 0 ? "there are no closed trades" : noCash);
  const capital = toDecimal(cash, "cash");
  if (capital.lte(0)) {
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `cash: expected an amount above 0, found ${numericText(cash, "cash")}`,
    );
  }
  return realisedCurve(trades, capital.toFixed(), periodsPerYear);
}

/** The values of a field, or none unless every trade has it. */
function column<K extends keyof ListedTrade>(
  trades: readonly ListedTrade[],
  name: K,
): readonly NonNullable<ListedTrade[K]>[] {
  const values = trades.flatMap((trade) => trade[name] ?? []);
  return values.length === trades.length ? (values as readonly NonNullable<ListedTrade[K]>[]) : [];
}

function fromReturns({ returns }: ReturnSeries, options: InputOptions): Metrics {
  const curve = compoundedCurve(returns, "period", options.periodsPerYear);
  const measures = {
    ...measureTrades({ pnls: [], returns, bars: [] }),
    winRate: winRate(returns),
  };
  return panelOf(curve, { trades: null, fees: null }, measures, returns, options, {
    trades: "the input is a series of returns, not of trades",
    winRate: "every return is 0",
  });
}

function panelOf(
  curve: Curve,
  frame: Pick<Metrics, "trades" | "fees">,
  byTrade: TradeMeasures,
  results: readonly number[],
  { riskFreeRate = 0 }: InputOptions,
  known: Readonly<Record<string, string>>,
): Metrics {
  const { returns, noReturns, each, ...course } = curve;
  return assemble(
    { ...course, ...frame, exposure: null, buyAndHoldReturn: null, riskFreeRate, returns: each },
    measureReturns(returns, curve.periodsPerYear, riskFreeRate, curve.maxDrawdown),
    byTrade,
    { noReturns, returns: returns.length, each: nouns[each], ...outcomes(results) },
    { ...unknown(curve), ...known },
  );
}

/** Why the curve does not tell more; what stands here and is known all the same is no `null` and asks for no reason. */
function unknown(curve: Curve): Readonly<Record<string, string>> {
  const noCapital = curve.totalReturn === null ? curve.noReturns : null;
  const yearly = ["periodsPerYear", "calendar", "cagr", "sharpe", "sortino", "calmar", "volatility"];
  return {
    ...(curve.periodsPerYear === null &&
      Object.fromEntries(yearly.map((name) => [name, noCapital ?? noPeriods]))),
    maxDrawdownDuration: noCapital ?? noTimes,
    finalEquity: noCapital ?? "the input has returns, no money",
    fees: "the input has no fees",
    exposure: noMarket,
    buyAndHoldReturn: noMarket,
    averageBars: "the input does not say how many bars positions were held",
  };
}

const withoutTrades = { averageBars: "there are no closed trades", fees: "there are no closed trades" };
const needReturns = [
  "expectancy",
  "bestTrade",
  "worstTrade",
  "averageWin",
  "averageLoss",
  "payoffRatio",
  "kelly",
];
const withoutReturns = Object.fromEntries(
  needReturns.map((name) => [name, "the trades have profits, no returns on their entry value"]),
);
