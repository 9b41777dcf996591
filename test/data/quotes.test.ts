import { describe, expect, it } from "vitest";
import { openCsv, openQuotes } from "../../src/data/csvFile.ts";
import type { CsvOptions } from "../../src/data/csvOptions.ts";
import { collect, failure, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const start = 1_704_067_200_000;

async function read(text: string, options: CsvOptions = {}) {
  const file = await openQuotes(write("BTCUSDT_quotes.csv", text), options);
  return { file, rows: rowsOf(await collect(file.chunks())) };
}

const head = "timestamp,bid,bid_qty,ask,ask_qty";
const two = [`BTC/USDT ${start} 99.5 2 100 0.25`, `BTC/USDT ${start + 1} 99.5 0 99.75 1`];

describe("openQuotes", () => {
  it.each([
    ["plain names", `${head}\n${start},99.5,2,100,0.25\n${start + 1},99.50,0,99.75,1\n`],
    [
      "Tardis, by the time of arrival",
      [
        "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount",
        `binance,BTCUSDT,${start + 9}000,${start}000,0.25,100,99.5,2`,
        // The exchange's clock may run backwards from row to row; the arrival does not.
        `binance,BTCUSDT,${start + 8}000,${start + 1}000,1,99.75,99.5,0`,
        "",
      ].join("\n"),
    ],
    [
      "Binance's bookTicker dumps",
      [
        "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time",
        `7,99.5,2,100,0.25,${start},${start + 5}`,
        `8,99.5,0,99.75,1,${start + 1},${start + 6}`,
        "",
      ].join("\n"),
    ],
    [
      "a terminal's export",
      `Gmt time;Ask;Bid;AskVolume;BidVolume;Last\n2024-01-01 00:00:00.000;100;99,5;0,25;2;1\n2024-01-01 00:00:00.001;99,75;99,5;1;0;1\n`,
    ],
  ])("reads %s", async (_, text) => {
    const { file, rows } = await read(text);
    expect(rows).toEqual(two);
    expect([file.kind, file.timeframe, file.hasVolume]).toEqual(["quote", null, true]);
  });

  it("reads quotes without sizes, which are then unknown rather than nothing", async () => {
    const { file, rows } = await read(`time,bid,ask\n${start},1.0841,1.0842\n`);
    expect(rows).toEqual([`BTC/USDT ${start} 1.0841 ? 1.0842 ?`]);
    expect(file.hasVolume).toBe(false);
  });

  it("keeps the order of quotes of one time, and takes a locked one", async () => {
    const { rows } = await read(`${head}\n${start},9,1,10,1\n${start},10,1,10,1\n${start},9,1,11,1\n`);
    expect(rows.map((row) => row.split(" ").slice(2).join(" "))).toEqual([
      "9 1 10 1",
      "10 1 10 1",
      "9 1 11 1",
    ]);
  });

  it.each([
    ["10.5,1,10,1", "GEO-DATA-VALUE", 'column "bid": expected at most the ask 10, found 10.5', "crossed"],
    [
      "10.00000000000000000002,1,10.00000000000000000001,1",
      "GEO-DATA-VALUE",
      "expected at most the ask 10.00000000000000000001",
      "crossed",
    ],
    ["9,-1,10,1", "GEO-DATA-VALUE", 'column "bid_qty": expected 0 or more, found -1', "--bad-rows"],
    ["9,1,10,-1", "GEO-DATA-VALUE", 'column "ask_qty": expected 0 or more, found -1', "--bad-rows"],
    ["0,1,10,1", "GEO-DATA-VALUE", 'column "bid": expected a price above 0, found 0', "--bad-rows"],
    [
      "9,1,,1",
      "GEO-DATA-VALUE",
      'column "ask": expected a plain decimal number, found an empty',
      "--bad-rows",
    ],
  ])("refuses the row %s, or leaves it out when told so", async (row, code, message, hint) => {
    const text = `${head}\n${start},9,1,10,1\n${start + 1},${row}\n${start + 2},9,2,10,2\n`;
    const error = await failure(read(text));
    expect([error.code, error.message, error.hint]).toEqual([
      code,
      expect.stringContaining(message),
      expect.stringContaining(hint),
    ]);
    expect(error.message).toContain("row 3");
    const { file, rows } = await read(text, { badRows: "skip" });
    expect([rows.length, file.summary().skippedRows]).toEqual([2, 1]);
  });

  it("refuses times that run backwards", async () => {
    const text = `${head}\n${start + 1},9,1,10,1\n${start},9,1,10,1\n`;
    expect((await failure(read(text))).code).toBe("GEO-DATA-ORDER");
  });

  it.each([
    ["time,open,high,low,close\n1,1,1,1,1\n", "expected bid and ask (quotes)"],
    ["time,bid,ask,bid_qty\n1,1,1,1\n", "expected sizes of both bid and ask, or of neither"],
    ["bid,ask\n1,1\n", "expected a time column"],
  ])("refuses the header of %j", async (text, message) => {
    const error = await failure(read(text));
    expect([error.code, error.message]).toEqual(["GEO-DATA-HEADER", expect.stringContaining(message)]);
  });

  it.each(["auto", "csv-parse"] as const)("reads chunks of any length the same (%s)", async (parser) => {
    const lines = Array.from(
      { length: 50 },
      (_, i) => `${start + i},${90 + i / 8},${i},${91 + i / 8},0.${i}`,
    );
    const text = `${head}\n${lines.join("\n")}\n`;
    const whole = (await read(text)).rows;
    for (const chunkRows of [1, 7, 50]) expect((await read(text, { chunkRows, parser })).rows).toEqual(whole);
  });

  it.skipIf(!hasShared)(
    "reads the quotes of a real capture: never crossed, every nanosecond of its own",
    async () => {
      const file = await openQuotes(sharedFile("BTCUSDT_spot_l1_quotes.csv"));
      const chunks = await collect(file.chunks());
      expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(28_040);
      expect(rowsOf(chunks)[0]).toBe(
        `BTC/USDT ${1_723_161_254_087 + 0.891268} 61837.63 3.78826 61837.64 1.54698`,
      );
      // 11,930 of them share a millisecond with the row above; the fraction keeps them apart.
      const times = chunks.flatMap((chunk) => [...chunk.times]);
      const shared = (of: (time: number) => number) =>
        times.filter((time, i) => i > 0 && of(time) === of(times[i - 1]!)).length;
      expect(shared(Math.floor)).toBe(11_930);
      expect(shared((time) => time)).toBeLessThan(50);
    },
  );
});

it("openCsv still says what a file of quotes is", async () => {
  const error = await failure(openCsv(write("A.csv", `${head}\n${start},9,1,10,1\n`)));
  expect(error.message).toContain("found quotes (bid and ask)");
});
