import { isoTime, type Millis } from "../domain/time.ts";
import type { TimedRows } from "./barTimes.ts";
import type { RowBatch } from "./rowBatch.ts";
import type { RowFault } from "./rowFault.ts";

/** What a reading gave. */
export interface CsvSummary {
  /** Rows delivered, warm-up included. */
  readonly rows: number;
  /** openTime (of bars) or time (of ticks) of the first and the last of them. */
  readonly from: Millis | null;
  readonly to: Millis | null;
  /** SHA-256 of the whole file in hex; null when it was not asked for. */
  readonly sha256: string | null;
  readonly skippedRows: number;
  readonly firstSkipped: RowFault | null;
  /** Steps between neighbouring bars of a symbol that are longer than the timeframe; null for ticks. */
  readonly gaps: {
    readonly count: number;
    readonly longestMs: number;
    readonly longestAfter: Millis | null;
  } | null;
}

/** Adds a summary up while rows pass. */
export class SummaryBuilder {
  /** Rows that were read and found good, in or out of the range. */
  read = 0;
  readonly #timeframeMs: number | null;
  readonly #lastOpen: number[] = [];
  #rows = 0;
  #from: Millis = Number.POSITIVE_INFINITY;
  #to: Millis = Number.NEGATIVE_INFINITY;
  #seenFrom: Millis | undefined;
  #seenTo: Millis = 0;
  #skipped = 0;
  #firstSkipped: RowFault | null = null;
  #gaps = 0;
  #longest = 0;
  #longestAfter: Millis | null = null;

  constructor(timeframeMs: number | null) {
    this.#timeframeMs = timeframeMs;
  }

  skip(fault: RowFault): void {
    this.#skipped++;
    if (this.#firstSkipped === null || fault.line < this.#firstSkipped.line) this.#firstSkipped = fault;
  }

  see(batch: RowBatch): void {
    this.read += batch.length;
    this.#seenFrom ??= batch.stamps[0]!;
    this.#seenTo = batch.stamps[batch.length - 1]!;
  }

  add({ rows, openTimes }: TimedRows): void {
    this.#rows += rows.length;
    if (rows.symbols !== null) this.#addSeveral(openTimes, rows.symbols);
    else this.#addOne(openTimes);
  }

  /** Of one symbol: opens rise from row to row. */
  #addOne(openTimes: Float64Array): void {
    const timeframe = this.#timeframeMs ?? Number.POSITIVE_INFINITY;
    let last = this.#lastOpen[0] ?? openTimes[0]!;
    this.#from = Math.min(this.#from, openTimes[0]!);
    for (let row = 0; row < openTimes.length; row++) {
      const open = openTimes[row]!;
      if (open - last > timeframe) this.#gap(last, open);
      last = open;
    }
    this.#lastOpen[0] = last;
    this.#to = last;
  }

  #addSeveral(openTimes: Float64Array, symbols: Uint16Array): void {
    const timeframe = this.#timeframeMs ?? Number.POSITIVE_INFINITY;
    for (const [row, open] of openTimes.entries()) {
      const symbol = symbols[row]!;
      const last = this.#lastOpen[symbol] ?? open;
      if (open - last > timeframe) this.#gap(last, open);
      this.#lastOpen[symbol] = open;
      this.#from = Math.min(this.#from, open);
      this.#to = Math.max(this.#to, open);
    }
  }

  #gap(last: Millis, open: Millis): void {
    this.#gaps++;
    if (open - last > this.#longest) [this.#longest, this.#longestAfter] = [open - last, last];
  }

  covers(): string {
    return this.#seenFrom === undefined
      ? "nothing"
      : `${isoTime(this.#seenFrom)} to ${isoTime(this.#seenTo)}`;
  }

  finish(sha256: string | null): CsvSummary {
    const some = this.#rows > 0;
    const gaps = { count: this.#gaps, longestMs: this.#longest, longestAfter: this.#longestAfter };
    return {
      rows: this.#rows,
      from: some ? this.#from : null,
      to: some ? this.#to : null,
      sha256,
      skippedRows: this.#skipped,
      firstSkipped: this.#firstSkipped,
      gaps: this.#timeframeMs === null ? null : gaps,
    };
  }
}
