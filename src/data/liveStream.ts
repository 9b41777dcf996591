import { isPassing, type LiveChange, reasonOf } from "./liveStatus.ts";
import { backoffMs, type Timers } from "./liveTimers.ts";

export interface StreamPlan<T> {
  /** A fresh connection. Throws, now or while it is read, when it is lost. */
  open(signal: AbortSignal): AsyncIterable<T>;
  take(message: T): void | Promise<void>;
  /** After each connection that was lost, before the next. */
  lost(): void;
  /** While no stream brings data: asks by REST what it would have brought. */
  poll(): Promise<void>;
  /** A connection silent for longer is given up. */
  readonly maxSilenceMs: number;
  readonly pollMs: number;
}

export interface StreamSurroundings {
  readonly timers: Timers;
  readonly signal: AbortSignal;
  onChange(change: LiveChange): void;
}

/**
 * Keeps a stream alive until the signal aborts: reconnects with growing pauses, gives up connections that fell silent
 * (sockets can stay open for minutes after the data ended), and asks by REST while there is no stream.
 * @throws what no new attempt can mend
 */
export async function keepStream<T>(plan: StreamPlan<T>, around: StreamSurroundings): Promise<void> {
  const { timers, signal, onChange } = around;
  for (let attempt = 0; !signal.aborted; attempt++) {
    const polling = startPolling(plan, around);
    let reason: string;
    try {
      const connection = new Connection(plan, around, () => {
        attempt = 0;
        polling.stop();
      });
      reason = await Promise.race([connection.run(), polling.failed]);
    } finally {
      polling.stop();
    }
    if (signal.aborted) return;
    plan.lost();
    const inMs = backoffMs(attempt, timers);
    onChange({ kind: "reconnecting", attempt: attempt + 1, inMs, reason });
    await timers.sleep(inMs, signal);
  }
}

/** Asks again and again until stopped; `failed` rejects with what no new attempt can mend. */
function startPolling<T>(plan: StreamPlan<T>, { timers, signal, onChange }: StreamSurroundings) {
  const stopped = new AbortController();
  const both = AbortSignal.any([stopped.signal, signal]);
  const run = async (): Promise<never> => {
    for (;;) {
      // First the pause: most streams are back before it is over.
      await timers.sleep(plan.pollMs, both);
      if (both.aborted) break;
      await plan.poll().catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        onChange({ kind: "retrying", reason: reasonOf(error) });
      });
    }
    // Stopped polling is no news.
    return new Promise(() => {});
  };
  const failed = run();
  failed.catch(() => {});
  return { failed, stop: () => stopped.abort() };
}

class Connection<T> {
  readonly #plan: StreamPlan<T>;
  readonly #around: StreamSurroundings;
  readonly #onFirst: () => void;
  readonly #stop = new AbortController();
  #heard: number;
  #busy = false;

  constructor(plan: StreamPlan<T>, around: StreamSurroundings, onFirst: () => void) {
    this.#plan = plan;
    this.#around = around;
    this.#onFirst = onFirst;
    this.#heard = around.timers.now();
  }

  /** @returns why it ended */
  async run(): Promise<string> {
    const { signal } = this.#around;
    const end = (): void => this.#stop.abort();
    signal.addEventListener("abort", end);
    try {
      return await Promise.race([this.#read(), this.#watch()]);
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async #read(): Promise<string> {
    let first = true;
    const messages = this.#plan.open(this.#stop.signal)[Symbol.asyncIterator]();
    for (;;) {
      const next = await messages.next().catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        return reasonOf(error);
      });
      if (typeof next === "string") return next;
      // What a connection that was given up still delivers, its successor delivers as well.
      if (next.done === true || this.#stop.signal.aborted) return "the stream ended";
      this.#heard = this.#around.timers.now();
      if (first) {
        this.#around.onChange({ kind: "connected" });
        this.#onFirst();
      }
      first = false;
      const taken = this.#plan.take(next.value);
      if (taken !== undefined) await this.#whileBusy(taken);
    }
  }

  /** The stream is not silent while we don't listen. */
  async #whileBusy(taken: Promise<void>): Promise<void> {
    this.#busy = true;
    await taken;
    this.#busy = false;
    this.#heard = this.#around.timers.now();
  }

  async #watch(): Promise<string> {
    const { timers, onChange } = this.#around;
    const { maxSilenceMs } = this.#plan;
    for (let silentMs = 0; ; ) {
      await timers.sleep(maxSilenceMs - silentMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return "stopped";
      silentMs = this.#busy ? 0 : timers.now() - this.#heard;
      if (silentMs < maxSilenceMs) continue;
      onChange({ kind: "stalled", silentMs });
      return `no data for ${Math.round(silentMs)} ms`;
    }
  }
}
