import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import {
  addFixed,
  approximate,
  compareFixed,
  divideDown,
  divideUp,
  type Fixed,
  formatFixed,
  formatUnits,
  multiplyFixed,
  negateFixed,
  onePlus,
  parseFixed,
  pow10,
  unitsToNumber,
  widen,
} from "../../src/domain/fixed.ts";

const amounts: fc.Arbitrary<Fixed> = fc.record({
  units: fc.oneof(
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
    fc.bigInt({ min: -999n, max: 999n }),
    fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 0n),
  ),
  scale: fc.integer({ min: 0, max: 40 }),
});

/** The oracle: every amount as an integer of 10^-80. */
function at80({ units, scale }: Fixed): bigint {
  return units * 10n ** BigInt(80 - scale);
}

describe("text", () => {
  it.each<[string, bigint, number]>([
    ["-12.50", -1250n, 2],
    ["1e-8", 1n, 8],
    ["1.5E3", 1500n, 0],
    ["12.345e1", 12345n, 2],
    [".5", 5n, 1],
    ["-.25", -25n, 2],
    ["5.", 5n, 0],
    ["+0.10", 10n, 2],
    ["007", 7n, 0],
    ["-0", 0n, 0],
    ["9007199254740993.000000000000000001", 9007199254740993000000000000000001n, 18],
  ])("reads %s exactly", (text, units, scale) => {
    expect(parseFixed(text)).toEqual({ units, scale });
  });

  it.each<[bigint, number, string]>([
    [-1250n, 2, "-12.5"],
    [1n, 8, "0.00000001"],
    [100n, 0, "100"],
    [100n, 2, "1"],
    [0n, 5, "0"],
    [-5n, 1, "-0.5"],
    [10n ** 21n, 0, "1000000000000000000000"],
  ])("writes %s × 10^-%s as %s", (units, scale, text) => {
    expect(formatUnits(units, scale)).toBe(text);
  });

  it("is the shortest exact decimal, without an exponent", () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const text = formatFixed(amount);
        expect(text).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
        expect(text).not.toBe("-0");
        // The constructor of Decimal does not round.
        expect(new Decimal(text).eq(new Decimal(`${amount.units}e-${amount.scale}`))).toBe(true);
      }),
    );
  });

  it("comes back as the same amount", () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(at80(parseFixed(formatFixed(amount)))).toBe(at80(amount));
      }),
    );
  });
});

describe("arithmetic", () => {
  it("compares, adds, negates and multiplies without rounding", () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const [x, y] = [at80(a), at80(b)];
        expect(compareFixed(a, b)).toBe(x < y ? -1 : x > y ? 1 : 0);
        expect(at80(addFixed(a, b))).toBe(x + y);
        expect(at80(negateFixed(a))).toBe(-x);
        expect(at80(multiplyFixed(a, b)) * 10n ** 80n).toBe(x * y);
      }),
    );
  });

  it("divides down to a multiple of the scale asked for", () => {
    const positive = amounts.map(({ units, scale }) => ({ units: units < 0n ? -units : units, scale }));
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 0, max: 20 }), (a, b, scale) => {
        fc.pre(b.units > 0n);
        const quotient = divideDown(a, b, scale);
        const scaled = at80(a) * 10n ** BigInt(scale);
        expect(quotient * at80(b) <= scaled).toBe(true);
        expect((quotient + 1n) * at80(b) > scaled).toBe(true);
        // Up is down where nothing is left, and one more where something is.
        expect(divideUp(a, b, scale)).toBe(quotient * at80(b) === scaled ? quotient : quotient + 1n);
      }),
    );
  });

  it.each([
    ["0.001", "1.001"],
    ["0", "1"],
    ["-0.0002", "0.9998"],
  ])("adds one to a fraction of %s", (fraction, sum) => {
    expect(formatFixed(onePlus(parseFixed(fraction)))).toBe(sum);
  });

  it("widens to a finer scale and knows its powers of ten", () => {
    expect(widen(-12n, 1, 4)).toBe(-12000n);
    expect(pow10(0)).toBe(1n);
    expect(pow10(60)).toBe(10n ** 60n);
  });
});

describe("doubles", () => {
  it("are the nearest to the exact amount", () => {
    fc.assert(
      fc.property(amounts, ({ units, scale }) => {
        expect(unitsToNumber(units, scale)).toBe(Number(formatUnits(units, scale)));
      }),
      { numRuns: 1000 },
    );
  });

  it("are nearly so where speed matters more", () => {
    fc.assert(
      fc.property(amounts, ({ units, scale }) => {
        const exact = unitsToNumber(units, scale);
        expect(Math.abs(approximate(units, scale) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 1e-15);
      }),
    );
  });
});
