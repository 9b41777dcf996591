import { ValidationError } from "../domain/errors.ts";
import { createInstrument, type Instrument } from "../domain/instrument.ts";
import type { MarketChunk, QuoteChunk, TradedChunk } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import { didYouMean } from "../domain/suggest.ts";
import { isoTime, type Millis, type Timeframe } from "../domain/time.ts";
import { type TimedRows, timeBars, timeStamps } from "./barTimes.ts";
import { type CsvDialect, readDialect, type Wanted } from "./csvDialect.ts";
import { empty } from "./csvHead.ts";
import { type CsvLayout, role } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";
import { CsvReader } from "./csvReader.ts";
import { type CsvSummary, SummaryBuilder } from "./csvSummary.ts";
import { type RowBatch, selectRows } from "./rowBatch.ts";
import { RowChecker } from "./rowChecker.ts";
import { chunkOf } from "./rowChunks.ts";
import { faultError, type RowFault } from "./rowFault.ts";
import { rowsFrom } from "./rowRange.ts";
import { SymbolTable } from "./symbolTable.ts";
import { inferTimeframe } from "./timeframe.ts";

export interface CsvWarning {
  readonly code: string;
  readonly message: string;
}

const defaultChunkRows = 65_536;

/**
 * Opens a CSV file of bars or trades: works out its dialect, columns, symbols and timeframe from its head. Rows are
 * read by `chunks()`, as often as wanted, in constant memory.
 * @throws ValidationError GEO-FILE, GEO-DATA-…, GEO-OPTION-VALUE
 */
export function openCsv(path: string, options: CsvOptions = {}): Promise<CsvFile> {
  return openRows(path, options, "bars or trades");
}

/**
 * The same for a file of quotes: bid and ask, with or without sizes.
 * @throws as openCsv
 */
export function openQuotes(path: string, options: CsvOptions = {}): Promise<CsvFile<QuoteChunk>> {
  return openRows(path, options, "quotes");
}

async function openRows<C extends MarketChunk>(
  path: string,
  options: CsvOptions,
  wanted: Wanted,
): Promise<CsvFile<C>> {
  checkOptions(options);
  const dialect = await readDialect(path, options, wanted);
  const table = new SymbolTable();
  if (dialect.layout.shape.symbols) await collectSymbols(dialect.layout, table, options);
  return new CsvFile<C>(dialect, table, options);
}

/**
 * All rows of a file as one chunk. The peak of memory is the columns and one more of them.
 * @throws as openCsv and CsvFile.chunks
 */
export async function readColumns(path: string, options: CsvOptions = {}): Promise<TradedChunk> {
  const file = await openCsv(path, { hash: false, ...options });
  for await (const chunk of file.wholeChunk()) return chunk;
  throw empty(path, "no rows");
}

/** A CSV file, opened. Every reading starts anew at the top. */
export class CsvFile<C extends MarketChunk = TradedChunk> implements MarketStream<C> {
  readonly path: string;
  readonly kind: C["kind"];
  readonly symbols: readonly string[];
  /** In the order of `symbols`; every chunk carries this very array. */
  readonly instruments: readonly Instrument[];
  /** Length of a bar; null for ticks and quotes. */
  readonly timeframe: Timeframe | null;
  /** False when the file has no volume: its cells are then all 0. */
  readonly hasVolume: boolean;
  /** Bars made of one price, which open and close at their stamp. */
  readonly priceOnly: boolean;
  readonly warnings: readonly CsvWarning[];
  readonly #dialect: CsvDialect;
  readonly #table: SymbolTable;
  readonly #options: CsvOptions;
  /** The one symbol of the table that is wanted, or null for all. */
  readonly #selected: number | null;
  #summary: CsvSummary | undefined;

  constructor(dialect: CsvDialect, table: SymbolTable, options: CsvOptions) {
    const { layout } = dialect;
    this.path = layout.path;
    this.kind = layout.kind as C["kind"];
    this.hasVolume = layout.hasVolume;
    this.priceOnly = layout.priceOnly;
    this.#dialect = dialect;
    this.#table = table;
    this.#options = options;
    this.#selected = selectedSymbol(dialect, table, options);
    this.symbols = symbolsOf(dialect, table, this.#selected);
    this.instruments = this.symbols.map((symbol) =>
      createInstrument(symbol, {
        ...options.instrument,
        volumeUnit: options.instrument?.volumeUnit ?? layout.volumeUnit,
      }),
    );
    const { timeframe, warnings } = timeframeFor(dialect, this.symbols, options);
    this.timeframe = timeframe;
    this.warnings = warnings;
  }

  get hasTrades(): boolean {
    return this.kind === "tick";
  }

  /** About how many rows the file has, from its size. */
  get expectedRows(): number {
    return Math.ceil(this.#dialect.bytes / this.#dialect.rowBytes);
  }

  /** What was read, once a reading has come to its end. */
  summary(): CsvSummary {
    if (this.#summary !== undefined) return this.#summary;
    throw new ValidationError("GEO-VALUE", `${this.path}: expected a file read to its end, found it unread`);
  }

  events(): AsyncIterable<C> {
    return this.chunks();
  }

  /** Rows in order of time, checked; throws at the first bad one unless bad rows are skipped. */
  chunks(): AsyncIterable<C> {
    return this.#read(this.#options.chunkRows ?? defaultChunkRows, false);
  }

  /** The same as one chunk; memory for all rows is taken at once. */
  wholeChunk(): AsyncIterable<C> {
    const rows = Math.ceil((this.#dialect.bytes / this.#dialect.rowBytes) * 1.01) + 16;
    return this.#read(rows, true);
  }

  async *#read(capacity: number, grow: boolean): AsyncGenerator<C, void, undefined> {
    const { layout } = this.#dialect;
    const { from, to, hash = true, parser = "auto", signal, stamp = "open" } = this.#options;
    const summary = new SummaryBuilder(this.timeframe?.ms ?? null);
    const onFault = (fault: RowFault) => {
      if (this.#options.badRows !== "skip" || !fault.skippable) throw faultError(layout.path, fault);
      summary.skip(fault);
    };
    const reader = new CsvReader(layout, this.#table, { capacity, grow, hash, parser, signal }, onFault);
    for await (const timed of this.#timed(reader, onFault, summary, grow)) {
      const within = before(timed, to);
      if (within.rows.length === 0) continue;
      summary.add(within);
      yield this.#chunkOf(within);
    }
    this.#summary = summary.finish(reader.sha256);
    if (this.#summary.rows > 0) return;
    const { firstSkipped } = this.#summary;
    if (firstSkipped !== null && summary.read === 0) {
      throw empty(layout.path, `bad rows only, the first: ${faultError(layout.path, firstSkipped).message}`);
    }
    const range = `${from === undefined ? "the start" : isoTime(from)} to ${to === undefined ? "the end" : isoTime(to)}`;
    const covers = summary.covers();
    throw empty(layout.path, `no rows from ${range}; the file covers ${covers}, stamps ${stamp} the bar`);
  }

  #timed(reader: CsvReader, onFault: (fault: RowFault) => void, summary: SummaryBuilder, oneBatch: boolean) {
    const { from, stamp = "open", warmupRows = 0 } = this.#options;
    const checked = this.#checked(reader, onFault, summary);
    const timeframeMs = this.timeframe?.ms ?? 0;
    const instant = this.kind !== "bar" || this.priceOnly;
    const offset = !instant && stamp === "close" ? -timeframeMs : 0;
    const ranged = rowsFrom(checked, from ?? Number.NEGATIVE_INFINITY, offset, warmupRows);
    return instant ? timeStamps(ranged) : timeBars(ranged, timeframeMs, stamp, oneBatch);
  }

  async *#checked(reader: CsvReader, onFault: (fault: RowFault) => void, summary: SummaryBuilder) {
    const checker = new RowChecker(this.#dialect.layout, onFault);
    // The row after the range is still looked at: it may end the last bar of the range.
    const stop = (this.#options.to ?? Number.POSITIVE_INFINITY) + (this.timeframe?.ms ?? 0);
    for await (const batch of reader.batches()) {
      const rows = this.#selectSymbol(checker.check(batch));
      if (rows.length === 0) continue;
      summary.see(rows);
      yield rows;
      if (rows.stamps[rows.length - 1]! >= stop) reader.stop();
    }
  }

  #selectSymbol(batch: RowBatch): RowBatch {
    const { symbols } = batch;
    if (symbols === null) return batch;
    const wanted = this.#selected;
    const all = this.#table.symbols.length === 1;
    if (wanted === null && !all) return batch;
    const rows: number[] = [];
    for (let row = 0; row < batch.length && !all; row++) if (symbols[row] === wanted) rows.push(row);
    const chosen = all ? batch : selectRows(batch, rows);
    return chosen.withoutSymbols();
  }

  #chunkOf({ rows, openTimes, times }: TimedRows): C {
    const { length } = rows;
    const base = {
      length,
      instruments: this.instruments,
      instrumentOf: rows.symbols?.subarray(0, length) ?? null,
      times,
    };
    return chunkOf(this.kind, base, rows, { openTimes, timeframe: this.timeframe }) as C;
  }
}

/** The rows that open before `to`. */
function before(timed: TimedRows, to: Millis | undefined): TimedRows {
  const { openTimes } = timed;
  if (to === undefined || !openTimes.some((time) => time >= to)) return timed;
  const chosen: number[] = [];
  for (const [row, time] of openTimes.entries()) if (time < to) chosen.push(row);
  return {
    rows: selectRows(timed.rows, chosen),
    openTimes: Float64Array.from(chosen, (row) => timed.openTimes[row]!),
    times: Float64Array.from(chosen, (row) => timed.times[row]!),
  };
}

/** One quick pass over the symbol column: every chunk shall carry the same complete list. */
async function collectSymbols(layout: CsvLayout, table: SymbolTable, options: CsvOptions): Promise<void> {
  const roles = layout.roles.map((use) => (use === role.symbol ? use : role.ignored));
  const shape = { prices: 0, sizes: 0, symbols: true, sides: false, ids: false } as const;
  const plan = {
    capacity: defaultChunkRows,
    grow: false,
    hash: false,
    parser: "auto",
    signal: options.signal,
  } as const;
  // Faults are reported when the rows are read for good.
  const reader = new CsvReader({ ...layout, roles, shape }, table, plan, () => {});
  for await (const _ of reader.batches());
}

function selectedSymbol(dialect: CsvDialect, table: SymbolTable, options: CsvOptions): number | null {
  const { symbol } = dialect;
  if (!dialect.layout.shape.symbols || options.symbol === undefined || symbol === undefined) return null;
  const index = table.symbols.indexOf(symbol);
  if (index >= 0) return index;
  const shown = table.symbols.slice(0, 20).join(", ");
  throw new ValidationError(
    "GEO-DATA-SYMBOL",
    `${dialect.layout.path}: expected the symbol ${symbol}, found ${shown}.${didYouMean(symbol, table.symbols)}`,
    { hint: "Name one of these with --symbol, or leave it out for all of them." },
  );
}

function symbolsOf(dialect: CsvDialect, table: SymbolTable, selected: number | null): readonly string[] {
  const { layout, symbol } = dialect;
  if (!layout.shape.symbols) {
    if (symbol !== undefined) return [symbol];
    throw new ValidationError(
      "GEO-DATA-SYMBOL",
      `${layout.path}: expected a file name that starts with the symbol, such as BTC-USDT_1m.csv, found another`,
      { hint: "Name the symbol with --symbol." },
    );
  }
  return selected === null ? [...table.symbols] : [table.symbols[selected]!];
}

function timeframeFor(
  { layout, sample }: CsvDialect,
  symbols: readonly string[],
  options: CsvOptions,
): { timeframe: Timeframe | null; warnings: readonly CsvWarning[] } {
  if (layout.kind !== "bar") return { timeframe: null, warnings: [] };
  const wanted = new Set(symbols);
  if (options.timeframe !== undefined) {
    const { ms, label } = options.timeframe;
    const steps = inferTimeframe(layout, sample, wanted, false);
    const short = steps.shortestStep !== null && ms < steps.shortestStep && !layout.priceOnly;
    const message = `${layout.path}: the timeframe ${label} is shorter than every step between the first bars; bars count as known ${label} after they open`;
    return {
      timeframe: options.timeframe,
      warnings: short ? [{ code: "timeframe-shorter-than-data", message }] : [],
    };
  }
  const inferred = inferTimeframe(layout, sample, wanted, true);
  const message = `${layout.path}: one bar does not show how long bars are; taken to be 1d (say otherwise with --timeframe)`;
  return {
    timeframe: inferred.timeframe,
    warnings: inferred.shortestStep === null ? [{ code: "timeframe-guessed", message }] : [],
  };
}

function checkOptions({ from, to, chunkRows, warmupRows }: CsvOptions): void {
  const refuse = (name: string, expected: string, found: string) => {
    throw new ValidationError("GEO-OPTION-VALUE", `${name}: expected ${expected}, found ${found}`);
  };
  if (from !== undefined && to !== undefined && from >= to) {
    refuse("to", `a time after from (${isoTime(from)})`, isoTime(to));
  }
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows >= 1)) {
    refuse("chunkRows", "a whole number of 1 or more", String(chunkRows));
  }
  if (warmupRows !== undefined && !(Number.isInteger(warmupRows) && warmupRows >= 0)) {
    refuse("warmupRows", "a whole number of 0 or more", String(warmupRows));
  }
}
