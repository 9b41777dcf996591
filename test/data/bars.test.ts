import { describe, expect, it } from "vitest";
import { intervalOf, ticksToBars } from "../../src/data/bars.ts";
import { openCsv } from "../../src/data/csvFile.ts";
import type { BarChunk } from "../../src/domain/market.ts";
import { isoTime, parseTimeframe } from "../../src/domain/time.ts";
import { collect, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();

describe("ticksToBars", () => {
  it.skipIf(!hasShared)("makes the exchange's own candles of its trades, digit for digit", async () => {
    const trades = await openCsv(sharedFile("XRPETH_trades.csv"));
    const candles = await collect((await openCsv(sharedFile("XRPETH_1m.csv"))).chunks());
    const events = await collect(ticksToBars(trades, parseTimeframe("1m")).events());
    const bars = events.filter((chunk): chunk is BarChunk => chunk.kind === "bar");
    expect(bars).toHaveLength(2469);
    expect(rowsOf(bars)).toEqual(rowsOf(candles));
    expect(rowsOf(events.filter((chunk) => chunk.kind === "tick"))).toEqual(
      rowsOf(await collect(trades.chunks())),
    );
  });

  it("puts a bar before the ticks at its end and leaves out intervals without a trade", async () => {
    const path = write(
      "A_trades.csv",
      "time,price,qty\n0,10,1\n30000,12,0.5\n60000,11,2\n60000,9,1\n300000,8,1\n".replaceAll(
        /^(\d+)/gm,
        (ms) => (ms === "0" ? "1700006400000" : String(1_700_006_400_000 + Number(ms))),
      ),
    );
    const events = await collect(ticksToBars(await openCsv(path), parseTimeframe("1m")).events());
    const shown = events.map((chunk) => [
      chunk.kind,
      chunk.length,
      (chunk.times[0]! - 1_700_006_400_000) / 60_000,
    ]);
    expect(shown).toEqual([
      ["tick", 2, 0],
      ["bar", 1, 1],
      ["tick", 2, 1],
      ["bar", 1, 2],
      ["tick", 1, 5],
      ["bar", 1, 6],
    ]);
    expect(rowsOf(events.filter((chunk) => chunk.kind === "bar"))).toEqual([
      "A 1700006460000 1700006400000 10 12 10 12 1.5",
      "A 1700006520000 1700006460000 11 11 9 9 3",
      "A 1700006760000 1700006700000 8 8 8 8 1",
    ]);
  });

  it("builds the bars of several symbols side by side, wide and exact", async () => {
    const path = write(
      "multi.csv",
      [
        "time,symbol,price,qty",
        "2024-01-01T00:00:01Z,AAA,1.5,9007199254740991",
        "2024-01-01T00:00:02Z,BBB,2,1",
        "2024-01-01T00:00:03Z,AAA,1.500000000000000000001,9007199254740991.5",
        "2024-01-01T00:01:00Z,BBB,3,1",
      ].join("\n"),
    );
    const events = await collect(ticksToBars(await openCsv(path), parseTimeframe("1m")).events());
    expect(rowsOf(events.filter((chunk) => chunk.kind === "bar"))).toEqual([
      "AAA 1704067260000 1704067200000 1.5 1.500000000000000000001 1.5 1.500000000000000000001 18014398509481982.5",
      "BBB 1704067260000 1704067200000 2 2 2 2 1",
      "BBB 1704067320000 1704067260000 3 3 3 3 1",
    ]);
  });
});

describe("intervalOf", () => {
  it.each([
    ["2024-02-29T23:59:59Z", "1m", "2024-02-29T23:59:00Z", "2024-03-01T00:00:00Z"],
    ["2024-02-29T23:59:59Z", "4h", "2024-02-29T20:00:00Z", "2024-03-01T00:00:00Z"],
    ["2024-03-03T12:00:00Z", "1w", "2024-02-26T00:00:00Z", "2024-03-04T00:00:00Z"],
    ["2024-02-29T12:00:00Z", "1M", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
    ["1969-12-31T12:00:00Z", "1M", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"],
    ["2024-02-29T12:00:00Z", "3M", "2024-01-01T00:00:00Z", "2024-04-01T00:00:00Z"],
    ["2024-02-29T12:00:00Z", "1y", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"],
  ])("%s lies in the %s from %s to %s", (time, timeframe, start, end) => {
    expect(intervalOf(Date.parse(time), parseTimeframe(timeframe)).map(isoTime)).toEqual([start, end]);
  });
});
