import { describe, expect, it } from "vitest";
import { readFunding } from "../../src/data/funding.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import { failure, hasShared, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();

async function read(text: string, symbol?: string) {
  const rates = await readFunding(write("BTCUSDT_funding.csv", text), { symbol });
  return rates.map(({ time, rate }) => `${time} ${formatFixed(rate)}`);
}

describe("readFunding", () => {
  it.each([
    ["timestamp,funding_rate\n1704067200017,0.0001\n1704096000000,-0.00025\n"],
    [
      "calc_time,funding_interval_hours,last_funding_rate\n1704067200017,8,0.00010000\n1704096000000,8,-2.5e-4\n",
    ],
    ["symbol,fundingTime,fundingRate,markPrice\nX,1704067200017,.0001,5\nX,1704096000000,-0.00025,5\n"],
    ['"time","rate"\n"1704067200017","0.0001"\n"1704096000000","-0.00025"\n'],
  ])("reads %j with times and rates as given", async (text) => {
    expect(await read(text)).toEqual(["1704067200017 0.0001", "1704096000000 -0.00025"]);
  });

  it("chooses one symbol of several", async () => {
    const text = "symbol,time,rate\nA,1704067200000,0.1\nB,1704067200000,0.2\nA,1704096000000,0.3\n";
    expect(await read(text, "A")).toEqual(["1704067200000 0.1", "1704096000000 0.3"]);
    expect((await failure(read(text))).code).toBe("GEO-DATA-SYMBOL");
    expect(await failure(read(text, "C"))).toMatchObject({ code: "GEO-DATA-EMPTY" });
  });

  it.each([
    ["time,rate\n1704067200000,1\n", "GEO-DATA-VALUE", 'row 2, column "rate": expected a fraction'],
    ["time,rate\n1704067200000,-1.5\n", "GEO-DATA-VALUE", "found -1.5"],
    ["time,rate\n1704067200000,x\n", "GEO-DATA-VALUE", "expected a plain decimal number"],
    ["time,rate\n1704067200000,0\n1704067200000,0\n", "GEO-DATA-DUPLICATE", "row 3"],
    ["time,rate\n1704067200000,0\n1704067100000,0\n", "GEO-DATA-ORDER", 'row 3, column "time"'],
    ["time,price\n1704067200000,0\n", "GEO-DATA-HEADER", "expected a funding rate"],
    ["funding_rate,x\n1,0\n", "GEO-DATA-HEADER", "expected a time column"],
  ])("refuses %j", async (text, code, message) => {
    const error = await failure(read(text));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.hint).toBeTruthy();
  });

  it.skipIf(!hasShared)("reads a real file: late by up to 19 ms, one rate of 19 decimals", async () => {
    const rates = await readFunding(sharedFile("XRPUSDT_PERP_funding_8h.csv"));
    expect(rates).toHaveLength(91);
    expect(rates[0]!.time).toBe(1_637_193_600_017);
    expect(Math.max(...rates.map(({ time }) => time % 28_800_000))).toBe(19);
    expect(rates.map(({ rate }) => formatFixed(rate))).toContain("-0.0021933400000000002");
  });
});
