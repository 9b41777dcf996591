import type { FeedFile } from "../data/feedFile.ts";
import { sha256Of } from "../data/fileBytes.ts";
import type { Millis } from "../domain/time.ts";
import { collectCloses } from "./closes.ts";
import { openFeeds } from "./feeds.ts";
import { type BacktestOptions, type BacktestOutcome, settingsOf } from "./options.ts";
import { describeRun } from "./outcome.ts";
import { loadPlugin } from "./plugin.ts";
import { SimulationClock, simulate } from "./simulate.ts";

/**
 * A backtest from files to the document that reports it.
 * @throws GeoSyncError: what the files, the strategy or the options have wrong (exit codes 2 and 4); the signal's
 * reason when it was aborted.
 */
export async function backtest(options: BacktestOptions): Promise<BacktestOutcome> {
  const started = performance.now();
  const settings = settingsOf(options);
  const clock = new SimulationClock(settings.seed);
  const plugin = await loadPlugin(options, clock);
  const feeds = await openFeeds(options, plugin.warmup);
  const { files } = feeds;
  // A vectorised strategy is a function of the whole history: the data is read once more for it.
  const strategy =
    plugin.form === "vector" ? plugin.withSeries(await collectCloses(feeds.streams())) : plugin;
  try {
    const result = await simulate({
      streams: feeds.streams(options.onProgress),
      instruments: files.flatMap((file) => file.instruments),
      createStrategy: strategy.create,
      settings,
      clock,
      warmup: strategy.warmup,
      timeframes: strategy.timeframes,
      tradeFrom: tradeFrom(options.from, files),
      details: options.details,
      equityOfEveryBar: options.details === true || options.returns === "bar",
      signal: options.signal,
      onLog: options.onLog,
    });
    return describeRun({
      options,
      settings,
      result,
      feeds,
      detailSha256: options.detail === undefined ? null : await sha256Of(options.detail),
      strategy,
      durationMs: performance.now() - started,
    });
  } catch (error) {
    throw strategy.blame(error);
  }
}

/**
 * A bar of the warm-up may close at `from` itself, where a print already counts: for data that is known at its own
 * stamp, the range begins a hair earlier.
 */
function tradeFrom(from: Millis | undefined, files: readonly FeedFile[]): Millis | undefined {
  const known = files.every(({ kind, priceOnly }) => kind !== "bar" || priceOnly);
  return from !== undefined && known ? from - 0.001 : from;
}
