import { ValidationError } from "../domain/errors.ts";
import { createInstrument, type Instrument } from "../domain/instrument.ts";
import type { MarketChunk, QuoteChunk, TradedChunk } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import { didYouMean } from "../domain/suggest.ts";
import { isoTime, type Timeframe } from "../domain/time.ts";
import { type CsvDialect, readDialect, type Wanted } from "./csvDialect.ts";
import { readHalves, worthHalving } from "./csvHalves.ts";
import { empty } from "./csvHead.ts";
import { type CsvLayout, role } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";
import { CsvReader } from "./csvReader.ts";
import { CsvReading } from "./csvReading.ts";
import type { CsvSummary } from "./csvSummary.ts";
import { type CsvThread, startThreads } from "./csvThread.ts";
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
 * @param thread reads the rows beside whoever takes them
 * @throws ValidationError GEO-FILE, GEO-DATA-…, GEO-OPTION-VALUE
 */
export function openCsv(
  path: string,
  options: CsvOptions = {},
  thread: CsvThread | null = null,
): Promise<CsvFile> {
  return openRows(path, options, "bars or trades", thread);
}

/**
 * The same for a file of quotes: bid and ask, with or without sizes.
 * @throws as openCsv
 */
export function openQuotes(
  path: string,
  options: CsvOptions = {},
  thread: CsvThread | null = null,
): Promise<CsvFile<QuoteChunk>> {
  return openRows(path, options, "quotes", thread);
}

async function openRows<C extends MarketChunk>(
  path: string,
  options: CsvOptions,
  wanted: Wanted,
  thread: CsvThread | null,
): Promise<CsvFile<C>> {
  checkOptions(options);
  const dialect = await readDialect(path, options, wanted);
  const table = new SymbolTable();
  if (dialect.layout.shape.symbols) await collectSymbols(dialect.layout, table, options);
  return new CsvFile<C>(dialect, table, options, thread);
}

/**
 * All rows of a file as one chunk. The peak of memory is the columns and one more of them.
 * @throws as openCsv and CsvFile.chunks
 */
export async function readColumns(path: string, options: CsvOptions = {}): Promise<TradedChunk> {
  // First of all: it gets ready while the head of the file is looked at.
  const [thread = null] = startThreads([path], worthHalving);
  try {
    const file = await openCsv(path, { hash: false, ...options }, thread);
    for await (const chunk of file.wholeChunk()) return chunk;
    throw empty(path, "no rows");
  } finally {
    await thread?.close();
  }
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
  readonly #thread: CsvThread | null;
  #summary: CsvSummary | undefined;

  constructor(dialect: CsvDialect, table: SymbolTable, options: CsvOptions, thread: CsvThread | null) {
    const { layout } = dialect;
    this.path = layout.path;
    this.kind = layout.kind as C["kind"];
    this.hasVolume = layout.hasVolume;
    this.priceOnly = layout.priceOnly;
    this.#dialect = dialect;
    this.#table = table;
    this.#options = options;
    this.#thread = thread;
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
    const { instruments, timeframe } = this;
    const { signal, ...options } = this.#options;
    const { layout } = this.#dialect;
    const { symbols } = this.#table;
    const plan = { ...options, layout, symbols, selected: this.#selected, timeframe, capacity, grow };
    if (grow && this.#thread !== null) {
      const whole = await readHalves(plan, this.#dialect.bytes, this.#thread, signal);
      if (whole !== null) {
        this.#summary = whole.summary;
        yield { ...whole.chunk, instruments } as unknown as C;
        return;
      }
    }
    const chunks = (grow ? null : this.#thread?.read(plan)) ?? new CsvReading(plan, signal).chunks();
    try {
      for (let next = await chunks.next(); ; next = await chunks.next()) {
        if (next.done === true) {
          this.#summary = next.value;
          return;
        }
        yield { ...next.value, instruments } as unknown as C;
      }
    } finally {
      // Ended by whoever reads us, the reading ends as well.
      await chunks.return?.(undefined as never);
    }
  }
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
