import { Chalk, type ChalkInstance } from "chalk";
import { reasons } from "../domain/reasons.ts";
import type { Metrics } from "../metrics/panel.ts";
import { assertionText } from "./assertions.ts";
import { attributionTable } from "./attributionTable.ts";
import { conditions } from "./conditions.ts";
import type {
  AssertionResult,
  BacktestDocument,
  DataFacts,
  PositionRecord,
  StrategyFacts,
} from "./document.ts";
import { explanationText } from "./explanationText.ts";
import { formatCount, formatDuration, formatMoney, formatPeriod } from "./format.ts";
import { gridText, indented, panelTable } from "./panelTable.ts";

export interface RenderOptions {
  readonly color: boolean;
}

/** A backtest for a terminal of 80 columns: what matters first, what to be careful about last. */
export function renderBacktest(document: BacktestDocument, { color }: RenderOptions): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const { run, metrics, positions, warnings, assertions = [] } = document;
  const sections = [
    title(document, paint),
    panelTable(metrics, run.currency, paint),
    conditions(document.run)
      .flatMap((text) => indented(text, 1))
      .join("\n"),
    attributionTable(document.attribution, run.currency),
    ordersTable(document.reasons),
    held(positions),
    warned(warnings, paint),
    asserted(assertions, paint),
    paint.dim(` Run ${run.id}, geosync ${run.version}, ${formatDuration(run.durationMs)}.`),
    document.explain === undefined ? "" : explanationText(document.explain, run.currency, paint),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** The measures alone, for `geosync metrics`. */
export function renderMetrics(
  metrics: Metrics,
  assertions: readonly AssertionResult[],
  { color }: RenderOptions,
): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const sections = [panelTable(metrics, null, paint), asserted(assertions, paint)];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function title({ run }: BacktestDocument, paint: ChalkInstance): string {
  const name = [run.strategy, ...run.others].map(strategyText).join(" + ");
  const timeframes = [...new Set(run.data.map(({ timeframe }) => timeframe))].join(", ");
  const span = `${formatPeriod(run.from, run.to)}, ${formatCount(run.bars)} bars`;
  return [
    ...indented(name, 1).map((line) => paint.bold(line)),
    ...indented(`${symbolsOf(run.data)} ${timeframes}, ${span}`, 1),
  ].join("\n");
}

function strategyText({ name, params }: StrategyFacts): string {
  const settings = Object.entries(params).map(([key, value]) => `${key} ${textOf(value)}`);
  return settings.length === 0 ? name : `${name} (${settings.join(", ")})`;
}

function symbolsOf(data: readonly DataFacts[]): string {
  return data.map(({ symbol }) => symbol.replaceAll(",", ", ")).join(", ");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function ordersTable(counts: BacktestDocument["reasons"]): string {
  const rows = Object.entries(counts).map(([code, count]) => {
    const meaning = (reasons as Readonly<Record<string, string>>)[code] ?? "";
    return [{ text: formatCount(count) }, { text: code }, { text: meaning }];
  });
  if (rows.length === 0) return "";
  // A code is searched for as it is written: it takes the room it needs, its blanks included.
  const codes = Object.keys(counts).every((code) => code.length <= 25) ? 27 : 28;
  return ` How orders ended\n${gridText(rows, [11, codes, 69 - codes], ["right", "left", "left"])}`;
}

export function held(positions: readonly PositionRecord[]): string {
  const lines = positions.map(
    ({ symbol, quantity, entryPrice, currentPrice, unrealizedPnl }) =>
      `${symbol} ${quantity} entered at ${formatMoney(String(entryPrice))}, now ${formatMoney(currentPrice)}: ` +
      `${formatMoney(unrealizedPnl)} unrealised`,
  );
  return lines.length === 0 ? "" : [" Held at the end", ...lines.flatMap(bullet)].join("\n");
}

export function warned(warnings: BacktestDocument["warnings"], paint: ChalkInstance): string {
  if (warnings.length === 0) return "";
  const lines = warnings.flatMap(({ message }) => bullet(message));
  return [paint.yellow(" Before you trust this"), ...lines].join("\n");
}

function asserted(assertions: readonly AssertionResult[], paint: ChalkInstance): string {
  if (assertions.length === 0) return "";
  const lines = assertions.flatMap((result) => {
    const text = bullet(`${result.holds ? "holds" : "FAILS"}  ${assertionText(result)}`);
    return result.holds ? text : text.map((line) => paint.red(line));
  });
  return [" Assertions", ...lines].join("\n");
}

function bullet(text: string): readonly string[] {
  return indented(`- ${text}`, 3);
}
