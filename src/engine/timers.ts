import type { Millis } from "../domain/time.ts";

export interface Timer {
  readonly handle: number;
  readonly due: Millis;
  /** Calls the strategy's onTimer, or what its own setTimeout was given. */
  readonly action: () => void;
}

/** Timers in order of their due time, then of their setting. They are events: fired by the engine, never by a clock. */
export class Timers {
  #queue: Timer[] = [];
  #handles = 0;
  /** Due time of the first; Infinity when there is none. */
  next: Millis = Number.POSITIVE_INFINITY;

  add(due: Millis, action: Timer["action"]): number {
    const timer = { handle: ++this.#handles, due, action };
    const place = this.#queue.findLastIndex((other) => other.due <= due) + 1;
    this.#queue.splice(place, 0, timer);
    this.#refresh();
    return timer.handle;
  }

  cancel(handle: number): void {
    this.#queue = this.#queue.filter((timer) => timer.handle !== handle);
    this.#refresh();
  }

  /** Removes and returns what is due at `time`. */
  take(time: Millis): readonly Timer[] {
    const count = this.#queue.findLastIndex((timer) => timer.due <= time) + 1;
    const due = this.#queue.splice(0, count);
    this.#refresh();
    return due;
  }

  #refresh(): void {
    this.next = this.#queue[0]?.due ?? Number.POSITIVE_INFINITY;
  }
}
