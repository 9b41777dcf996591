import { setImmediate as nextTurn } from "node:timers/promises";
import { InstantFeed } from "../../data/merge.ts";
import type { Instant } from "../../domain/market.ts";
import type { MarketStream } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";
import type { Session } from "./session.ts";

export interface PlayOptions {
  readonly streams: readonly MarketStream[];
  /** So many times faster than it was; Infinity: as fast as it goes. */
  readonly speed: number;
  /** Resolves after so many real milliseconds, or rejects with the signal's reason. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Real time, ms. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Rows up to then are skipped: the session has had them. */
  readonly after: Millis;
  /** Told the time of the data. */
  readonly onTime: (time: Millis) => void;
  /** Asked after each instant: is it enough? */
  readonly isEnough: () => boolean;
}

/** At full speed, the process must still hear signals and commands. */
const mostInARow = 2048;

/** Plays recorded data to a session, each instant when it is due. @throws what the data throws; the signal's reason */
export async function play(session: Session, options: PlayOptions): Promise<void> {
  const { speed, wait, clock, signal, after, onTime, isEnough } = options;
  const feed = new InstantFeed(options.streams);
  const instant: Instant = { time: 0, count: 0, events: [] };
  let begun: { real: number; data: Millis } | null = null;
  let row = 0;
  try {
    while (await feed.fill()) {
      while (feed.next(instant)) {
        if (instant.time <= after) continue;
        begun ??= { real: clock(), data: instant.time };
        const due = begun.real + (instant.time - begun.data) / speed;
        const early = due - clock();
        if (early > 0) await wait(early, signal);
        else if (++row % mostInARow === 0) await nextTurn();
        signal.throwIfAborted();
        onTime(instant.time);
        session.market(instant.time, instant.events.slice(0, instant.count).map(copyOf));
        if (isEnough()) return;
      }
    }
  } finally {
    await feed.close();
  }
}

/** The feed uses its events again. */
function copyOf<T extends object>(event: T): T {
  return { ...event };
}
