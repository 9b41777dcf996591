import { ticksToBars } from "../data/bars.ts";
import { type CsvFile, openCsv } from "../data/csvFile.ts";
import { type CsvThread, startThreads } from "../data/csvThread.ts";
import { ValidationError } from "../domain/errors.ts";
import type { MarketStream } from "../domain/ports.ts";
import { type Millis, parseTimeframe, type Timeframe } from "../domain/time.ts";
import { chosenCosts } from "../execution/costs/chosenCosts.ts";
import { coinDecimals } from "../execution/costs/feeCurrency.ts";
import { collectCloses } from "./closes.ts";
import { loadEnsemble, seatsOf } from "./ensemble.ts";
import { type BacktestOptions, type BacktestOutcome, settingsOf } from "./options.ts";
import { describeRun } from "./outcome.ts";
import type { Plugged } from "./plugin.ts";
import { simulate } from "./simulate.ts";

/** Bars that ticks are shown in when no timeframe is asked for. */
const usualTickBars = parseTimeframe("1m");

/** Of each file; null where it is read without one. */
type Threads = readonly (CsvThread | null)[];

/**
 * A backtest from files to the document that reports it.
 * @param threads those that `startThreads` gave for the files, when it was called earlier; they are closed at the end
 * @throws GeoSyncError: what the files, the strategy or the options have wrong (exit codes 2 and 4); the signal's
 * reason when it was aborted.
 */
export async function backtest(
  options: BacktestOptions,
  threads: Threads = startThreads(options.files),
): Promise<BacktestOutcome> {
  try {
    return await backtestWith(options, threads);
  } finally {
    await Promise.all(threads.map((thread) => thread?.close()));
  }
}

async function backtestWith(options: BacktestOptions, threads: Threads): Promise<BacktestOutcome> {
  const started = performance.now();
  const settings = settingsOf(options);
  const ensemble = await loadEnsemble(options, settings.seed);
  const warmupRows = Math.max(...ensemble.strategies.map(({ warmup }) => warmup));
  const files = await openFiles(options, warmupRows, threads);
  const tickBars = options.timeframe ?? usualTickBars;
  const streams = (): MarketStream[] => files.map((file) => streamOf(file, tickBars));
  // A vectorised strategy is a function of the whole history: the data is read once more for it.
  const strategies: Plugged[] = [];
  for (const plugin of ensemble.strategies) {
    const needsSeries = plugin.form === "vector";
    strategies.push(needsSeries ? plugin.withSeries(await collectCloses(streams())) : plugin);
  }
  const [first, ...others] = seatsOf({ ...ensemble, strategies });
  try {
    const result = await simulate({
      streams: streams().map((stream) => watched(stream, files, options.onProgress)),
      instruments: files.flatMap((file) => file.instruments),
      createStrategy: first!.create,
      settings,
      clock: ensemble.clock,
      warmup: first!.warmup,
      share: first!.share ?? undefined,
      others,
      timeframes: [...new Set(strategies.flatMap(({ timeframes }) => timeframes))],
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
      files,
      tickBars,
      strategies,
      durationMs: performance.now() - started,
    });
  } catch (error) {
    throw strategies.reduce((blamed, { blame }) => blame(blamed), error);
  }
}

async function openFiles(
  options: BacktestOptions,
  warmupRows: number,
  threads: Threads,
): Promise<readonly CsvFile[]> {
  if (options.files.length === 0) {
    throw new ValidationError("GEO-USAGE", "backtest: expected at least one data file, found none");
  }
  const {
    symbol,
    venue,
    timeframe,
    from,
    to,
    stamp,
    badRows,
    lot,
    tick,
    minNotional,
    multiplier,
    volumeUnit,
    signal,
  } = options;
  const instrument = {
    venue,
    lot,
    tick,
    minNotional,
    multiplier,
    volumeUnit,
    quantityScale: coinScaleOf(options),
  };
  const files: CsvFile[] = [];
  for (const [index, path] of options.files.entries()) {
    const csv = { symbol, instrument, timeframe, from, to, stamp, badRows, warmupRows, signal };
    files.push(await openCsv(path, csv, threads[index]));
  }
  refuseSameSymbol(files);
  return files;
}

/** A fee taken out of what is bought leaves quantities finer than a lot. */
function coinScaleOf(options: BacktestOptions): number | undefined {
  return chosenCosts(settingsOf(options)).currency === "base" ? coinDecimals : undefined;
}

/**
 * A bar of the warm-up may close at `from` itself, where a print already counts: for data that is known at its own
 * stamp, the range begins a hair earlier.
 */
function tradeFrom(from: Millis | undefined, files: readonly CsvFile[]): Millis | undefined {
  const known = files.every(({ kind, priceOnly }) => kind === "tick" || priceOnly);
  return from !== undefined && known ? from - 0.001 : from;
}

function refuseSameSymbol(files: readonly CsvFile[]): void {
  const owners = new Map<string, string>();
  for (const file of files) {
    for (const symbol of file.symbols) {
      const other = owners.get(symbol);
      owners.set(symbol, file.path);
      if (other === undefined) continue;
      throw new ValidationError(
        "GEO-DATA-SYMBOL",
        `${other} and ${file.path} both hold ${symbol}: expected one file a symbol`,
        {
          hint: "The symbol is the file's name up to the first _ or . unless a column names it: rename a file, or join the two.",
        },
      );
    }
  }
}

/** Ticks fill orders; the bars made of them are for strategies that listen to bars. */
function streamOf(file: CsvFile, timeframe: Timeframe): MarketStream {
  return file.kind === "tick" ? ticksToBars(file, timeframe) : file;
}

function watched(
  stream: MarketStream,
  files: readonly CsvFile[],
  onProgress: BacktestOptions["onProgress"],
): MarketStream {
  if (onProgress === undefined) return stream;
  const expected = files.reduce((sum, file) => sum + file.expectedRows, 0);
  let rows = 0;
  return {
    async *events() {
      for await (const chunk of stream.events()) {
        yield chunk;
        if (chunk.kind === "tick" || !chunk.derived) rows += chunk.length;
        onProgress(Math.min(1, rows / expected), rows);
      }
    },
  };
}
