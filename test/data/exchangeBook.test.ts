import { describe, expect, it } from "vitest";
import type { BestPrices, BookDiff, LevelText } from "../../src/connectivity/marketApi.ts";
import { ExchangeDataSource } from "../../src/data/exchangeDataSource.ts";
import type { Channel, LiveStatus } from "../../src/data/liveStatus.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import { epoch, FakeMarket } from "../support/fakeMarket.ts";
import { FakeTime, settled } from "../support/fakeTime.ts";
import { rowsOf } from "./support.ts";

const levels = (text: string) =>
  text.split(" ").flatMap((level) => (level === "" ? [] : [level.split("x") as unknown as LevelText]));

function diff(first: number, last: number, bids: string, asks: string): BookDiff {
  const time = epoch + last;
  return { kind: "diff", time, first, last, previous: null, bids: levels(bids), asks: levels(asks) };
}

const picture = (sequence: number, bids: string, asks: string) =>
  ({ kind: "picture", time: epoch, sequence, bids: levels(bids), asks: levels(asks) }) as const;

const quote = (sequence: number, bid: string, ask: string): BestPrices => ({
  time: epoch + sequence,
  sequence,
  bid: levels(bid)[0]!,
  ask: levels(ask)[0]!,
});

async function open(channel: Channel) {
  const time = new FakeTime();
  const market = new FakeMarket(time);
  market.picture = picture(10, "10x1 9x2", "11x1 12x2");
  const statuses: LiveStatus[] = [];
  const source = new ExchangeDataSource(market, {
    symbols: ["BTC/USDT"],
    channels: [channel],
    depth: 2,
    timers: time,
    onStatus: (status) => statuses.push(status),
  });
  await source.connect();
  const chunks: MarketChunk[] = [];
  void (async () => {
    for await (const chunk of source.events()) chunks.push(chunk);
  })();
  await settled();
  const sendBook = async (...updates: BookDiff[]) => {
    for (const update of updates) market.streams.book.at(-1)!.push(update);
    await settled();
  };
  const sendQuotes = async (...quotes: BestPrices[]) => {
    for (const one of quotes) market.streams.quotes.at(-1)!.push(one);
    await settled();
  };
  const rows = () =>
    rowsOf(chunks).map((row) => row.replace(/^BTC\/USDT (\d+)/, (_, at) => String(at - epoch)));
  const kinds = () => statuses.map(({ kind }) => kind);
  return { time, market, source, rows, kinds, sendBook, sendQuotes };
}

describe("the book of an exchange", () => {
  it("is the snapshot and the diffs after it; those the snapshot holds are dropped", async () => {
    const { source, rows, sendBook } = await open("book");
    await sendBook(diff(6, 8, "10x8", ""), diff(9, 12, "9.5x4 9x0", "11x3"));
    await sendBook(diff(13, 13, "10.50000000x0.10000000", ""), diff(14, 15, "10.5x0", "11x0"));
    expect(rows()).toEqual([
      "8 bids 10x1 9x2 asks 11x1 12x2",
      "12 bids 10x1 9.5x4 asks 11x3 12x2",
      "13 bids 10.5x0.1 10x1 asks 11x3 12x2",
      "15 bids 10x1 9.5x4 asks 12x2",
    ]);
    await source.disconnect();
  });

  it("is unknown after a gap, until a snapshot fits again", async () => {
    const { time, market, source, rows, kinds, sendBook } = await open("book");
    await sendBook(diff(9, 11, "10x3", ""));
    market.picture = picture(12, "1x1", "99x1");
    await sendBook(diff(15, 16, "10x4", ""));
    expect(rows()).toEqual(["11 bids 10x3 9x2 asks 11x1 12x2", "16 bids asks"]);
    market.picture = picture(16, "10x4 9x2", "11x1");
    await time.pass(1_000);
    await sendBook(diff(17, 17, "", "11x2"));
    expect(rows().slice(2)).toEqual(["16 bids 10x4 9x2 asks 11x1", "17 bids 10x4 9x2 asks 11x2"]);
    expect(kinds()).toContain("unknown");
    await source.disconnect();
  });

  it.each([
    ["crossed", diff(12, 12, "11.5x1", "")],
    ["spoilt by a message that makes no sense", diff(12, 12, "10x-1", "")],
  ])("is unknown, and fetched anew, when it is %s", async (_, bad) => {
    const { market, source, rows, sendBook } = await open("book");
    await sendBook(diff(11, 11, "10x3", ""));
    market.picture = picture(12, "10x5", "11x5");
    await sendBook(bad);
    await sendBook(diff(13, 13, "10x6", ""));
    expect(rows()).toEqual([
      "11 bids 10x3 9x2 asks 11x1 12x2",
      "12 bids asks",
      "12 bids 10x5 asks 11x5",
      "13 bids 10x6 asks 11x5",
    ]);
    await source.disconnect();
  });

  it("is shown as REST has it while the stream is down, and kept again when it is back", async () => {
    const { time, market, source, rows, sendBook } = await open("book");
    await sendBook(diff(11, 11, "10x3", ""));
    market.cut("book");
    await settled();
    expect(rows().at(-1)).toBe("11 bids asks");
    market.picture = { ...picture(20, "8x1", "9x1"), time: epoch + 20 };
    await time.pass(6_000);
    expect(rows().at(-1)).toBe("20 bids 8x1 asks 9x1");
    await sendBook(diff(20, 21, "8.5x1", ""));
    expect(rows().at(-1)).toBe("21 bids 8.5x1 8x1 asks 9x1");
    await source.disconnect();
  });

  it("is fetched anew in time when the market leaves the levels of a cut snapshot", async () => {
    const { market, source, rows, sendBook } = await open("book");
    const side = (from: number, step: number) =>
      Array.from({ length: 1000 }, (_, i) => `${from + i * step}x1`).join(" ");
    market.picture = picture(10, side(5000, -1), side(5001, 1));
    await sendBook(diff(11, 11, "5000x2", ""));
    const gone = Array.from({ length: 999 }, (_, i) => `${5000 - i}x0`).join(" ");
    market.picture = picture(12, "4001x1 3999x7", "5001x1");
    const before = market.questions;
    await sendBook(diff(12, 12, gone, ""));
    expect(market.questions).toBe(before + 1);
    expect(rows().at(-1)).toBe("12 bids 4001x1 3999x7 asks 5001x1");
    await source.disconnect();
  });
});

describe("quotes of an exchange", () => {
  it("come once each; older and senseless ones are left out", async () => {
    const { source, rows, kinds, sendQuotes } = await open("quotes");
    await sendQuotes(quote(3, "10x1", "11x2"), quote(3, "10x1", "11x2"), quote(2, "9x1", "11x2"));
    await sendQuotes(quote(4, "12x1", "11x2"), quote(5, "10.5x1", "11x2"));
    expect(rows()).toEqual(["3 10 1 11 2", "5 10.5 1 11 2"]);
    expect(kinds()).toContain("ignored");
    await source.disconnect();
  });

  it("hold nothing while the stream is down, then REST's best levels", async () => {
    const { time, market, source, rows, sendQuotes } = await open("quotes");
    await sendQuotes(quote(3, "10x1", "11x2"));
    market.cut("quotes");
    await settled();
    expect(rows().at(-1)).toBe("3 10 0 11 0");
    market.picture = { ...picture(20, "8x1", "9x1"), time: epoch + 20 };
    await time.pass(6_000);
    expect(rows().at(-1)).toBe("20 8 1 9 1");
    await source.disconnect();
  });
});
