import { parseTimeframe } from "../domain/time.ts";
import {
  arrayOf,
  decimalOf,
  type Fields,
  given,
  numberOf,
  numberOrNull,
  objectOf,
  timeOf,
} from "./fields.ts";
import type { ReturnMeasures } from "./measures.ts";
import type { EquityPoint, TradeRow } from "./panel.ts";

/** A `geosync.backtest/1` document, as far as the measures need it. */
export interface BacktestDocument {
  readonly kind: "backtest";
  readonly initialEquity: string;
  readonly barMs: number | null;
  readonly equity: readonly EquityPoint[];
  readonly trades: readonly TradeRow[];
  readonly metrics: DocumentMetrics;
}

/** The document's own measures: those that its equity points are too coarse, or its options unknown, to recompute. */
export interface DocumentMetrics extends ReturnMeasures {
  readonly maxDrawdown: number;
  readonly maxDrawdownDuration: number;
  readonly exposure: number | null;
  readonly buyAndHoldReturn: number | null;
  readonly fees: string;
  readonly finalEquity: string;
  readonly riskFreeRate: number | null;
  readonly returns: "day" | "bar";
  readonly periodsPerYear: number | null;
  readonly calendar: string | null;
  readonly undefinedBecause: Readonly<Record<string, string>>;
}

/** @throws ValidationError GEO-VALUE naming the field that is not as expected */
export function readDocument(json: Fields): BacktestDocument {
  const run = objectOf(json.run, "run");
  return {
    kind: "backtest",
    initialEquity: decimalOf(run.cash, "run.cash"),
    barMs: barLength(run.data),
    equity: arrayOf(json.equity, "equity").map(readPoint),
    trades: arrayOf(json.trades, "trades").map(readRow),
    metrics: readMetrics(objectOf(json.metrics, "metrics")),
  };
}

/** The shortest timeframe of the run's data: the one whose bars mark the equity. */
function barLength(data: unknown): number | null {
  const lengths = arrayOf(data, "run.data").flatMap((file, i) => {
    const { timeframe } = objectOf(file, `run.data[${i}]`);
    return given(timeframe) ? [parseTimeframe(String(timeframe), `run.data[${i}].timeframe`).ms] : [];
  });
  return lengths.length === 0 ? null : Math.min(...lengths);
}

function readPoint(point: unknown, i: number): EquityPoint {
  const at = `equity[${i}]`;
  const [time, equity] = arrayOf(point, at);
  return [timeOf(time, `${at}[0]`), decimalOf(equity, `${at}[1]`)];
}

function readRow(row: unknown, i: number): TradeRow {
  const at = `trades[${i}]`;
  const fields = objectOf(row, at, "a trade");
  return {
    pnl: decimalOf(fields.pnl, `${at}.pnl`),
    return: numberOf(fields.return, `${at}.return`),
    bars: numberOf(fields.bars, `${at}.bars`),
  };
}

function readMetrics(own: Fields): DocumentMetrics {
  const number = (name: string) => numberOrNull(own[name], `metrics.${name}`);
  return {
    cagr: number("cagr"),
    sharpe: number("sharpe"),
    sortino: number("sortino"),
    calmar: number("calmar"),
    volatility: number("volatility"),
    valueAtRisk95: number("valueAtRisk95"),
    conditionalValueAtRisk95: number("conditionalValueAtRisk95"),
    maxDrawdown: numberOf(own.maxDrawdown, "metrics.maxDrawdown"),
    maxDrawdownDuration: numberOf(own.maxDrawdownDuration, "metrics.maxDrawdownDuration"),
    exposure: number("exposure"),
    buyAndHoldReturn: number("buyAndHoldReturn"),
    fees: decimalOf(own.fees, "metrics.fees"),
    finalEquity: decimalOf(own.finalEquity, "metrics.finalEquity"),
    riskFreeRate: number("riskFreeRate"),
    returns: own.returns === "bar" ? "bar" : "day",
    periodsPerYear: number("periodsPerYear"),
    calendar: given(own.calendar) ? String(own.calendar) : null,
    undefinedBecause: given(own.undefinedBecause) ? readReasons(own.undefinedBecause) : {},
  };
}

function readReasons(value: unknown): Readonly<Record<string, string>> {
  const reasons = Object.entries(objectOf(value, "metrics.undefinedBecause"));
  return Object.fromEntries(reasons.map(([name, reason]) => [name, String(reason)]));
}
