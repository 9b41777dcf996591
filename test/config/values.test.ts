import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as values from "../../src/config/values.ts";
import { formatFixed } from "../../src/domain/fixed.ts";

describe("costs", () => {
  it.each([
    ["0.1%", "0.001"],
    ["10bps", "0.001"],
    ["10 bps", "0.001"],
    ["1bp", "0.0001"],
    ["0.001", "0.001"],
    [".5%", "0.005"],
    ["0", "0"],
    ["0.01", "0.01"],
    ["1e-4", "0.0001"],
    ["0.0000000000000000001%", "0.000000000000000000001"],
    ["99.9%", "0.999"],
  ])("%s is exactly %s", (text, expected) => {
    expect(formatFixed(values.readCost(text, "--fee"))).toBe(expected);
  });

  it.each([
    ["0.1", "--fee: expected a number above 0.01 to name the unit: 0.1% or 10bps"],
    ["0.0100001", "to name the unit"],
    ["10", "to name the unit"],
    ["-0.1%", "0 or more"],
    ["100%", "less than 100%"],
    ["0,1%", "a share such as 0.1%"],
    ["free", "a share such as 0.1%"],
    ["", "a share such as 0.1%"],
    ["0x1", "a share such as 0.1%"],
    ["NaN", "a share such as 0.1%"],
    ["1e999999999", "a share such as 0.1%"],
  ])("%j is refused", (text, message) => {
    expect(() => values.readCost(text, "--fee")).toThrow(message);
  });

  it("per cent and basis points only move the point", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999 }), (points) => {
        const inPercent = `${Math.floor(points / 100)}.${String(points % 100).padStart(2, "0")}%`;
        expect(formatFixed(values.readCost(`${points}bps`, "--fee"))).toBe(
          formatFixed(values.readCost(inPercent, "--fee")),
        );
      }),
    );
  });
});

describe("shares and rates", () => {
  it.each([
    ["5%", "0.05"],
    ["0.5", "0.5"],
    ["0", "0"],
  ])("a collar of %s is %s", (text, expected) => {
    expect(formatFixed(values.readShare(text, "--collar"))).toBe(expected);
  });
  it.each(["5", "1", "-1%", "100%", "x"])("a collar of %s is refused", (text) => {
    expect(() => values.readShare(text, "--collar")).toThrow("--collar: expected");
  });
  it.each([
    ["2%", 0.02],
    ["0.02", 0.02],
    ["-0.5%", -0.005],
    ["0", 0],
  ])("a rate of %s is %d", (text, expected) => {
    expect(values.readRate(text, "--risk-free")).toBe(expected);
  });
  it.each(["2", "100%", "-100%", "high"])("a rate of %s is refused", (text) => {
    expect(() => values.readRate(text, "--risk-free")).toThrow("--risk-free: expected a yearly rate");
  });
});

describe("amounts and counts", () => {
  it.each(["0", "-1", "1,000", "1_000", "Infinity", "0x10", " ", "1e400"])(
    "cash of %j is refused",
    (text) => {
      expect(() => values.readAmount(text, "--cash")).toThrow("--cash: expected a number above 0");
    },
  );
  it("cash keeps every digit", () => {
    const text = "12345678901234567890.123456789";
    expect(formatFixed(values.readAmount(text, "--cash"))).toBe(text);
  });
  it.each(["-1", "1.5", "4294967296", "abc", ""])("a seed of %j is refused", (text) => {
    expect(() => values.readSeed(text, "--seed")).toThrow("--seed: expected a whole number");
  });
  it("a minimum value may be 0, but not below", () => {
    expect(values.readNotNegative("0", "--min-notional")).toBe("0");
    expect(() => values.readNotNegative("-1", "--min-notional")).toThrow("0 or more");
  });
  it.each([["1m"], ["4h"], ["1M"]])("timeframe %s is read", (text) => {
    expect(values.readTimeframe(text, "--timeframe").label).toBe(text);
  });
  it.each([
    ["--timeframe", "0m", values.readTimeframe],
    ["--symbol", "a b", values.readSymbol],
    ["--venue", "--json", values.readVenue],
    ["--account", "bank", values.oneOf("cash", "margin")],
    ["--strategy", " ", values.readText],
  ])("%s %j is a fault of the flag", (flag, text, read) => {
    expect(() => read(text, flag)).toThrow(
      expect.objectContaining({
        code: "GEO-OPTION-VALUE",
        message: expect.stringMatching(`^${flag}: expected`),
      }),
    );
  });
});

describe("times", () => {
  const day = Date.UTC(2024, 0, 31);
  it.each([
    ["2024-01-31", day],
    ["20240131", day],
    ["2024-01-31T12:00Z", day + 43_200_000],
    ["2024-01-31T12:00:00+02:00", day + 36_000_000],
    ["2024-01-31 12:00", day + 43_200_000],
    [String(day), day],
  ])("%s is read as UTC", (text, expected) => {
    expect(values.readTime(text, "--from")).toBe(expected);
  });
  it.each(["2024-02-30", "20241301", "yesterday", "31.01.2024", "99999999999999", "2024"])(
    "%s is refused",
    (text) => {
      expect(() => values.readTime(text, "--from")).toThrow("--from: expected a date");
    },
  );
  it("epoch seconds are recognised as such", () => {
    expect(() => values.readTime("1706659200", "--from")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("epoch seconds") }),
    );
  });

  const start = Date.UTC(2024, 0, 1);
  const end = Date.UTC(2024, 2, 1);
  it.each([
    ["20240101-20240301", start, end],
    ["20240101-", start, undefined],
    ["-20240301", undefined, end],
    ["2024-01-01-2024-03-01", start, end],
    ["2024-01-01T00:00Z-2024-03-01", start, end],
    [`${start}-${end}`, start, end],
    ["2024-01-01-", start, undefined],
  ])("the range %s is read", (text, from, to) => {
    expect(values.readTimeRange(text, "--timerange")).toEqual({ from, to });
  });
  it.each(["-", "", "20240101", "2024-01-01", "20240101-x", "x-20240101", "20240101-20240230"])(
    "the range %j is refused",
    (text) => {
      expect(() => values.readTimeRange(text, "--timerange")).toThrow("--timerange: expected a range");
    },
  );
});
