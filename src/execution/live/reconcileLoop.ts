import type { Random } from "../../domain/random.ts";
import { backoff, type Timers } from "./pace.ts";
import type { DriftReport } from "./reconciler.ts";

export interface ReconcileLoopOptions {
  /** One look at everything. @throws ConnectionError when the venue can't be asked */
  run(): Promise<DriftReport>;
  failed(error: unknown): void;
  readonly timers: Timers;
  readonly random: Random;
  readonly everyMs: number;
}

/** When the venue is looked at as a whole: when asked, after gaps, and at intervals. One at a time. */
export class ReconcileLoop {
  readonly #options: ReconcileLoopOptions;
  #running: Promise<DriftReport> | null = null;
  #next: Promise<DriftReport> | null = null;
  #stopped = false;
  /** Ends what waits for its next try. */
  readonly #onStop = new Set<() => void>();

  constructor(options: ReconcileLoopOptions) {
    this.#options = options;
  }

  /** A look that begins now or later: one that runs already may have asked too early. */
  async once(): Promise<DriftReport> {
    const running = this.#running;
    if (running === null) return await this.#begin();
    this.#next ??= running
      .catch(() => null)
      .then(() => {
        this.#next = null;
        return this.#begin();
      });
    return await this.#next;
  }

  /** Tries until the venue has answered. */
  async untilDone(): Promise<void> {
    for (let tries = 0; !this.#stopped; tries++) {
      try {
        await this.once();
        return;
      } catch (error) {
        this.#options.failed(error);
        await this.#sleep(backoff(tries, 500, 30_000, this.#options.random));
      }
    }
  }

  async atIntervals(): Promise<void> {
    while (!this.#stopped) {
      await this.#sleep(this.#options.everyMs);
      if (!this.#stopped) await this.untilDone();
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const wake of [...this.#onStop]) wake();
  }

  #begin(): Promise<DriftReport> {
    this.#running = this.#options.run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#options.timers.after(ms, wake);
      const onStop = this.#onStop;
      onStop.add(wake);
      function wake(): void {
        onStop.delete(wake);
        cancel();
        resolve();
      }
    });
  }
}
