import { Chalk } from "chalk";
import { attributionTable } from "./attributionTable.ts";
import { formatCount, formatPeriod } from "./format.ts";
import { indented, panelTable } from "./panelTable.ts";
import type { SessionDocument } from "./sessionDocument.ts";
import { held, ordersTable, type RenderOptions, warned } from "./table.ts";

/** A session for a terminal of 80 columns. */
export function renderSession(document: SessionDocument, { color }: RenderOptions): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const { session, metrics, positions, warnings } = document;
  const { strategy, symbols, mode, venue, from, to, bars } = session;
  const span =
    from === null || to === null
      ? "nothing measured yet"
      : `${formatPeriod(from, to)}, ${formatCount(bars)} bars`;
  const sections = [
    [
      ...indented(`${strategy.name} on ${symbols.join(", ")}`, 1).map((line) => paint.bold(line)),
      ...indented(`${mode} at ${venue}, ${span}`, 1),
    ].join("\n"),
    panelTable(metrics, session.currency, paint),
    attributionTable(document.attribution, session.currency),
    ordersTable(document.reasons),
    held(positions),
    open(document),
    warned(warnings, paint),
    paint.dim(indented(ending(session), 1).join("\n")),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function ending({ name, starts, stopped, finished }: SessionDocument["session"]): string {
  const nth = starts === 1 ? "" : `, start ${starts}`;
  const next = finished ? "It is over." : "The same command, with --session, goes on with it.";
  return `Session ${name}${nth}: ${stopped}. ${next}`;
}

function open({ openOrders }: SessionDocument): string {
  if (openOrders.length === 0) return "";
  const lines = openOrders.flatMap(({ id, side, quantity, symbol, type, price, stopPrice }) => {
    const at = price ?? stopPrice;
    return indented(
      `- order ${id}: ${side} ${quantity ?? ""} ${symbol} ${type}${at === null ? "" : ` at ${at}`}`,
      3,
    );
  });
  return [" Still open", ...lines].join("\n");
}
