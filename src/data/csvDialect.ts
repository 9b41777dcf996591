import { basename } from "node:path";
import { ValidationError } from "../domain/errors.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { type CsvColumns, headerlessColumns, resolveColumns } from "./csvColumns.ts";
import { fundingColumns, quoteColumns } from "./csvFeedColumns.ts";
import { type CsvHead, empty, readHead } from "./csvHead.ts";
import { type CsvLayout, role } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";
import { countFault } from "./csvRow.ts";
import { looksGrouped, parseNumberCell } from "./numberCell.ts";
import { faultError, quoted } from "./rowFault.ts";
import { symbolOrNone } from "./symbolTable.ts";
import { detectTimeFormat } from "./timeCell.ts";

/** Everything the head of a file tells. */
export interface CsvDialect {
  readonly layout: CsvLayout;
  /** What the user, else the file's name says; undefined when the name is none. */
  readonly symbol: string | undefined;
  /** Cells of the first rows (at most 5,000), blank lines left out. */
  readonly sample: readonly (readonly string[])[];
  /** Bytes of the file and of its rows, on average. */
  readonly bytes: number;
  readonly rowBytes: number;
}

/** What the file shall hold: bars or trades, as its header says, or one of the others. */
export type Wanted = "bars or trades" | "quotes" | "funding rates";

/** Delimiters, least likely to stand in text or numbers first. */
const delimiters = ["\t", ";", "|", ","] as const;

/**
 * Works out delimiter, header, columns, number and time format of a CSV file from its first 5,000 rows.
 * @throws ValidationError GEO-FILE, GEO-DATA-EMPTY, GEO-DATA-HEADER, GEO-DATA-VALUE
 */
export async function readDialect(
  path: string,
  options: CsvOptions,
  wanted: Wanted = "bars or trades",
): Promise<CsvDialect> {
  const head = await readHead(path);
  const top = firstMeaningfulLine(head);
  if (top === undefined) throw empty(path, "blank lines only");
  const delimiter = detectDelimiter(head.lines.slice(top, top + 20));
  const records = await splitLines(head.lines.slice(top), delimiter);
  const first = records[0]!.map((cell) => cell.trim());
  const headerless = isRow(first);
  const rows = (headerless ? records : records.slice(1)).filter(
    (cells) => cells.length > 1 || cells[0]!.trim() !== "",
  );
  const symbol = symbolOf(path, options);
  const { names, columns } = headerless
    ? withoutHeader(path, first, options, wanted)
    : { names: first, columns: columnsOf(path, first, rows[0] ?? [], symbol ?? "", options, wanted) };
  if (rows.length === 0) throw empty(path, "a header without rows");
  const firstLine = headerless ? top : top + 1;
  const decimalComma = delimiter !== "," && detectDecimalComma(path, rows, columns);
  const layout: CsvLayout = {
    path,
    gzip: head.gzip,
    kind: columns.kind,
    priceOnly: columns.priceOnly,
    delimiter,
    decimalComma,
    timeFormat: timeFormatOf(path, rows, names, columns.roles, firstLine + 1),
    names: names.map((name, index) => (name === "" ? `column ${index + 1}` : name)),
    roles: columns.roles,
    shape: {
      prices: columns.kind === "quote" ? 2 : columns.kind === "bar" && !columns.priceOnly ? 4 : 1,
      sizes: columns.kind === "funding" ? 0 : columns.kind === "quote" ? (columns.hasVolume ? 2 : 0) : 1,
      symbols: columns.roles.includes(role.symbol),
      sides: columns.roles.includes(role.side) || columns.roles.includes(role.buyerMaker),
      ids: columns.roles.includes(role.id),
    },
    hasVolume: columns.hasVolume,
    volumeUnit: columns.volumeUnit,
    firstByte: head.offsets[firstLine]!,
    firstLine: firstLine + 1,
  };
  return { layout, symbol, sample: rows, bytes: head.bytes, rowBytes: averageRow(head, firstLine) };
}

function columnsOf(
  path: string,
  names: readonly string[],
  firstRow: readonly string[],
  symbol: string,
  options: CsvOptions,
  wanted: Wanted,
): CsvColumns {
  switch (wanted) {
    case "bars or trades":
      return resolveColumns(path, names, firstRow, symbol, options);
    case "quotes":
      return quoteColumns(path, names, firstRow, options);
    case "funding rates":
      return fundingColumns(path, names, firstRow, options);
  }
}

/** Some vendors put their address or a remark above the header. */
function firstMeaningfulLine(head: CsvHead): number | undefined {
  const index = head.lines.findIndex((line) => line.trim() !== "" && !/^\s*(?:#|https?:\/\/)/.test(line));
  return index < 0 ? undefined : index;
}

/** The delimiter that all the first lines have equally often, else the most frequent of the first line. */
function detectDelimiter(lines: readonly string[]): string {
  const plain = lines.filter((line) => line.trim() !== "").map((line) => line.replace(/"[^"]*"/g, ""));
  const count = (line: string, delimiter: string) => line.split(delimiter).length - 1;
  const steady = delimiters.find((delimiter) => {
    const wanted = count(plain[0]!, delimiter);
    return wanted > 0 && plain.every((line) => count(line, delimiter) === wanted);
  });
  const counts = delimiters.map((delimiter) => count(plain[0]!, delimiter));
  return steady ?? delimiters[counts.indexOf(Math.max(...counts))]!;
}

async function splitLines(
  lines: readonly string[],
  delimiter: string,
): Promise<readonly (readonly string[])[]> {
  if (!lines.some((line) => line.includes('"'))) return lines.map((line) => line.split(delimiter));
  const { parse } = await import("csv-parse/sync");
  const relaxed = { delimiter, relax_column_count: true, relax_quotes: true };
  try {
    return parse(lines.join("\n"), relaxed) as unknown as string[][];
  } catch {
    // The head may end within a quoted cell; what is really wrong is found when the rows are read for good.
    return lines.map((line) => line.replaceAll('"', "").split(delimiter));
  }
}

/** Without a header the first row is data: a time first, a number next. */
function isRow([time, number]: readonly string[]): boolean {
  if (time === undefined || number === undefined || !/^\d[\d.:/T -]+Z?$/.test(time)) return false;
  return [false, true].some((decimalComma) => parseNumberCell(number, decimalComma) !== undefined);
}

function withoutHeader(path: string, first: readonly string[], options: CsvOptions, wanted: Wanted) {
  const known = wanted === "bars or trades" ? headerlessColumns(first.length) : undefined;
  const named = options.timeColumn ?? options.priceColumn ?? options.volumeColumn;
  if (known !== undefined && named === undefined) return known;
  throw new ValidationError(
    "GEO-DATA-HEADER",
    `${path}: expected a header, found the row ${quoted(first.join(" "))}`,
    {
      hint: "Only time,open,high,low,close,volume and Binance klines (12 columns) are read without a header; add one as the first line.",
    },
  );
}

/** @throws ValidationError GEO-DATA-SYMBOL when the user's own name is none */
function symbolOf(path: string, options: CsvOptions): string | undefined {
  if (options.symbol === undefined) {
    const fromName = symbolOrNone(basename(path).split(/[_.]/)[0]!);
    return fromName ?? (options.defaultSymbol && normalizeSymbol(options.defaultSymbol));
  }
  const symbol = symbolOrNone(options.symbol);
  if (symbol !== undefined) return symbol;
  throw new ValidationError(
    "GEO-DATA-SYMBOL",
    `symbol: expected a name such as BTCUSDT, BTC/USDT or AAPL, found ${quoted(options.symbol)}`,
  );
}

/** "1,5" is a decimal comma; "1,234" may also be a thousand, and guessing between the two costs a factor of 1000. */
function detectDecimalComma(
  path: string,
  rows: readonly (readonly string[])[],
  columns: CsvColumns,
): boolean {
  const cells = rows
    .flatMap((row) => row.filter((_, i) => columns.roles[i]! >= 0))
    .map((cell) => cell.trim());
  const withComma = cells.filter((cell) => /^[+-]?\d*,\d*$/.test(cell));
  if (withComma.length === 0 || cells.some((cell) => cell.includes("."))) return false;
  if (withComma.some((cell) => !looksGrouped(cell) || /^[+-]?0/.test(cell))) return true;
  throw new ValidationError(
    "GEO-DATA-VALUE",
    `${path}: expected numbers of one meaning, found "${withComma[0]}", which may be a decimal comma or a thousands separator`,
    { hint: "Write the numbers with a decimal point and without separators." },
  );
}

function timeFormatOf(
  path: string,
  rows: readonly (readonly string[])[],
  names: readonly string[],
  roles: readonly number[],
  line: number,
) {
  const time = roles.indexOf(role.time);
  const clock = roles.indexOf(role.clock);
  const samples = rows
    .filter((row) => row.length === roles.length)
    .map((row) => (clock < 0 ? row[time]!.trim() : `${row[time]!.trim()} ${row[clock]!.trim()}`));
  if (samples.length === 0) {
    throw faultError(path, countFault(rows[0]!, line, roles.length));
  }
  const format = detectTimeFormat(samples);
  if (format !== "ambiguous" && format !== "unknown") return format;
  throw faultError(path, {
    code: "GEO-DATA-VALUE",
    line,
    column: names[time] === "" ? `column ${time + 1}` : names[time]!,
    expected:
      format === "ambiguous"
        ? "dates that show whether the day or the month comes first"
        : "a time such as 2024-01-31T09:30:00Z, 2024-01-31 or epoch milliseconds",
    found: quoted(samples[0]!),
    hint: "Write the times as ISO 8601, such as 2024-01-31 09:30:00.",
    skippable: false,
  });
}

function averageRow(head: CsvHead, firstLine: number): number {
  const begin = head.offsets[firstLine]!;
  const last = head.offsets.length - 1;
  if (last <= firstLine) return head.bytes - begin;
  return (head.offsets[last]! - begin) / (last - firstLine);
}
