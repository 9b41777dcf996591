import type { CsvLayout } from "./csvLayout.ts";
import { role } from "./csvLayout.ts";
import { looksGrouped, parseNumberCell } from "./numberCell.ts";
import type { RowBatch } from "./rowBatch.ts";
import { quoted, type RowFault } from "./rowFault.ts";
import type { SymbolTable } from "./symbolTable.ts";
import { parseTimeCell, type TimeFormat } from "./timeCell.ts";

/**
 * The plain way from the cells of one row to a row of the batch; the scanner hands every row that is not of the
 * common form to it. Undefined when the row was stored or is blank; the batch is unchanged after a fault.
 */
export function storeRow(
  cells: readonly string[],
  line: number,
  layout: CsvLayout,
  symbols: SymbolTable,
  batch: RowBatch,
): RowFault | undefined {
  if (cells.length === 1 && cells[0]!.trim() === "") return undefined;
  if (cells.length !== layout.roles.length) return countFault(cells, line, layout.roles.length);
  const row = batch.length;
  for (const [index, cell] of cells.entries()) {
    const text = cell.trim();
    const expected = storeCell(text, index, cells, row, layout, symbols, batch);
    if (expected !== undefined) return cellFault(text, index, line, expected, layout);
  }
  batch.lines[row] = line;
  batch.length = row + 1;
  return undefined;
}

/** What was expected in the cell, or undefined when it was stored. */
function storeCell(
  text: string,
  index: number,
  cells: readonly string[],
  row: number,
  layout: CsvLayout,
  symbols: SymbolTable,
  batch: RowBatch,
): string | undefined {
  const use = layout.roles[index]!;
  switch (use) {
    case role.ignored:
    case role.clock:
      return undefined;
    case role.time:
      return storeTime(text, cells, row, layout, batch);
    case role.symbol:
      return symbols.store(text, row, batch);
    case role.side:
      return storeSide(/^(?:b|buy)$/i.test(text) ? 1 : /^(?:s|sell)$/i.test(text) ? -1 : 0, row, batch);
    case role.buyerMaker:
      return storeSide(/^(?:true|t|1)$/i.test(text) ? -1 : /^(?:false|f|0)$/i.test(text) ? 1 : 0, row, batch);
    case role.id:
      batch.ids![row] = text;
      return undefined;
    default:
      return storeNumber(text, use, row, layout, batch);
  }
}

function storeTime(
  text: string,
  cells: readonly string[],
  row: number,
  layout: CsvLayout,
  batch: RowBatch,
): string | undefined {
  const clock = layout.roles.indexOf(role.clock);
  const time = parseTimeCell(clock < 0 ? text : `${text} ${cells[clock]!.trim()}`, layout.timeFormat);
  if (time === undefined) return `a time between 1800 and 2200 written as ${timeExamples[layout.timeFormat]}`;
  batch.stamps[row] = time;
  return undefined;
}

const timeExamples: Readonly<Record<TimeFormat, string>> = {
  iso: "2024-01-31 or 2024-01-31T09:30:00Z",
  epoch: "epoch seconds, milliseconds, microseconds or nanoseconds",
  compact: "20240131 or 20240131 093000",
  "year-first": "2024/01/31 or 2024/01/31 09:30",
  "day-first": "31/01/2024 or 31/01/2024 09:30",
  "month-first": "01/31/2024 or 01/31/2024 09:30",
};

function storeSide(side: number, row: number, batch: RowBatch): string | undefined {
  if (side === 0) return "the taker's side (buy or sell, or true or false where the column says who made)";
  batch.sides![row] = side;
  return undefined;
}

function storeNumber(
  text: string,
  slot: number,
  row: number,
  layout: CsvLayout,
  batch: RowBatch,
): string | undefined {
  const cell = parseNumberCell(text, layout.decimalComma);
  if (cell === undefined) return "a plain decimal number";
  const exact = text.replace(/^\+/, "");
  batch.put(slot, row, cell, layout.decimalComma ? exact.replace(",", ".") : exact);
  return undefined;
}

export function countFault(cells: readonly string[], line: number, wanted: number): RowFault {
  const cutOff = cells.length < wanted ? "The row may have been cut off. " : "";
  return {
    code: "GEO-DATA-VALUE",
    line,
    column: null,
    expected: `${wanted} cells`,
    found: `${cells.length}: ${quoted(cells.join(" | "))}`,
    hint: `${cutOff}Correct it, or drop and count such rows with --bad-rows skip.`,
    skippable: true,
  };
}

function cellFault(text: string, index: number, line: number, expected: string, layout: CsvLayout): RowFault {
  const base = {
    code: "GEO-DATA-VALUE",
    line,
    column: layout.names[index]!,
    expected,
    found: text === "" ? "an empty cell" : quoted(text),
    skippable: true,
  } as const;
  if (layout.roles[index]! < 0 || !looksGrouped(text)) return base;
  return { ...base, hint: "Write numbers without thousands separators: 1234.5, not 1,234.5." };
}
