import { startThreads, type Threads } from "../data/csvThread.ts";
import type { FeedFile } from "../data/feedFile.ts";
import { sha256Of } from "../data/fileBytes.ts";
import type { Millis } from "../domain/time.ts";
import { collectCloses } from "./closes.ts";
import { loadEnsemble, seatsOf } from "./ensemble.ts";
import { openFeeds } from "./feeds.ts";
import { openFunding } from "./funding.ts";
import { type BacktestOptions, type BacktestOutcome, settingsOf } from "./options.ts";
import { describeRun } from "./outcome.ts";
import type { Plugged } from "./plugin.ts";
import { type SimulationOptions, simulate } from "./simulate.ts";

/** For callers within the house: strategies that are no files, and a look at decisions as they are made. */
export interface BacktestParts {
  readonly load?: typeof loadEnsemble | undefined;
  readonly onDecision?: SimulationOptions["onDecision"];
  /** Throws when a vectorised strategy would be given too many rows. */
  readonly checkRows?: ((rows: number) => void) | undefined;
}

/**
 * A backtest from files to the document that reports it.
 * @param threads those that `startThreads` gave for the files, when it was called earlier; they are closed at the end
 * @throws GeoSyncError: what the files, the strategy or the options have wrong (exit codes 2 and 4); the signal's
 * reason when it was aborted.
 */
export async function backtest(
  options: BacktestOptions,
  threads: Threads = startThreads(options.files),
  parts: BacktestParts = {},
): Promise<BacktestOutcome> {
  try {
    return await backtestWith(options, threads, parts);
  } finally {
    await Promise.all(threads.map((thread) => thread?.close()));
  }
}

async function backtestWith(
  options: BacktestOptions,
  threads: Threads,
  { load = loadEnsemble, onDecision, checkRows }: BacktestParts,
): Promise<BacktestOutcome> {
  const started = performance.now();
  const settings = settingsOf(options);
  const ensemble = await load(options, settings.seed);
  const warmupRows = Math.max(...ensemble.strategies.map(({ warmup }) => warmup));
  const feeds = await openFeeds(options, warmupRows, threads);
  const { files } = feeds;
  // A vectorised strategy is a function of the whole history: the data is read once more for it.
  const strategies: Plugged[] = [];
  for (const plugin of ensemble.strategies) {
    const needsSeries = plugin.form === "vector";
    strategies.push(
      needsSeries ? plugin.withSeries(await collectCloses(feeds.streams(), checkRows)) : plugin,
    );
  }
  const [first, ...others] = seatsOf({ ...ensemble, strategies });
  try {
    const result = await simulate({
      streams: feeds.streams(options.onProgress),
      instruments: files.flatMap((file) => file.instruments),
      createStrategy: first!.create,
      settings,
      clock: ensemble.clock,
      warmup: first!.warmup,
      share: first!.share ?? undefined,
      others,
      timeframes: [...new Set(strategies.flatMap(({ timeframes }) => timeframes))],
      funding: await openFunding(
        options.funding,
        files.flatMap((file) => file.instruments),
      ),
      tradeFrom: tradeFromOf(options.from, files),
      details: options.details,
      equityOfEveryBar: options.details === true || options.returns === "bar",
      explain: options.explain,
      signal: options.signal,
      onDecision,
      onLog: options.onLog,
    });
    return describeRun({
      options,
      settings,
      result,
      feeds,
      detailSha256: options.detail === undefined ? null : await sha256Of(options.detail),
      strategies,
      durationMs: performance.now() - started,
    });
  } catch (error) {
    throw strategies.reduce((blamed, { blame }) => blame(blamed), error);
  }
}

/**
 * A bar of the warm-up may close at `from` itself, where a print already counts: for data that is known at its own
 * stamp, the range begins a hair earlier.
 */
export function tradeFromOf(from: Millis | undefined, files: readonly FeedFile[]): Millis | undefined {
  const known = files.every(({ kind, priceOnly }) => kind !== "bar" || priceOnly);
  return from !== undefined && known ? from - 0.001 : from;
}
