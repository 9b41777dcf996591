import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { computePanel, type PanelInput } from "../../src/metrics/panel.ts";

const at = (text: string) => Date.parse(text);

/** Thursday, Friday, Monday: +10 %, −10 %, +20 %. */
const run: PanelInput = {
  initialEquity: "1000",
  finalEquity: "1188",
  fees: "3.30",
  daily: [
    [at("2024-01-05T00:00Z"), "1100"],
    [at("2024-01-06T00:00Z"), "990"],
    [at("2024-01-09T00:00Z"), "1188"],
  ],
  barMs: 86_400_000,
  maxDrawdown: -0.12,
  maxDrawdownDuration: 345_600,
  exposure: 0.5,
  buyAndHoldReturn: 0.07,
  trades: [
    { pnl: "100", return: 0.1, bars: 2 },
    { pnl: "-50.5", return: -0.05, bars: 3 },
    { pnl: "0", return: 0, bars: 4 },
    { pnl: "138.5", return: 0.15, bars: 1 },
  ],
  options: {},
};
const nothing: PanelInput = {
  ...run,
  finalEquity: "1000",
  fees: "0",
  daily: [],
  maxDrawdown: 0,
  maxDrawdownDuration: 0,
  exposure: null,
  buyAndHoldReturn: null,
  trades: [],
};

describe("the panel of a run", () => {
  it("has every measure, worked by hand", () => {
    const deviation = Math.sqrt((0.1 / 3) ** 2 + (0.5 / 3) ** 2 + (0.4 / 3) ** 2) / Math.SQRT2;
    const growth = 1.188 ** (252 / 3) - 1;
    const pnlDeviation = Math.sqrt((53 ** 2 + 97.5 ** 2 + 47 ** 2 + 91.5 ** 2) / 3);
    const expected = {
      totalReturn: 0.188,
      cagr: growth,
      sharpe: (0.2 / 3 / deviation) * Math.sqrt(252),
      sortino: (0.2 / 3 / Math.sqrt(0.01 / 3)) * Math.sqrt(252),
      calmar: growth / 0.12,
      maxDrawdown: -0.12,
      maxDrawdownDuration: 345_600,
      volatility: deviation * Math.sqrt(252),
      valueAtRisk95: -0.08,
      conditionalValueAtRisk95: -0.1,
      winRate: 0.5,
      profitFactor: 238.5 / 50.5,
      expectancy: 0.05,
      sqn: (2 * 47) / pnlDeviation,
      bestTrade: 0.15,
      worstTrade: -0.05,
      averageWin: 0.125,
      averageLoss: -0.05,
      payoffRatio: 2.5,
      kelly: 2 / 3 - 1 / 3 / 2.5,
      averageBars: 2.5,
      exposure: 0.5,
      buyAndHoldReturn: 0.07,
      trades: 4,
      riskFreeRate: 0,
      periodsPerYear: 252,
    };
    const panel = computePanel(run);
    for (const [name, value] of Object.entries(expected)) {
      const found = panel[name as keyof typeof expected]!;
      expect(Math.abs(found / value - 1) < 1e-12 || found === value, `${name}: ${found}, not ${value}`).toBe(
        true,
      );
    }
    expect(panel).toMatchObject({
      fees: "3.30",
      finalEquity: "1188",
      returns: "day",
      calendar: "252 trading days a year (daily, UTC)",
      undefinedBecause: {},
    });
  });

  it("measures returns by the bar when asked to", () => {
    const barSamples = [...run.daily, [at("2024-01-09T10:00Z"), "1200"] as const];
    const panel = computePanel({ ...run, barMs: 3_600_000, barSamples, options: { returns: "bar" } });
    expect(panel).toMatchObject({ returns: "bar", periodsPerYear: 252 });
    expect(panel.valueAtRisk95).not.toBe(computePanel(run).valueAtRisk95);
  });

  it("uses the daily points of bars longer than a day, by the bar or not", () => {
    const weekly = { ...run, barMs: 7 * 86_400_000 };
    const byBar = computePanel({ ...weekly, options: { returns: "bar" } });
    expect(byBar).toEqual(computePanel(weekly));
    expect(byBar).toMatchObject({ returns: "bar", periodsPerYear: 52 });
  });

  it("passes options on", () => {
    const panel = computePanel({ ...run, options: { riskFreeRate: 0.02, periodsPerYear: 260 } });
    expect(panel).toMatchObject({ riskFreeRate: 0.02, periodsPerYear: 260 });
    expect(panel.sharpe).toBeLessThan(computePanel({ ...run, options: { periodsPerYear: 260 } }).sharpe!);
  });

  it("divides money exactly", () => {
    const cents = { initialEquity: "10000000000000000.01", finalEquity: "10000000000000000.02" };
    expect(computePanel({ ...nothing, ...cents }).totalReturn).toBe(1e-18);
  });
});

describe("what is undefined", () => {
  it("is null with a reason, measure by measure", () => {
    const panel = computePanel(nothing);
    const nulls = Object.entries(panel).filter(([, value]) => value === null);
    expect(Object.keys(panel.undefinedBecause).sort()).toEqual(nulls.map(([name]) => name).sort());
    expect(panel.undefinedBecause).toMatchObject({
      cagr: "there are no equity samples",
      sharpe: "there are no equity samples",
      winRate: "there are no closed trades",
      sqn: "there are fewer than two closed trades",
      exposure: "this run did not measure it",
    });
    expect(panel).toMatchObject({ totalReturn: 0, maxDrawdown: 0, trades: 0 });
  });

  it.each<[string, Partial<PanelInput>, Readonly<Record<string, string>>]>([
    [
      "one day",
      { daily: run.daily.slice(0, 1) },
      {
        sharpe: "there are fewer than two daily returns",
        volatility: "there are fewer than two daily returns",
      },
    ],
    [
      "equity that never moves",
      { daily: run.daily.map(([time]) => [time, "1000"] as const), maxDrawdown: 0 },
      {
        sharpe: "the returns do not vary",
        sortino: "no return is below the risk-free rate",
        calmar: "there was no drawdown",
      },
    ],
    [
      "trades that all win",
      { trades: run.trades.slice(0, 1) },
      {
        profitFactor: "there is no loss",
        averageLoss: "there is no loss",
        kelly: "there is no loss",
        sqn: "there are fewer than two closed trades",
      },
    ],
    [
      "trades that all lose",
      { trades: [run.trades[1]!, run.trades[1]!] },
      {
        payoffRatio: "there is no win",
        averageWin: "there is no win",
        sqn: "the profits of the trades do not vary",
      },
    ],
    [
      "ruin",
      { daily: [[at("2024-01-05T00:00Z"), "-1"]] },
      {
        sharpe:
          "the equity was -1 at 2024-01-05T00:00:00Z, and returns on capital that is gone are undefined",
      },
    ],
  ])("%s", (_, change, reasons) => {
    const panel = computePanel({ ...run, ...change });
    for (const name of Object.keys(reasons)) expect(panel[name as keyof typeof panel], name).toBeNull();
    expect(panel.undefinedBecause).toMatchObject(reasons);
  });
});

it.each<[string, Partial<PanelInput>, RegExp]>([
  ["a drawdown of NaN", { maxDrawdown: Number.NaN }, /^maxDrawdown: expected a finite number, found NaN$/],
  ["an initial equity of 0", { initialEquity: "0" }, /^initialEquity: expected a number above 0/],
  ["equity that is no decimal", { daily: [[0, "x"]] }, /^equity\[0\]: /],
  ["a pnl that is no decimal", { trades: [{ pnl: "NaN", return: 0, bars: 1 }] }, /^trades\[0\]\.pnl: /],
  ["a return of NaN", { trades: [{ pnl: "1", return: Number.NaN, bars: 1 }] }, /^returns\[0\]: /],
])("%s is refused", (_, change, message) => {
  expect(() => computePanel({ ...run, ...change })).toThrow(ValidationError);
  expect(() => computePanel({ ...run, ...change })).toThrow(message);
});
