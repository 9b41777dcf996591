import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { GeoSyncError } from "../../domain/errors.ts";
import { isoTime } from "../../domain/time.ts";
import { type Frame, timeColumns } from "./frame.ts";

const linesAtOnce = 8192;

export async function writeFrameCsv(frame: Frame, path: string): Promise<void> {
  await replaceFile(path, csvParts(frame));
}

export async function writeFrameParquet(frame: Frame, path: string): Promise<void> {
  // Here and not at the top: most programs write no Parquet.
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = Object.entries(frame.columns).map(([name, column]) =>
    timeColumns.includes(name)
      ? {
          name,
          data: Array.from(column, (time) => new Date(time)),
          type: "TIMESTAMP" as const,
          nullable: false,
        }
      : { name, data: column, type: "DOUBLE" as const, nullable: false },
  );
  await replaceFile(path, [new Uint8Array(parquetWriteBuffer({ columnData }))]);
}

function* csvParts({ columns, length }: Frame): Generator<string> {
  yield `${Object.keys(columns).join(",")}\n`;
  const cells = Object.entries(columns).map(([name, column]) => {
    const write = timeColumns.includes(name) ? isoTime : textOf;
    return (row: number) => write(column[row]!);
  });
  for (let from = 0; from < length; from += linesAtOnce) {
    let lines = "";
    for (let row = from; row < Math.min(length, from + linesAtOnce); row++)
      lines += `${cells.map((cell) => cell(row)).join(",")}\n`;
    yield lines;
  }
}

function textOf(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}

/** A reader sees the old file or the new one, never half of one. */
async function replaceFile(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = await open(temporary, "w");
    try {
      for (const part of parts) await file.writeFile(part);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new GeoSyncError(
      "GEO-OUTPUT",
      `${path}: expected a file that can be written: ${(cause as Error).message}`,
      { hint: "Choose a folder that is there and that you may write to.", cause },
    );
  }
}
