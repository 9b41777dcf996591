import { pause } from "../../connectivity/backoff.ts";
import { ConnectionError } from "../../domain/errors.ts";
import type { RateLimits } from "../../domain/ports.ts";
import { dayMs } from "../../domain/time.ts";
import { forgetful, type RequestLog } from "./requestLog.ts";

/** Keeps the requests of one program, and of those before it, to what a provider allows in any window. */
export class Pace {
  readonly #name: string;
  readonly #limits: RateLimits;
  readonly #log: RequestLog;
  /** When the requests of the last day began, oldest first, by the clock that nobody sets. Null before the first. */
  #begun: number[] | null = null;
  /** Those who wait go one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(name: string, limits: RateLimits, log: RequestLog = forgetful) {
    this.#name = name;
    this.#limits = limits;
    this.#log = log;
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
    let begun: number[];
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      begun = (this.#begun ?? this.#earlier()).filter((time) => now - time < dayMs);
      this.#begun = begun;
      if (perDay !== undefined && begun.length >= perDay) throw this.#dayIsOver(perDay);
      const wait = Math.max(waitFor(begun, perSecond, 1000, now), waitFor(begun, perMinute, 60_000, now));
      if (wait <= 0) break;
      await pause(Math.ceil(wait), signal);
    }
    begun.push(performance.now());
    this.#log.add(Date.now());
  }

  #earlier(): number[] {
    const toOwn = performance.now() - Date.now();
    return this.#log.read().map((time) => time + toOwn);
  }

  #dayIsOver(perDay: number): ConnectionError {
    return new ConnectionError(`${this.#name}: not sent: the ${perDay} requests of a day are used up.`, {
      code: "GEO-VENUE-LIMITED",
      hint: "Go on tomorrow with the same command; where your plan allows more, say so with --rate, such as --rate 75/m.",
    });
  }
}

function waitFor(begun: readonly number[], count: number | undefined, windowMs: number, now: number): number {
  const earlier = count === undefined ? undefined : begun.at(-count);
  return earlier === undefined ? 0 : earlier + windowMs - now;
}
