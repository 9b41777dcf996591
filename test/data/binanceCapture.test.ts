import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ticksToBars } from "../../src/data/bars.ts";
import { openQuotes } from "../../src/data/csvFile.ts";
import { type FeedOptions, openFeed } from "../../src/data/feedFile.ts";
import { fixedAt } from "../../src/domain/columns.ts";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import type { BarChunk, BookChunk, MarketChunk } from "../../src/domain/market.ts";
import { parseTimeframe } from "../../src/domain/time.ts";
import { collect, failure, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const start = 1_704_067_200_000;

type Levels = string;
const levels = (text: Levels) => text.split(" ").flatMap((level) => (level === "" ? [] : [level.split("x")]));
const data = (message: object) => JSON.stringify({ stream: "btcusdt@some", data: message });
const diff = (U: number, u: number, b: Levels, a: Levels, pu?: number) =>
  data({ e: "depthUpdate", E: 1, s: "BTCUSDT", U, u, pu, b: levels(b), a: levels(a) });
const snapshot = (lastUpdateId: number, b: Levels, a: Levels) =>
  JSON.stringify({ lastUpdateId, bids: levels(b), asks: levels(a) });
const trade = (t: number, p: string, q: string, m: boolean) => data({ e: "trade", s: "BTCUSDT", t, p, q, m });
const quote = (b: string, B: string, a: string, A: string) =>
  JSON.stringify({ stream: "btcusdt@bookTicker", data: { u: 1, s: "BTCUSDT", b, B, a, A } });

/** Each message a millisecond after the last. */
const capture = (...messages: string[]) =>
  messages.map((message, i) => `${start + i}000000 ${message}\n`).join("");

/** Rows without symbol: "ms after the start, cells". */
async function read(text: string | Uint8Array, options: FeedOptions = {}) {
  const file = await openFeed(write("capture.ndjson", text), options);
  const chunks = await collect(file.events());
  const rows = rowsOf(chunks).map((row) => row.replace(/^BTC\/USDT (\d+)/, (_, ms) => String(ms - start)));
  return { file, chunks, rows };
}

const usual = [
  diff(1, 5, "10x9", "11x9"),
  diff(6, 8, "10x8", "11x8"),
  trade(70, "10", "0.5", true),
  diff(9, 12, "9.5x4 9x0", "11x3"),
  snapshot(10, "10x1 9x2", "11x1 12x2"),
  trade(71, "11.00", "0.25", false),
  diff(13, 13, "10.50000000x0.10000000", ""),
];
const usualRows = [
  "2 -1 70 10 0.5",
  "4 bids 10x1 9.5x4 asks 11x3 12x2",
  "5 1 71 11 0.25",
  "6 bids 10.5x0.1 10x1 9.5x4 asks 11x3 12x2",
];

describe("a capture of Binance's streams", () => {
  it("drops the diffs that the snapshot holds, applies the one that straddles it, and goes on from there", async () => {
    const { file, rows } = await read(capture(...usual));
    expect(rows).toEqual(usualRows);
    expect([file.kind, file.symbols]).toEqual(["book", ["BTC/USDT"]]);
    expect(file.summary()).toMatchObject({ rows: 4, from: start + 2, to: start + 6, skippedRows: 0 });
  });

  it.each([1, 2, 100])("is read the same packed, and in chunks of %i", async (chunkRows) => {
    expect((await read(gzipSync(capture(...usual)), { chunkRows })).rows).toEqual(usualRows);
  });

  it("is read without envelopes, with blank lines and without a last line end, too", async () => {
    const bare = usual.map((message) => JSON.stringify(JSON.parse(message).data ?? JSON.parse(message)));
    expect(
      (
        await read(
          `${capture(...bare)
            .replace("\n", "\n\n")
            .trimEnd()}`,
        )
      ).rows,
    ).toEqual(usualRows);
  });

  it("shows as many levels as are asked for, and holds the others ready", async () => {
    const { rows } = await read(capture(...usual, diff(14, 14, "10.5x0 10x0", "")), { depth: 1 });
    expect(rows.filter((row) => row.includes("bids"))).toEqual([
      "4 bids 10x1 asks 11x3",
      "6 bids 10.5x0.1 asks 11x3",
      "7 bids 9.5x4 asks 11x3",
    ]);
  });

  it("gives the rows of a range with a whole book in the first of them", async () => {
    const { rows, file } = await read(capture(...usual), { from: start + 5, to: start + 6 });
    expect(rows).toEqual(["5 1 71 11 0.25"]);
    expect((await read(capture(...usual), { from: start + 6 })).rows).toEqual(usualRows.slice(3));
    expect(file.summary().sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("refuses a gap with its line and ids, or shows an unknown book until the next snapshot", async () => {
    const gap = [...usual, diff(15, 16, "10x5", ""), diff(17, 17, "8x1", ""), snapshot(16, "10x5", "13x1")];
    const error = await failure(read(capture(...gap)));
    expect([error.code, error.message]).toEqual([
      "GEO-DATA-ORDER",
      expect.stringMatching(/row 8: expected .* id 14, found one from id 15: 1 ids are missing/),
    ]);
    const { rows, file } = await read(capture(...gap), { badRows: "skip" });
    expect(rows.slice(4)).toEqual(["7 bids asks", "9 bids 10x5 8x1 asks 13x1"]);
    expect(file.summary()).toMatchObject({ skippedRows: 1, firstSkipped: { line: 8 } });
  });

  it("passes over a snapshot older than the waiting diffs, or than the book", async () => {
    const { rows } = await read(
      capture(
        diff(20, 22, "10x1", "11x1"),
        snapshot(10, "1x1", "2x1"),
        snapshot(21, "9x1", "11x2"),
        snapshot(5, "1x1", "2x1"),
        diff(23, 23, "", "11x4"),
      ),
    );
    expect(rows).toEqual(["2 bids 10x1 9x1 asks 11x1", "4 bids 10x1 9x1 asks 11x4"]);
  });

  it("follows the previous id where a venue names it, as futures do", async () => {
    const messages = [
      snapshot(10, "9x1", "11x1"),
      diff(8, 15, "9x2", "", 7),
      diff(18, 20, "9x3", "", 15),
      diff(21, 25, "9x4", "", 19),
    ];
    expect((await read(capture(...messages.slice(0, 3)))).rows.at(-1)).toBe("2 bids 9x3 asks 11x1");
    expect((await failure(read(capture(...messages)))).message).toContain("row 4: expected");
  });

  it("gives the quotes of the bookTicker stream instead when asked to", async () => {
    const messages = [quote("10.0", "1", "11", "2.50"), usual[2]!, quote("10", "1", "10", "0.0")];
    const { file, rows } = await read(capture(...messages), { feed: "quotes" });
    expect(rows).toEqual(["0 10 1 11 2.5", "1 -1 70 10 0.5", "2 10 1 10 0"]);
    expect(file.kind).toBe("quote");
  });

  it("takes the trades of one stream when a capture has them in two", async () => {
    const twice = data({ e: "aggTrade", s: "BTCUSDT", a: 1, p: "10", q: "0.5", m: true });
    expect((await read(capture(...usual.slice(0, 3), twice, ...usual.slice(3)))).rows).toHaveLength(4);
  });

  it.each<[string, string[], string, string]>([
    ["no snapshot", usual.slice(0, 3), "GEO-DATA-EMPTY", "expected a snapshot of the book"],
    [
      "a cut line",
      [...usual, '{"data":{"e":'],
      "GEO-DATA-VALUE",
      "row 8: expected a time and a JSON message",
    ],
    ["a level that is none", [...usual, diff(14, 14, "x1", "")], "GEO-DATA-VALUE", "row 8: expected levels"],
    ["a price of 0", [...usual, trade(1, "0", "1", true)], "GEO-DATA-VALUE", "row 8: expected a trade"],
    ["a crossed book", [...usual, diff(14, 14, "11.5x1", "")], "GEO-DATA-VALUE", "found a crossed book"],
    ["another market", [...usual, data({ e: "trade", s: "ETHUSDT" })], "GEO-DATA-VALUE", 'found "ETHUSDT"'],
    ["a broken id", [...usual, diff(1.5, 14, "", "")], "GEO-DATA-VALUE", "row 8: expected whole update ids"],
  ])("is refused for %s", async (_, messages, code, message) => {
    const error = await failure(read(capture(...messages)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.hint).toBeTruthy();
  });

  it("shows a crossed book as unknown when bad rows are skipped, and goes on", async () => {
    const messages = [...usual, diff(14, 14, "11.5x1", ""), diff(15, 15, "11.5x0", "")];
    const { rows } = await read(capture(...messages), { badRows: "skip" });
    expect(rows.slice(4)).toEqual(["7 bids asks", "8 bids 10.5x0.1 10x1 9.5x4 asks 11x3 12x2"]);
  });

  it("is refused when its times run backwards", async () => {
    const lines = capture(...usual).split("\n");
    const error = await failure(read([lines[1], lines[0], ""].join("\n")));
    expect([error.code, error.message]).toEqual(["GEO-DATA-ORDER", expect.stringContaining("row 2")]);
  });

  it("makes bars of its trades, the book cut at their ends", async () => {
    const file = await openFeed(write("capture.ndjson", capture(...usual)));
    const chunks = await collect(ticksToBars(file, parseTimeframe("4ms")).events());
    expect(chunks.map(({ kind, length, times }) => [kind, length, times[0]! - start])).toEqual([
      ["tick", 1, 2],
      ["bar", 1, 4],
      ["book", 1, 4],
      ["tick", 1, 5],
      ["book", 1, 6],
      ["bar", 1, 8],
    ]);
  });
});

describe.skipIf(!hasShared)("the real capture of 2024-08-08", () => {
  const path = sharedFile("BTCUSDT_spot_l2_20240808.ndjson.gz");

  it("syncs: 3,448 diffs after the snapshot, never crossed, the top equal to bookTicker at equal ids", async () => {
    const chunks = await collect((await openFeed(path)).events());
    const books = chunks.filter((chunk): chunk is BookChunk => chunk.kind === "book");
    const tops = books.flatMap(topsOf);
    expect(chunks.reduce((sum, { kind, length }) => sum + (kind === "tick" ? length : 0), 0)).toBe(9757);
    // The first picture is that of the snapshot and the diff that straddles it.
    expect(tops).toHaveLength(1 + 3448);
    expect(tops.filter((top) => !(Number(top.bid[0]) < Number(top.ask[0])))).toEqual([]);
    const { diffs, tickers } = await idsOf(path);
    let [compared, ofLatest] = [0, 0];
    for (const [i, { id, isLatest }] of diffs.slice(3).entries()) {
      const ticker = tickers.get(id);
      if (ticker === undefined) continue;
      expect([tops[i + 1]!.bid, tops[i + 1]!.ask]).toEqual([ticker.bid, ticker.ask]);
      compared += 2;
      if (isLatest) ofLatest += 2;
    }
    expect([compared, ofLatest]).toEqual([1128, 1120]);
  });

  it("gives the same quotes as the file that was made of its bookTicker messages", async () => {
    const ofCapture = await collect((await openFeed(path, { feed: "quotes" })).events());
    const ofFile = await collect((await openQuotes(sharedFile("BTCUSDT_spot_l1_quotes.csv"))).chunks());
    const quotes = rowsOf(ofCapture.filter(({ kind }) => kind === "quote"));
    expect(quotes).toHaveLength(28_040);
    expect(quotes.join("\n") === rowsOf(ofFile).join("\n")).toBe(true);
  });

  it("makes one stream of books, trades and their bars, in order of time", async () => {
    const chunks = await collect(ticksToBars(await openFeed(path), parseTimeframe("1m")).events());
    const times = chunks.flatMap((chunk: MarketChunk) => [...chunk.times]);
    expect(times.filter((time, i) => i > 0 && time < times[i - 1]!)).toEqual([]);
    expect(chunks.filter((chunk): chunk is BarChunk => chunk.kind === "bar")).toHaveLength(6);
  });
});

interface Update {
  readonly id: number;
  /** The bookTicker that came last before it has the same id. */
  readonly isLatest: boolean;
}

interface Top {
  readonly bid: readonly [price: string, size: string];
  readonly ask: readonly [price: string, size: string];
}

function topsOf(chunk: BookChunk): Top[] {
  const cell = (column: BookChunk["bidPrices"], row: number) =>
    formatFixed(fixedAt(column, row * chunk.depth));
  return Array.from({ length: chunk.length }, (_, row) => ({
    bid: [cell(chunk.bidPrices, row), cell(chunk.bidSizes, row)],
    ask: [cell(chunk.askPrices, row), cell(chunk.askSizes, row)],
  }));
}

/** The last update id of each depth message, and each bookTicker by its id: read here without the code under test. */
async function idsOf(path: string): Promise<{ diffs: Update[]; tickers: Map<number, Top> }> {
  const diffs: Update[] = [];
  const tickers = new Map<number, Top>();
  let latest = 0;
  const exact = (text: string) => formatFixed(parseFixed(text));
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) })) {
    const { data: message } = JSON.parse(line.slice(line.indexOf(" ")));
    if (message?.e === "depthUpdate") diffs.push({ id: message.u, isLatest: latest === message.u });
    else if (message?.B !== undefined) {
      const { u, b, B, a, A } = message;
      latest = u;
      tickers.set(u, { bid: [exact(b), exact(B)], ask: [exact(a), exact(A)] });
    }
  }
  return { diffs, tickers };
}
