import { compareFixed, type Fixed, formatFixed, parseFixed, widen } from "./fixed.ts";
import { wholeBigint } from "./wholeNumbers.ts";

/**
 * A column of exact decimals: cell `i` is `mantissas[i] × 10^-scale`, an integer of at most 2^53 held in a double.
 * A cell that does not fit is NaN there and keeps its exact text in `wide`. Scale is at most 22, so that the double
 * nearest to a cell is one division away.
 */
export interface FixedColumn {
  readonly mantissas: Float64Array;
  readonly scale: number;
  readonly wide: ReadonlyMap<number, string> | null;
}

const divisors = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/** 10^scale as a double; hoist it out of loops over a column. */
export function divisorOf(column: FixedColumn): number {
  return divisors[column.scale]!;
}

/** The double nearest to the cell. */
export function numberAt(column: FixedColumn, row: number): number {
  const mantissa = column.mantissas[row]!;
  return Number.isNaN(mantissa) ? Number(column.wide!.get(row)) : mantissa / divisors[column.scale]!;
}

/** The cell, exactly. */
export function fixedAt(column: FixedColumn, row: number): Fixed {
  const mantissa = column.mantissas[row]!;
  if (Number.isNaN(mantissa)) return parseFixed(column.wide!.get(row)!);
  return { units: wholeBigint(mantissa), scale: column.scale };
}

/**
 * Sign of cell − value. Rounding to the nearest double keeps order, so only equal doubles need the exact look.
 * @param nearest the double nearest to `value`
 */
export function compareCell(column: FixedColumn, row: number, value: Fixed, nearest: number): number {
  const cell = numberAt(column, row);
  if (cell !== nearest) return cell < nearest ? -1 : 1;
  return compareFixed(fixedAt(column, row), value);
}

/** Mantissas that stand for exact integers in a double. */
export const largestMantissa = Number.MAX_SAFE_INTEGER;
export const largestScale = 22;

/** A column of the given cells, on the finest of their scales. */
export function columnOf(cells: readonly Fixed[]): FixedColumn {
  const scale = Math.min(largestScale, Math.max(0, ...cells.map((cell) => cell.scale)));
  const wide = new Map<number, string>();
  const mantissas = Float64Array.from(cells, (cell, row) => {
    const units = cell.scale <= scale ? widen(cell.units, cell.scale, scale) : null;
    if (units !== null && units <= largestMantissa && units >= -largestMantissa) return Number(units);
    wide.set(row, formatFixed(cell));
    return Number.NaN;
  });
  return { mantissas, scale, wide: wide.size === 0 ? null : wide };
}

/** Rows [from, to) of a column, sharing its memory. */
export function sliceColumn(column: FixedColumn, from: number, to: number): FixedColumn {
  const { scale, wide } = column;
  const mantissas = column.mantissas.subarray(from, to);
  if (wide === null) return { mantissas, scale, wide };
  const within = [...wide].filter(([row]) => row >= from && row < to);
  return { mantissas, scale, wide: new Map(within.map(([row, text]) => [row - from, text])) };
}
