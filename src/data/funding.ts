import { ValidationError } from "../domain/errors.ts";
import { compareFixed, type Fixed, formatFixed, negateFixed } from "../domain/fixed.ts";
import type { FundingRate } from "../domain/market.ts";
import { didYouMean } from "../domain/suggest.ts";
import { isoTime } from "../domain/time.ts";
import { type CsvDialect, readDialect } from "./csvDialect.ts";
import { empty } from "./csvHead.ts";
import { role } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";
import { CsvReader } from "./csvReader.ts";
import type { RowBatch } from "./rowBatch.ts";
import { faultError, type RowFault } from "./rowFault.ts";
import { SymbolTable } from "./symbolTable.ts";

export type FundingOptions = Pick<CsvOptions, "symbol" | "timeColumn" | "signal">;

const one: Fixed = { units: 1n, scale: 0 };

/**
 * The funding rates of one perpetual, oldest first, from a file with the columns timestamp and funding_rate (or other
 * usual names). Times and rates are kept as given, to the last digit. A file with a symbol column may hold several
 * perpetuals; `symbol` chooses one.
 * @throws ValidationError GEO-FILE, GEO-DATA-…: a rate that is no fraction below 1, times that do not rise
 */
export async function readFunding(
  path: string,
  options: FundingOptions = {},
): Promise<readonly FundingRate[]> {
  const dialect = await readDialect(path, options, "funding rates");
  const { layout } = dialect;
  const refuse = (fault: RowFault) => {
    throw faultError(path, fault);
  };
  const plan = {
    capacity: 65_536,
    grow: false,
    hash: false,
    parser: "auto",
    signal: options.signal,
  } as const;
  const table = new SymbolTable();
  const rates: FundingRate[] = [];
  for await (const batch of new CsvReader(layout, table, plan, refuse).batches()) {
    for (let row = 0; row < batch.length; row++) {
      if (!isWanted(batch, row, table, dialect, options)) continue;
      const rate = { time: batch.stamps[row]!, rate: batch.fixed(0, row) };
      const fault = faultOf(rate, rates.at(-1), batch.lines[row]!, dialect);
      if (fault !== undefined) refuse(fault);
      rates.push(rate);
    }
  }
  if (rates.length > 0) return rates;
  const near = didYouMean(dialect.symbol ?? "", table.symbols);
  throw empty(path, `no funding rates${layout.shape.symbols ? ` of ${dialect.symbol}.${near}` : ""}`);
}

/** @throws ValidationError GEO-DATA-SYMBOL when the file holds several symbols and none was chosen */
function isWanted(
  batch: RowBatch,
  row: number,
  table: SymbolTable,
  { layout, symbol }: CsvDialect,
  options: FundingOptions,
): boolean {
  if (batch.symbols === null) return true;
  if (options.symbol !== undefined) return table.symbols[batch.symbols[row]!] === symbol;
  if (table.symbols.length === 1) return true;
  throw new ValidationError(
    "GEO-DATA-SYMBOL",
    `${layout.path}: expected funding rates of one symbol, found ${table.symbols.slice(0, 20).join(", ")}`,
    { hint: "Name the one that is meant." },
  );
}

function faultOf(
  { time, rate }: FundingRate,
  before: FundingRate | undefined,
  line: number,
  { layout }: CsvDialect,
): RowFault | undefined {
  const fault = { line, column: layout.names[layout.roles.indexOf(0)]!, skippable: false } as const;
  const size = rate.units < 0n ? negateFixed(rate) : rate;
  if (compareFixed(size, one) >= 0) {
    const expected = "a fraction between -1 and 1, such as 0.0001 for 0.01 %";
    const hint = "Give rates as fractions of the position's value, not in per cent.";
    return { ...fault, code: "GEO-DATA-VALUE", expected, found: formatFixed(rate), hint };
  }
  if (before === undefined || time > before.time) return undefined;
  const code = time === before.time ? "GEO-DATA-DUPLICATE" : "GEO-DATA-ORDER";
  const expected = `a time after that of the rate before, ${isoTime(before.time)}`;
  const hint = "Sort the file by time, oldest first, with one rate for each time.";
  const column = layout.names[layout.roles.indexOf(role.time)]!;
  return { ...fault, code, column, expected, found: isoTime(time), hint };
}
