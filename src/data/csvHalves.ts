import { type FixedColumn, largestMantissa } from "../domain/columns.ts";
import { openFile } from "./csvHead.ts";
import { CsvReading, type ReadingPlan } from "./csvReading.ts";
import type { CsvSummary } from "./csvSummary.ts";
import type { CsvThread } from "./csvThread.ts";
import { powersOfTen } from "./rowBatch.ts";
import type { BareChunk } from "./rowChunks.ts";

/** A file read to its end, as one chunk. */
export interface WholeFile {
  readonly chunk: BareChunk;
  readonly summary: CsvSummary;
}

/** Below this the thread would be ready too late to be of use. */
export const worthHalving = 128 << 20;
/** What this thread reads while the other one starts. */
const headStart = 32 << 20;

/**
 * Reads the later part of a plain file in another thread, and the earlier part meanwhile. What is not plain is left to
 * a reading from the top, which knows best what is wrong and in which line: bad rows, quoted cells (which may hold the
 * very line end that the file was cut at), rows out of order where the parts meet, numbers too long for a double.
 * @param plan with room for all rows
 * @param bytes of the file
 * @param around where the file is cut, at the next line
 * @returns exactly what a reading from the top gives, or null
 * @throws the signal's reason when it was aborted
 */
export async function readHalves(
  plan: ReadingPlan,
  bytes: number,
  thread: Pick<CsvThread, "read">,
  signal?: AbortSignal,
  around = Math.floor((bytes + headStart) / 2),
): Promise<WholeFile | null> {
  if (!isPlain(plan)) return null;
  const seam = await lineAfter(plan.layout.path, around, bytes);
  if (seam === null) return null;
  const [head, tail] = partsOf(plan, seam, bytes);
  const reading = thread.read(tail);
  if (reading === null) return null;
  const later = wholeOf(reading).catch(() => null);
  const earlier = await wholeOf(new CsvReading(head, signal).chunks()).catch(() => null);
  signal?.throwIfAborted();
  return earlier === null ? null : joined(earlier, await later, plan);
}

/** One symbol, all rows, each an instant or a bar known a timeframe after its stamp, and nothing to be forgiven. */
function isPlain(plan: ReadingPlan): boolean {
  const { layout, from, to, warmupRows = 0, stamp = "open", badRows, hash = true, parser = "auto" } = plan;
  const { kind, gzip, priceOnly, shape } = layout;
  return (
    (kind === "bar" || kind === "tick") &&
    !(gzip || priceOnly || shape.symbols || shape.ids || hash) &&
    from === undefined &&
    to === undefined &&
    warmupRows === 0 &&
    stamp === "open" &&
    badRows !== "skip" &&
    parser === "auto"
  );
}

/** Where the first line after `from` begins; null when there is none nearby. */
async function lineAfter(path: string, from: number, end: number): Promise<number | null> {
  const handle = await openFile(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1 << 16), 0, 1 << 16, from);
    const newline = buffer.subarray(0, bytesRead).indexOf(10);
    return newline < 0 || from + newline + 1 >= end ? null : from + newline + 1;
  } finally {
    await handle.close();
  }
}

/** The head has room for all rows, so that the tail's can be put behind it. */
function partsOf(plan: ReadingPlan, seam: number, end: number): readonly [ReadingPlan, ReadingPlan] {
  const share = (end - seam) / end;
  const capacity = Math.ceil(plan.capacity * share * 1.01) + 1024;
  // Lines are counted from the seam: whoever wants to know a line reads from the top.
  const layout = { ...plan.layout, firstByte: 0 };
  return [
    { ...plan, span: { from: 0, to: seam } },
    { ...plan, layout, capacity, span: { from: seam, to: end } },
  ];
}

async function wholeOf(reading: AsyncGenerator<BareChunk, CsvSummary, undefined>): Promise<WholeFile | null> {
  const first = await reading.next();
  const second = await reading.next();
  if (first.done === true || second.done !== true) return null;
  return { chunk: first.value, summary: second.value };
}

/** Two parts of a file as one; null when a reading from the top would not give just their rows. */
function joined(
  head: WholeFile | null,
  tail: WholeFile | null,
  { timeframe }: ReadingPlan,
): WholeFile | null {
  if (head === null || tail === null) return null;
  const [a, b] = [head.chunk, tail.chunk];
  const base = { length: a.length + b.length, instrumentOf: null, times: appended(a.times, b.times) };
  if (a.kind === "bar" && b.kind === "bar") {
    const last = a.openTimes[a.length - 1]!;
    const next = b.openTimes[0]!;
    const columns = appendedColumns([a.open, a.high, a.low, a.close], [b.open, b.high, b.low, b.close]);
    const volumes = appendedColumns([a.volume], [b.volume]);
    if (!(next > last) || columns === null || volumes === null) return null;
    // A bar is known a timeframe after it opened, or when the next one opens.
    base.times[a.length - 1] = Math.min(last + timeframe!.ms, next);
    const [open, high, low, close] = columns as [FixedColumn, FixedColumn, FixedColumn, FixedColumn];
    const openTimes = appended(a.openTimes, b.openTimes);
    const chunk = { ...a, ...base, openTimes, open, high, low, close, volume: volumes[0]! };
    return { chunk, summary: sumOf(head.summary, tail.summary, timeframe!.ms) };
  }
  if (a.kind !== "tick" || b.kind !== "tick") return null;
  const prices = appendedColumns([a.price], [b.price]);
  const volumes = appendedColumns([a.volume], [b.volume]);
  const ordered = b.times[0]! >= a.times[a.length - 1]!;
  if (!ordered || prices === null || volumes === null) return null;
  const sides = a.sides === null || b.sides === null ? null : appended(a.sides, b.sides);
  const chunk = { ...a, ...base, price: prices[0]!, volume: volumes[0]!, sides };
  return { chunk, summary: sumOf(head.summary, tail.summary, null) };
}

/** `a` with `b` behind it: in the memory of `a` where that has room. */
function appended<T extends Float64Array | Int8Array>(a: T, b: T): T {
  const length = a.length + b.length;
  const Kind = a.constructor as new (memory: ArrayBufferLike | number, from?: number, length?: number) => T;
  const roomy = a.buffer.byteLength - a.byteOffset >= length * a.BYTES_PER_ELEMENT;
  const both = roomy ? new Kind(a.buffer, a.byteOffset, length) : new Kind(length);
  if (!roomy) both.set(a);
  both.set(b, a.length);
  return both;
}

/** Columns of one scale; null where a number fits no double on the finer of the two. */
function appendedColumns(
  head: readonly FixedColumn[],
  tail: readonly FixedColumn[],
): readonly FixedColumn[] | null {
  const scale = Math.max(head[0]!.scale, tail[0]!.scale);
  if ([...head, ...tail].some((column) => column.wide !== null || !rescale(column, scale))) return null;
  return head.map(({ mantissas }, i) => ({
    mantissas: appended(mantissas, tail[i]!.mantissas),
    scale,
    wide: null,
  }));
}

/** In place: nobody else has seen the column yet. */
function rescale({ mantissas, scale: from }: FixedColumn, to: number): boolean {
  if (from === to) return true;
  const factor = powersOfTen[to - from]!;
  for (let i = 0; i < mantissas.length; i++) {
    mantissas[i] = mantissas[i]! * factor;
    if (Math.abs(mantissas[i]!) > largestMantissa) return false;
  }
  return true;
}

function sumOf(head: CsvSummary, tail: CsvSummary, timeframeMs: number | null): CsvSummary {
  const sum = { ...head, rows: head.rows + tail.rows, to: tail.to };
  if (timeframeMs === null) return sum;
  const step = tail.from! - head.to!;
  const between =
    step > timeframeMs ? { count: 1, longestMs: step, longestAfter: head.to } : { ...tail.gaps!, count: 0 };
  const all = [head.gaps!, between, tail.gaps!];
  // Of equally long ones the first.
  const longest = all.reduce((most, gap) => (gap.longestMs > most.longestMs ? gap : most));
  return { ...sum, gaps: { ...longest, count: all.reduce((count, gap) => count + gap.count, 0) } };
}
