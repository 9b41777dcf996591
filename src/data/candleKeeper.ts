import type { Candle, MarketApi } from "../connectivity/marketApi.ts";
import type { Millis, Timeframe } from "../domain/time.ts";
import { intervalOf, isoTime } from "../domain/time.ts";
import { candlePages, closeTimeOf, settleMs } from "./candlePages.ts";
import { isPassing, type LiveChange, reasonOf } from "./liveStatus.ts";
import { backoffMs, type Timers } from "./liveTimers.ts";
import { Serial } from "./serial.ts";

export interface CandleKeeperOptions {
  readonly api: MarketApi;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  deliver(candles: readonly Candle[]): void;
  onChange(change: LiveChange): void;
}

/** A stream's candle may open this much after the venue's clock as we know it: clocks differ, by seconds at most. */
const clockSlackMs = 60_000;
/** So often a hole in REST's answers is doubted at a venue that has a candle for every interval. */
const mostDoubts = 3;
const endless = Number.POSITIVE_INFINITY;

/**
 * Turns a stream of candles that come late, twice, unfinished or not at all into all closed candles of the venue, once
 * and in order. What the stream left out comes from REST; a hole is believed only when the venue itself has gone on
 * behind it.
 */
export class CandleKeeper {
  readonly #options: CandleKeeperOptions;
  readonly #serial = new Serial();
  /** Open time from which on nothing has been delivered. */
  #next: Millis | null = null;
  #doubts = 0;

  constructor(options: CandleKeeperOptions) {
    this.#options = options;
  }

  /**
   * History, and the point from which on candles are delivered. Until then those of the stream wait.
   * @param since the last `bars` closed candles, or all that opened at or after a time
   * @param released nothing is delivered before
   */
  start(
    since: { readonly bars: number } | { readonly from: Millis },
    released: Promise<void>,
  ): Promise<readonly Candle[]> {
    const history = this.#serial.run(async () => {
      if ("from" in since) return this.#history(since.from);
      const { api, timeframe } = this.#options;
      const [current] = intervalOf(api.venueTime(), timeframe);
      // One at least: by the venue's own clock the current candle may be another. Venues that leave quiet intervals
      // out are looked at further back.
      const most = Math.max(1, since.bars) * (api.traits.everyCandle ? 1 : 64);
      for (let bars = Math.max(1, since.bars); ; bars *= 4) {
        const history = await this.#history(current - bars * timeframe.ms);
        if (history.length < since.bars && bars < most) continue;
        return history.slice(history.length - Math.min(since.bars, history.length));
      }
    });
    void this.#serial.run(() => released);
    return history;
  }

  async #history(from: Millis): Promise<readonly Candle[]> {
    const { api, symbol, timeframe } = this.#options;
    const history: Candle[] = [];
    let next = from;
    for await (const { closed, seen } of candlePages(api, { symbol, timeframe, from, to: endless })) {
      for (const candle of closed) history.push(candle);
      next = closed.length > 0 ? this.#endOf(closed.at(-1)!) : Math.max(next, seen ?? from);
    }
    this.#next = next;
    return history;
  }

  take(candle: Candle): Promise<void> {
    return this.#serial.run(async () => {
      const { api, timeframe } = this.#options;
      if (this.#next === null || candle.openTime < this.#next) return;
      if (candle.openTime > api.venueTime() + timeframe.ms + clockSlackMs) {
        const reason = `a candle of ${isoTime(candle.openTime)}, which has not begun`;
        this.#options.onChange({ kind: "ignored", reason });
        return;
      }
      if (candle.openTime > this.#next) await this.#fillUpTo(candle.openTime);
      if (candle.closed && candle.openTime === this.#next) this.#deliver([candle]);
    });
  }

  /** Asks for what has closed in the meantime. */
  catchUp(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#next !== null) await this.#ask(endless);
    });
  }

  /**
   * Asks for each candle that the stream has not brought when it should have, until the signal aborts.
   * @throws what no new attempt can mend
   */
  async keepPace(): Promise<void> {
    const { api, timers, timeframe, signal, onChange } = this.#options;
    while (!signal.aborted) {
      const due = this.#next === null ? null : closeTimeOf(this.#next, timeframe) + settleMs;
      const wait = due === null ? settleMs : due - api.venueTime();
      if (wait > 0) {
        await timers.sleep(wait, signal);
        continue;
      }
      const before = this.#next;
      await this.catchUp().catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        onChange({ kind: "retrying", reason: reasonOf(error) });
      });
      // A venue that leaves out intervals without trades has nothing yet: not more than once an interval, then.
      if (this.#next === before)
        await timers.sleep(Math.max(settleMs, Math.min(timeframe.ms, 60_000)), signal);
    }
  }

  /** Until everything before `openTime` is delivered, or the venue has shown that there is no more. */
  async #fillUpTo(openTime: Millis): Promise<void> {
    const { api, timers, signal, onChange } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const seen = await this.#ask(openTime);
        const sparse = !api.traits.everyCandle && api.venueTime() >= openTime + settleMs;
        if (this.#next! >= openTime || seen >= openTime || sparse) {
          this.#next = Math.max(this.#next!, openTime);
          return;
        }
        onChange({ kind: "retrying", reason: `REST has no candle of ${isoTime(this.#next!)} yet` });
      } catch (error) {
        if (!isPassing(error)) throw error;
        onChange({ kind: "retrying", reason: reasonOf(error) });
      }
      await timers.sleep(backoffMs(attempt, timers), signal);
    }
  }

  /** Delivers what REST has before `to`. @returns open time of the last candle that it showed, as far as believed */
  async #ask(to: Millis): Promise<Millis> {
    const { api, symbol, timeframe, onChange } = this.#options;
    let rows = 0;
    let last = Number.NEGATIVE_INFINITY;
    for await (const { closed, seen } of candlePages(api, { symbol, timeframe, from: this.#next!, to })) {
      const believed = this.#believed(closed);
      this.#deliver(believed);
      rows += believed.length;
      if (believed.length < closed.length) {
        last = Number.NEGATIVE_INFINITY;
        break;
      }
      last = seen ?? last;
    }
    if (rows > 0) onChange({ kind: "filled", rows });
    return last;
  }

  /** All, or those before a hole that should not be there and may be gone when asked again. */
  #believed(closed: readonly Candle[]): readonly Candle[] {
    const opens = [this.#next!, ...closed.map((candle) => this.#endOf(candle))];
    const hole = closed.findIndex((candle, i) => candle.openTime !== opens[i]);
    if (hole < 0 || !this.#options.api.traits.everyCandle || this.#doubts >= mostDoubts) {
      this.#doubts = 0;
      return closed;
    }
    this.#doubts++;
    return closed.slice(0, hole);
  }

  #deliver(candles: readonly Candle[]): void {
    if (candles.length === 0 || this.#options.signal.aborted) return;
    this.#next = this.#endOf(candles.at(-1)!);
    this.#options.deliver(candles);
  }

  #endOf(candle: Candle): Millis {
    return closeTimeOf(candle.openTime, this.#options.timeframe);
  }
}
