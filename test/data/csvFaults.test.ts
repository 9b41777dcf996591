import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/data/csvFile.ts";
import type { CsvOptions } from "../../src/data/csvOptions.ts";
import { collect, failure, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();

async function readAll(path: string, options: CsvOptions = {}) {
  const file = await openCsv(path, options);
  const chunks = await collect(file.chunks());
  return { file, rows: rowsOf(chunks) };
}

const head = "time,open,high,low,close,volume";
const good = ["2024-01-01,10,12,9,11,1", "2024-01-02,10,12,9,11,1", "2024-01-03,10,12,9,11,1"];

/** A file whose row 3 is `row`. */
const around = (row: string) => [head, good[0], row, good[2], ""].join("\n");

describe("a bad row", () => {
  it.each([
    [
      "2024-01-02,,12,9,11,1",
      "GEO-DATA-VALUE",
      'row 3, column "open": expected a plain decimal number, found an empty cell',
    ],
    [
      "2024-01-02,NaN,12,9,11,1",
      "GEO-DATA-VALUE",
      'column "open": expected a plain decimal number, found "NaN"',
    ],
    ["2024-01-02,0x10,12,9,11,1", "GEO-DATA-VALUE", 'found "0x10"'],
    ["2024-01-02,inf,12,9,11,1", "GEO-DATA-VALUE", 'found "inf"'],
    ["2024-01-02,true,12,9,11,1", "GEO-DATA-VALUE", 'found "true"'],
    ["2024-01-02,10,12,9,0,1", "GEO-DATA-VALUE", 'column "close": expected a price above 0, found 0'],
    ["2024-01-02,10,12,-9,11,1", "GEO-DATA-VALUE", 'column "low": expected a price above 0, found -9'],
    ["2024-01-02,10,12,9,11,-1", "GEO-DATA-VALUE", 'column "volume": expected 0 or more, found -1'],
    [
      "2024-01-02,10,8,9,8.5,1",
      "GEO-DATA-VALUE",
      'column "high": expected a high of at least the low 9, found 8',
    ],
    ["2024-01-02,10,12,9,13,1", "GEO-DATA-VALUE", 'column "close": expected at most the high 12, found 13'],
    ["2024-01-02,8,12,9,11,1", "GEO-DATA-VALUE", 'column "open": expected at least the low 9, found 8'],
    [
      "2024-01-02,10,12.00000000000000001,9,12.00000000000000002,1",
      "GEO-DATA-VALUE",
      'column "close": expected at most the high',
    ],
    ["2024-01-02,10,12,9,11", "GEO-DATA-VALUE", "row 3: expected 6 cells, found 5"],
    ["2024-01-02,10,12,9,11,1,1", "GEO-DATA-VALUE", "row 3: expected 6 cells, found 7"],
    ["2024-02-30,10,12,9,11,1", "GEO-DATA-VALUE", 'column "time": expected a time between 1800 and 2200'],
    ["2424-01-02,10,12,9,11,1", "GEO-DATA-VALUE", 'found "2424-01-02"'],
    ["yesterday,10,12,9,11,1", "GEO-DATA-VALUE", 'found "yesterday"'],
    [
      "2023-12-31,10,12,9,11,1",
      "GEO-DATA-ORDER",
      'row 3, column "time": expected a time not before that of the row above, 2024-01-01T00:00:00Z, found 2023-12-31T00:00:00Z',
    ],
    [
      "2024-01-01,10.0,12,9,11,1.00",
      "GEO-DATA-DUPLICATE",
      "a second one at 2024-01-01T00:00:00Z, which repeats row 2",
    ],
    ["2024-01-01,10,12,9,11,2", "GEO-DATA-DUPLICATE", "which disagrees with row 2"],
  ])("is refused with its row and column: %s", async (row, code, message) => {
    const error = await failure(readAll(write("A.csv", around(row))));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
    expect(await failure(readAll(write("A.csv", around(row)), { chunkRows: 1 }))).toMatchObject({ code });
  });

  it.each([
    ["2024-01-02,10,12,9,,1", 1],
    ["2024-01-02,10,12,9,11", 1],
    ["2024-01-02,10,12,9,13,1", 1],
    ["2024-01-01,10,12,9,11,1.0", 1],
  ])("is dropped and counted when bad rows are skipped: %s", async (row, skipped) => {
    const { file, rows } = await readAll(write("A.csv", around(row)), { badRows: "skip" });
    expect(rows).toHaveLength(2);
    expect(file.summary()).toMatchObject({ skippedRows: skipped, firstSkipped: { line: 3 } });
  });

  it.each(["2023-12-31,10,12,9,11,1", "2024-01-01,10,12,9,11,2"])(
    "is refused all the same when which row is right is not ours to say: %s",
    async (row) => {
      const error = await failure(readAll(write("A.csv", around(row)), { badRows: "skip" }));
      expect(error.code).toMatch(/ORDER|DUPLICATE/);
    },
  );

  it("is found at the last row when that was cut off, and named by its line behind multi-line cells", async () => {
    const cut = await failure(readAll(write("A.csv", [head, ...good, "2024-01-04,10,1"].join("\n"))));
    expect(cut.message).toContain("row 5: expected 6 cells, found 3");
    const text = `${head},note\n${good[0]},"two\nlines"\n\n2024-01-02,10,12,9,11,1,x\n2024-01-03,x,12,9,11,1,x\n`;
    const behind = await failure(readAll(write("A.csv", text)));
    expect(behind.message).toContain('row 6, column "open"');
  });

  it("says when all rows were bad", async () => {
    const error = await failure(
      readAll(write("A.csv", `${head}\n2024-01-01,0,0,0,0,0\n`), { badRows: "skip" }),
    );
    expect([error.code, error.message]).toEqual(["GEO-DATA-EMPTY", expect.stringContaining("bad rows only")]);
  });

  it("shows where thousands separators and unclosed quotes are", async () => {
    const grouped = await failure(readAll(write("A.csv", around('2024-01-02,"1,234.5",12,9,11,1'))));
    expect([grouped.message, grouped.hint]).toEqual([
      expect.stringContaining('found "1,234.5"'),
      expect.stringContaining("without thousands separators"),
    ]);
    const open = await failure(readAll(write("A.csv", around('2024-01-02,"10,12,9,11,1'))));
    expect(open.message).toContain("row 3: expected cells whose quotes open and close");
  });

  it("is an error over the whole file's time even when each symbol is in order", async () => {
    const text =
      "symbol,date,open,high,low,close\nA,2024-01-01,1,1,1,1\nA,2024-01-02,1,1,1,1\nB,2024-01-01,1,1,1,1\n";
    expect((await failure(readAll(write("x.csv", text)))).code).toBe("GEO-DATA-ORDER");
  });

  it.each([1, 2, 3, 100])("is compared with its twin across chunks of %i rows", async (chunkRows) => {
    const one = "symbol,date,close\nA,2024-01-01,1\nA,2024-01-02,1\nA,2024-01-02,1.0\n";
    expect((await failure(readAll(write("x.csv", one), { chunkRows }))).message).toContain(
      "which repeats row 3",
    );
    const two =
      "symbol,date,close\nA,2024-01-01,1\nA,2024-01-02,1\nB,2024-01-02,1\nC,2024-01-02,1\nA,2024-01-02,2\n";
    const error = await failure(readAll(write("x.csv", two), { chunkRows }));
    expect(error.message).toContain('row 6, column "date": expected one bar for each time');
    expect(error.message).toContain("which disagrees with row 3");
  });

  it("may share its time with other ticks, but not run backwards", async () => {
    const ticks = (...times: number[]) =>
      `time,price\n${times.map((t) => `${1_704_067_200_000 + t},1`).join("\n")}\n`;
    expect((await readAll(write("A.csv", ticks(0, 5, 5, 6)))).rows).toHaveLength(4);
    expect((await failure(readAll(write("A.csv", ticks(0, 5, 4))))).code).toBe("GEO-DATA-ORDER");
  });
});

describe("a header", () => {
  it.each([
    [
      "time,open,high,close\n1,1,1,1\n",
      'expected open, high, low and close, found "time", "open", "high", "close"',
    ],
    ["time,opne,high,low,close\n1,1,1,1,1\n", 'Did you mean "open"?'],
    ["open,high,low,close\n1,1,1,1\n", "expected a time column"],
    ["time,foo,bar\n1,1,1\n", "expected open, high, low and close (bars), or a price (trades)"],
    ["date,adjclose\n2024-01-01,1\n", "(bars), or a price (trades)"],
    ["time,close,Close\n1,1,1\n", 'expected one column "close", found two'],
    ["ts,bid,ask\n1,1,1\n", "found quotes (bid and ask)"],
    ["timestamp,funding_rate\n1,1\n", "found funding rates"],
    ["timestamp,is_snapshot,side,price,amount\n1,true,bid,1,1\n", "found changes of an order book"],
    ["1704067200,1,2\n1704067201,1,2\n", "expected a header, found the row"],
  ])("is refused when it does not say what is needed: %j", async (text, message) => {
    const error = await failure(openCsv(write("A.csv", text)));
    expect(error.code).toBe("GEO-DATA-HEADER");
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it.each(["timeColumn", "priceColumn", "volumeColumn"])("must hold a %s that was named", async (option) => {
    const error = await failure(openCsv(write("A.csv", `${head}\n${good[0]}\n`), { [option]: "clsoe" }));
    expect([error.code, error.message]).toEqual([
      "GEO-DATA-HEADER",
      expect.stringContaining('Did you mean "close"?'),
    ]);
  });

  it.each([
    ["time;price\n2024-01-01;1,234\n", "a decimal comma or a thousands separator"],
    ["date,price\n01/02/2024,1\n03/04/2024,1\n", "whether the day or the month comes first"],
    ["date,price\nsoon,1\n", "expected a time such as"],
  ])("is no help when the cells are ambiguous: %j", async (text, message) => {
    const error = await failure(openCsv(write("A.csv", text)));
    expect([error.code, error.message]).toEqual(["GEO-DATA-VALUE", expect.stringContaining(message)]);
  });
});

describe("a file", () => {
  it.each([
    ["empty", "", "GEO-DATA-EMPTY", "an empty file"],
    ["of blank lines", "\n\n", "GEO-DATA-EMPTY", "blank lines only"],
    ["of a header", `${head}\n`, "GEO-DATA-EMPTY", "a header without rows"],
    ["packed and cut off", Uint8Array.of(0x1f, 0x8b, 8, 0), "GEO-FILE", "a damaged one"],
    ["from Excel", "PK\u0003\u0004...", "GEO-DATA-HEADER", "Excel"],
    ["in UTF-16", Uint8Array.of(0xff, 0xfe, 0x74, 0), "GEO-DATA-HEADER", "UTF-16"],
    ["in binary", Uint8Array.of(1, 2, 0, 3), "GEO-DATA-HEADER", "binary"],
    ["in JSON", '{"a": 1}\n', "GEO-DATA-HEADER", "JSON"],
    ["with old line ends", `${head}\r${good[0]}\r`, "GEO-DATA-HEADER", "CR alone"],
  ])("%s is refused by what it is", async (_, content, code, message) => {
    const error = await failure(openCsv(write("A.csv", content)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.hint).toBeTruthy();
  });

  it("that is missing or a folder is refused with a way on", async () => {
    const path = write("BTC-USDT_1m.csv", `${head}\n${good[0]}\n`);
    const missing = await failure(openCsv(join(dirname(path), "BTC-USDT_1n.csv")));
    expect([missing.code, missing.message]).toEqual([
      "GEO-FILE",
      expect.stringContaining('Did you mean "BTC-USDT_1m.csv"?'),
    ]);
    const folder = join(dirname(path), "folder");
    mkdirSync(folder);
    expect(await failure(openCsv(folder))).toMatchObject({ code: "GEO-FILE" });
  });

  it("must be named for its symbol, or hold the one that was asked for", async () => {
    const unnamed = await failure(openCsv(write("my data.csv", `${head}\n${good[0]}\n`)));
    expect([unnamed.code, unnamed.hint]).toEqual(["GEO-DATA-SYMBOL", expect.stringContaining("--symbol")]);
    const text = "symbol,date,close\nAAPL,2024-01-01,1\n";
    const absent = await failure(openCsv(write("x.csv", text), { symbol: "APPL" }));
    expect([absent.code, absent.message]).toEqual([
      "GEO-DATA-SYMBOL",
      expect.stringContaining('Did you mean "AAPL"?'),
    ]);
  });

  it("with symbols of different bar lengths is refused, as the shorter would show the longer's close early", async () => {
    const rows = [
      "A,2024-01-01 00:00",
      "B,2024-01-01 00:00",
      "B,2024-01-01 00:01",
      "B,2024-01-01 00:02",
      "A,2024-01-01 01:00",
    ];
    const text = `symbol,time,open,high,low,close\n${rows.map((row) => `${row},1,1,1,1`).join("\n")}\n`;
    expect((await failure(openCsv(write("x.csv", text)))).message).toContain(
      "expected bars of one length, found 1m for B and 1h for A",
    );
  });

  it("without a row in the range says what it covers", async () => {
    const path = write("A.csv", [head, ...good, ""].join("\n"));
    const error = await failure(readAll(path, { from: Date.UTC(2025, 0, 1) }));
    expect([error.code, error.message]).toEqual([
      "GEO-DATA-EMPTY",
      expect.stringContaining("2024-01-01T00:00:00Z to 2024-01-03T00:00:00Z"),
    ]);
  });

  it
    .skipIf(!hasShared)
    .each(["BTCUSDT_spot_l1_quotes.csv", "XRPUSDT_PERP_funding_8h.csv", "US_equities_factors.csv"])(
    "such as %s, which is neither bars nor trades, is refused",
    async (name) => {
      expect((await failure(openCsv(sharedFile(name)))).code).toBe("GEO-DATA-HEADER");
    },
  );
});
