import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { type FixedColumn, fixedAt } from "../../src/domain/columns.ts";
import { GeoSyncError } from "../../src/domain/errors.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import type { MarketChunk } from "../../src/domain/market.ts";

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

export async function collect(chunks: AsyncIterable<MarketChunk>): Promise<MarketChunk[]> {
  const all: MarketChunk[] = [];
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
    const columns =
      chunk.kind === "bar"
        ? [chunk.open, chunk.high, chunk.low, chunk.close, chunk.volume]
        : [chunk.price, chunk.volume];
    const cells = columns.map((column) => texts(column, chunk.length));
    return Array.from({ length: chunk.length }, (_, row) => {
      const symbol = chunk.instruments[chunk.instrumentOf?.[row] ?? 0]!.symbol;
      const opened = chunk.kind === "bar" ? [chunk.openTimes[row]] : [chunk.sides?.[row], chunk.ids?.[row]];
      return [symbol, chunk.times[row], ...opened, ...cells.map((column) => column[row])].join(" ");
    });
  });
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
