import { joinRows, type RowBatch, selectRows } from "./rowBatch.ts";

/**
 * Leaves out the rows that open before `from`, but for the last `warmupRows` of each symbol.
 * @param openOffset what to add to a stamp for the earliest opening of its row: 0, or minus the timeframe
 */
export async function* rowsFrom(
  batches: AsyncIterable<RowBatch>,
  from: number,
  openOffset: number,
  warmupRows: number,
): AsyncGenerator<RowBatch, void, undefined> {
  let held: RowBatch | undefined;
  let begun = from === Number.NEGATIVE_INFINITY;
  for await (const batch of batches) {
    if (begun) {
      yield batch;
      continue;
    }
    const first = firstAtOrAfter(batch, from - openOffset);
    begun = first < batch.length;
    if (begun && first === 0 && held === undefined) {
      yield batch;
      continue;
    }
    const rows: RowBatch = held === undefined ? batch : joinRows(held, batch);
    const boundary = rows.length - (batch.length - first);
    const warm = lastRows(rows, boundary, warmupRows);
    if (!begun) held = warm.length === 0 ? undefined : selectRows(rows, warm);
    else {
      for (let row = boundary; row < rows.length; row++) warm.push(row);
      yield selectRows(rows, warm);
      held = undefined;
    }
  }
}

/** Rows are in order of their stamps. */
function firstAtOrAfter(batch: RowBatch, stamp: number): number {
  let low = 0;
  let high = batch.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (batch.stamps[middle]! < stamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last `count` rows of each symbol before `boundary`, in order. */
function lastRows(batch: RowBatch, boundary: number, count: number): number[] {
  if (count === 0) return [];
  const taken: number[] = [];
  const rows: number[] = [];
  for (let row = boundary - 1; row >= 0; row--) {
    const symbol = batch.symbols?.[row] ?? 0;
    taken[symbol] = (taken[symbol] ?? 0) + 1;
    if (taken[symbol]! <= count) rows.push(row);
    else if (batch.symbols === null) break;
  }
  return rows.reverse();
}
