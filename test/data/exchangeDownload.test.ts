import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { downloadCandles } from "../../src/data/candleDownload.ts";
import { openCsv } from "../../src/data/csvFile.ts";
import { parseTimeframe } from "../../src/domain/time.ts";
import { candleOf, epoch, FakeMarket } from "../support/fakeMarket.ts";
import { FakeTime } from "../support/fakeTime.ts";
import { collect, failure, rowsOf, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const minute = 60_000;
let files = 0;

/** A venue that has closed `closed` candles, and a file that is not there yet. */
async function desk(closed: number) {
  const time = new FakeTime();
  await time.pass(closed * minute);
  const market = new FakeMarket(time);
  for (let m = 0; m < closed; m++) market.candleList.push(candleOf(m));
  market.candleList.push(candleOf(closed, false));
  const path = write(`BTCUSDT_${files++}.csv`, "");
  const download = (from?: number, to?: number) =>
    downloadCandles(market, {
      symbol: "BTC/USDT",
      timeframe: parseTimeframe("1m"),
      from: from === undefined ? undefined : epoch + from * minute,
      to: to === undefined ? undefined : epoch + to * minute,
      path,
    });
  const next = async (): Promise<void> => {
    const last = market.candleList.length - 1;
    await time.pass(minute);
    market.candleList[last] = candleOf(last);
    market.candleList.push(candleOf(last + 1, false));
  };
  const text = () => readFileSync(path, "utf8");
  return { market, path, download, next, text };
}

const lines = (minutes: readonly number[]) =>
  minutes.map((m) => {
    const { openTime, open, high, low, close, volume } = candleOf(m);
    const stamp = new Date(openTime).toISOString().replace(".000Z", "Z");
    return `${[stamp, "BTC/USDT", open, high, low, close, volume].join(",")}\n`;
  });
const header = "timestamp,symbol,open,high,low,close,volume\n";
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("data download", () => {
  it("writes all closed candles of the period in the venue's own texts, page by page", async () => {
    const { download, text, market } = await desk(12);
    const report = await download(1);
    expect(text()).toBe(header + lines(range(1, 11)).join(""));
    expect(report).toMatchObject({ before: false, added: 11, missing: 0, last: epoch + 11 * minute });
    expect(market.questions).toBeGreaterThan(2);
  });

  it("ends where --to says", async () => {
    const { download, text } = await desk(12);
    await download(2, 4);
    expect(text()).toBe(header + lines([2, 3]).join(""));
  });

  it("makes a file that a backtest reads", async () => {
    const { download, path } = await desk(3);
    await download(0);
    const rows = rowsOf(await collect((await openCsv(path)).chunks()));
    expect(rows[0]).toBe(
      `BTC/USDT ${epoch + minute} ${epoch} 100 102.5 99 101.75 1.5`.replace(" 99 ", " 99.25 "),
    );
    expect(rows.length).toBe(3);
  });

  it("goes on where a file ends, also when its last row was cut off", async () => {
    const { download, next, text, path } = await desk(5);
    await download(0);
    await next();
    await next();
    expect((await download()).added).toBe(2);
    expect(text()).toBe(header + lines(range(0, 6)).join(""));
    truncateSync(path, text().length - 20);
    await next();
    expect((await download(0)).added).toBe(2);
    expect(text()).toBe(header + lines(range(0, 7)).join(""));
    expect((await download()).added).toBe(0);
  });

  it("counts the intervals that the venue has no candle for", async () => {
    const { download, market } = await desk(9);
    market.candleList.splice(4, 2);
    expect(await download(0)).toMatchObject({ added: 7, missing: 2 });
  });

  it.each([
    ["another file", "a,b\n1,2\n", "GEO-DATA-HEADER"],
    ["another symbol", `${header}2024-01-01T00:00:00Z,ETH/USDT,1,1,1,1,1\n`, "GEO-DATA-VALUE"],
    [
      "a row that the venue does not have so",
      header + lines([1])[0]!.replace("101.00", "101.01"),
      "GEO-DATA-VALUE",
    ],
    ["a file that begins too late", header + lines([3])[0]!, "GEO-DATA-VALUE"],
  ])("refuses %s, and leaves it as it is", async (_, content, code) => {
    const { download, path, text } = await desk(5);
    appendFileSync(path, content);
    expect((await failure(download(0))).code).toBe(code);
    expect(text()).toBe(content);
  });

  it("says so when the venue has nothing, and when it is not told where to begin", async () => {
    const { download, market } = await desk(5);
    expect((await failure(download())).code).toBe("GEO-USAGE");
    market.candleList.length = 0;
    expect((await failure(download(0))).code).toBe("GEO-DATA-SHORT");
  });
});
