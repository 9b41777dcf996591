import type { Timers } from "../../../src/execution/live/pace.ts";

interface Due {
  readonly at: number;
  readonly serial: number;
  readonly callback: () => void;
}

/** Time that stands still until it is moved; everything due happens in its order, answers included. */
export class FakeClock {
  now = Date.UTC(2026, 0, 5, 12);
  #due: Due[] = [];
  #serial = 0;

  after(ms: number, callback: () => void): () => void {
    const one = { at: this.now + Math.max(0, ms), serial: this.#serial++, callback };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Of a process that can die: then nothing of its own happens any more. */
  timersOf(process: { alive: boolean }): Timers {
    return { after: (ms, callback) => this.after(ms, () => process.alive && callback()) };
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await quiesce();
    for (;;) {
      const next = this.#due.reduce<Due | null>((first, one) => {
        if (one.at > end) return first;
        if (first === null || one.at < first.at) return one;
        return one.at === first.at && one.serial < first.serial ? one : first;
      }, null);
      if (next === null) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.callback();
      await quiesce();
    }
    this.now = end;
  }

  /** Moves on until the promise is settled. */
  async until<T>(promise: Promise<T>, mostMs = 600_000): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let ms = 0; !settled && ms < mostMs; ms += 50) await this.advance(50);
    if (!settled) throw new Error(`not settled after ${mostMs} ms of the clock`);
    return await promise;
  }
}

/** Lets all promises that can go on do so. */
async function quiesce(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
