import fc from "fast-check";
import { expect, it } from "vitest";
import { realizedVolatility } from "../../../src/execution/costs/realizedVolatility.ts";

function valuesOf(closes: readonly number[], length: number): readonly number[] {
  return closes.map((_, i) => realizedVolatility(closes.slice(0, i + 1), length));
}

it("is the sample deviation of log returns, by hand", () => {
  // Returns ln 2, −ln 2, ln 2: mean ln 2 / 3, deviation ln 2 × √((2 × (2/3)² + (4/3)²) / 2) = ln 2 × √(4/3).
  const values = valuesOf([1, 2, 1, 2], 3);
  expect(values.slice(0, 3)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(values[3]).toBeCloseTo(Math.LN2 * Math.sqrt(4 / 3), 14);
});

it("is unknown for the first twenty returns", () => {
  const values = valuesOf(
    Array.from({ length: 22 }, (_, i) => 100 + (i % 3)),
    20,
  );
  expect(values.map(Number.isNaN)).toEqual([...Array(20).fill(true), false, false]);
  expect(realizedVolatility(Array.from({ length: 22 }, (_, i) => 100 + (i % 3)))).toBe(values[21]);
});

it("is zero where nothing moves, and forgets what left the window", () => {
  expect(valuesOf([1, 50, 7, 7, 7, 7], 3).at(-1)).toBe(0);
});

const closes = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 60 });

it("does not know closes to come, nor what unit prices are in", () => {
  fc.assert(
    fc.property(closes, fc.constantFrom(2, 4, 1024), (series, factor) => {
      const whole = valuesOf(series, 4);
      expect(valuesOf(series.slice(0, -1), 4)).toEqual(whole.slice(0, -1));
      const scaled = valuesOf(
        series.map((close) => close * factor),
        4,
      );
      whole.forEach((value, i) => {
        if (!Number.isNaN(value)) expect(scaled[i]).toBeCloseTo(value, 9);
      });
    }),
  );
});
