import type { Millis } from "../../domain/time.ts";

/** The venue's clock, which can be made to run before, behind, too fast or too slow. */
export class VenueClock {
  readonly #base: () => Millis;
  #offset: Millis = 0;
  #driftPpm = 0;
  #driftsSince: Millis;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(base: () => Millis = Date.now) {
    this.#base = base;
    this.#driftsSince = base();
  }

  /** Unskewed, for what concerns the venue alone: limits, bans, delays. */
  real(): Millis {
    return this.#base();
  }

  /** What the venue says and believes the time is; may jump either way. */
  said(): Millis {
    const real = this.#base();
    return real + this.#offset + ((real - this.#driftsSince) * this.#driftPpm) / 1e6;
  }

  /** The market's: `said`, but it stands still rather than going back, as trades cannot be undone. */
  market = (): Millis => {
    const said = Math.floor(this.said());
    if (said > this.#latest) this.#latest = said;
    return this.#latest;
  };

  skew({ offsetMs, driftPpm }: { readonly offsetMs: Millis; readonly driftPpm: number }): void {
    this.#offset = offsetMs;
    this.#driftPpm = driftPpm;
    this.#driftsSince = this.#base();
  }
}
