import type { Random } from "../../domain/random.ts";
import type { Millis } from "../../domain/time.ts";

/** Calls back once, after so many ms; the function returned takes it back. */
export interface Timers {
  after(ms: number, callback: () => void): () => void;
}

/** Exponential with jitter: 1, 2, 4 … times `baseMs`, at most `mostMs`, each between half and all of it. */
export function backoff(tries: number, baseMs: number, mostMs: number, random: Random): number {
  const whole = Math.min(mostMs, baseMs * 2 ** Math.min(tries, 20));
  return whole * (0.5 + random() / 2);
}

/** The venue's plea for quiet: everything waits, nothing is lost. */
export class Quiet {
  #until: Millis = Number.NEGATIVE_INFINITY;
  #tries = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get until(): Millis {
    return this.#until;
  }

  begin(now: Millis): number {
    const ms = backoff(this.#tries++, 1000, 60_000, this.#random);
    this.#until = Math.max(this.#until, now + ms);
    return ms;
  }

  /** A request was answered. */
  over(): void {
    this.#tries = 0;
  }
}
