import { describe, expect, it } from "vitest";
import { checkAssertions, parseAssertion } from "../../src/report/assertions.ts";
import { measureNames } from "../../src/report/measures.ts";
import { metrics } from "./documents.ts";

describe("reading", () => {
  it.each([
    ["sharpe>=1"],
    ["maxDrawdown>=-20%"],
    ["maxDrawdown >= -0.2"],
    ["trades>30"],
    ["trades==3"],
    ["finalEquity>=11000.5"],
    ["maxDrawdownDuration<=30d"],
    ["maxDrawdown==0"],
    ["winRate<100%"],
    ["profitFactor>0"],
    ["totalReturn>=100%"],
  ])("takes %s", (text) => {
    expect(parseAssertion(text).text).toBe(text);
  });

  it.each([
    ["sharp>=1", 'unknown measure "sharp". Did you mean "sharpe"?'],
    ["riskFreeRate>0", 'unknown measure "riskFreeRate"'],
    ["sharpe", "expected a measure"],
    ["sharpe=>1", "expected a measure"],
    ["sharpe=1", "expected a measure"],
    ["sharpe!=1", "expected a measure"],
    ["sharpe>=", "expected a measure"],
    ["sharpe>=one", "expected a number such as 1.5"],
    ["sharpe>=10%", "expected a number such as 1.5"],
    ["trades>30d", "expected a number such as 30"],
    ["winRate>=60", "expected a unit behind a share above 1"],
    ["finalEquity>=NaN", "expected an amount"],
    ["maxDrawdownDuration<=30%", "expected seconds"],
  ])("refuses %s", (text, message) => {
    expect(() => parseAssertion(text)).toThrow(
      expect.objectContaining({ code: "GEO-ASSERTION-INVALID", message: expect.stringContaining(message) }),
    );
  });

  it.each([
    "maxDrawdown<=0",
    "maxDrawdown>=-100%",
    "maxDrawdown<20%",
    "winRate>=0",
    "winRate<=100%",
    "trades>=0",
    "trades>-1",
    "exposure<=100%",
    "volatility>=0",
    "profitFactor>=0",
    "fees>=0",
    "maxDrawdownDuration>=0",
    "cagr>=-100%",
  ])("refuses %s, which can never fail", (text) => {
    expect(() => parseAssertion(text)).toThrow("can never fail");
  });

  it.each([
    "maxDrawdown>0",
    "maxDrawdown>=20%",
    "maxDrawdown<-100%",
    "winRate>100%",
    "trades<0",
    "trades==2.5",
    "fees==-1",
  ])("refuses %s, which can never hold", (text) => {
    expect(() => parseAssertion(text)).toThrow("can never hold");
  });

  it("knows every number of the panel but the rate that was asked for", () => {
    const numbers = Object.keys(metrics).filter(
      (name) => !["riskFreeRate", "returns", "calendar", "undefinedBecause"].includes(name),
    );
    expect([...measureNames].sort()).toEqual(numbers.sort());
  });
});

describe("checking", () => {
  const check = (text: string) => checkAssertions([parseAssertion(text)], metrics)[0]!;
  it.each([
    ["finalEquity==11234.567891", true],
    ["finalEquity>11234.567891", false],
    ["finalEquity>=11234.5678910000000000000000001", false],
    ["trades==1", true],
    ["trades>1", false],
    ["maxDrawdown>=-2%", true],
    ["maxDrawdown>=-1%", false],
    ["maxDrawdown==-1.98%", true],
    ["maxDrawdownDuration<=1d", true],
    ["maxDrawdownDuration<1d", false],
    ["totalReturn>12%", true],
  ])("%s is %s", (text, holds) => {
    expect(check(text).holds).toBe(holds);
  });

  it("fails on a measure that is undefined, and says why", () => {
    expect(metrics.profitFactor).toBeNull();
    expect(check("profitFactor<5")).toMatchObject({ holds: false, found: null, reason: "there is no loss" });
  });

  it("reports what was expected and found as the measure itself is written", () => {
    expect(check("finalEquity>=12000")).toEqual({
      assertion: "finalEquity>=12000",
      measure: "finalEquity",
      operator: ">=",
      expected: "12000",
      found: "11234.567891",
      holds: false,
      reason: null,
    });
    expect(check("maxDrawdown>=-1%")).toMatchObject({ expected: -0.01, found: -0.0198 });
  });
});
