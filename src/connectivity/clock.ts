import type { Exchange } from "ccxt";
import type { Millis } from "../domain/time.ts";

/**
 * The difference between the venue's clock and ours. ccxt measures it once; clocks drift for weeks, so it is measured
 * again from time to time and whenever the venue complains.
 */
export class VenueClock {
  readonly #exchange: Exchange;
  #measured = false;
  /** Venue minus ours. */
  #offsetMs = 0;
  #roundTripMs = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  get measured(): boolean {
    return this.#measured;
  }

  now(): Millis {
    return Date.now() + Math.round(this.#offsetMs);
  }

  /** Asks the venue for its time, where it tells it. */
  async measure(): Promise<void> {
    if (!this.#exchange.has.fetchTime) return;
    const before = Date.now();
    const told = await this.#exchange.fetchTime();
    const after = Date.now();
    if (typeof told !== "number" || !Number.isFinite(told)) throw new Error("expected a time in the answer");
    this.#roundTripMs = after - before;
    // The venue looked at its clock about half-way.
    this.#offsetMs = told - (before + after) / 2;
    // Requests are stamped with the latest time it can have been there: too early by a hair passes, too late does not.
    this.#exchange.options.timeDifference = after - told;
    this.#measured = true;
  }
}
