import { Chalk } from "chalk";
import type { CauseRecord, DriftCause, DriftDocument } from "./driftDocument.ts";
import { formatCount, formatMoney, formatPeriod } from "./format.ts";
import { gridText, indented } from "./panelTable.ts";
import type { RenderOptions } from "./table.ts";

const titles: Readonly<Record<DriftCause, string>> = {
  data: "data",
  rejects: "rejects and risk",
  manual: "manual",
  timing: "timing",
  price: "price",
  fees: "fees",
  other: "other",
};

/** A drift for a terminal of 80 columns. */
export function renderDrift(document: DriftDocument, { color }: RenderOptions): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const { session, strategy, symbols, mode, venue, from, to, causes } = document;
  const span = from === null || to === null ? "no market data yet" : formatPeriod(from, to);
  const sections = [
    [
      ...indented(`${session}: ${strategy.name} on ${symbols.join(", ")}`, 1).map((line) => paint.bold(line)),
      ...indented(`${mode} at ${venue}, ${span}`, 1),
    ].join("\n"),
    runsTable(document),
    causesTable(document),
    ...causes.map(examplesOf),
    barsLine(document),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function runsTable({ result, backtest, currency, data }: DriftDocument): string {
  const against = data.length === 0 ? "backtest" : "backtest on the official data";
  const rows = [["session", result] as const, [against, backtest] as const].map(
    ([name, { profit, fills, fees }]) => [
      { text: name },
      { text: `${formatMoney(profit)} ${currency}` },
      { text: `${formatCount(fills)} ${fills === 1 ? "fill" : "fills"}` },
      { text: `fees ${formatMoney(fees)}` },
    ],
  );
  return gridText(rows, [18, 24, 18, 20], ["left", "right", "right", "right"]);
}

function causesTable({ causes, drift, currency }: DriftDocument): string {
  const rows = causes.map(({ cause, amount, count }) => [
    { text: titles[cause] },
    { text: `${formatMoney(amount)} ${currency}` },
    { text: countOf(cause, count) },
  ]);
  const sum = [{ text: "together" }, { text: `${formatMoney(drift)} ${currency}` }, { text: "" }];
  return ` The session less the backtest\n${gridText([...rows, sum], [22, 32, 20], ["left", "right", "right"])}`;
}

function countOf(cause: DriftCause, count: number): string {
  if (count === 0) return "";
  const thing = cause === "data" ? "bar" : "order";
  return `${formatCount(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** The largest three: the document has more. */
function examplesOf({ cause, examples, count }: CauseRecord): string {
  if (examples.length === 0) return "";
  const shown = examples.slice(0, 3);
  const lines = shown.flatMap(({ time, symbol, order, amount, what }) => {
    const who = order === null ? symbol : `${symbol} order ${order}`;
    const worth = amount === null ? "" : ` (${formatMoney(amount)})`;
    return indented(`- ${time} ${who}: ${what}${worth}`, 3);
  });
  const title = count > shown.length ? `${titles[cause]}, the largest` : titles[cause];
  return [` ${title[0]!.toUpperCase()}${title.slice(1)}`, ...lines].join("\n");
}

function barsLine({ bars }: DriftDocument): string {
  if (bars === null) return "";
  const { compared, differing, missing, extra } = bars;
  const counts = [
    `${formatCount(compared)} bars compared`,
    `${formatCount(differing)} differ`,
    `${formatCount(missing)} missed by the session`,
    `${formatCount(extra)} not official`,
  ];
  return indented(`${counts.join(", ")}.`, 1).join("\n");
}
