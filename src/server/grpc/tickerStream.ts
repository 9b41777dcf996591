import type { TickView } from "../contract.ts";

/** A tick and what its symbol is for the one who listens. */
export interface Told {
  readonly symbol: string;
  readonly tick: TickView;
}

/** The part of a call that is written to. */
export interface Outlet {
  /** False: enough for now, until "drain". */
  write(told: Told): boolean;
  onDrain(resume: () => void): void;
}

/** A client that lags misses none of so many ticks; of more, it is told the newest of each symbol. */
const most = 1000;

/** Ticks on their way to one client, in a bounded queue: whoever tells one waits for nothing. */
export class TickerStream {
  readonly #outlet: Outlet;
  #queue: Told[] = [];
  #isFull = false;
  #isScheduled = false;
  #isOver = false;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
    outlet.onDrain(() => {
      this.#isFull = false;
      this.#flush();
    });
  }

  tell(told: Told): void {
    if (this.#isOver) return;
    this.#queue.push(told);
    if (this.#queue.length > most) this.#queue = newestOfEach(this.#queue);
    if (this.#isFull || this.#isScheduled) return;
    this.#isScheduled = true;
    // The engine tells, in the midst of a step: writing has time until that is over.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  stop(): void {
    this.#isOver = true;
    this.#queue = [];
  }

  #flush(): void {
    let sent = 0;
    while (sent < this.#queue.length && !this.#isFull)
      this.#isFull = !this.#outlet.write(this.#queue[sent++]!);
    this.#queue = this.#queue.slice(sent);
  }
}

/** In the order in which they were told. */
function newestOfEach(queue: readonly Told[]): Told[] {
  const newest = new Map<string, Told>();
  for (const told of queue) {
    newest.delete(told.symbol);
    newest.set(told.symbol, told);
  }
  return [...newest.values()];
}
