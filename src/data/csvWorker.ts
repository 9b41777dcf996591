/** The thread of csvThread.ts: told of a plan, it reads the file, never more than some chunks ahead of its reader. */
import { parentPort } from "node:worker_threads";
import type { FixedColumn } from "../domain/columns.ts";
import { GeoSyncError } from "../domain/errors.ts";
import { CsvReading, type ReadingPlan } from "./csvReading.ts";
import { type Answer, type Failure, mostAhead } from "./csvThread.ts";
import type { BareChunk } from "./rowChunks.ts";

const port = parentPort!;
let ahead = 0;
let goOn: () => void = () => {};

port.on("message", (message: ReadingPlan | "next") => {
  if (message !== "next") return void read(message);
  ahead--;
  goOn();
});

async function read(plan: ReadingPlan): Promise<void> {
  ahead = 0;
  try {
    const chunks = new CsvReading(plan).chunks();
    for (let next = await chunks.next(); ; next = await chunks.next()) {
      if (next.done === true) return answer({ kind: "end", summary: next.value });
      answer({ kind: "chunk", chunk: next.value }, buffersOf(next.value));
      ahead++;
      while (ahead >= mostAhead) await new Promise<void>((resolve) => (goOn = resolve));
    }
  } catch (error) {
    answer({ kind: "failure", failure: failureOf(error) });
  }
}

/** @param moved memory that goes along instead of being copied */
function answer(message: Answer, moved: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, moved);
}

/** Each once: columns of price-only rows are one. */
function buffersOf(chunk: BareChunk): readonly ArrayBuffer[] {
  // Whatever is a typed array, or a column that holds one, is memory of the chunk.
  const arrays = Object.values(chunk).flatMap((member: unknown) => {
    if (ArrayBuffer.isView(member)) return [member];
    return isColumn(member) ? [member.mantissas] : [];
  });
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

function isColumn(member: unknown): member is FixedColumn {
  return typeof member === "object" && member !== null && "mantissas" in member;
}

function failureOf(error: unknown): Failure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof GeoSyncError;
  return { code: known ? error.code : null, message, hint: known ? error.hint : undefined, stack };
}
