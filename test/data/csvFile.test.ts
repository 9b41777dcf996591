import { describe, expect, it } from "vitest";
import { openCsv, readColumns } from "../../src/data/csvFile.ts";
import type { CsvOptions } from "../../src/data/csvOptions.ts";
import { isoTime, parseTimeframe } from "../../src/domain/time.ts";
import { collect, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const day = Date.UTC(2024, 0, 1);

async function read(name: string, text: string, options: CsvOptions = {}) {
  const file = await openCsv(write(name, text), options);
  const chunks = await collect(file.chunks());
  return { file, chunks, rows: rowsOf(chunks) };
}

/** Two daily bars of BTC, as every spelling below gives them. */
const twoDays = [
  `BTC ${day + 86_400_000} ${day} 10 12 9 11 100`,
  `BTC ${day + 2 * 86_400_000} ${day + 86_400_000} 11 13 10 12.5 0.5`,
];
const days = (first: string, second: string, head = "time,open,high,low,close,volume") =>
  `${head}\n${first},10,12,9,11,100\n${second},11,13,10,12.5,0.5\n`;

describe("openCsv", () => {
  it.each([
    ["ISO days", days("2024-01-01", "2024-01-02")],
    ["ISO with T and Z", days("2024-01-01T00:00:00Z", "2024-01-02T00:00Z")],
    ["an offset", days("2024-01-01 02:00+02:00", "2024-01-02 02:00:00.000+0200")],
    ["epoch seconds", days("1704067200", "1704153600")],
    ["epoch seconds with decimals", days("1704067200.0", "1704153600.000")],
    ["epoch ms", days("1704067200000", "1704153600000")],
    ["epoch µs", days("1704067200000000", "1704153600000000")],
    ["epoch ns", days("1704067200000000000", "1704153600000000000")],
    ["ms that turn into µs", days("1704067200000", "1704153600000000")],
    ["YYYYMMDD", days("20240101", "20240102")],
    ["YYYYMMDD HHMMSS", days("20240101 000000", "20240102 000000")],
    ["YYYYMMDDHHMM", days("202401010000", "202401020000")],
    ["YYYY/MM/DD", days("2024/01/01", "2024/1/2")],
    ["BOM and CRLF", `\uFEFF${days("2024-01-01", "2024-01-02").replaceAll("\n", "\r\n")}`],
    ["no newline at the end", days("2024-01-01", "2024-01-02").trimEnd()],
    ["blank lines", days("\n2024-01-01", "\r\n2024-01-02")],
    ["tabs", days("2024-01-01", "2024-01-02").replaceAll(",", "\t")],
    ["pipes", days("2024-01-01", "2024-01-02").replaceAll(",", "|")],
    ["semicolons", days("2024-01-01", "2024-01-02").replaceAll(",", ";")],
    ["decimal commas", days("2024-01-01", "2024-01-02").replaceAll(",", ";").replaceAll(".", ",")],
    ["quotes", days('"2024-01-01"', "2024-01-02")],
    ["a quoted header", days("2024-01-01", "2024-01-02", '"time","open","high","low","close","volume"')],
    [
      "other spellings",
      days("2024-01-01", "2024-01-02", "Open Time,OPEN,High (USD),low_price,Close/Last,Vol."),
    ],
    ["an empty first name", days("2024-01-01", "2024-01-02", ",o,h,l,c,v")],
    ["no header", days("2024-01-01", "2024-01-02").split("\n").slice(1).join("\n")],
    ["a remark above the header", `# exported\nhttps://example.org\n${days("2024-01-01", "2024-01-02")}`],
    [
      "klines without a header",
      "1704067200000,10,12,9,11,100,1704153599999,1,2,3,4,0\n1704153600000,11,13,10,12.5,0.5,1704239999999,1,2,3,4,0\n",
    ],
    [
      "date and time apart, an adjusted close, an index",
      ",date,time,open,high,low,adj close,close,volume\n0,2024-01-01,00:00,10,12,9,5,11,100\n1,2024-01-02,00:00,11,13,10,5,12.5,0.5\n",
    ],
    [
      "base and quote volume",
      "unix,date,symbol,open,high,low,close,Volume USDT,Volume BTC\n1704067200,x,BTC,10,12,9,11,7,100\n1704153600,x,BTC,11,13,10,12.5,7,0.5\n",
    ],
    [
      "unusual numbers",
      days("2024-01-01", "2024-01-02").replace(",100\n", ",+1.00E+2\n").replace(",0.5", ", .5"),
    ],
  ])("reads %s", async (_, text) => {
    const { file, rows } = await read("BTC_1d.csv", text);
    expect(rows).toEqual(twoDays);
    expect(file.timeframe?.label).toBe("1d");
    expect(file.symbols).toEqual(["BTC"]);
  });

  it.each([
    ["31/12/2023", "2023-12-31T00:00:00Z"],
    ["31.12.2023 09:30", "2023-12-31T09:30:00Z"],
    ["12/31/2023 09:30:15.5", "2023-12-31T09:30:15.500Z"],
  ])("tells day-first from month-first dates where the file shows it: %s", async (stamp, expected) => {
    const { chunks } = await read("A.csv", `time,price,qty\n${stamp},1,1\n`);
    expect(isoTime(chunks[0]!.times[0]!)).toBe(expected);
  });

  it("reads nanoseconds beyond 2^53 as far as a double of milliseconds holds them", async () => {
    const { chunks } = await read(
      "A.csv",
      "ts_ns,price,qty\n1723161254087891268,1,1\n1723161254087891999,1,1\n",
    );
    expect([...chunks[0]!.times]).toEqual([1723161254087 + 0.891268, 1723161254087 + 0.891999]);
  });

  it.each([
    ["side", "buy,sell,B,s", [1, -1, 1, -1]],
    ["is_buyer_maker", "true,False,1,0", [-1, 1, -1, 1]],
  ])("reads the taker's side from %s", async (column, cells, expected) => {
    const lines = cells.split(",").map((cell, i) => `${1_704_067_200_000 + i},7.5,2,${cell},t${i}`);
    const { chunks } = await read("ETHBTC.csv", `timestamp,price,amount,${column},id\n${lines.join("\n")}`);
    const [chunk] = chunks;
    expect(chunk?.kind === "tick" && [[...chunk.sides!], chunk.ids]).toEqual([
      expected,
      ["t0", "t1", "t2", "t3"],
    ]);
  });

  it("takes a lone close for bars of one price, known at their stamp, and a lone price for ticks", async () => {
    const bars = await read("A.csv", "date,close\n2024-01-01,10\n2024-01-02,11\n");
    expect(bars.rows).toEqual([
      `A ${day} ${day} 10 10 10 10 0`,
      `A ${day + 86_400_000} ${day + 86_400_000} 11 11 11 11 0`,
    ]);
    expect([bars.file.kind, bars.file.priceOnly, bars.file.hasVolume]).toEqual(["bar", true, false]);
    const ticks = await read("A.csv", "date,price\n2024-01-01,10\n2024-01-01,11\n");
    expect([ticks.file.kind, ticks.file.timeframe, ticks.rows.length]).toEqual(["tick", null, 2]);
    const chosen = await read("A.csv", "date,mid,price\n2024-01-01,10,1\n", { priceColumn: "Mid" });
    expect([chosen.file.kind, chosen.rows]).toEqual(["bar", [`A ${day} ${day} 10 10 10 10 0`]]);
  });

  it("ends a bar a timeframe after it opens, or when the next opens, across chunk borders too", async () => {
    const text =
      days("2024-01-01 00:00", "2024-01-01 01:00") +
      "2024-01-01 01:30,1,1,1,1,1\n2024-01-01 02:00,1,1,1,1,1\n2024-01-01 03:00,1,1,1,1,1\n";
    for (const chunkRows of [1, 2, 100]) {
      const { chunks, file } = await read("A.csv", text, { chunkRows });
      const minutes = chunks.flatMap((chunk) => [...chunk.times].map((time) => (time - day) / 60_000));
      expect(file.timeframe?.label).toBe("1h");
      expect(minutes).toEqual([60, 90, 120, 180, 240]);
    }
  });

  it("comes in chunks that begin small and double, up to the most rows that were asked for", async () => {
    const rows = 20_000;
    const lines = Array.from({ length: rows }, (_, i) => `${day + i * 60_000},1,1,1,1,${i}`);
    const lengthsOf = async (chunkRows: number | undefined) => {
      const { chunks } = await read("A.csv", `time,open,high,low,close,volume\n${lines.join("\n")}\n`, {
        chunkRows,
      });
      const volumes = chunks.flatMap(({ volume }) => [...volume.mantissas]);
      expect(volumes).toEqual(Array.from({ length: rows }, (_, i) => i));
      return chunks.map(({ length }) => length);
    };
    expect(await lengthsOf(undefined)).toEqual([4096, 8192, 7712]);
    expect(await lengthsOf(6000)).toEqual([4096, 6000, 6000, 3904]);
  });

  it("takes stamps for closes when told so; no bar is known before its stamp", async () => {
    const text =
      days("2024-01-01 01:00", "2024-01-01 02:00") +
      "2024-01-01 02:30,1,1,1,1,1\n2024-01-01 03:30,1,1,1,1,1\n";
    const { chunks } = await read("A.csv", text, { stamp: "close" });
    const [chunk] = chunks;
    expect([...chunk!.times].map((time) => (time - day) / 60_000)).toEqual([60, 120, 150, 210]);
    expect(chunk?.kind === "bar" && [...chunk.openTimes].map((time) => (time - day) / 60_000)).toEqual([
      0, 60, 120, 150,
    ]);
  });

  it("keeps cells beyond 2^53 as exact text", async () => {
    const { chunks } = await read(
      "A.csv",
      "time,price,qty\n2024-01-01,203889.11713750003,123456789012345678901234567890\n2024-01-02,0.1,1e-30\n",
    );
    expect(rowsOf(chunks).map((row) => row.split(" ").slice(-2))).toEqual([
      ["203889.11713750003", "123456789012345678901234567890"],
      ["0.1", "0.000000000000000000000000000001"],
    ]);
  });

  it("warns when one bar cannot show the timeframe, and when a given one is shorter than the data's", async () => {
    const one = await read("A.csv", "date,open,high,low,close\n2024-01-01,1,1,1,1\n");
    expect(one.file.warnings.map((warning) => warning.code)).toEqual(["timeframe-guessed"]);
    const short = await read("A.csv", days("2024-01-01", "2024-01-02"), { timeframe: parseTimeframe("1h") });
    expect(short.file.warnings.map((warning) => warning.code)).toEqual(["timeframe-shorter-than-data"]);
  });

  it("passes venue and market rules on, and calls the volume base when the file says so", async () => {
    const text = "unix,open,high,low,close,Volume ETH\n1704067200,1,1,1,1,1\n";
    const { file } = await read("ETHBTC_1d.csv", text, { instrument: { venue: "binance", tick: "0.01" } });
    expect(file.instruments[0]).toMatchObject({ symbol: "ETH/BTC", venue: "BINANCE", volumeUnit: "base" });
    expect(file.instruments[0]!.tick).toEqual({ units: 1n, scale: 2 });
  });

  it("sums up what was read, gaps and hash included, once it was read to the end", async () => {
    const { file } = await read(
      "A.csv",
      `${days("2024-01-01", "2024-01-02")}2024-01-03,1,1,1,1,1\n2024-01-07,1,1,1,1,1\n`,
    );
    expect(file.summary()).toMatchObject({
      rows: 4,
      from: day,
      to: Date.UTC(2024, 0, 7),
      skippedRows: 0,
      gaps: { count: 1, longestMs: 4 * 86_400_000, longestAfter: Date.UTC(2024, 0, 3) },
    });
    expect(file.summary().sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a file of several symbols", () => {
  const text = [
    "symbol,date,open,high,low,close,volume",
    "SPY,2024-01-01,1,1,1,1,1",
    "QQQ,2024-01-01,2,2,2,2,2",
    "SPY,2024-01-02,3,3,3,3,3",
    "QQQ,2024-01-02,4,4,4,4,4",
    "IBM,2024-01-02,5,5,5,5,5",
    "",
  ].join("\n");

  it("is one stream with the whole list of instruments in every chunk", async () => {
    for (const chunkRows of [1, 2, 100]) {
      const { file, chunks, rows } = await read("us.csv", text, { chunkRows });
      expect(file.symbols).toEqual(["SPY", "QQQ", "IBM"]);
      expect(chunks.every((chunk) => chunk.instruments === file.instruments)).toBe(true);
      expect(rows.map((row) => row.split(" ")[0])).toEqual(["SPY", "QQQ", "SPY", "QQQ", "IBM"]);
    }
  });

  it("gives one of them when a symbol is named", async () => {
    const { file, chunks, rows } = await read("us.csv", text, { symbol: "qqq" });
    expect(file.symbols).toEqual(["QQQ"]);
    expect(chunks[0]!.instrumentOf).toBeNull();
    expect(rows.map((row) => row.split(" ").at(-1))).toEqual(["2", "4"]);
  });

  it("leaves in order of time when bars of one symbol end early", async () => {
    const rows = [
      "A,2024-01-01 00:00",
      "B,2024-01-01 00:00",
      "B,2024-01-01 00:20",
      "A,2024-01-01 01:00",
      "B,2024-01-01 01:00",
      "A,2024-01-01 02:00",
    ];
    const csv = `symbol,time,open,high,low,close\n${rows.map((row) => `${row},1,1,1,1`).join("\n")}`;
    for (const chunkRows of [1, 2, 4, 100]) {
      const options = { chunkRows, timeframe: parseTimeframe("1h") };
      const { chunks } = await read("x.csv", csv, options);
      const seen = rowsOf(chunks).map((row) => row.split(" ").slice(0, 2));
      expect(seen.map(([symbol, time]) => [symbol, (Number(time) - day) / 60_000])).toEqual([
        ["B", 20],
        ["A", 60],
        ["B", 60],
        ["A", 120],
        ["B", 120],
        ["A", 180],
      ]);
    }
  });
});

describe("a range", () => {
  const minutes = Array.from({ length: 50 }, (_, i) => `${day + i * 60_000},1,1,1,1,${i}`);
  const text = `time,open,high,low,close,volume\n${minutes.join("\n")}\n`;
  it.each([
    { from: 10, to: 12, warmupRows: 0, first: 10, last: 11 },
    { from: 10, to: 12, warmupRows: 3, first: 7, last: 11 },
    { from: 10, to: undefined, warmupRows: 100, first: 0, last: 49 },
    { from: undefined, to: 5, warmupRows: 0, first: 0, last: 4 },
  ])(
    "$from to $to with $warmupRows rows of warm-up is rows $first to $last",
    async ({ from, to, warmupRows, first, last }) => {
      const at = (minute: number | undefined) => (minute === undefined ? undefined : day + minute * 60_000);
      for (const chunkRows of [1, 7, 1000]) {
        const { rows, file } = await read("A.csv", text, {
          from: at(from),
          to: at(to),
          warmupRows,
          chunkRows,
        });
        const volumes = rows.map((row) => Number(row.split(" ").at(-1)));
        expect(volumes).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
        expect(file.summary()).toMatchObject({ rows: volumes.length, from: at(first), to: at(last) });
        expect(file.summary().sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    },
  );

  it("counts the warm-up for each symbol", async () => {
    const rows = [1, 2, 3, 4].flatMap((d) => ["A", "B"].map((symbol) => `${symbol},2024-01-0${d},1,1,1,1`));
    const { rows: seen } = await read("m.csv", `symbol,date,open,high,low,close\n${rows.join("\n")}`, {
      from: Date.UTC(2024, 0, 4),
      warmupRows: 2,
      chunkRows: 3,
    });
    expect(seen.map((row) => row[0]).join("")).toBe("ABABAB");
  });
});

describe("readColumns", () => {
  it("gives all rows as one chunk, however badly the head foretells their number", async () => {
    const long = Array.from(
      { length: 6000 },
      (_, i) => `${day + i * 60_000},100000.000000,100000.000000,100000.000000,100000.000000,1.00000000`,
    );
    const short = Array.from({ length: 30_000 }, (_, i) => `${day + (6000 + i) * 60_000},1,1,1,1,${i % 7}`);
    const path = write("A.csv", `time,open,high,low,close,volume\n${[...long, ...short].join("\n")}`);
    const chunk = await readColumns(path);
    const chunks = await collect((await openCsv(path, { chunkRows: 999 })).chunks());
    expect(chunk.length).toBe(36_000);
    expect(rowsOf([chunk])).toEqual(rowsOf(chunks));
  });

  it.skipIf(!hasShared)("reads the multi-symbol sample whole", async () => {
    const chunk = await readColumns(sharedFile("US_equities_1d_multi.csv"));
    expect([chunk.length, chunk.instruments.length]).toEqual([29_288, 8]);
  });
});

it("ends with the reason of an aborted signal", async () => {
  const controller = new AbortController();
  const file = await openCsv(write("A.csv", days("2024-01-01", "2024-01-02")), { signal: controller.signal });
  controller.abort(new Error("stop"));
  await expect(collect(file.chunks())).rejects.toThrow("stop");
});
