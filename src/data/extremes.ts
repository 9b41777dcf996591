import { type FixedColumn, fixedAt } from "../domain/columns.ts";
import { compareFixed } from "../domain/fixed.ts";

/** Rows of the lowest and the highest cell of a run. */
export function extremes(column: FixedColumn, from: number, to: number): [lowest: number, highest: number] {
  const { mantissas } = column;
  let [lowest, highest] = [from, from];
  for (let row = from + 1; row < to; row++) {
    if (below(column, row, lowest, mantissas)) lowest = row;
    if (below(column, highest, row, mantissas)) highest = row;
  }
  return [lowest, highest];
}

function below(column: FixedColumn, a: number, b: number, mantissas: Float64Array): boolean {
  const [x, y] = [mantissas[a]!, mantissas[b]!];
  return Number.isNaN(x + y) ? compareFixed(fixedAt(column, a), fixedAt(column, b)) < 0 : x < y;
}
