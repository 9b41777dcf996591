import type { ChalkInstance } from "chalk";
import Table from "cli-table3";
import type { Metrics } from "../metrics/panel.ts";
import { formatMeasure, formatPercent, wrap } from "./format.ts";
import { type MeasureName, measures } from "./measures.ts";

/** Everything fits a terminal of the classic width. */
const lineWidth = 80;

/** What decides whether a strategy is worth a second look, left to right and down. */
const leading: readonly (readonly [MeasureName, MeasureName])[] = [
  ["totalReturn", "buyAndHoldReturn"],
  ["maxDrawdown", "sharpe"],
  ["trades", "winRate"],
  ["profitFactor", "finalEquity"],
];

/** The rest: returns on the left, trades on the right. */
const following: readonly (readonly [MeasureName, MeasureName])[] = [
  ["cagr", "expectancy"],
  ["volatility", "averageWin"],
  ["sortino", "averageLoss"],
  ["calmar", "payoffRatio"],
  ["maxDrawdownDuration", "bestTrade"],
  ["valueAtRisk95", "worstTrade"],
  ["conditionalValueAtRisk95", "averageBars"],
  ["exposure", "kelly"],
  ["fees", "sqn"],
];

/** The measures as a framed block of the leading ones, the others below, and why some are undefined. */
export function panelTable(metrics: Metrics, currency: string | null, paint: ChalkInstance): string {
  const cells = (name: MeasureName): readonly Cell[] => {
    const { title, unit } = measures[name];
    const value = formatMeasure(metrics[name], unit);
    const money = unit === "money" && metrics[name] !== null && currency !== null;
    return [
      { text: title },
      { text: money ? `${value} ${currency}` : value, paint: painter(name, metrics, paint) },
    ];
  };
  const rows = (pairs: typeof leading) => pairs.map(([a, b]) => [...cells(a), ...cells(b)]);
  const aligns: readonly Align[] = ["left", "right", "left", "right"];
  return [
    gridText(rows(leading), [17, 22, 16, 20], aligns, true),
    gridText(rows(following), [23, 19, 21, 17], aligns),
    ...undefinedLines(metrics),
    ratiosLine(metrics),
  ].join("\n");
}

function painter(name: MeasureName, { totalReturn }: Metrics, paint: ChalkInstance): ChalkInstance {
  if (name !== "totalReturn" || totalReturn === null || totalReturn === 0) return paint.bold;
  return totalReturn > 0 ? paint.bold.green : paint.bold.red;
}

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

type Align = "left" | "right";

const frame = "top,bottom,left,right,mid,middle";
const frameless = Object.fromEntries(
  frame
    .split(",")
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-mid`])
    .map((part) => [part, ""]),
);

/** Columns of fixed width; a cell that is too long goes on in the next line, nothing is cut off. */
export function gridText(
  rows: readonly (readonly Cell[])[],
  colWidths: readonly number[],
  colAligns: readonly Align[],
  framed = false,
): string {
  const table = new Table({
    ...(framed ? {} : { chars: frameless }),
    colWidths: [...colWidths],
    colAligns: [...colAligns],
    style: { head: [], border: [], compact: true },
  });
  // Wrapped here, and painted line by line: cli-table3 would break colour codes apart.
  const fitted = ({ text, paint = (line) => line }: Cell, column: number) =>
    wrap(text, colWidths[column]! - 2)
      .map((line) => paint(line))
      .join("\n");
  table.push(...rows.map((row) => row.map(fitted)));
  return table.toString().replace(/ +$/gm, "");
}

/** A line for each reason, with the measures it explains. */
function undefinedLines({ undefinedBecause }: Metrics): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const [name, reason] of Object.entries(undefinedBecause)) {
    const title = measures[name as MeasureName]?.title;
    if (title !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), title]);
  }
  const lines = [...byReason].map(([reason, titles]) => `–  ${reason}: ${titles.join(", ")}`);
  return lines.flatMap((line) => indented(line, 4));
}

function ratiosLine({ calendar, riskFreeRate }: Metrics): string {
  const counted = calendar === null ? "no calendar" : calendar;
  return indented(`Ratios: ${counted}, risk-free rate ${formatPercent(riskFreeRate)}.`, 1).join("\n");
}

/** Wrapped to the width, from the second line on indented by `depth`. */
export function indented(text: string, depth: number): readonly string[] {
  const [first, ...rest] = wrap(text, lineWidth - depth - 1);
  return [` ${first}`, ...rest.map((line) => " ".repeat(depth) + line)];
}
