import { GeoSyncError } from "../domain/errors.ts";
import { compareFixed, formatFixed } from "../domain/fixed.ts";
import { isoTime } from "../domain/time.ts";
import { type CsvLayout, role } from "./csvLayout.ts";
import { type RowBatch, selectRows } from "./rowBatch.ts";
import type { RowFault } from "./rowFault.ts";

/**
 * Holds rows to what market data must be: prices above 0, sizes 0 or more, low ≤ open, close ≤ high, bid ≤ ask; stamps
 * of bars rising for each symbol, those of ticks and quotes never falling, and time over the whole file never running
 * backwards.
 */
export class RowChecker {
  readonly #layout: CsvLayout;
  readonly #onFault: (fault: RowFault) => void;
  #lastStamp = Number.NEGATIVE_INFINITY;
  readonly #lastStampOf: number[] = [];
  /** Copies of the accepted rows of the last stamp, batch by batch, to compare repetitions with. */
  #recent: RowBatch[] = [];

  constructor(layout: CsvLayout, onFault: (fault: RowFault) => void) {
    this.#layout = layout;
    this.#onFault = onFault;
  }

  /** The batch without the faulty rows, unless `onFault` throws. */
  check(batch: RowBatch): RowBatch {
    let kept: number[] | null = null;
    for (let row = 0; (row = this.#firstOdd(batch, row, kept)) < batch.length; row++) {
      const fault = this.#valueFault(batch, row) ?? this.#orderFault(batch, row, kept);
      if (fault === undefined) {
        this.#lastStamp = batch.stamps[row]!;
        this.#lastStampOf[batch.symbols?.[row] ?? 0] = this.#lastStamp;
        kept?.push(row);
      } else {
        this.#onFault(fault);
        kept ??= Array.from({ length: row }, (_, i) => i);
      }
    }
    const accepted = kept === null ? batch : selectRows(batch, kept);
    if (accepted.length > 0) {
      const goesOn = this.#recent[0]?.stamps[0] === this.#lastStamp;
      const tail = rowsOfLastStamp(accepted);
      this.#recent = goesOn ? [...this.#recent, tail] : [tail];
    }
    return accepted;
  }

  /** The fast way: passes over rows that are plainly right, up to one that has to be looked at. */
  #firstOdd(batch: RowBatch, from: number, kept: number[] | null): number {
    const { prices } = batch.shape;
    const row =
      prices === 4
        ? this.#firstOddBar(batch, from)
        : prices === 2
          ? this.#firstOddQuote(batch, from)
          : this.#firstOddPrice(batch, from);
    if (kept !== null) for (let i = from; i < row; i++) kept.push(i);
    return row;
  }

  /** Comparisons with NaN, the mark of a wide cell, are false: such rows are examined exactly. */
  #firstOddBar(batch: RowBatch, from: number): number {
    const { length, stamps, symbols } = batch;
    const [open, high, low, close, volume] = batch.numbers as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const lastStampOf = this.#lastStampOf;
    let last = this.#lastStamp;
    let row = from;
    for (; row < length; row++) {
      const bottom = low[row]!;
      const top = high[row]!;
      const first = open[row]!;
      const final = close[row]!;
      const stamp = stamps[row]!;
      if (!(bottom > 0 && bottom <= first && bottom <= final && first <= top && final <= top)) break;
      if (!(volume[row]! >= 0)) break;
      if (symbols === null) {
        if (!(stamp > last)) break;
      } else {
        if (!(stamp >= last) || stamp <= lastStampOf[symbols[row]!]!) break;
        lastStampOf[symbols[row]!] = stamp;
      }
      last = stamp;
    }
    if (symbols === null) lastStampOf[0] = last;
    this.#lastStamp = last;
    return row;
  }

  #firstOddPrice(batch: RowBatch, from: number): number {
    const { length, stamps, symbols } = batch;
    const [price, volume] = batch.numbers as [Float64Array, Float64Array];
    const bars = this.#layout.kind === "bar";
    const lastStampOf = this.#lastStampOf;
    let last = this.#lastStamp;
    let row = from;
    for (; row < length; row++) {
      const stamp = stamps[row]!;
      const symbol = symbols === null ? 0 : symbols[row]!;
      if (!(price[row]! > 0 && volume[row]! >= 0 && stamp >= last)) break;
      if (bars && stamp <= lastStampOf[symbol]!) break;
      lastStampOf[symbol] = stamp;
      last = stamp;
    }
    this.#lastStamp = last;
    return row;
  }

  #firstOddQuote(batch: RowBatch, from: number): number {
    const { length, stamps, symbols } = batch;
    // Without sizes their places are taken by prices, which pass.
    const [bid, ask, bidSize = batch.numbers[0]!, askSize = bidSize] = batch.numbers as [
      Float64Array,
      Float64Array,
      Float64Array?,
      Float64Array?,
    ];
    const lastStampOf = this.#lastStampOf;
    let last = this.#lastStamp;
    let row = from;
    for (; row < length; row++) {
      const stamp = stamps[row]!;
      if (!(bid[row]! > 0 && bid[row]! <= ask[row]! && bidSize[row]! >= 0 && askSize[row]! >= 0)) break;
      if (!(stamp >= last)) break;
      lastStampOf[symbols === null ? 0 : symbols[row]!] = stamp;
      last = stamp;
    }
    this.#lastStamp = last;
    return row;
  }

  #valueFault(batch: RowBatch, row: number): RowFault | undefined {
    const { prices, sizes } = batch.shape;
    for (let slot = 0; slot < prices + sizes; slot++) {
      const { units } = batch.fixed(slot, row);
      const bad = slot < prices ? units <= 0n : units < 0n;
      if (bad) return this.#outside(batch, row, slot, slot < prices ? "a price above 0" : "0 or more");
    }
    const above = (a: number, b: number) => compareFixed(batch.fixed(a, row), batch.fixed(b, row)) > 0;
    const text = (slot: number) => formatFixed(batch.fixed(slot, row));
    if (prices === 2 && above(0, 1))
      return crossed(this.#outside(batch, row, 0, `at most the ask ${text(1)}`));
    if (prices !== 4) return undefined;
    if (above(2, 1)) return this.#outside(batch, row, 1, `a high of at least the low ${text(2)}`);
    for (const slot of [0, 3]) {
      if (above(slot, 1)) return this.#outside(batch, row, slot, `at most the high ${text(1)}`);
      if (above(2, slot)) return this.#outside(batch, row, slot, `at least the low ${text(2)}`);
    }
    return undefined;
  }

  #outside(batch: RowBatch, row: number, slot: number, expected: string): RowFault {
    const found = formatFixed(batch.fixed(slot, row));
    return {
      code: "GEO-DATA-VALUE",
      line: batch.lines[row]!,
      column: this.#nameOf(slot),
      expected,
      found,
      skippable: true,
    };
  }

  #orderFault(batch: RowBatch, row: number, kept: readonly number[] | null): RowFault | undefined {
    const stamp = batch.stamps[row]!;
    const line = batch.lines[row]!;
    const column = this.#nameOf(role.time);
    if (stamp < this.#lastStamp) {
      return {
        code: "GEO-DATA-ORDER",
        line,
        column,
        expected: `a time not before that of the row above, ${isoTime(this.#lastStamp)}`,
        found: isoTime(stamp),
        hint: "Sort the file by time, oldest first.",
        skippable: false,
      };
    }
    const symbol = batch.symbols?.[row] ?? 0;
    if (this.#layout.kind !== "bar" || this.#lastStampOf[symbol] !== stamp) return undefined;
    const [other, otherRow] = this.#findTwin(batch, row, kept);
    const same = sameNumbers(batch, row, other, otherRow);
    return {
      code: "GEO-DATA-DUPLICATE",
      line,
      column,
      expected: "one bar for each time",
      found: `a second one at ${isoTime(stamp)}, which ${same ? "repeats" : "disagrees with"} row ${other.lines[otherRow]}`,
      ...(same ? {} : { hint: "Remove the row that is wrong: the two differ in price or volume." }),
      skippable: same,
    };
  }

  /** The accepted row of the same symbol and stamp; it is among the last ones. */
  #findTwin(batch: RowBatch, row: number, kept: readonly number[] | null): readonly [RowBatch, number] {
    const matches = (other: RowBatch, i: number) =>
      other.stamps[i] === batch.stamps[row] && (other.symbols?.[i] ?? 0) === (batch.symbols?.[row] ?? 0);
    for (let i = (kept?.length ?? row) - 1; i >= 0; i--) {
      if (matches(batch, kept?.[i] ?? i)) return [batch, kept?.[i] ?? i];
    }
    for (const other of this.#recent) {
      for (let i = other.length - 1; i >= 0; i--) if (matches(other, i)) return [other, i];
    }
    throw new GeoSyncError("GEO-INTERNAL", `row ${batch.lines[row]}: its twin is not among the last rows`);
  }

  /** Name of the column with this role (a slot or one of `role`). */
  #nameOf(use: number): string {
    return this.#layout.names[this.#layout.roles.indexOf(use)] ?? "volume";
  }
}

function crossed(fault: RowFault): RowFault {
  const hint =
    "A crossed quote lasts no longer than a moment, or the columns are exchanged. Correct it, or drop and count such rows with --bad-rows skip.";
  return { ...fault, hint };
}

function rowsOfLastStamp(batch: RowBatch): RowBatch {
  const { stamps, length } = batch;
  let first = length - 1;
  while (first > 0 && stamps[first - 1] === stamps[length - 1]) first--;
  return selectRows(
    batch,
    Array.from({ length: length - first }, (_, i) => first + i),
  );
}

function sameNumbers(a: RowBatch, row: number, b: RowBatch, other: number): boolean {
  return a.numbers.every((_, slot) => compareFixed(a.fixed(slot, row), b.fixed(slot, other)) === 0);
}
