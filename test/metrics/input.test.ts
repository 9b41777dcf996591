import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { isoTime } from "../../src/domain/time.ts";
import { computeFromInput, type InputOptions, readTradeInput } from "../../src/metrics/input.ts";
import { computePanel, type PanelInput } from "../../src/metrics/panel.ts";

const measure = (json: unknown, options?: InputOptions) => computeFromInput(readTradeInput(json), options);

const hour = 3_600_000;
const start = Date.UTC(2024, 0, 1);
const equities = ["1010", "1002.5", "1002.5", "1030", "990.25", "1011"];

const run: PanelInput = {
  initialEquity: "1000",
  finalEquity: "1011",
  fees: "1.25",
  daily: equities.map((equity, i) => [start + (i + 1) * 24 * hour, equity] as const),
  barSamples: equities.map((equity, i) => [start + (i + 1) * hour, equity] as const),
  barMs: hour,
  maxDrawdown: -0.1,
  maxDrawdownDuration: 90_000,
  exposure: 0.25,
  buyAndHoldReturn: null,
  trades: [
    { pnl: "21.5", return: 0.02, bars: 5 },
    { pnl: "-10.5", return: -0.01, bars: 2 },
  ],
  options: {},
};

function documentOf(input: PanelInput): unknown {
  const document = {
    schema: "geosync.backtest/1",
    run: { cash: input.initialEquity, data: [{ path: "btc.csv", timeframe: "1h" }] },
    metrics: computePanel(input),
    equity: input.daily.map(([time, equity]) => [isoTime(time), equity]),
    trades: input.trades.map((trade) => ({ symbol: "BTC", side: "long", ...trade })),
  };
  return JSON.parse(JSON.stringify(document));
}

describe("a backtest document", () => {
  it.each<[string, PanelInput["options"]]>([
    ["defaults", {}],
    ["its own rate and calendar", { riskFreeRate: 0.05, periodsPerYear: 250 }],
    ["returns by the bar", { returns: "bar", riskFreeRate: 0.05 }],
  ])("is measured again to what it says: %s", (_, options) => {
    const input = { ...run, options };
    expect(measure(documentOf(input))).toEqual(computePanel(input));
  });

  it("without trades and equity too, reasons and all", () => {
    const input = { ...run, daily: [], barSamples: [], trades: [], options: { returns: "bar" as const } };
    expect(measure(documentOf(input))).toEqual(computePanel(input));
  });

  it("can be measured with another rate or calendar", () => {
    const options = { riskFreeRate: 0.1, periodsPerYear: 360 };
    expect(measure(documentOf(run), options)).toEqual(computePanel({ ...run, options }));
  });

  it("by the bar falls back on days for another rate, as it holds no bars", () => {
    const byBar = documentOf({ ...run, options: { returns: "bar" } });
    expect(measure(byBar, { riskFreeRate: 0.1 })).toEqual(
      computePanel({ ...run, options: { riskFreeRate: 0.1 } }),
    );
  });
});

describe("an array of returns", () => {
  const returns = [0.1, "-0.05", 0, 0.02];

  it("tells what needs no time", () => {
    const panel = measure(returns);
    expect(panel).toMatchObject({
      winRate: 2 / 3,
      sharpe: null,
      cagr: null,
      trades: null,
      returns: "period",
    });
    expect(panel.totalReturn).toBeCloseTo(1.1 * 0.95 * 1.02 - 1, 14);
    expect(panel.maxDrawdown).toBeCloseTo(-0.05, 14);
    expect(panel.profitFactor).toBeCloseTo(2.4, 14);
    expect(panel.undefinedBecause).toMatchObject({
      sharpe: "the input has no times: give the periods a year",
      volatility: "the input has no times: give the periods a year",
      maxDrawdownDuration: "the input has no times",
      trades: "the input is a series of returns, not of trades",
    });
  });

  it("tells the ratios when the periods a year are given", () => {
    const panel = measure([0.01, 0.02, 0.03], { periodsPerYear: 4 });
    expect(panel.sharpe).toBeCloseTo(4, 12);
    expect(panel).toMatchObject({
      periodsPerYear: 4,
      calendar: "4 periods a year, as set (one return a period)",
    });
  });
});

describe("a list of trades", () => {
  const pnls = [{ pnl: 100 }, { pnl: "-60.5" }, { pnl: 0 }];

  it("with profits only tells no return", () => {
    const panel = measure(pnls);
    expect(panel).toMatchObject({
      trades: 3,
      winRate: 1 / 3,
      sharpe: null,
      totalReturn: null,
      expectancy: null,
    });
    expect(panel.profitFactor).toBeCloseTo(100 / 60.5, 14);
    expect(panel.undefinedBecause).toMatchObject({
      sharpe: "profits are known, the capital is not: give the starting cash",
      totalReturn: "profits are known, the capital is not: give the starting cash",
      expectancy: "the trades have profits, no returns on their entry value",
    });
    expect(measure(pnls, { periodsPerYear: 252 }).sharpe).toBeNull();
  });

  it("with profits and capital tells the total, and the ratios for given periods", () => {
    const panel = measure(pnls, { cash: 1000 });
    expect(panel).toMatchObject({ totalReturn: 0.0395, finalEquity: "1039.5", sharpe: null });
    expect(panel.maxDrawdown).toBeCloseTo(-0.055, 14);
    const mean = 0.045 / 3;
    const deviation = Math.sqrt(((0.1 - mean) ** 2 + (0.055 + mean) ** 2 + mean ** 2) / 2);
    expect(measure(pnls, { cash: "1000", periodsPerYear: 9 }).sharpe).toBeCloseTo((3 * mean) / deviation, 12);
  });

  it("with times and capital tells daily ratios of realised profits, idle weekdays included", () => {
    const panel = measure(
      [
        { pnl: "100", entryTime: "2024-01-01T09:00:00Z", exitTime: "2024-01-02T00:00:00Z", fees: "0.1" },
        { pnl: "-110", entryTime: "2024-01-04T09:00:00Z", exitTime: "2024-01-08T10:00:00Z", fees: "0.2" },
      ],
      { cash: "1000" },
    );
    // Monday to Monday: 0, +10 %, 0, 0, 0, −10 %.
    expect(panel.sharpe).toBeCloseTo(0, 12);
    expect(panel.volatility).toBeCloseTo(Math.sqrt((0.02 / 5) * 252), 12);
    expect(panel).toMatchObject({
      finalEquity: "990",
      fees: "0.3",
      maxDrawdownDuration: (6 * 24 + 10) * 3600,
      calendar: "252 trading days a year (daily, UTC); realised profits only",
    });
  });

  it("closed at one instant knows no drawdown among them", () => {
    const exitTime = "2024-01-06T10:00:00Z";
    const panel = measure(
      [
        { pnl: -500, exitTime },
        { pnl: 600, exitTime },
      ],
      { cash: 1000 },
    );
    expect(panel).toMatchObject({ maxDrawdown: 0, totalReturn: 0.1, periodsPerYear: 365 });
  });

  it("that loses more than the capital has no ratios", () => {
    const panel = measure([{ pnl: -1500 }, { pnl: 10 }], { cash: 1000, periodsPerYear: 10 });
    expect(panel).toMatchObject({ sharpe: null, cagr: null, totalReturn: -1.49, maxDrawdown: -1.5 });
    expect(panel.undefinedBecause.sharpe).toBe("the trades lose more than the capital");
  });

  it("with returns only compounds them", () => {
    const panel = measure([{ return: "0.1" }, { return: -0.1 }], { periodsPerYear: 2 });
    expect(panel).toMatchObject({ trades: 2, winRate: 0.5, returns: "trade" });
    expect(panel.totalReturn).toBeCloseTo(-0.01, 14);
    expect(panel.cagr).toBeCloseTo(-0.01, 14);
    expect(measure([{ return: 0.1 }, { return: -0.1 }]).sharpe).toBeNull();
  });

  it("may be empty", () => {
    const panel = measure([]);
    expect(panel).toMatchObject({ trades: 0, winRate: null, sharpe: null });
    expect(panel.undefinedBecause).toMatchObject({ winRate: "there are no closed trades" });
  });

  it("is the trades array of a document", () => {
    const { trades } = documentOf(run) as { trades: unknown };
    const { winRate, profitFactor, expectancy, sqn, averageBars, kelly } = computePanel(run);
    expect(measure(trades)).toMatchObject({ winRate, profitFactor, expectancy, sqn, averageBars, kelly });
  });
});

it.each<[string, unknown]>([
  ["returns", [0.1, -0.2]],
  ["one return", [0.1]],
  ["profits", [{ pnl: 1 }]],
  ["profits with capital", [{ pnl: 1 }, { pnl: -2000 }]],
  ["trade returns", [{ return: 1 }]],
  ["nothing", []],
])("every null has a reason and every reason a null: %s", (_, json) => {
  for (const options of [{}, { cash: 1000 }, { periodsPerYear: 12 }, { cash: 1000, periodsPerYear: 12 }]) {
    const panel = measure(json, options);
    const nulls = Object.entries(panel).filter(([, value]) => value === null);
    expect(Object.keys(panel.undefinedBecause).sort()).toEqual(nulls.map(([name]) => name).sort());
  }
});

describe("anything else is refused", () => {
  const document = documentOf(run) as Record<string, Record<string, unknown>>;
  it.each<[string, unknown, RegExp]>([
    ["null", null, /^expected a geosync\.backtest\/1 document, its trades, .* found null$/],
    ["a number", 3, /found 3$/],
    [
      "an object without a schema",
      { trades: [] },
      /^schema: expected "geosync\.backtest\/1", found undefined$/,
    ],
    ["another version", { schema: "geosync.backtest/2" }, /found "geosync\.backtest\/2"$/],
    ["a boolean return", [0.1, true], /^\[1\]: expected a number or a decimal string, found true$/],
    ["a NaN text", [0.1, "NaN"], /^\[1\]: expected .* found "NaN"$/],
    ["a return of null", [0.1, null], /^\[1\]: .* found null$/],
    ["a return beyond doubles", ["1e400"], /^\[0\]: expected a finite number, found "1e400"$/],
    ["a trade among returns", [0.1, { pnl: 1 }], /^\[1\]: .* found an object$/],
    ["a return among trades", [{ pnl: 1 }, 0.1], /^\[1\]: expected a trade .* found 0\.1$/],
    ["a boolean pnl", [{ pnl: 1 }, { pnl: false }], /^\[1\]\.pnl: .* found false$/],
    ["a pnl of NaN", [{ pnl: "NaN" }], /^\[0\]\.pnl: .* found "NaN"$/],
    [
      "a missing pnl",
      [{ pnl: 1 }, { profit: 1 }],
      /^\[1\]\.pnl: expected a number or a decimal string, .* found undefined$/,
    ],
    [
      "a pnl that the first has not",
      [{ return: 1 }, { return: 1, pnl: 2 }],
      /^\[1\]\.pnl: expected no value/,
    ],
    [
      "trades without a result",
      [{ profit: 1 }],
      /^\[0\]: expected "pnl" or "return" in a trade, found profit$/,
    ],
    [
      "a time without a shape",
      [{ pnl: 1, exitTime: "yesterday" }],
      /^\[0\]\.exitTime: expected an ISO 8601 time/,
    ],
    ["a document without cash", { ...document, run: { data: [] } }, /^run\.cash: .* found undefined$/],
    ["a document without trades", { ...document, trades: 1 }, /^trades: expected an array, found 1$/],
    [
      "a document with a bad trade",
      { ...document, trades: [{ pnl: 1, return: "x", bars: 1 }] },
      /^trades\[0\]\.return: /,
    ],
    ["a document with bad equity", { ...document, equity: [["2024-01-01", null]] }, /^equity\[0\]\[1\]: /],
  ])("%s", (_, json, message) => {
    expect(() => readTradeInput(json)).toThrow(ValidationError);
    expect(() => readTradeInput(json)).toThrow(message);
  });

  it.each([0, -5])("cash of %d", (cash) => {
    expect(() => measure([{ pnl: 1 }], { cash })).toThrow(/^cash: expected an amount above 0, found/);
  });
});
