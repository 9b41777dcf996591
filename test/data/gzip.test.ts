import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/data/csvFile.ts";
import type { CsvOptions } from "../../src/data/csvOptions.ts";
import { collect, failure, rowsOf, temporaryFiles } from "./support.ts";

const write = temporaryFiles();

async function read(path: string, options: CsvOptions = {}) {
  const file = await openCsv(path, options);
  const rows = rowsOf(await collect(file.chunks()));
  return { rows, timeframe: file.timeframe, symbols: file.symbols, summary: file.summary() };
}

/** Enough rows for several blocks; `ending` closes the last of them. */
function minutes(count: number, ending = "\n", cell = (text: string) => text): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const price = 100 + (i % 97) / 8;
    return `${1_704_067_200_000 + i * 60_000},${cell(String(price))},${price + 1},${price - 1},${price},${i}`;
  });
  return `timestamp,open,high,low,close,volume\n${lines.join("\n")}${ending}`;
}

describe("a packed CSV file", () => {
  it.each([
    ["in several blocks", minutes(70_000)],
    ["without a last newline", minutes(3, "")],
    ["with quoted cells", minutes(40_000, "\n", (text) => `"${text}"`)],
  ])("reads like what it holds: %s", async (_, text) => {
    const plain = await read(write("BTCUSDT_1m.csv", text));
    const bytes = gzipSync(text);
    const packed = await read(write("BTCUSDT_1m.csv.gz", bytes));
    expect(packed.rows.length).toBe(plain.rows.length);
    expect(packed.rows.join("\n") === plain.rows.join("\n")).toBe(true);
    expect([packed.timeframe, packed.symbols]).toEqual([plain.timeframe, plain.symbols]);
    expect(packed.summary.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("may consist of several members and is hashed whole when only its beginning is read", async () => {
    const text = minutes(1000);
    const bytes = Buffer.concat([gzipSync(text.slice(0, 5000)), gzipSync(text.slice(5000))]);
    const to = 1_704_067_200_000 + 600_000;
    const { rows, summary } = await read(write("BTCUSDT.csv.gz", bytes), { to, chunkRows: 5 });
    expect(rows).toHaveLength(10);
    expect(summary.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("names the row of a fault as an editor of the unpacked text counts it", async () => {
    const text = minutes(3).replace(",102,", ",x,");
    const error = await failure(read(write("BTCUSDT.csv.gz", gzipSync(text.replace("101.125", "x")))));
    expect(error.message).toContain('row 3, column "high"');
  });

  it.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 2000)],
    [
      "damaged",
      (bytes: Buffer) => {
        const copy = Buffer.from(bytes);
        copy.fill(255, copy.length - 3000, copy.length - 2000);
        return copy;
      },
    ],
  ])("is refused when it is %s", async (_, spoil) => {
    const path = write("BTCUSDT_1m.csv.gz", spoil(gzipSync(minutes(70_000))));
    const error = await failure(read(path));
    expect([error.code, error.message]).toEqual(["GEO-FILE", expect.stringContaining("a damaged one")]);
  });

  it("is refused for what it holds", async () => {
    const nothing = await failure(openCsv(write("A.csv.gz", gzipSync(""))));
    expect([nothing.code, nothing.message]).toEqual(["GEO-DATA-EMPTY", expect.stringContaining("empty")]);
    const twice = await failure(openCsv(write("A.csv.gz", gzipSync(gzipSync(minutes(3))))));
    expect([twice.code, twice.message]).toEqual([
      "GEO-DATA-HEADER",
      expect.stringContaining("within a gzip"),
    ]);
  });
});
