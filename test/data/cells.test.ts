import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNumberCell } from "../../src/data/numberCell.ts";
import { detectTimeFormat, parseTimeCell, type TimeFormat } from "../../src/data/timeCell.ts";
import { Decimal } from "../../src/domain/decimal.ts";
import { formatUnits } from "../../src/domain/fixed.ts";

describe("parseNumberCell", () => {
  it("means what decimal.js means by the same text", () => {
    const text = fc
      .tuple(
        fc.constantFrom("", "+", "-"),
        fc.nat(),
        fc.option(fc.nat()),
        fc.option(fc.integer({ min: -30, max: 15 })),
      )
      .map(
        ([sign, whole, fraction, e]) =>
          `${sign}${whole}${fraction === null ? "" : `.${fraction}`}${e === null ? "" : `e${e}`}`,
      );
    fc.assert(
      fc.property(text, (cell) => {
        const parsed = parseNumberCell(cell, false)!;
        const expected = new Decimal(cell).toFixed();
        expect(formatUnits(parsed.units, parsed.decimals)).toBe(expected === "-0" ? "0" : expected);
      }),
    );
  });

  it.each([
    "",
    " ",
    ".",
    "-",
    "+-1",
    "e5",
    "1e",
    "1e1000",
    "1e100",
    "0x1",
    "1_000",
    "1,5",
    "1 000",
    "NaN",
    "Infinity",
    "$5",
    "5%",
    "１",
  ])("refuses %j", (text) => expect(parseNumberCell(text, false)).toBeUndefined());

  it.each(["1.5", "1.234,5", "1,2,3"])("refuses %j where the comma is the decimal mark", (text) => {
    expect(parseNumberCell(text, true)).toBeUndefined();
  });
});

describe("detectTimeFormat", () => {
  it.each<[readonly string[], TimeFormat | "ambiguous" | "unknown"]>([
    [["2024-01-01"], "iso"],
    [["2024-01-01T00:00:00Z", "bad"], "iso"],
    [["1704067200"], "epoch"],
    [["20240101", "20240102"], "compact"],
    [["20240101", "20240199"], "epoch"],
    [["202003200000", "202089600000"], "epoch"],
    [["20240101 093000"], "compact"],
    [["2024/1/2 09:30"], "year-first"],
    [["2024.01.02"], "year-first"],
    [["01/02/2024", "13/02/2024"], "day-first"],
    [["01/02/2024", "02/13/2024"], "month-first"],
    [["01/02/2024", "02/01/2024"], "ambiguous"],
    [["13/01/2024", "01/13/2024"], "ambiguous"],
    [["01.02.2024"], "day-first"],
    [["soon", ""], "unknown"],
    [[], "unknown"],
  ])("calls %j %s", (samples, expected) => expect(detectTimeFormat(samples)).toBe(expected));
});

describe("parseTimeCell", () => {
  it("agrees over all ways to write one moment, to the last bit", () => {
    const moment = fc.record({
      ms: fc.integer({ min: Date.UTC(1801, 0), max: Date.UTC(2199, 0) }).filter((ms) => Math.abs(ms) > 1e10),
      nanos: fc.integer({ min: 0, max: 999_999 }),
    });
    fc.assert(
      fc.property(moment, ({ ms, nanos }) => {
        const iso = new Date(ms).toISOString();
        const digits = String(nanos).padStart(6, "0");
        const epochNanos = BigInt(ms) * 1_000_000n + BigInt(nanos);
        const expected = ms + nanos / 1e6;
        expect(parseTimeCell(iso.replace("Z", digits), "iso")).toBe(expected);
        expect(
          parseTimeCell(
            `${iso.slice(0, 19).replaceAll("-", "/").replace("T", " ")}${iso.slice(19, 23)}${digits}`,
            "year-first",
          ),
        ).toBe(expected);
        if (Math.abs(ms) > 1e10) expect(parseTimeCell(String(epochNanos), "epoch")).toBe(expected);
        expect(parseTimeCell(String(ms), "epoch")).toBe(ms);
      }),
    );
  });

  it.each<[string, TimeFormat]>([
    ["2024-02-30", "iso"],
    ["2024-01-01 24:00", "iso"],
    ["2024-01-01 00:60", "iso"],
    ["0024-01-01", "iso"],
    ["1799-12-31", "iso"],
    ["2200-01-02", "iso"],
    ["9999999999", "epoch"],
    ["20240230", "compact"],
    ["32/01/2024", "day-first"],
    ["01/32/2024", "month-first"],
  ])("refuses %s (%s)", (text, format) => expect(parseTimeCell(text, format)).toBeUndefined());
});
