import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnOf, divisorOf, fixedAt, numberAt, sliceColumn } from "../../src/domain/columns.ts";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";

const texts = ["42283.58", "0.00000001", "9007199254740993", "1e-25", "-3", "123456789.123456789123", "0"];

describe("a column of exact decimals", () => {
  it("gives every cell back exactly, and as its nearest double", () => {
    const column = columnOf(texts.map(parseFixed));
    for (const [row, text] of texts.entries()) {
      expect(formatFixed(fixedAt(column, row))).toBe(formatFixed(parseFixed(text)));
      expect(numberAt(column, row)).toBe(Number(text));
    }
  });

  it("keeps as text only what does not fit", () => {
    const column = columnOf(["1.5", "90071992547409.92", "90071992547409.93", "-2"].map(parseFixed));
    expect(column.scale).toBe(2);
    expect(divisorOf(column)).toBe(100);
    expect([...column.mantissas]).toEqual([150, Number.NaN, Number.NaN, -200]);
    expect([...column.wide!]).toEqual([
      [1, "90071992547409.92"],
      [2, "90071992547409.93"],
    ]);
    expect(columnOf([parseFixed("1.5")]).wide).toBeNull();
    expect(columnOf([])).toMatchObject({ scale: 0, wide: null });
  });

  it("shares its memory with a slice, whose exceptions move along", () => {
    const column = columnOf(texts.map(parseFixed));
    fc.assert(
      fc.property(fc.nat(texts.length), fc.nat(texts.length), (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const slice = sliceColumn(column, from, to);
        expect(slice.mantissas.buffer).toBe(column.mantissas.buffer);
        const read = Array.from(slice.mantissas, (_, row) => formatFixed(fixedAt(slice, row)));
        expect(read).toEqual(texts.slice(from, to).map((text) => formatFixed(parseFixed(text))));
      }),
    );
  });
});
