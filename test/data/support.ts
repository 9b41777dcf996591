import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { type FixedColumn, fixedAt } from "../../src/domain/columns.ts";
import { GeoSyncError } from "../../src/domain/errors.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import type { BookChunk, MarketChunk } from "../../src/domain/market.ts";

const shared = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** Whether the collection of real market data lies beside the project. */
export const hasShared = existsSync(shared);
export const sharedFile = (name: string) => join(shared, name);

/** A function that writes a file into a folder of its own, which is removed after the tests. */
export function temporaryFiles(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), "geosync-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

export async function collect<C extends MarketChunk>(chunks: AsyncIterable<C>): Promise<C[]> {
  const all: C[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** Exact decimal texts of a column. */
function texts(column: FixedColumn, length = column.mantissas.length): string[] {
  return Array.from({ length }, (_, row) => formatFixed(fixedAt(column, row)));
}

/** Each row as one line of exact text, whatever the borders of chunks and scales of columns. */
export function rowsOf(chunks: readonly MarketChunk[]): string[] {
  return chunks.flatMap((chunk) => {
    const cells = chunk.kind === "book" ? bookCells(chunk) : columnCells(chunk);
    return Array.from({ length: chunk.length }, (_, row) => {
      const symbol = chunk.instruments[chunk.instrumentOf?.[row] ?? 0]!.symbol;
      const opened = chunk.kind === "bar" ? [chunk.openTimes[row]] : [];
      const print = chunk.kind === "tick" ? [chunk.sides?.[row], chunk.ids?.[row]] : [];
      return [symbol, chunk.times[row], ...opened, ...print, ...cells(row)].join(" ");
    });
  });
}

function columnCells(chunk: Exclude<MarketChunk, BookChunk>): (row: number) => readonly unknown[] {
  const columns =
    chunk.kind === "bar"
      ? [chunk.open, chunk.high, chunk.low, chunk.close, chunk.volume]
      : chunk.kind === "tick"
        ? [chunk.price, chunk.volume]
        : [chunk.bid, chunk.bidSize, chunk.ask, chunk.askSize];
  const cells = columns.map((column) => (column === null ? [] : texts(column, chunk.length)));
  return (row) => cells.map((column) => column[row] ?? "?");
}

/** "bids 10x1 9x2 asks 11x1". */
function bookCells(chunk: BookChunk): (row: number) => readonly string[] {
  const side = (prices: FixedColumn, sizes: FixedColumn, levels: Uint16Array) => (row: number) =>
    Array.from({ length: levels[row]! }, (_, level) => {
      const cell = row * chunk.depth + level;
      return `${formatFixed(fixedAt(prices, cell))}x${formatFixed(fixedAt(sizes, cell))}`;
    });
  const bids = side(chunk.bidPrices, chunk.bidSizes, chunk.bidLevels);
  const asks = side(chunk.askPrices, chunk.askSizes, chunk.askLevels);
  return (row) => ["bids", ...bids(row), "asks", ...asks(row)];
}

/** The error that `read` fails with. */
export async function failure(read: Promise<unknown>): Promise<GeoSyncError> {
  try {
    await read;
  } catch (error) {
    if (error instanceof GeoSyncError) return error;
    throw error;
  }
  throw new Error("expected a failure, found success");
}
