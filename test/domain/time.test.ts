import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { daysIn, intervalOf, isoTime, parseIso, parseTimeframe, timeframeOf } from "../../src/domain/time.ts";

const day = 86_400_000;

describe("parseIso", () => {
  it.each<[string, string]>([
    ["2024-01-02", "2024-01-02T00:00:00.000Z"],
    ["2024-01-02T03:04", "2024-01-02T03:04:00.000Z"],
    ["2024-01-02 03:04:05", "2024-01-02T03:04:05.000Z"],
    ["2024-01-02T03:04:05.6Z", "2024-01-02T03:04:05.600Z"],
    ["2024-01-02T03:04:05.678 UTC", "2024-01-02T03:04:05.678Z"],
    ["2024-01-02T03:04:05+05:30", "2024-01-01T21:34:05.000Z"],
    ["2024-01-02T03:04:05-0800", "2024-01-02T11:04:05.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2000-02-29", "2000-02-29T00:00:00.000Z"],
    ["1899-12-31T23:59:59", "1899-12-31T23:59:59.000Z"],
    ["1969-12-31t23:59:59.999z", "1969-12-31T23:59:59.999Z"],
  ])("reads %s", (text, iso) => {
    expect(parseIso(text)).toBe(Date.parse(iso));
  });

  it("keeps what lies below a millisecond", () => {
    expect(parseIso("1970-01-01T00:00:00.000250Z")).toBe(0.25);
    expect(parseIso("1970-01-01T00:00:01.000000500Z")).toBe(1000.0005);
  });

  it.each([
    "",
    "2024",
    "2024-01",
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-04-31",
    "2024-01-00",
    "2024-01-01T24:00:00",
    "2024-01-01T10:60",
    "2024-01-01T10:00:60",
    "2024-01-01T10",
    "2024-01-01T10:00:00.",
    "2024-01-01T10:00:00+16:00",
    "2024-01-01T10:00:00+5",
    "0001-01-01",
    "01/02/2024",
    "20240101",
    "1704067200000",
    "2024-01-01T10:00:00Z tail",
  ])("takes %j for no time", (text) => {
    expect(parseIso(text)).toBeUndefined();
  });

  it("reads back what isoTime writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1800, 0), max: Date.UTC(2200, 0) }), (time) => {
        expect(parseIso(isoTime(time))).toBe(time);
      }),
    );
  });

  it("shows milliseconds only when there are some", () => {
    expect(isoTime(0)).toBe("1970-01-01T00:00:00Z");
    expect(isoTime(5)).toBe("1970-01-01T00:00:00.005Z");
  });
});

it.each([
  [2024, 2, 29],
  [2023, 2, 28],
  [1900, 2, 28],
  [2000, 2, 29],
  [2024, 12, 31],
  [2024, 4, 30],
])("%i-%i has %i days", (year, month, days) => {
  expect(daysIn(year, month)).toBe(days);
});

describe("timeframes", () => {
  it.each<[string, string, number]>([
    ["1m", "1m", 60_000],
    ["60m", "1h", 3_600_000],
    ["24h", "1d", day],
    ["7d", "1w", 7 * day],
    ["90s", "90s", 90_000],
    ["1500ms", "1500ms", 1500],
    ["1M", "1M", 30 * day],
    ["3M", "3M", 90 * day],
    ["1y", "1y", 365 * day],
    // Four weeks are four weeks, not a month, when someone asks for them.
    ["4w", "4w", 28 * day],
    ["30d", "30d", 30 * day],
    ["365d", "365d", 365 * day],
  ])("%s is %s", (text, label, ms) => {
    expect(parseTimeframe(text)).toEqual({ label, ms });
  });

  it.each(["", "1", "m", "0m", "-1m", "1.5h", "1D", "1 m", "1min", "1234567m"])("refuses %j", (text) => {
    expect(() => parseTimeframe(text, "--timeframe")).toThrow(ValidationError);
    expect(() => parseTimeframe(text, "--timeframe")).toThrow(`--timeframe: expected a timeframe`);
  });

  it.each<[number, string]>([
    [28 * day, "1M"],
    [31 * day, "1M"],
    [366 * day, "1y"],
    [14 * day, "2w"],
    [2 * day, "2d"],
    [300_000, "5m"],
    [250, "250ms"],
  ])("bars of %i ms are called %s", (ms, label) => {
    expect(timeframeOf(ms)).toEqual({ label, ms });
  });
});

describe("intervalOf", () => {
  const at = (text: string): number => parseIso(text)!;

  it.each<[string, string, string, string]>([
    ["1m", "2024-01-01T10:00:59.999", "2024-01-01T10:00", "2024-01-01T10:01"],
    ["4h", "2024-01-01T07:30", "2024-01-01T04:00", "2024-01-01T08:00"],
    ["1d", "2024-01-01T00:00", "2024-01-01", "2024-01-02"],
    ["1d", "1969-12-31T23:00", "1969-12-31", "1970-01-01"],
    // 2024-01-01 was a Monday.
    ["1w", "2024-01-01T00:00", "2024-01-01", "2024-01-08"],
    ["1w", "2024-01-07T23:59:59", "2024-01-01", "2024-01-08"],
    ["1w", "1969-12-28T12:00", "1969-12-22", "1969-12-29"],
    ["1M", "2024-02-29T12:00", "2024-02-01", "2024-03-01"],
    ["1M", "2023-12-31T23:59", "2023-12-01", "2024-01-01"],
    ["3M", "2024-05-15T00:00", "2024-04-01", "2024-07-01"],
    ["1y", "2024-05-15T00:00", "2024-01-01", "2025-01-01"],
  ])("%s around %s is [%s, %s)", (timeframe, time, start, end) => {
    expect(intervalOf(at(time), parseTimeframe(timeframe))).toEqual([at(start), at(end)]);
  });

  it("holds its time, and starts on itself", () => {
    const frames = fc.constantFrom("1m", "7m", "4h", "1d", "3d", "1w", "2w", "4w", "1M", "3M", "1y");
    fc.assert(
      fc.property(frames, fc.integer({ min: -5e12, max: 5e12 }), (label, time) => {
        const timeframe = parseTimeframe(label);
        const [start, end] = intervalOf(time, timeframe);
        expect(start <= time && time < end).toBe(true);
        expect(intervalOf(start, timeframe)).toEqual([start, end]);
        expect(intervalOf(end, timeframe)[0]).toBe(end);
      }),
    );
  });
});
