import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ticksToBars } from "../../src/data/bars.ts";
import { openCsv, openQuotes } from "../../src/data/csvFile.ts";
import { DetailedStream } from "../../src/data/detail.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import type { MarketStream } from "../../src/domain/ports.ts";
import { isoTime, parseTimeframe } from "../../src/domain/time.ts";
import { collect, failure, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const start = 1_704_067_200_000;
const minute = 60_000;

/** Rows "minute open high low close" as a file of bars. */
async function bars(length: number, rows: readonly string[], chunkRows = 100, symbol = "A") {
  const lines = rows.map((row) => {
    const [at, ...prices] = row.split(" ");
    return [start + Number(at) * minute, ...prices, 1].join(",");
  });
  const text = `time,open,high,low,close,volume\n${lines.join("\n")}\n`;
  const timeframe = parseTimeframe(`${length}m`);
  return openCsv(write(`${symbol}_${length}m.csv`, text), { timeframe, chunkRows });
}

/** "h 0 1 …": a hidden row, "b …": a bar that only shows, "m …": a bar that orders match on; opened and known, in minutes. */
async function shown(stream: MarketStream<MarketChunk>): Promise<string[]> {
  const chunks = await collect(stream.events());
  const times = chunks.flatMap((chunk) => [...chunk.times]);
  expect(times.filter((time, i) => i > 0 && time < times[i - 1]!)).toEqual([]);
  expect(new Set(chunks.map(({ instruments }) => instruments[0])).size).toBe(1);
  return chunks.flatMap((chunk) => {
    const mark = chunk.hidden === true ? "h" : chunk.kind === "bar" && chunk.derived ? "b" : "m";
    return Array.from({ length: chunk.length }, (_, row) => {
      const opened = chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!;
      return [mark, (opened - start) / minute, (chunk.times[row]! - start) / minute].join(" ");
    });
  });
}

const coarse = ["0 10 13 9 12", "5 12 12 11 11", "10 11 15 10 14"];
const finer = ["0 10 11 9 10", "1 10 13 10 12", "4 12 12 12 12", "10 11 15 11 15", "14 15 15 10 14"];

describe("DetailedStream", () => {
  it.each([1, 2, 100])(
    "puts the finer rows before their bar, which then only shows (chunks of %i)",
    async (n) => {
      const stream = new DetailedStream(await bars(5, coarse, n), await bars(1, finer, n));
      expect(await shown(stream)).toEqual([
        "h 0 1",
        "h 1 2",
        "h 4 5",
        "b 0 5",
        "m 5 10",
        "h 10 11",
        "h 14 15",
        "b 10 15",
      ]);
      expect(stream.report).toEqual({
        bars: 3,
        withoutDetail: 1,
        disagreeing: 0,
        firstDisagreement: null,
        rowsOutside: 0,
      });
    },
  );

  it("counts bars that the finer rows do not bear out, and names the first", async () => {
    const wrong = ["0 10 11 9 10", "1 10 12.5 10 12", "10 11 16 10 14"];
    const stream = new DetailedStream(await bars(5, coarse), await bars(1, wrong));
    await collect(stream.events());
    expect(stream.report).toMatchObject({
      disagreeing: 2,
      firstDisagreement: { openTime: start, what: "high 13, in detail 12.5" },
    });
  });

  it.each([
    ["open", "0 10.5 13 9 12"],
    ["high", "0 10 13.000000000000000001 9 12"],
    ["low", "0 10 13 9.1 12"],
    ["close", "0 10 13 9 12.5"],
  ])("sees a different %s", async (field, row) => {
    const stream = new DetailedStream(await bars(5, coarse.slice(0, 1)), await bars(1, [row]));
    await collect(stream.events());
    expect(stream.report.firstDisagreement?.what).toMatch(new RegExp(`^${field} `));
  });

  it("leaves out rows where the coarse file has no bar, before its first and after its last", async () => {
    const rows = [
      "-2 1 1 1 1",
      ...finer.slice(0, 3),
      "6 1 1 1 1",
      "7 1 1 1 1",
      ...finer.slice(3),
      "20 1 1 1 1",
    ];
    const stream = new DetailedStream(await bars(5, [coarse[0]!, coarse[2]!]), await bars(1, rows));
    expect((await shown(stream)).filter((row) => row.startsWith("b"))).toEqual(["b 0 5", "b 10 15"]);
    expect(stream.report).toMatchObject({ rowsOutside: 2, disagreeing: 0, withoutDetail: 0 });
  });

  it("resolves bars by quotes, which say nothing of what was paid", async () => {
    const text = `time,bid,ask\n${start},1,2\n${start + 4 * minute},1,2\n${start + 10 * minute},1,2\n`;
    const stream = new DetailedStream(await bars(5, coarse), await openQuotes(write("A_quotes.csv", text)));
    expect(await shown(stream)).toEqual(["h 0 0", "h 4 4", "b 0 5", "m 5 10", "h 10 10", "b 10 15"]);
    expect(stream.report).toMatchObject({ withoutDetail: 1, disagreeing: 0 });
  });

  it("reports each reading anew", async () => {
    const stream = new DetailedStream(await bars(5, coarse), await bars(1, finer));
    expect(await shown(stream)).toEqual(await shown(stream));
    expect(stream.report.bars).toBe(3);
  });

  it("refuses finer bars that lie across the end of a coarse one", async () => {
    const stream = new DetailedStream(
      await bars(5, coarse),
      await bars(3, ["0 10 13 9 12", "3 12 12 11 11"]),
    );
    const error = await failure(collect(stream.events()));
    expect([error.code, error.message]).toEqual([
      "GEO-DATA-VALUE",
      expect.stringContaining(`to ${isoTime(start + 6 * minute)} across ${isoTime(start + 5 * minute)}`),
    ]);
  });

  it("refuses another symbol, several, and trades in place of bars", async () => {
    const ours = await bars(5, coarse);
    const trades = await openCsv(write("A_t.csv", `time,price,qty\n${start},10,1\n`));
    const several = await openCsv(
      write("x.csv", `symbol,time,price,qty\nA,${start},10,1\nB,${start},10,1\n`),
    );
    for (const stream of [
      new DetailedStream(ours, await bars(1, finer, 100, "B")),
      new DetailedStream(ours, several),
      new DetailedStream(trades, await bars(1, finer)),
    ]) {
      expect((await failure(collect(stream.events()))).code).toBe("GEO-DATA-SYMBOL");
    }
  });

  it("shows the bars as they were and matches on the finer rows as they were, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        async (minutes, coarseRows, finerRows) => {
          const rows = minutes.sort((a, b) => a - b).map((at) => `${at} 10 12 9 11`);
          const opens = [...new Set(minutes.map((at) => at - (at % 5)))];
          const large = await bars(
            5,
            opens.map((at) => `${at} 10 12 9 11`),
            coarseRows,
          );
          const small = await bars(1, rows, finerRows);
          const stream = new DetailedStream(large, small);
          const chunks = await collect(stream.events());
          const isHidden = (chunk: MarketChunk) => chunk.hidden === true;
          expect(rowsOf(chunks.filter(isHidden))).toEqual(rowsOf(await collect(small.chunks())));
          expect(rowsOf(chunks.filter((chunk) => !isHidden(chunk)))).toEqual(
            rowsOf(await collect(large.chunks())),
          );
          expect(stream.report).toMatchObject({ withoutDetail: 0, disagreeing: 0, rowsOutside: 0 });
        },
      ),
      { numRuns: 50 },
    );
  });

  it.skipIf(!hasShared)("finds that real trades bear out every real candle", async () => {
    const candles = await openCsv(sharedFile("XRPETH_1m.csv"));
    const stream = new DetailedStream(candles, await openCsv(sharedFile("XRPETH_trades.csv")));
    const chunks = await collect(stream.events());
    expect(stream.report).toEqual({
      bars: 2469,
      withoutDetail: 0,
      disagreeing: 0,
      firstDisagreement: null,
      rowsOutside: 0,
    });
    expect(chunks.reduce((sum, { hidden, length }) => sum + (hidden === true ? length : 0), 0)).toBe(12_477);
  });

  it.skipIf(!hasShared)("finds that real minutes bear out the five minutes made of the trades", async () => {
    const trades = await openCsv(sharedFile("XRPETH_trades.csv"));
    const five: MarketStream<MarketChunk> = {
      async *events() {
        for await (const chunk of ticksToBars(trades, parseTimeframe("5m")).events()) {
          if (chunk.kind === "bar") yield chunk;
        }
      },
    };
    const stream = new DetailedStream(five, await openCsv(sharedFile("XRPETH_1m.csv")));
    await collect(stream.events());
    expect(stream.report).toMatchObject({ withoutDetail: 0, disagreeing: 0, rowsOutside: 0 });
  });
});
