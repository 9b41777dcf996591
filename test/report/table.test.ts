import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reasons } from "../../src/domain/reasons.ts";
import type { Metrics } from "../../src/metrics/panel.ts";
import { checkAssertions, parseAssertion } from "../../src/report/assertions.ts";
import type { BacktestDocument } from "../../src/report/document.ts";
import {
  formatCost,
  formatDuration,
  formatMeasure,
  formatMoney,
  formatPeriod,
  wrap,
} from "../../src/report/format.ts";
import { renderBacktest, renderMetrics } from "../../src/report/table.ts";
import { document, metrics } from "./documents.ts";

const plain = { color: false };
const widest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

const symbols = Array.from({ length: 8 }, (_, i) => `LONGNAME${i}/USDT:USDT`);
const huge: BacktestDocument = {
  ...document,
  run: {
    ...document.run,
    strategy: { ...document.run.strategy, params: { text: "x".repeat(200), list: [1, 2, 3], nothing: null } },
    data: symbols.map((symbol) => ({ ...document.run.data[0]!, symbol })),
    cash: "123456789012345678901234567890.123",
  },
  metrics: {
    ...metrics,
    totalReturn: 1e12,
    finalEquity: "123456789012345678901234567890.123",
    fees: "999999999999.99",
  },
  positions: symbols.map((symbol) => ({
    symbol,
    quantity: "12345678901.12345678",
    entryPrice: 123_456_789.123,
    currentPrice: "123456789.123456789",
    unrealizedPnl: "-1234567890.12",
    realizedPnl: "0",
  })),
  reasons: Object.fromEntries([
    ...Object.keys(reasons).map((code, i) => [code, i * 1_000_003]),
    ...Array.from({ length: 22 }, (_, i) => [`refused:some-new-reason-${i}-with-a-very-long-name`, i]),
  ]),
  warnings: [{ code: "path", message: `/${"a-long-folder/".repeat(12)}prices.csv: bars are missing.` }],
};

describe("the report of a backtest", () => {
  it("leads with what decides", () => {
    const lines = renderBacktest(document, plain).split("\n");
    expect(lines[0]).toBe(" sma-cross (fast 10)");
    expect(lines[1]).toBe(" BTC/USDT 1d, 2024-01-02 to 2024-01-04 UTC, 3 bars");
    const lead = lines.slice(3, 9).join("\n");
    for (const text of ["12.35 %", "20.00 %", "-1.98 %", "100.00 %", "11,234.57 USDT"])
      expect(lead).toContain(text);
  });

  it("names costs, calendar and limits in words", () => {
    const text = renderBacktest(document, plain).replace(/\s+/g, " ");
    expect(text).toContain("fees 0.1 % a side, slippage 5 bps, limits fill when traded through");
    expect(text).toContain("252 trading days a year (daily, UTC)");
    expect(text).toContain("10,000.00 USDT on SIMULATED, a cash account");
  });

  it("says why a measure is undefined", () => {
    expect(renderBacktest(document, plain)).toMatch(/– there is no loss: .*Profit factor/);
  });

  it("ends with orders, warnings and assertions", () => {
    const assertions = checkAssertions([parseAssertion("sharpe>=100"), parseAssertion("trades==1")], metrics);
    const text = renderBacktest({ ...document, assertions }, plain);
    expect(text).toMatch(/1 {2}refused:no-position +nothing held/);
    expect(text).toContain("- 1 closed trade: too few");
    expect(text).toMatch(/- FAILS sharpe>=100: found \d/);
    expect(text).toContain("- holds trades==1: found 1");
  });

  it("fits 80 columns whatever is in it, and cuts nothing off", () => {
    for (const shown of [document, huge]) {
      const text = renderBacktest(shown, plain);
      expect(widest(text)).toBeLessThanOrEqual(80);
      expect(text).not.toContain("…");
      for (const line of text.split("\n")) expect(line).toBe(line.trimEnd());
    }
    const joined = renderBacktest(huge, plain);
    for (const symbol of symbols) expect(joined).toContain(symbol);
    for (const code of Object.keys(reasons)) expect(joined).toContain(code);
  });

  it("is coloured only when asked to, with the same words in the same places", () => {
    for (const shown of [document, huge]) {
      const colored = renderBacktest(shown, { color: true });
      expect(colored).not.toBe(renderBacktest(shown, plain));
      expect(stripVTControlCharacters(colored)).toBe(renderBacktest(shown, plain));
    }
  });

  it("shows measures that are all undefined", () => {
    const names = Object.entries(metrics).filter(([, value]) => typeof value !== "object" || value === null);
    const empty = {
      ...metrics,
      ...Object.fromEntries(names.map(([name]) => [name, null])),
      riskFreeRate: 0,
      undefinedBecause: { sharpe: "there are no daily returns" },
    } as Metrics;
    const text = renderMetrics(empty, [], plain);
    expect(text).toMatch(/Sharpe +│ +– │/);
    expect(text).toContain("there are no daily returns: Sharpe");
  });
});

describe("formats", () => {
  it.each([
    [0.1234567, "share", "12.35 %"],
    [-0.000001, "share", "0.00 %"],
    [1e12, "share", "1.00e+14 %"],
    [1234.5, "ratio", "1,234.50"],
    [1234, "count", "1,234"],
    ["1234567.895", "money", "1,234,567.90"],
    ["0.1000000000000000000000001", "money", "0.10"],
    ["0.00012345", "money", "0.00012345"],
    [86_400 * 3, "seconds", "3 days"],
    [null, "ratio", "–"],
  ] as const)("%s as %s is %s", (value, unit, text) => {
    expect(formatMeasure(value, unit)).toBe(text);
  });
  it.each([
    ["0.001", "0.1 %"],
    ["0.0005", "5 bps"],
    ["0.00025", "2.5 bps"],
    ["0", "0 %"],
    ["0.05", "5 %"],
  ])("a cost of %s is %s", (fraction, text) => {
    expect(formatCost(fraction)).toBe(text);
  });
  it("rounding and grouping are those of Intl", () => {
    const two = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const upToEight = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 8 });
    const cents = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 12 }));
    const property = fc.property(cents, ([units, decimals]) => {
      const text = (units / 10 ** decimals).toString();
      const amount = text as Intl.StringNumericLiteral;
      const money = Math.abs(Number(text)) < 100 ? upToEight : two;
      expect(formatMoney(text)).toBe(money.format(amount));
      expect(formatMeasure(Number(text), "ratio").replace(/^-/, "")).toBe(
        (Math.abs(Number(text)) < 1e8 ? two.format(amount) : Number(text).toExponential(2)).replace(/^-/, ""),
      );
    });
    fc.assert(property, { numRuns: 2000 });
  });
  it("large money stays readable", () => {
    expect(formatMoney("1234567890123456")).toBe("1.2346e+15");
    expect(formatMoney("123456789012.345")).toBe("123,456,789,012.35");
  });
  it.each([
    [420, "0.42 s"],
    [150_000, "3 minutes"],
    [86_400_000, "24 hours"],
  ])("%d ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
  it("a period shows times of day only when it has some", () => {
    expect(formatPeriod("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")).toBe("2024-01-01 to 2024-02-01 UTC");
    expect(formatPeriod("2024-01-01T00:01:00Z", "2024-02-01T00:00:00Z")).toBe(
      "2024-01-01 00:01 to 2024-02-01 00:00 UTC",
    );
  });
  it("wrapping loses nothing", () => {
    expect(wrap("aa bb cccccccc d", 5)).toEqual(["aa bb", "ccccc", "ccc d"]);
  });
});
