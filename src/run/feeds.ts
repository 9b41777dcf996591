import { ticksToBars } from "../data/bars.ts";
import type { Threads } from "../data/csvThread.ts";
import { DetailedStream, type DetailReport } from "../data/detail.ts";
import { type FeedFile, type FeedOptions, openFeed } from "../data/feedFile.ts";
import { ValidationError } from "../domain/errors.ts";
import type { MarketChunk } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import { parseTimeframe, type Timeframe } from "../domain/time.ts";
import { chosenCosts } from "../execution/costs/chosenCosts.ts";
import { coinDecimals } from "../execution/costs/feeCurrency.ts";
import { type BacktestOptions, settingsOf } from "./options.ts";

/** Bars that rows without bars of their own are shown in when no timeframe is asked for. */
const usualBars = parseTimeframe("1m");

/** The market data of a backtest, opened. */
export interface Feeds {
  readonly files: readonly FeedFile[];
  /** Length of the bars in which trades, or mids, are shown. */
  readonly shownBars: Timeframe;
  readonly detail: Detail | null;
  /** Afresh from the top, in the order of `files`. */
  streams(onProgress?: BacktestOptions["onProgress"]): readonly MarketStream[];
}

/** The finer data that resolves what the bars of the run hide. */
export interface Detail {
  readonly file: FeedFile;
  /** Of the latest reading. */
  readonly report: DetailReport;
}

/** @throws ValidationError GEO-USAGE, GEO-FILE, GEO-DATA-…, GEO-OPTION-VALUE */
export async function openFeeds(
  options: BacktestOptions,
  warmupRows: number,
  threads: Threads,
): Promise<Feeds> {
  if (options.files.length === 0) {
    throw new ValidationError("GEO-USAGE", "backtest: expected at least one data file, found none");
  }
  const { symbol, timeframe, from, to, badRows } = options;
  const { venue, lot, tick, minNotional, multiplier, volumeUnit, stamp, signal } = options;
  const quantityScale = coinScaleOf(options);
  const shared: FeedOptions = {
    symbol,
    instrument: { venue, lot, tick, minNotional, multiplier, volumeUnit, quantityScale },
    stamp,
    badRows,
    signal,
  };
  const files: FeedFile[] = [];
  for (const [index, path] of options.files.entries()) {
    const own = { ...shared, timeframe, from, to, warmupRows };
    files.push(await openFeed(path, own, threads[index]));
  }
  refuseSameSymbol(files);
  if (options.detail === undefined) return new PlainFeeds(files, timeframe ?? usualBars);
  const coarse = barsOfOneSymbol(files);
  // All of it, whatever the period: to each bar belongs what lies within it.
  const finer = await openFeed(options.detail, { ...shared, symbol: coarse.symbols[0], hash: false });
  return new DetailedFeeds(coarse, finer);
}

/** A fee taken out of what is bought leaves quantities finer than a lot. */
function coinScaleOf(options: BacktestOptions): number | undefined {
  return chosenCosts(settingsOf(options)).currency === "base" ? coinDecimals : undefined;
}

class PlainFeeds implements Feeds {
  readonly files: readonly FeedFile[];
  readonly shownBars: Timeframe;
  readonly detail = null;

  constructor(files: readonly FeedFile[], shownBars: Timeframe) {
    this.files = files;
    this.shownBars = shownBars;
  }

  streams(onProgress?: BacktestOptions["onProgress"]): readonly MarketStream[] {
    const watch = watchOver(this.files, onProgress);
    return this.files.map((file) => {
      const rows = watch(file);
      // Trades, quotes and books fill orders; the bars made of them are for strategies that listen to bars.
      return file.kind === "bar" ? rows : ticksToBars(rows, this.shownBars, sourceOf(file));
    });
  }
}

class DetailedFeeds implements Feeds {
  readonly files: readonly FeedFile[];
  readonly shownBars: Timeframe;
  readonly #finer: FeedFile;
  #latest: DetailedStream | null = null;

  constructor(coarse: FeedFile, finer: FeedFile) {
    this.files = [coarse];
    this.shownBars = coarse.timeframe!;
    this.#finer = finer;
  }

  get detail(): Detail {
    return { file: this.#finer, report: this.#latest!.report };
  }

  streams(onProgress?: BacktestOptions["onProgress"]): readonly MarketStream[] {
    const watch = watchOver([...this.files, this.#finer], onProgress);
    this.#latest = new DetailedStream(watch(this.files[0]!), watch(this.#finer));
    return [this.#latest];
  }
}

/** What the bars of a file without bars are made of. */
export function sourceOf({ kind, hasTrades }: FeedFile): "trades" | "mids" {
  return kind === "tick" || hasTrades ? "trades" : "mids";
}

function barsOfOneSymbol(files: readonly FeedFile[]): FeedFile {
  const [first, ...others] = files;
  if (others.length === 0 && first!.kind === "bar" && first!.symbols.length === 1) return first!;
  const found =
    others.length > 0
      ? `${files.length} files`
      : first!.kind === "bar"
        ? `${first!.symbols.length} symbols in ${first!.path}`
        : `no bars in ${first!.path}`;
  throw new ValidationError(
    "GEO-USAGE",
    `--detail: expected one file of bars of one symbol, found ${found}`,
    {
      hint: "Run each symbol by itself (--symbol picks one); trades, quotes and books hide nothing that detail could show.",
    },
  );
}

function refuseSameSymbol(files: readonly FeedFile[]): void {
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

/** Streams that tell how much of all files has been read. */
function watchOver(
  files: readonly FeedFile[],
  onProgress: BacktestOptions["onProgress"],
): (file: FeedFile) => MarketStream {
  if (onProgress === undefined) return (file) => file;
  const expected = files.reduce((sum, file) => sum + file.expectedRows, 0);
  let rows = 0;
  const watched = async function* (file: FeedFile): AsyncGenerator<MarketChunk, void, undefined> {
    for await (const chunk of file.events()) {
      yield chunk;
      rows += chunk.length;
      onProgress(Math.min(1, rows / expected), rows);
    }
  };
  return (file) => ({ events: () => watched(file) });
}
