import type { EventEmitter } from "node:events";
import { GeoSyncError } from "../../domain/errors.ts";
import { statusOf } from "./status.ts";

/** The calls under way. Those that last are bounded in number, and ended with a reason when the server goes. */
export class OpenStreams {
  readonly #most: number;
  readonly #open = new Map<EventEmitter, () => void>();
  readonly #answering = new Set<Promise<void>>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @param stop called once when the call is over, whoever ended it. @throws GeoSyncError GEO-LIMITED */
  add(call: EventEmitter, stop: () => void = () => {}): void {
    if (this.#open.size >= this.#most)
      throw new GeoSyncError("GEO-LIMITED", `more than ${this.#most} streams at a time`);
    this.#open.set(call, stop);
    for (const event of ["cancelled", "close", "finish"]) call.once(event, () => this.#forget(call));
  }

  /** A call of one answer: it is waited for at the end. */
  answering(answered: Promise<void>): void {
    this.#answering.add(answered);
    void answered.then(() => this.#answering.delete(answered));
  }

  /** For each that is open, and for none twice. Resolves when the last words of all calls are out. */
  async endAll(error: unknown): Promise<void> {
    const ended = [...this.#open.keys()].map((call) => {
      this.#forget(call);
      // The library's word for a stream whose other half is closed, too.
      const closed = new Promise((resolve) => call.once("cancelled", resolve));
      fail(call, error);
      return closed;
    });
    await Promise.all([...ended, ...this.#answering]);
  }

  #forget(call: EventEmitter): void {
    const stop = this.#open.get(call);
    this.#open.delete(call);
    stop?.();
  }
}

/** Ends a stream with the status of an error. */
export function fail(call: EventEmitter, error: unknown): void {
  call.emit("error", Object.assign(new Error(), statusOf(error)));
}
