import { type FixedColumn, fixedAt, largestMantissa, largestScale } from "../domain/columns.ts";
import { type Fixed, formatFixed } from "../domain/fixed.ts";
import type { NumberCell } from "./numberCell.ts";

/** Which columns a batch carries. Slots: prices first (open, high, low, close, or one, or bid and ask), then sizes. */
export interface BatchShape {
  /** 4 for bars, 2 for quotes, 1 for ticks, price-only rows and funding rates, 0 when only symbols are wanted. */
  readonly prices: number;
  /** The volume; for quotes the sizes of bid and ask, where the file has them. */
  readonly sizes: 0 | 1 | 2;
  readonly symbols: boolean;
  readonly sides: boolean;
  readonly ids: boolean;
}

export const powersOfTen = Float64Array.from({ length: largestScale + 1 }, (_, n) => Number(`1e${n}`));

/**
 * Rows on their way from text to a chunk: mutable columns of one capacity. All prices share one scale, so that the
 * open, high, low and close of a row compare as plain numbers; the sizes have their own.
 */
export class RowBatch {
  readonly shape: BatchShape;
  length = 0;
  /** 1-based line of each row in the file. */
  lines: Uint32Array;
  /** The file's stamp of each row, epoch ms. */
  stamps: Float64Array;
  /** Mantissas by slot; NaN where the cell is in `wide`. */
  readonly numbers: Float64Array[];
  /** Scale of the prices and of the sizes. */
  readonly scales = new Int32Array(2);
  readonly wide: (Map<number, string> | null)[];
  symbols: Uint16Array | null;
  sides: Int8Array | null;
  readonly ids: string[] | null;

  constructor(shape: BatchShape, capacity: number) {
    this.shape = shape;
    const slots = shape.prices + shape.sizes;
    this.lines = new Uint32Array(capacity);
    this.stamps = new Float64Array(capacity);
    this.numbers = Array.from({ length: slots }, () => new Float64Array(capacity));
    this.wide = Array.from({ length: slots }, () => null);
    this.symbols = shape.symbols ? new Uint16Array(capacity) : null;
    this.sides = shape.sides ? new Int8Array(capacity) : null;
    this.ids = shape.ids ? [] : null;
  }

  get capacity(): number {
    return this.lines.length;
  }

  /** Room for `capacity` rows. One column at a time, so that the peak is all columns and one more. */
  grow(capacity: number): void {
    const copy = <T extends Float64Array | Uint32Array | Uint16Array | Int8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.lines = copy(this.lines, new Uint32Array(capacity));
    this.stamps = copy(this.stamps, new Float64Array(capacity));
    for (const [slot, column] of this.numbers.entries()) {
      this.numbers[slot] = copy(column, new Float64Array(capacity));
    }
    if (this.symbols !== null) this.symbols = copy(this.symbols, new Uint16Array(capacity));
    if (this.sides !== null) this.sides = copy(this.sides, new Int8Array(capacity));
  }

  /** Stores an exact number; `text` is kept when it fits no mantissa of the column. */
  put(slot: number, row: number, cell: NumberCell, text: string): void {
    const group = this.groupOf(slot);
    let { units, decimals } = cell;
    while (decimals > this.scales[group]! && units % 10n === 0n && units !== 0n) {
      units /= 10n;
      decimals--;
    }
    if (units === 0n) decimals = 0;
    const small = units <= largestMantissa && units >= -largestMantissa;
    const fits =
      small && (decimals <= this.scales[group]! || this.raise(group, decimals, Number(units), row));
    const mantissa = fits ? Number(units) * powersOfTen[this.scales[group]! - decimals]! : Number.NaN;
    if (Math.abs(mantissa) <= largestMantissa) {
      this.numbers[slot]![row] = mantissa + 0;
      this.wide[slot]?.delete(row);
      return;
    }
    this.numbers[slot]![row] = Number.NaN;
    (this.wide[slot] ??= new Map()).set(row, text);
  }

  /**
   * Raises the scale of a group to `scale` when all its mantissas, those of the unfinished `row` included, still fit.
   * False when one does not: then the longer cell is the one to go to `wide`.
   */
  raise(group: number, scale: number, mantissa: number, row: number): boolean {
    if (scale > largestScale) return false;
    const factor = powersOfTen[scale - this.scales[group]!]!;
    const { prices } = this.shape;
    const columns = group === 1 ? this.numbers.slice(prices) : this.numbers.slice(0, prices);
    const limit = largestMantissa / factor;
    if (Math.abs(mantissa) > largestMantissa) return false;
    const last = Math.min(row, this.capacity - 1);
    for (const column of columns) {
      for (let i = 0; i <= last; i++) if (column[i]! > limit || column[i]! < -limit) return false;
    }
    for (const column of columns) for (let i = 0; i <= last; i++) column[i] = column[i]! * factor;
    this.scales[group] = scale;
    return true;
  }

  groupOf(slot: number): 0 | 1 {
    return slot < this.shape.prices ? 0 : 1;
  }

  /** The same batch for a file that turned out to hold, or was asked for, one symbol. */
  withoutSymbols(): this {
    this.symbols = null;
    return this;
  }

  /** The exact cell. */
  fixed(slot: number, row: number): Fixed {
    return fixedAt(this.column(slot), row);
  }

  /** The filled part of a column, sharing its memory. */
  column(slot: number): FixedColumn {
    return {
      mantissas: this.numbers[slot]!.subarray(0, this.length),
      scale: this.scales[this.groupOf(slot)]!,
      wide: this.wide[slot]!,
    };
  }
}

/** A new batch of the given rows, in the given order. */
export function selectRows(batch: RowBatch, rows: ArrayLike<number>): RowBatch {
  const result = new RowBatch(batch.shape, rows.length);
  result.length = rows.length;
  result.scales.set(batch.scales);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    result.lines[i] = batch.lines[row]!;
    result.stamps[i] = batch.stamps[row]!;
    if (result.symbols !== null) result.symbols[i] = batch.symbols![row]!;
    if (result.sides !== null) result.sides[i] = batch.sides![row]!;
    if (result.ids !== null) result.ids.push(batch.ids![row]!);
  }
  for (const [slot, column] of result.numbers.entries()) {
    const from = batch.numbers[slot]!;
    for (let i = 0; i < rows.length; i++) {
      column[i] = from[rows[i]!]!;
      if (Number.isNaN(column[i]!))
        (result.wide[slot] ??= new Map()).set(i, batch.wide[slot]!.get(rows[i]!)!);
    }
  }
  return result;
}

/** The rows of `a`, then those of `b`, on the finer of their scales. */
export function joinRows(a: RowBatch, b: RowBatch): RowBatch {
  const result = new RowBatch(a.shape, a.length + b.length);
  result.length = a.length + b.length;
  for (const group of [0, 1]) result.scales[group] = Math.max(a.scales[group]!, b.scales[group]!);
  for (const [batch, start] of [[a, 0] as const, [b, a.length] as const]) {
    result.lines.set(batch.lines.subarray(0, batch.length), start);
    result.stamps.set(batch.stamps.subarray(0, batch.length), start);
    result.symbols?.set(batch.symbols!.subarray(0, batch.length), start);
    result.sides?.set(batch.sides!.subarray(0, batch.length), start);
    for (let i = 0; i < batch.length && batch.ids !== null; i++) result.ids!.push(batch.ids[i]!);
    for (const slot of result.numbers.keys()) copyNumbers(batch, result, slot, start);
  }
  return result;
}

function copyNumbers(from: RowBatch, to: RowBatch, slot: number, start: number): void {
  const group = to.groupOf(slot);
  const factor = powersOfTen[to.scales[group]! - from.scales[group]!]!;
  const source = from.numbers[slot]!;
  const target = to.numbers[slot]!;
  for (let i = 0; i < from.length; i++) {
    const mantissa = source[i]! * factor;
    if (Math.abs(mantissa) <= largestMantissa) target[start + i] = mantissa;
    else {
      target[start + i] = Number.NaN;
      const text = from.wide[slot]?.get(i) ?? formatFixed(from.fixed(slot, i));
      (to.wide[slot] ??= new Map()).set(start + i, text);
    }
  }
}
