import { pause } from "../../connectivity/backoff.ts";
import { ConnectionError } from "../../domain/errors.ts";
import type { RateLimits } from "../../domain/ports.ts";
import { dayMs } from "../../domain/time.ts";

/** Keeps the requests of one program to what a provider allows, whatever window one looks at. */
export class Pace {
  readonly #name: string;
  readonly #limits: RateLimits;
  /** When the requests of the last day began, oldest first. */
  #begun: number[] = [];
  /** Those who wait go one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(name: string, limits: RateLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  /**
   * Settles when a request may begin, and counts it.
   * @throws ConnectionError GEO-VENUE-LIMITED when the day's requests are used up; what the signal was aborted for
   */
  turn(signal: AbortSignal): Promise<void> {
    const turn = this.#queue.then(() => this.#wait(signal));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { perSecond, perMinute, perDay } = this.#limits;
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      this.#begun = this.#begun.filter((begun) => now - begun < dayMs);
      if (perDay !== undefined && this.#begun.length >= perDay) throw this.#dayIsOver(perDay);
      const wait = Math.max(this.#waitFor(perSecond, 1000, now), this.#waitFor(perMinute, 60_000, now));
      if (wait <= 0) break;
      await pause(Math.ceil(wait), signal);
    }
    this.#begun.push(performance.now());
  }

  #waitFor(count: number | undefined, windowMs: number, now: number): number {
    const earlier = count === undefined ? undefined : this.#begun.at(-count);
    return earlier === undefined ? 0 : earlier + windowMs - now;
  }

  #dayIsOver(perDay: number): ConnectionError {
    return new ConnectionError(`${this.#name}: not sent: the ${perDay} requests of a day are used up.`, {
      code: "GEO-VENUE-LIMITED",
      hint: "Go on tomorrow with the same command; where your plan allows more, say so with --rate, such as --rate 75/m.",
    });
  }
}
