import { setTimeout as sleep } from "node:timers/promises";
import type { Millis } from "../../domain/time.ts";
import { tradeFromOf } from "../backtest.ts";
import { openFeeds } from "../feeds.ts";
import type { BacktestOptions } from "../options.ts";
import { type Intake, withInstruments } from "./intake.ts";
import { play } from "./play.ts";

/**
 * Files played to a session, `speed` times faster than it was: what `--paper --data FILE` runs on.
 * @throws ValidationError GEO-USAGE, GEO-FILE, GEO-DATA-…
 */
export async function openFiles(options: BacktestOptions, warmup: number, speed: number): Promise<Intake> {
  const feeds = await openFeeds(options, warmup, []);
  const { files } = feeds;
  let time: Millis = Number.NEGATIVE_INFINITY;
  const lengths = files.flatMap(({ timeframe }) => (timeframe === null ? [] : [timeframe.ms]));
  return {
    venue: files[0]!.instruments[0]!.venue,
    instruments: files.flatMap(({ instruments }) => instruments),
    barMs: lengths.length === 0 ? null : Math.min(...lengths),
    ticksArePrices: false,
    tradeFrom: tradeFromOf(options.from, files) ?? Number.NEGATIVE_INFINITY,
    isFinite: true,
    now: () => time,
    async run(session, known, { signal, after, isEnough }) {
      time = Math.max(time, after);
      await play(session, {
        streams: feeds.streams().map((stream) => withInstruments(stream, known)),
        speed,
        wait: async (ms) => {
          await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
        },
        clock: () => performance.now(),
        signal,
        after,
        onTime: (now) => {
          time = now;
        },
        isEnough,
      });
    },
    close: () => Promise.resolve(),
  };
}
