import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";

/** Between two looks of the monitor; it reports this much when nothing is in the way. */
const resolutionMs = 10;
/** What is told is of a window that is over: two readers don't take it from each other. */
const windowMs = 10_000;

const quantiles = [0.5, 0.9, 0.99, 1] as const;

/** How long whatever is due waits for the process to be free. */
export class EventLoopLag {
  readonly #monitor: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #timer: NodeJS.Timeout;
  #last: readonly (readonly [quantile: number, seconds: number])[] | null = null;

  constructor() {
    this.#monitor.enable();
    this.#timer = setInterval(() => {
      this.#last = this.#read();
      this.#monitor.reset();
    }, windowMs).unref();
  }

  /** Quantiles of the last ten seconds; during the first ten of what there is. */
  seconds(): readonly (readonly [quantile: number, seconds: number])[] {
    return this.#last ?? this.#read();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#monitor.disable();
  }

  #read(): readonly (readonly [quantile: number, seconds: number])[] {
    if (this.#monitor.count === 0) return [];
    return quantiles.map((quantile) => {
      const ns = this.#monitor.percentile(quantile * 100);
      return [quantile, Math.max(0, ns / 1e6 - resolutionMs) / 1000];
    });
  }
}
