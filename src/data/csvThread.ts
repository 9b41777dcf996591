import { on } from "node:events";
import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorCode, GeoSyncError, ValidationError } from "../domain/errors.ts";
import type { ReadingPlan } from "./csvReading.ts";
import type { CsvSummary } from "./csvSummary.ts";
import type { BareChunk } from "./rowChunks.ts";

/** What the thread answers. */
export type Answer =
  | { readonly kind: "chunk"; readonly chunk: BareChunk }
  | { readonly kind: "end"; readonly summary: CsvSummary }
  | { readonly kind: "failure"; readonly failure: Failure };

/** An error on its way between threads; without a code it is a bug. */
export interface Failure {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

/** Of each file; null where it is read without one. */
export type Threads = readonly (CsvThread | null)[];

/** Below this a thread would start longer than the reading takes. */
const worthwhileBytes = 8 << 20;
/** Chunks that the thread may be ahead of whoever takes them. */
export const mostAhead = 4;

/** Only a build has it: Node runs no TypeScript in threads. */
const program = fileURLToPath(new URL("../data/csvWorker.js", import.meta.url));

/**
 * Threads that read and check large files while the engine works on what has been read. Start them early: one is ready
 * after some 70 ms, which pass beside what the caller does meanwhile.
 * @returns one for each path, null where there is none: the file is small or missing, or all processors are busy
 */
export function startThreads(paths: readonly string[], fromBytes = worthwhileBytes): Threads {
  let free = existsSync(program) ? availableParallelism() - 1 : 0;
  return paths.map((path) => {
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    return bytes >= fromBytes && free-- > 0 ? new CsvThread() : null;
  });
}

/** One thread, which makes one reading at a time. */
export class CsvThread {
  readonly #worker: Worker;
  #free = true;

  constructor() {
    // Nothing of this process concerns it, credentials least.
    this.#worker = new Worker(program, { env: {}, execArgv: [] });
    this.#worker.unref();
  }

  /** Ends the thread, and the reading that it may be in. */
  async close(): Promise<void> {
    this.#free = false;
    await this.#worker.terminate();
  }

  /** The same as CsvReading.chunks in this thread; null while another reading is under way, or after one that was left. */
  read(plan: ReadingPlan): AsyncGenerator<BareChunk, CsvSummary, undefined> | null {
    if (!this.#free) return null;
    this.#free = false;
    return this.#chunks(plan);
  }

  async *#chunks(plan: ReadingPlan): AsyncGenerator<BareChunk, CsvSummary, undefined> {
    const answers = on(this.#worker, "message") as AsyncIterable<[Answer]>;
    this.#worker.ref();
    try {
      this.#worker.postMessage(plan);
      for await (const [answer] of answers) {
        if (answer.kind === "failure") throw errorOf(answer.failure);
        if (answer.kind === "end") {
          this.#free = true;
          return answer.summary;
        }
        // Chunks that wait already would be taken without a turn of the event loop, and Ctrl-C go unheard.
        await setImmediate();
        yield answer.chunk;
        this.#worker.postMessage("next");
      }
      throw new GeoSyncError("GEO-INTERNAL", "the reading thread: expected chunks and an end, found no end");
    } finally {
      this.#worker.unref();
    }
  }
}

function errorOf({ code, message, hint, stack }: Failure): Error {
  if (code !== null && code !== "GEO-INTERNAL") return new ValidationError(code, message, { hint });
  const error = code === null ? new Error(message) : new GeoSyncError(code, message, { hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}
