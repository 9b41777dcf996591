import type { EventEmitter } from "node:events";
import { GeoSyncError } from "../../domain/errors.ts";
import { statusOf } from "./status.ts";

/** The calls that last: bounded in number, and ended with a reason when the server goes. */
export class OpenStreams {
  readonly #most: number;
  readonly #open = new Map<EventEmitter, () => void>();

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

  /** For each that is open, and for none twice. */
  endAll(error: unknown): void {
    for (const call of [...this.#open.keys()]) {
      this.#forget(call);
      fail(call, error);
    }
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
