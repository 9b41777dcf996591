import {
  closeSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { GeoSyncError } from "../domain/errors.ts";
import { csvLines } from "./csv.ts";
import type { BacktestDocument, FillRecord, RunDetails, TradeRecord } from "./document.ts";
import { jsonLines } from "./json.ts";
import { renderBacktest } from "./table.ts";

/** Fails now, not after a long run. @throws GeoSyncError GEO-OUTPUT */
export function checkTradesFile(path: string): void {
  const parent = dirname(resolve(path));
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new GeoSyncError("GEO-OUTPUT", `--trades: expected the folder ${parent} to be there, found none`, {
      hint: `Make it first: mkdir -p "${dirname(path)}".`,
    });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new GeoSyncError("GEO-OUTPUT", `--trades: expected the name of a file, found the folder ${path}`, {
      hint: `Name a file in it: ${join(path, "trades.json")}.`,
    });
  }
}

/** Makes the folder when it is not there. @throws GeoSyncError GEO-OUTPUT */
export function prepareOutFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new GeoSyncError("GEO-OUTPUT", `--out: expected a folder that can be made, found ${path}`, {
      hint: `${(cause as Error).message}.`,
      cause,
    });
  }
}

/** `--trades`: the bare array. */
export function writeTrades(path: string, trades: readonly TradeRecord[]): void {
  writeAtomically(path, jsonLines(trades));
}

/** `--out`: everything that is known of a run, a file each. @throws GeoSyncError GEO-OUTPUT */
export function writeFolder(folder: string, document: BacktestDocument, details: RunDetails): void {
  const write = (name: string, lines: Iterable<string>) => writeAtomically(join(folder, name), lines);
  write("report.json", jsonLines(document));
  write("report.txt", [renderBacktest(document, { color: false })]);
  write("trades.json", jsonLines(document.trades));
  write("trades.csv", csvLines(tradeColumns, document.trades));
  write("fills.csv", csvLines(fillColumns, details.fills));
  write("equity.csv", csvLines(["time", "equity"], pointsOf(details)));
  write("decisions.jsonl", linesOf(details.decisions));
}

const tradeColumns = [
  "symbol",
  "side",
  "quantity",
  "entryTime",
  "entryPrice",
  "entryBar",
  "exitTime",
  "exitPrice",
  "exitBar",
  "fees",
  "pnl",
  "return",
  "bars",
  "entryTag",
  "exitTag",
  "strategy",
] as const satisfies readonly (keyof TradeRecord)[];

const fillColumns = [
  "orderId",
  "symbol",
  "side",
  "time",
  "bar",
  "price",
  "quantity",
  "fee",
  "feeCurrency",
  "maker",
  "clipped",
  "tag",
] as const satisfies readonly (keyof FillRecord)[];

function* pointsOf({ equity }: RunDetails): Generator<{ readonly time: string; readonly equity: string }> {
  for (const [time, value] of equity) yield { time, equity: value };
}

function* linesOf(texts: readonly string[]): Generator<string> {
  for (const text of texts) yield `${text}\n`;
}

/** A reader sees the old file or the new one, never half of one. */
function writeAtomically(path: string, lines: Iterable<string>): void {
  try {
    const kind = statSync(path, { throwIfNoEntry: false });
    // A device or pipe is written to; renaming a file over it would replace it.
    if (kind !== undefined && !kind.isFile()) writeLines(path, lines);
    // What a link points at is replaced, not the link.
    else replaceFile(kind === undefined ? path : realpathSync(path), lines);
  } catch (cause) {
    if (cause instanceof GeoSyncError) throw cause;
    throw new GeoSyncError(
      "GEO-OUTPUT",
      `${path}: expected a file that can be written: ${(cause as Error).message}`,
      {
        hint: "Choose a folder that is there and that you may write to.",
        cause,
      },
    );
  }
}

function replaceFile(path: string, lines: Iterable<string>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeLines(temporary, lines);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

const chunkLength = 1 << 16;

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    let chunk = "";
    for (const line of lines) {
      chunk += line;
      if (chunk.length < chunkLength) continue;
      writeAll(file, chunk);
      chunk = "";
    }
    writeAll(file, chunk);
  } finally {
    closeSync(file);
  }
}

/** A pipe or a full disk may take a part. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
