import type { AccountUpdate } from "../domain/ports.ts";
import type { Millis } from "../domain/time.ts";

interface Due {
  readonly update: AccountUpdate;
  readonly time: Millis;
}

/** The paper venue's news: known once market time has passed the way it takes. In order, for one consumer. */
export class PaperUpdates implements AsyncIterable<AccountUpdate> {
  #onTheWay: Due[] = [];
  #known: AccountUpdate[] = [];
  #isOpen = false;
  #wake: (() => void) | null = null;

  open(): void {
    this.#isOpen = true;
    this.#known.push({ kind: "gap", reason: "connected" });
  }

  close(): void {
    this.#isOpen = false;
    this.#signal();
  }

  add(update: AccountUpdate, time: Millis): void {
    this.#onTheWay.push({ update, time });
  }

  /** What is sent later arrives no earlier: one line, one order. */
  advance(now: Millis): void {
    let arrived = 0;
    while (arrived < this.#onTheWay.length && this.#onTheWay[arrived]!.time <= now) {
      this.#known.push(this.#onTheWay[arrived]!.update);
      arrived++;
    }
    if (arrived === 0) return;
    this.#onTheWay = this.#onTheWay.slice(arrived);
    // Nobody may be listening: only the latest matter then, and the gap says that the others are gone.
    if (this.#known.length > longest) {
      this.#known = [{ kind: "gap", reason: "nobody was listening" }, ...this.#known.slice(-longest / 2)];
    }
    this.#signal();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AccountUpdate, void, undefined> {
    while (this.#isOpen) {
      const next = this.#known.shift();
      if (next !== undefined) yield next;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

const longest = 10_000;
