import { type FixedColumn, largestMantissa, largestScale } from "../domain/columns.ts";
import { type Fixed, formatFixed } from "../domain/fixed.ts";
import { powersOfTen } from "./rowBatch.ts";

/** Exact cells on their way into a column of the finest of their scales. */
export class ColumnBuilder {
  readonly #cells: Fixed[] = [];
  #scale = 0;

  push(cell: Fixed): void {
    this.#cells.push(cell);
    if (cell.scale > this.#scale) this.#scale = Math.min(cell.scale, largestScale);
  }

  finish(): FixedColumn {
    const scale = this.#scale;
    const wide = new Map<number, string>();
    const mantissas = new Float64Array(this.#cells.length);
    for (const [row, cell] of this.#cells.entries()) {
      const units = Number(cell.units);
      const mantissa = cell.scale <= scale ? units * powersOfTen[scale - cell.scale]! : Number.NaN;
      // Both factors are exact when the product is at most 2^53 - 1.
      if (Math.abs(mantissa) <= largestMantissa) mantissas[row] = mantissa;
      else {
        mantissas[row] = Number.NaN;
        wide.set(row, formatFixed(cell));
      }
    }
    return { mantissas, scale, wide: wide.size === 0 ? null : wide };
  }
}
