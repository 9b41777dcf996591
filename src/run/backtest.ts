import { ticksToBars } from "../data/bars.ts";
import { type CsvFile, openCsv } from "../data/csvFile.ts";
import { ValidationError } from "../domain/errors.ts";
import type { MarketStream } from "../domain/ports.ts";
import { type Millis, parseTimeframe, type Timeframe } from "../domain/time.ts";
import { collectCloses } from "./closes.ts";
import { type BacktestOptions, type BacktestOutcome, settingsOf } from "./options.ts";
import { describeRun } from "./outcome.ts";
import { loadPlugin } from "./plugin.ts";
import { SimulationClock, simulate } from "./simulate.ts";

/** Bars that ticks are shown in when no timeframe is asked for. */
const usualTickBars = parseTimeframe("1m");

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
  const files = await openFiles(options, plugin.warmup);
  const tickBars = options.timeframe ?? usualTickBars;
  const streams = (): MarketStream[] => files.map((file) => streamOf(file, tickBars));
  // A vectorised strategy is a function of the whole history: the data is read once more for it.
  const strategy = plugin.form === "vector" ? plugin.withSeries(await collectCloses(streams())) : plugin;
  try {
    const result = await simulate({
      streams: streams().map((stream) => watched(stream, files, options.onProgress)),
      instruments: files.flatMap((file) => file.instruments),
      createStrategy: strategy.create,
      settings,
      clock,
      warmup: strategy.warmup,
      timeframes: strategy.timeframes,
      tradeFrom: tradeFrom(options.from, files),
      details: options.details,
      equityOfEveryBar: options.details === true || options.returns === "bar",
      explain: options.explain,
      signal: options.signal,
      onLog: options.onLog,
    });
    return describeRun({
      options,
      settings,
      result,
      files,
      tickBars,
      strategy,
      durationMs: performance.now() - started,
    });
  } catch (error) {
    throw strategy.blame(error);
  }
}

async function openFiles(options: BacktestOptions, warmupRows: number): Promise<readonly CsvFile[]> {
  if (options.files.length === 0) {
    throw new ValidationError("GEO-USAGE", "backtest: expected at least one data file, found none");
  }
  const { symbol, venue, timeframe, from, to, stamp, badRows, lot, tick, minNotional, volumeUnit, signal } =
    options;
  const instrument = { venue, lot, tick, minNotional, volumeUnit };
  const files: CsvFile[] = [];
  for (const path of options.files) {
    const csv = { symbol, instrument, timeframe, from, to, stamp, badRows, warmupRows, signal };
    files.push(await openCsv(path, csv));
  }
  refuseSameSymbol(files);
  return files;
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
