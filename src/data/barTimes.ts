import type { RowBatch } from "./rowBatch.ts";
import { joinRows, selectRows } from "./rowBatch.ts";

/** Rows whose times are known. */
export interface TimedRows {
  readonly rows: RowBatch;
  readonly openTimes: Float64Array;
  /** When each row became known; never decreasing. */
  readonly times: Float64Array;
}

/**
 * Gives bars their times: time = min(openTime + timeframe, next openTime of the same symbol), which takes a look
 * ahead. For stamps that are closes, time = stamp, and the bar opens a timeframe before it or at the symbol's last
 * close, whichever is later: no bar is known before its stamp. Rows leave in order of time, then of the file.
 * @param oneBatch there is one batch only: all its rows leave together
 */
export async function* timeBars(
  batches: AsyncIterable<RowBatch>,
  timeframeMs: number,
  stamp: "open" | "close",
  oneBatch: boolean,
): AsyncGenerator<TimedRows, void, undefined> {
  if (stamp === "close") return yield* closeStamped(batches, timeframeMs);
  let held: RowBatch | undefined;
  for await (const batch of batches) {
    if (oneBatch) held = batch;
    else if (batch.symbols === null) {
      if (held !== undefined) yield settleOne(held, timeframeMs, batch.stamps[0]!);
      held = batch;
    } else {
      const rows: RowBatch = held === undefined ? batch : joinRows(held, batch);
      // A row still to come opens at the last stamp or later, and no bar ends before it opens.
      const settled = settleMany(rows, timeframeMs, rows.stamps[rows.length - 1]!);
      if (settled.ready.rows.length > 0) yield settled.ready;
      held = settled.rest;
    }
  }
  if (held === undefined) return;
  yield held.symbols === null
    ? settleOne(held, timeframeMs, Number.POSITIVE_INFINITY)
    : settleMany(held, timeframeMs, Number.POSITIVE_INFINITY).ready;
}

function settleOne(rows: RowBatch, timeframeMs: number, nextOpen: number): TimedRows {
  const { length, stamps } = rows;
  const times = new Float64Array(length);
  const last = length - 1;
  for (let row = 0; row < last; row++) {
    const end = stamps[row]! + timeframeMs;
    const next = stamps[row + 1]!;
    times[row] = end < next ? end : next;
  }
  if (length > 0) times[last] = Math.min(stamps[last]! + timeframeMs, nextOpen);
  return { rows, openTimes: stamps.subarray(0, length), times };
}

/** Splits rows of several symbols into those whose time lies before `horizon`, in order of time, and the rest. */
function settleMany(
  rows: RowBatch,
  timeframeMs: number,
  horizon: number,
): { ready: TimedRows; rest: RowBatch | undefined } {
  const times = new Float64Array(rows.length);
  const nextOpen: number[] = [];
  for (let row = rows.length - 1; row >= 0; row--) {
    const symbol = rows.symbols![row]!;
    const stamp = rows.stamps[row]!;
    times[row] = Math.min(stamp + timeframeMs, nextOpen[symbol] ?? Number.POSITIVE_INFINITY);
    nextOpen[symbol] = stamp;
  }
  const ready: number[] = [];
  const rest: number[] = [];
  let sorted = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const [row, time] of times.entries()) {
    if (time >= horizon) rest.push(row);
    else {
      ready.push(row);
      sorted &&= time >= last;
      last = time;
    }
  }
  if (!sorted) ready.sort((a, b) => times[a]! - times[b]! || a - b);
  const complete = sorted && rest.length === 0 && rows.capacity >= rows.length;
  const chosen = complete ? rows : selectRows(rows, ready);
  return {
    ready: {
      rows: chosen,
      openTimes: chosen.stamps.subarray(0, chosen.length),
      times: complete ? times : Float64Array.from(ready, (row) => times[row]!),
    },
    rest: rest.length === 0 ? undefined : selectRows(rows, rest),
  };
}

async function* closeStamped(batches: AsyncIterable<RowBatch>, timeframeMs: number) {
  const lastClose: number[] = [];
  for await (const rows of batches) {
    const { length, symbols } = rows;
    const openTimes = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      const symbol = symbols === null ? 0 : symbols[row]!;
      const close = rows.stamps[row]!;
      openTimes[row] = Math.max(close - timeframeMs, lastClose[symbol] ?? Number.NEGATIVE_INFINITY);
      lastClose[symbol] = close;
    }
    yield { rows, openTimes, times: rows.stamps.subarray(0, length) };
  }
}

/** Ticks and price-only bars are known at their stamp. */
export async function* timeStamps(batches: AsyncIterable<RowBatch>): AsyncGenerator<TimedRows> {
  for await (const rows of batches) {
    const stamps = rows.stamps.subarray(0, rows.length);
    yield { rows, openTimes: stamps, times: stamps };
  }
}
