import { GeoSyncError } from "../domain/errors.ts";
import type { Millis } from "../domain/time.ts";

/** What a timer is for, as plain data: after a restart it finds again by it what it is to call. */
export interface TimerNote {
  /** The name under which `call` is known. */
  readonly of: string;
  readonly what: string | number;
}

export interface Timer {
  readonly handle: number;
  readonly due: Millis;
  /** Calls the strategy's onTimer, or what its own setTimeout was given. */
  readonly action: () => void;
  /** Null: a function of someone else, which no checkpoint can hold. */
  readonly note: TimerNote | null;
}

export interface TimersState {
  readonly handles: number;
  readonly queue: readonly (Omit<Timer, "action"> & { readonly note: TimerNote })[];
}

/** Timers in order of their due time, then of their setting. They are events: fired by the engine, never by a clock. */
export class Timers {
  #queue: Timer[] = [];
  #handles = 0;
  readonly #calls = new Map<string, (what: TimerNote["what"]) => void>();
  /** Due time of the first; Infinity when there is none. */
  next: Millis = Number.POSITIVE_INFINITY;

  add(due: Millis, action: Timer["action"]): number {
    return this.#insert({ handle: ++this.#handles, due, action, note: null });
  }

  /** What timers set by `set` under this name call; survives a restart when it is known by the same name again. */
  know<W extends TimerNote["what"]>(of: string, call: (what: W) => void): void {
    this.#calls.set(of, call as (what: TimerNote["what"]) => void);
  }

  /** A timer that calls what is known as `of`. */
  set(of: string, due: Millis, what: TimerNote["what"]): number {
    const note = { of, what };
    return this.#insert({ handle: ++this.#handles, due, action: this.#actionOf(note), note });
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

  /** Null while functions are waiting that can't be written down. */
  save(): TimersState | null {
    const queue: TimersState["queue"][number][] = [];
    for (const { handle, due, note } of this.#queue) {
      if (note === null) return null;
      queue.push({ handle, due, note });
    }
    return { handles: this.#handles, queue };
  }

  /** In place of all that was set so far. */
  load({ handles, queue }: TimersState): void {
    this.#handles = handles;
    this.#queue = queue.map((timer) => ({ ...timer, action: this.#actionOf(timer.note) }));
    this.#refresh();
  }

  #insert(timer: Timer): number {
    const { due, handle } = timer;
    const place = this.#queue.findLastIndex((other) => other.due <= due) + 1;
    this.#queue.splice(place, 0, timer);
    this.#refresh();
    return handle;
  }

  #actionOf({ of, what }: TimerNote): () => void {
    const call = this.#calls.get(of)!;
    return () => call(what);
  }

  #refresh(): void {
    this.next = this.#queue[0]?.due ?? Number.POSITIVE_INFINITY;
  }
}

/** Of timers that set each other for the same moment, for ever. */
export function endless(): GeoSyncError {
  return new GeoSyncError(
    "GEO-STRATEGY-THREW",
    "timers of 0 ms that set each other again: time cannot go on",
    { hint: "Give ctx.after at least 1 ms." },
  );
}
