import { describe, expect, it } from "vitest";
import { type FeedOptions, openFeed } from "../../src/data/feedFile.ts";
import { collect, failure, rowsOf, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const start = 1_704_067_200_000;

async function read(text: string, options: FeedOptions = {}) {
  const file = await openFeed(write("binance_book.csv", text), options);
  return rowsOf(await collect(file.events())).map((row) =>
    row.replace(/^BTC\/USDT (\d+)/, (_, ms) => String(ms - start)),
  );
}

describe("incremental_book_L2", () => {
  const head = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount";
  const row = (ms: number, rest: string) => `binance,BTCUSDT,${start}000,${start + ms}000,${rest}`;
  const rows = [
    row(0, "false,bid,99,1"),
    row(1, "true,bid,10,1"),
    row(1, "true,ask,11,2"),
    row(2, "false,bid,10.0,0"),
    row(2, "false,bid,9.5,0.50"),
    row(3, "true,bid,8,1"),
    row(3, "true,ask,9,1"),
  ];

  it("makes one picture of the rows of one time, and begins anew with a snapshot", async () => {
    expect(await read([head, ...rows, ""].join("\n"))).toEqual([
      "1 bids 10x1 asks 11x2",
      "2 bids 9.5x0.5 asks 11x2",
      "3 bids 8x1 asks 9x1",
    ]);
  });

  it.each([
    [row(4, "false,buy,9,1"), "GEO-DATA-VALUE", "row 9: expected bid or ask, a price and an amount"],
    [row(4, "false,bid,9"), "GEO-DATA-VALUE", "row 9: expected 8 cells, found 7"],
    [`${row(4, "false,bid,9.5,1")}\n`, "GEO-DATA-VALUE", "row 9: expected a bid below the ask"],
    [row(2, "false,bid,7,1"), "GEO-DATA-ORDER", "row 9: expected a time not before"],
    [row(4, "false,bid,7,1").replace("BTC", "ETH"), "GEO-DATA-VALUE", 'found "ETHUSDT"'],
  ])("refuses %s", async (bad, code, message) => {
    const error = await failure(read([head, ...rows, bad].join("\n")));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe("book_snapshot_N", () => {
  const head =
    "exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount";

  it("takes each row for a picture; empty cells are levels that are not there", async () => {
    const text = [
      head,
      `binance,BTCUSDT,1,${start}000,11,1,10,2,12,3,9,4`,
      `binance,BTCUSDT,1,${start + 1}000,11,1,10,2,,,9.00,4.0`,
      "",
    ].join("\n");
    expect(await read(text)).toEqual(["0 bids 10x2 9x4 asks 11x1 12x3", "1 bids 10x2 9x4 asks 11x1"]);
    expect(await read(text, { depth: 1 })).toEqual(["0 bids 10x2 asks 11x1", "1 bids 10x2 asks 11x1"]);
  });

  it("refuses a crossed picture, or shows none in its place", async () => {
    const text = `${head}\nbinance,BTCUSDT,1,${start}000,11,1,12,2,13,3,9,4\n`;
    expect((await failure(read(text))).message).toContain("row 2: expected a bid below the ask");
    expect(await read(text, { badRows: "skip" })).toEqual(["0 bids asks"]);
  });
});

it.each([
  ["A.csv", "time,open,high,low,close\n2024-01-01,1,1,1,1\n", "bar"],
  ["A.csv", "time,price,qty\n2024-01-01,1,1\n", "tick"],
  ["A.csv", "# remark\ntime;bid;ask\n2024-01-01;1;1\n", "quote"],
  ["A.csv", "time,bid,ask,last\n2024-01-01,1,1,1\n", "bar"],
])("openFeed knows other files by their headers, too: %s %j", async (name, text, kind) => {
  expect((await openFeed(write(name, text))).kind).toBe(kind);
});
