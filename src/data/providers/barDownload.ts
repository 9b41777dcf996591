import { ConnectionError, InsufficientDataError, ValidationError } from "../../domain/errors.ts";
import type { BarQuestion, DataProvider, ProvidedBar } from "../../domain/ports.ts";
import { isoTime, type Millis, type Timeframe } from "../../domain/time.ts";
import { closeTimeOf } from "../candlePages.ts";
import { FileLock } from "../fileLock.ts";
import { PartialFile, type PartialQuestion } from "./partialFile.ts";

export interface BarDownloadOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Whether the provider was asked for adjusted prices. */
  readonly adjusted: boolean;
  /** First open time wanted; needed for a new file. */
  readonly from: Millis | undefined;
  /** Open times from here on are not wanted. @default now */
  readonly to: Millis | undefined;
  readonly path: string;
  readonly signal: AbortSignal;
  /** @param share of the period, 0 to 1 */
  readonly onProgress?: (share: number, added: number) => void;
}

export interface BarDownloadReport {
  /** Goes on with a download that was stopped. */
  readonly resumed: boolean;
  readonly added: number;
  /** Open times of the first and the last row of the file. */
  readonly first: Millis;
  readonly last: Millis;
}

/**
 * Finished bars of a provider into a CSV file, a page at a time. Stopped in whatever way, the next call goes on at the
 * last row that was written; the file itself changes at the end, at once.
 * @throws ValidationError GEO-DATA-VALUE when the rows that are there are not what was asked for;
 * GEO-OUTPUT when another download into the file is under way; InsufficientDataError when there is no bar in the period;
 * ConnectionError as the provider
 */
export async function downloadBars(
  provider: DataProvider,
  options: BarDownloadOptions,
): Promise<BarDownloadReport> {
  const lock = new FileLock(options.path);
  try {
    return await download(provider, options);
  } finally {
    lock.release();
  }
}

async function download(provider: DataProvider, options: BarDownloadOptions): Promise<BarDownloadReport> {
  const left = PartialFile.left(options.path);
  const file = left ?? PartialFile.begin(options.path, questionOf(provider, options));
  try {
    if (left === null) await checkBeginning(file, provider, options);
    else checkSame(left, provider, options);
    const report = await append(file, provider, options);
    file.finish();
    return report;
  } finally {
    file.leave();
  }
}

async function append(
  file: PartialFile,
  provider: DataProvider,
  options: BarDownloadOptions,
): Promise<BarDownloadReport> {
  const { symbol, timeframe, to = Date.now(), onProgress } = options;
  const known = file.last;
  const from = known?.openTime ?? file.question.from!;
  let first = file.first?.openTime;
  let last = known?.openTime;
  let isChecked = known === null;
  for await (const page of pagesOf(provider, { ...options, from, to })) {
    if (page.length === 0) continue;
    // The row that is there is asked for once more, to be compared.
    if (!isChecked) checkLast(file, page[0]);
    file.append(isChecked ? page : page.slice(1));
    isChecked = true;
    first ??= page[0]!.openTime;
    last = page.at(-1)!.openTime;
    onProgress?.(Math.min(1, (closeTimeOf(last, timeframe) - from) / (to - from)), file.added);
  }
  if (!isChecked && to > from) checkLast(file, undefined);
  if (first !== undefined && last !== undefined)
    return { resumed: file.resumed, added: file.added, first, last };
  throw new InsufficientDataError(
    `${symbol} ${timeframe.label}: expected finished bars between ${isoTime(from)} and ${isoTime(to)}, found none at ${provider.name}`,
    { hint: "Ask for another period." },
  );
}

/** Pages as the port promises them, or an error: a file is not to hold a bar twice, or one that is still forming. */
async function* pagesOf(
  provider: DataProvider,
  { symbol, timeframe, from, to, signal }: BarQuestion,
): AsyncGenerator<readonly ProvidedBar[], void, undefined> {
  if (to <= from) return;
  let next = from;
  for await (const page of provider.bars({ symbol, timeframe, from, to, signal })) {
    signal.throwIfAborted();
    for (const { openTime } of page) {
      const end = closeTimeOf(openTime, timeframe);
      if (openTime < next || openTime >= to || end > Date.now()) {
        throw new ConnectionError(
          `${provider.name}: expected finished bars from ${isoTime(next)} to ${isoTime(to)} in order, found one of ${isoTime(openTime)}`,
          { code: "GEO-VENUE-ANSWER", hint: "The provider breaks its contract; see docs/providers.md." },
        );
      }
      next = openTime + 1;
    }
    yield page;
  }
}

function questionOf(
  { name }: DataProvider,
  { symbol, timeframe, adjusted, from }: BarDownloadOptions,
): PartialQuestion {
  return { provider: name, symbol, timeframe: timeframe.label, adjusted, from: from ?? null };
}

/**
 * A file that begins after `from` would keep a hole that nothing ever fills, unless the provider begins there, too; and
 * a new one must begin somewhere.
 */
async function checkBeginning(
  { first }: PartialFile,
  provider: DataProvider,
  { symbol, timeframe, from, signal }: BarDownloadOptions,
): Promise<void> {
  if (from === undefined) {
    if (first !== null) return;
    throw new ValidationError("GEO-USAGE", "--from: expected the time to begin at, found none", {
      hint: "For example --from 2024-01-01. A file that is there goes on where it ends.",
    });
  }
  if (first === null || first.openTime <= from) return;
  for await (const page of pagesOf(provider, { symbol, timeframe, from, to: first.openTime, signal })) {
    if (page.length === 0) continue;
    throw new ValidationError(
      "GEO-DATA-VALUE",
      `--out: expected a file that begins at ${isoTime(from)} or before, found one from ${isoTime(first.openTime)}`,
      { hint: "Rows are added at the end only: name another file with --out, or begin where this one does." },
    );
  }
}

/** What was stopped goes on for the same question alone. */
function checkSame({ question }: PartialFile, provider: DataProvider, options: BarDownloadOptions): void {
  const asked = questionOf(provider, options);
  const other = (Object.keys(asked) as (keyof PartialQuestion)[]).find(
    (key) => asked[key] !== question[key] && (key !== "from" || options.from !== undefined),
  );
  if (other === undefined) return;
  const shown = ({ [other]: value }: PartialQuestion): string =>
    other === "from" && value !== null ? isoTime(Number(value)) : String(value);
  throw new ValidationError(
    "GEO-DATA-VALUE",
    `${options.path}.partial: expected a download that was stopped with ${other} ${shown(asked)}, found one with ${shown(question)}`,
    { hint: "Finish that one first, remove it, or name another file with --out." },
  );
}

function checkLast(file: PartialFile, found: ProvidedBar | undefined): void {
  const last = file.last!.text;
  const row = found === undefined ? "none" : file.rowOf(found);
  if (row === last) return;
  throw new ValidationError(
    "GEO-DATA-VALUE",
    `${file.question.symbol}: expected the last row that is there to be the provider's, "${row}", found "${last}"`,
    { hint: "It is of another source, or was adjusted since: begin anew, with another file for --out." },
  );
}
