import type { ValidationError } from "../domain/errors.ts";
import { isoTime, type Millis, type Timeframe } from "../domain/time.ts";
import { type TimedRows, timeBars, timeStamps } from "./barTimes.ts";
import type { Span } from "./csvBlocks.ts";
import { empty } from "./csvHead.ts";
import type { CsvLayout } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";
import { CsvReader } from "./csvReader.ts";
import { type CsvSummary, SummaryBuilder } from "./csvSummary.ts";
import { type RowBatch, selectRows } from "./rowBatch.ts";
import { RowChecker } from "./rowChecker.ts";
import { type BareChunk, chunkOf } from "./rowChunks.ts";
import { faultError, type RowFault } from "./rowFault.ts";
import { rowsFrom } from "./rowRange.ts";
import { SymbolTable } from "./symbolTable.ts";

/** All that a reading of a file has to know: plain data, so that a thread can be told. */
export interface ReadingPlan extends ReadingOptions {
  readonly layout: CsvLayout;
  /** Every symbol of a file that names them, in order of appearance. */
  readonly symbols: readonly string[];
  /** Index of the one symbol that is wanted, or null for all. */
  readonly selected: number | null;
  /** Length of a bar; null for ticks. */
  readonly timeframe: Timeframe | null;
  /** Rows of a chunk; with `grow`, a first guess for the one chunk that takes all. */
  readonly capacity: number;
  readonly grow: boolean;
  /** Of a file that is read in parts: this one's bytes; the first row is the layout's `firstByte` after their start. */
  readonly span?: Span | undefined;
}

type ReadingOptions = Pick<
  CsvOptions,
  "from" | "to" | "stamp" | "warmupRows" | "badRows" | "hash" | "parser"
>;

/** One reading of a file from its top: rows in order of time, checked. */
export class CsvReading {
  readonly #plan: ReadingPlan;
  readonly #table: SymbolTable;
  readonly #signal: AbortSignal | undefined;

  constructor(plan: ReadingPlan, signal?: AbortSignal) {
    this.#plan = plan;
    this.#table = new SymbolTable(plan.symbols);
    this.#signal = signal;
  }

  /**
   * @returns what was read
   * @throws ValidationError GEO-FILE, GEO-DATA-…: at the first bad row unless bad rows are skipped
   */
  async *chunks(): AsyncGenerator<BareChunk, CsvSummary, undefined> {
    const { layout, timeframe, capacity, grow, hash = true, parser = "auto", badRows, to, span } = this.#plan;
    const summary = new SummaryBuilder(timeframe?.ms ?? null);
    const onFault = (fault: RowFault) => {
      if (badRows !== "skip" || !fault.skippable) throw faultError(layout.path, fault);
      summary.skip(fault);
    };
    const plan = { capacity, grow, hash, parser, signal: this.#signal, span };
    const reader = new CsvReader(layout, this.#table, plan, onFault);
    for await (const timed of this.#timed(reader, onFault, summary)) {
      const within = before(timed, to);
      if (within.rows.length === 0) continue;
      summary.add(within);
      yield this.#chunkOf(within);
    }
    const finished = summary.finish(reader.sha256);
    if (finished.rows === 0) throw this.#noRows(finished, summary);
    return finished;
  }

  #noRows({ firstSkipped }: CsvSummary, summary: SummaryBuilder): ValidationError {
    const { layout, from, to, stamp = "open" } = this.#plan;
    if (firstSkipped !== null && summary.read === 0) {
      return empty(layout.path, `bad rows only, the first: ${faultError(layout.path, firstSkipped).message}`);
    }
    const range = `${from === undefined ? "the start" : isoTime(from)} to ${to === undefined ? "the end" : isoTime(to)}`;
    return empty(
      layout.path,
      `no rows from ${range}; the file covers ${summary.covers()}, stamps ${stamp} the bar`,
    );
  }

  #timed(reader: CsvReader, onFault: (fault: RowFault) => void, summary: SummaryBuilder) {
    const { layout, timeframe, grow, from, stamp = "open", warmupRows = 0 } = this.#plan;
    const checked = this.#checked(reader, onFault, summary);
    const timeframeMs = timeframe?.ms ?? 0;
    const instant = layout.kind !== "bar" || layout.priceOnly;
    const offset = !instant && stamp === "close" ? -timeframeMs : 0;
    const ranged = rowsFrom(checked, from ?? Number.NEGATIVE_INFINITY, offset, warmupRows);
    return instant ? timeStamps(ranged) : timeBars(ranged, timeframeMs, stamp, grow);
  }

  async *#checked(reader: CsvReader, onFault: (fault: RowFault) => void, summary: SummaryBuilder) {
    const { layout, timeframe, to } = this.#plan;
    const checker = new RowChecker(layout, onFault);
    // The row after the range is still looked at: it may end the last bar of the range.
    const stop = (to ?? Number.POSITIVE_INFINITY) + (timeframe?.ms ?? 0);
    for await (const batch of reader.batches()) {
      const rows = this.#selectSymbol(checker.check(batch));
      if (rows.length === 0) continue;
      summary.see(rows);
      // Read now: what is yielded may be gone to another thread when the reading goes on.
      const last = rows.stamps[rows.length - 1]!;
      yield rows;
      if (last >= stop) reader.stop();
    }
  }

  #selectSymbol(batch: RowBatch): RowBatch {
    const { symbols } = batch;
    if (symbols === null) return batch;
    const wanted = this.#plan.selected;
    const all = this.#table.symbols.length === 1;
    if (wanted === null && !all) return batch;
    const rows: number[] = [];
    for (let row = 0; row < batch.length && !all; row++) if (symbols[row] === wanted) rows.push(row);
    const chosen = all ? batch : selectRows(batch, rows);
    return chosen.withoutSymbols();
  }

  #chunkOf({ rows, openTimes, times }: TimedRows): BareChunk {
    const { layout, timeframe } = this.#plan;
    const { length } = rows;
    const base = { length, instrumentOf: rows.symbols?.subarray(0, length) ?? null, times };
    return chunkOf(layout.kind as BareChunk["kind"], base, rows, { openTimes, timeframe });
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
