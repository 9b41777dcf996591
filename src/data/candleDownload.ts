import type { MarketApi } from "../connectivity/marketApi.ts";
import { InsufficientDataError, ValidationError } from "../domain/errors.ts";
import { isoTime, type Millis, type Timeframe } from "../domain/time.ts";
import { CandleFile, type CandleRow } from "./candleFile.ts";
import { candlePages, closeTimeOf } from "./candlePages.ts";
import { FileLock } from "./fileLock.ts";

export interface DownloadOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First open time wanted; needed for a new file. */
  readonly from: Millis | undefined;
  /** Open times from here on are not wanted. @default now */
  readonly to: Millis | undefined;
  readonly path: string;
  /** @param share of the period, 0 to 1 */
  readonly onProgress?: (share: number, added: number) => void;
}

export interface DownloadReport {
  /** Rows that were there, and those that came to them. */
  readonly before: boolean;
  readonly added: number;
  /** Open times of the first and the last row of the file. */
  readonly first: Millis;
  readonly last: Millis;
  /** Intervals among the added rows for which the venue has no candle. */
  readonly missing: number;
}

/**
 * Closed candles of a period into a CSV file, a page at a time. A file that is there is gone on with, once its first
 * row reaches back far enough and its last one is the venue's, too.
 * @throws ValidationError GEO-DATA-… when the file is not what was asked for, GEO-OUTPUT when another download into it
 * is under way; InsufficientDataError when the venue has no candle in the period; ConnectionError as a session's calls
 */
export async function downloadCandles(api: MarketApi, options: DownloadOptions): Promise<DownloadReport> {
  const lock = new FileLock(options.path);
  try {
    return await download(api, options);
  } finally {
    lock.release();
  }
}

async function download(api: MarketApi, options: DownloadOptions): Promise<DownloadReport> {
  const { symbol, timeframe, from, path } = options;
  const file = new CandleFile(path, symbol);
  try {
    const last = file.last;
    if (last !== null) {
      await checkFirst(api, options, file.first!);
      await checkLast(api, options, file, last);
    } else if (from === undefined) {
      throw new ValidationError("GEO-USAGE", "--from: expected the time to begin at, found none", {
        hint: "For example --from 2024-01-01. A file that is there goes on where it ends.",
      });
    }
    return await append(api, options, file, last === null ? from! : closeTimeOf(last.openTime, timeframe));
  } finally {
    file.close();
  }
}

async function append(
  api: MarketApi,
  { symbol, timeframe, to = api.venueTime(), onProgress }: DownloadOptions,
  file: CandleFile,
  from: Millis,
): Promise<DownloadReport> {
  let added = 0;
  let missing = 0;
  let first = file.first?.openTime;
  let last = file.last?.openTime;
  for await (const { closed } of candlePages(api, { symbol, timeframe, from, to })) {
    file.append(closed);
    for (const { openTime } of closed) {
      if (last !== undefined) missing += Math.round((openTime - closeTimeOf(last, timeframe)) / timeframe.ms);
      first ??= openTime;
      last = openTime;
    }
    added += closed.length;
    if (last !== undefined) onProgress?.(Math.min(1, (last - from) / Math.max(1, to - from)), added);
  }
  if (first === undefined || last === undefined) {
    throw new InsufficientDataError(
      `${symbol} ${timeframe.label}: expected closed candles between ${isoTime(from)} and ${isoTime(to)}, found none at ${api.venue}`,
      { hint: "Ask for another period." },
    );
  }
  return { before: file.last !== null, added, first, last, missing };
}

/** A file that begins after `from` would keep a hole that nothing ever fills, unless the venue begins there, too. */
async function checkFirst(
  api: MarketApi,
  { symbol, timeframe, from }: DownloadOptions,
  first: CandleRow,
): Promise<void> {
  if (from === undefined || first.openTime <= from) return;
  const [earliest] = await api.candles(symbol, timeframe, from, 1);
  if (earliest === undefined || earliest.openTime >= first.openTime) return;
  throw new ValidationError(
    "GEO-DATA-VALUE",
    `--out: expected a file that begins at ${isoTime(from)} or before, found one from ${isoTime(first.openTime)}`,
    { hint: "Rows are added at the end only: name another file with --out, or begin where this one does." },
  );
}

async function checkLast(
  api: MarketApi,
  { symbol, timeframe }: DownloadOptions,
  file: CandleFile,
  last: CandleRow,
): Promise<void> {
  const page = await api.candles(symbol, timeframe, last.openTime, 2);
  const same = page.find(({ openTime }) => openTime === last.openTime);
  const found = same === undefined ? "none" : file.rowOf(same);
  if (found === last.text) return;
  throw new ValidationError(
    "GEO-DATA-VALUE",
    `${file.path}: expected its last row to be the venue's, "${found}", found "${last.text}"`,
    { hint: "It is of another venue or timeframe, or was changed: name another file with --out." },
  );
}
