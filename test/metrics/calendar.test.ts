import { describe, expect, it } from "vitest";
import { cagr } from "../../src/metrics/cagr.ts";
import { periodicReturns } from "../../src/metrics/calendar.ts";
import { sharpeRatio } from "../../src/metrics/sharpe.ts";
import { sortinoRatio } from "../../src/metrics/sortino.ts";
import { conditionalValueAtRisk } from "../../src/metrics/valueAtRisk.ts";

const day = 86_400_000;
const hour = 3_600_000;

/** Samples from "2024-01-05T22:00" → equity. January 2024: the 1st is a Monday. */
function samples(points: Readonly<Record<string, number>>) {
  return Object.entries(points).map(([time, equity]) => ({ time: Date.parse(`${time}Z`), equity }));
}

function closes(dates: readonly string[]) {
  return samples(Object.fromEntries(dates.map((date, i) => [`${date}T24:00`, 100 + i])));
}

describe("days of a market that never closes", () => {
  it("carries missing days forward with a return of 0", () => {
    const found = periodicReturns(
      samples({ "2024-01-04T24:00": 110, "2024-01-06T24:00": 121, "2024-01-09T24:00": 60.5 }),
      100,
      { barMs: day },
    );
    expect([...found.returns]).toEqual([0.1, 0, 0.1, 0, 0, -0.5]);
    expect(found.periodsPerYear).toBe(365);
    expect(found.calendar).toBe("365 days a year (daily, UTC)");
  });

  it("takes the last value of a UTC day, midnight belonging to the day it ends", () => {
    const found = periodicReturns(
      samples({
        "2024-01-05T23:00": 999,
        "2024-01-05T24:00": 110,
        "2024-01-06T01:00": 5,
        "2024-01-06T23:59": 55,
      }),
      100,
      { barMs: hour },
    );
    expect([...found.returns]).toEqual([0.1, -0.5]);
  });
});

describe("trading days", () => {
  it.each<[string, readonly string[], number]>([
    ["two weeks", ["01", "02", "03", "04", "05", "08", "09", "10", "11", "12"], 10],
    ["a holiday is absent, not a return of 0", ["02", "03", "04", "05", "08", "10", "11", "12"], 8],
    ["Sunday's bar is folded into Monday", ["04", "05", "07", "08", "09"], 4],
    ["Sunday stands for Monday when Monday is missing", ["04", "05", "07", "09"], 4],
    [
      "a Sunday-to-Thursday week keeps its Sundays",
      ["07", "08", "09", "10", "11", "14", "15", "16", "17", "18"],
      10,
    ],
  ])("%s", (_, days, returns) => {
    const found = periodicReturns(closes(days.map((d) => `2024-01-${d}`)), 100, { barMs: day });
    expect(found.returns).toHaveLength(returns);
    expect(found.periodsPerYear).toBe(252);
    expect(found.calendar).toBe("252 trading days a year (daily, UTC)");
  });

  it("folds the Sunday evening of a currency week, value and all", () => {
    const found = periodicReturns(
      samples({
        "2024-01-05T22:00": 110,
        "2024-01-07T23:00": 1,
        "2024-01-08T22:00": 121,
        "2024-01-12T22:00": 60.5,
      }),
      100,
      { barMs: hour },
    );
    expect([...found.returns]).toEqual([0.1, 0.1, -0.5]);
  });

  it("keeps five days of daily prices that are stamped with the midnight that begins them", () => {
    const stamped = ["01", "02", "03", "04", "05", "08", "09", "10", "11", "12"].map((d, i) => ({
      time: Date.parse(`2024-01-${d}T00:00Z`),
      equity: 100 + i,
    }));
    expect(periodicReturns(stamped, 100, { barMs: day }).returns).toHaveLength(10);
  });
});

describe("bars longer than a day", () => {
  it.each<[string, number, number, string]>([
    ["a week", 7, 52, "52 weeks a year (one return a bar)"],
    ["February", 28, 12, "12 months a year (one return a bar)"],
    ["January", 31, 12, "12 months a year (one return a bar)"],
    ["a quarter", 91, 4, "4 quarters a year (one return a bar)"],
    ["a year", 365, 1, "1 period a year (one return a bar)"],
    ["two days", 2, 182.625, "182.625 bars a year (one return a bar)"],
  ])("%s", (_, days, perYear, calendar) => {
    for (const mode of ["day", "bar"] as const) {
      const found = periodicReturns(closes(["2024-01-06", "2024-01-20", "2024-03-31"]), 100, {
        barMs: days * day,
        mode,
      });
      expect(found).toMatchObject({ periodsPerYear: perYear, calendar });
      expect(found.returns).toHaveLength(3);
    }
  });
});

describe("returns by the bar", () => {
  it.each<[string, readonly string[], number | null, number, string]>([
    [
      "crypto hours",
      ["2024-01-05T24:00", "2024-01-06T01:00"],
      hour,
      8760,
      "8760 bars a year (365 days of 24 bars, one return a bar)",
    ],
    [
      "two ticks a day on weekdays",
      ["2024-01-04T10:00", "2024-01-04T11:00", "2024-01-05T10:00", "2024-01-05T11:00", "2024-01-08T10:00"],
      null,
      504,
      "504 bars a year (252 days of 2 bars, one return a bar)",
    ],
    [
      "stock hours, the length of the session counts",
      ["2024-01-04T15:30", "2024-01-04T16:30", "2024-01-04T17:30"],
      hour,
      756,
      "756 bars a year (252 days of 3 bars, one return a bar)",
    ],
    [
      "ticks on Saturdays",
      ["2024-01-06T10:00", "2024-01-07T10:00"],
      null,
      365,
      "365 bars a year (365 days of 1 bars, one return a bar)",
    ],
  ])("%s", (_, times, barMs, perYear, calendar) => {
    const points = Object.fromEntries(times.map((time, i) => [time, 100 + i]));
    const found = periodicReturns(samples(points), 100, { barMs, mode: "bar" });
    expect(found).toMatchObject({ periodsPerYear: perYear, calendar });
    expect(found.returns).toHaveLength(times.length);
  });
});

it("an explicit number of periods overrides the calendar and says so", () => {
  const found = periodicReturns(closes(["2024-01-04", "2024-01-05"]), 100, {
    barMs: day,
    periodsPerYear: 260,
  });
  expect(found).toMatchObject({ periodsPerYear: 260, calendar: "260 periods a year, as set (daily, UTC)" });
});

it.each([0, -3])("equity of %d leaves no returns, and says when", (equity) => {
  const found = periodicReturns(samples({ "2024-01-04T24:00": equity, "2024-01-05T24:00": 50 }), 100, {
    barMs: day,
  });
  expect(found.returns).toHaveLength(0);
  expect(found.undefinedBecause).toContain(`${equity} at 2024-01-05T00:00:00Z`);
});

it("no samples are no returns", () => {
  expect(periodicReturns([], 100, { barMs: null }).undefinedBecause).toBe("there are no equity samples");
});

it.each<[string, () => unknown, RegExp]>([
  [
    "an initial equity of 0",
    () => periodicReturns([], 0, { barMs: null }),
    /^initialEquity: expected a number above 0, found 0$/,
  ],
  [
    "NaN",
    () => periodicReturns([{ time: 1, equity: Number.NaN }], 1, { barMs: null }),
    /^samples\[0\].equity/,
  ],
  [
    "time that runs backwards",
    () =>
      periodicReturns(
        [
          { time: 2, equity: 1 },
          { time: 1, equity: 1 },
        ],
        1,
        { barMs: null },
      ),
    /^samples\[1\].time: expected epoch ms at or after 2, found 1$/,
  ],
  ["periods of 0", () => periodicReturns([], 1, { barMs: null, periodsPerYear: 0 }), /^periodsPerYear/],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

it("agrees with a published vector: quarterly equity of 100, 105, 95, 110, 108 from 100", () => {
  const equity = [100, 105, 95, 110, 108].map((value, i) => ({ time: i * 91 * day, equity: value }));
  const { returns, periodsPerYear } = periodicReturns(equity, 100, { barMs: 91 * day });
  expect(periodsPerYear).toBe(4);
  expect(sharpeRatio(returns, { periodsPerYear })).toBeCloseTo(0.4037231085, 10);
  expect(cagr(returns, periodsPerYear)).toBeCloseTo(0.06350369806, 11);
  expect(conditionalValueAtRisk(returns)).toBeCloseTo(-0.0952380952, 10);
  // The source says 0.6935584313, from the deviation of the losses; ours is over all five returns.
  expect(sortinoRatio(returns, { periodsPerYear })).toBeCloseTo(0.871519246957, 10);
});
