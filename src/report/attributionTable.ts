import type { AttributionRecord, AttributionSection } from "./document.ts";
import { formatCount, formatMoney } from "./format.ts";
import { gridText } from "./panelTable.ts";

/** Who earned what, where there is more than one to tell apart; "" else. */
export function attributionTable(
  { strategies, symbols, tags }: AttributionSection,
  currency: string,
): string {
  const lists: readonly (readonly [string, readonly AttributionRecord[]])[] = [
    ["strategy", strategies],
    ["symbol", symbols],
    ["tag", tags],
  ];
  return lists
    .filter(([, records]) => records.length > 1)
    .map(([title, records]) => table(title, records, currency))
    .join("\n\n");
}

function table(title: string, records: readonly AttributionRecord[], currency: string): string {
  const rows = records.map(({ name, trades, total }) => [
    { text: name ?? "(none)" },
    { text: `${formatCount(trades)} ${trades === 1 ? "trade" : "trades"}` },
    { text: `${formatMoney(total)} ${currency}` },
  ]);
  return ` Earned by ${title}\n${gridText(rows, [30, 16, 28], ["left", "right", "right"])}`;
}
