import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeeCurrency } from "../../../src/domain/costs.ts";
import {
  compareFixed,
  type Fixed,
  formatUnits,
  multiplyFixed,
  parseFixed,
} from "../../../src/domain/fixed.ts";
import { feeOf, noCharges, withFill } from "../../../src/execution/costs/feeOf.ts";
import type { FeeTerms } from "../../../src/execution/costs/feeTerms.ts";
import { costOf, payable } from "../../../src/execution/costs/payable.ts";
import { type TermsText, termsOf } from "./orders.ts";

describe("by hand", () => {
  const bnb = { token: "BNB", price: parseFixed("600"), label: "BNB@600" };
  it.each<[string, TermsText, string, string, string, string]>([
    ["all of it without a fee", {}, "100", "1000", "1", "10"],
    // 1000 / 100.1.
    ["less for a percentage", { rate: "0.001" }, "100", "1000", "0.00000001", "9.99000999"],
    ["whole lots", { rate: "0.001" }, "100", "1000", "1", "9"],
    ["round lots", {}, "3", "1000", "100", "300"],
    // (1000 − 5) / 100.
    ["less for a fee an order", { perOrder: "5" }, "100", "1000", "0.01", "9.95"],
    // 1000 / (25 + 0.5).
    ["less for a fee a unit", { perUnit: "0.5" }, "25", "1000", "0.01", "39.21"],
    // The minimum of 1 covers 200 shares at 0.005.
    ["less for a minimum", { perUnit: "0.005", minimum: "1" }, "25", "1001", "1", "40"],
    [
      "one less where the minimum lacks a cent",
      { perUnit: "0.005", minimum: "1" },
      "25",
      "1000.99",
      "1",
      "39",
    ],
    // 1 % of 10 shares at 0.2 is 0.02.
    ["more for a cap", { perUnit: "0.005", minimum: "1", maximumRate: "0.01" }, "0.2", "2.02", "1", "10"],
    [
      "all of it when the fee is taken from the base",
      { rate: "0.001", currency: "base" },
      "100",
      "1000",
      "1",
      "10",
    ],
    ["less for a token's price", { rate: "0.001", currency: bnb }, "100", "1000", "1", "9"],
    // 0.1 / 600 is 0.00016667 up, and costs 0.100002: a hair more than the fee.
    ["not what a token's rounding forbids", { rate: "0.001", currency: bnb }, "100", "100.1", "1", "0"],
    ["what a token's rounding allows", { rate: "0.001", currency: bnb }, "100", "100.100002", "1", "1"],
    ["nothing when the fee takes all", { perOrder: "5" }, "100", "5", "0.01", "0"],
    ["nothing without funds", {}, "100", "0", "0.01", "0"],
    ["nothing in debt", { rate: "0.001", maximumRate: "0.01" }, "100", "-1", "0.01", "0"],
  ])("%s", (_, text, price, funds, lotText, expected) => {
    const lot = parseFixed(lotText);
    const purchase = { unitValue: parseFixed(price), lot, before: noCharges };
    expect(formatUnits(payable(termsOf(text), purchase, parseFixed(funds)), lot.scale)).toBe(expected);
  });
});

const amount = (max: number, scale: number) =>
  fc.bigInt({ min: 0n, max: BigInt(max) }).map((units): Fixed => ({ units, scale }));
const positive = (max: number, scale: number) => amount(max, scale).filter(({ units }) => units > 0n);

const terms: fc.Arbitrary<FeeTerms> = fc.record({
  rate: amount(100, 4),
  perUnit: amount(100, 3),
  perOrder: amount(500, 2),
  minimum: fc.option(amount(500, 2)),
  maximumRate: fc.option(amount(300, 4)),
  currency: fc.oneof(
    fc.constantFrom<FeeCurrency[]>("quote", "base"),
    positive(100_000, 2).map((price) => ({ token: "BNB", price, label: "BNB" })),
  ),
});

it("fits into the funds, and one lot more does not: of a fresh order and of one filled in part", () => {
  const lots = fc.constantFrom("0.00000001", "0.001", "1", "100").map(parseFixed);
  const before = fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), terms), { maxLength: 3 });
  fc.assert(
    fc.property(
      terms,
      lots,
      positive(100_000, 3),
      amount(1e8, 4),
      before,
      (now, lot, unitValue, funds, parts) => {
        const charges = parts.reduce((soFar, [count, then]) => {
          const quantity = BigInt(count) * lot.units;
          const value = multiplyFixed(unitValue, { units: quantity, scale: lot.scale });
          const fill = { value, quantity, lotScale: lot.scale };
          return withFill(then, fill, feeOf(then, fill, soFar), soFar);
        }, noCharges);
        const purchase = { unitValue, lot, before: charges };
        const quantity = payable(now, purchase, funds);
        expect(quantity % lot.units).toBe(0n);
        if (quantity > 0n)
          expect(compareFixed(costOf(now, purchase, quantity), funds)).toBeLessThanOrEqual(0);
        expect(compareFixed(costOf(now, purchase, quantity + lot.units), funds)).toBe(1);
      },
    ),
    { numRuns: 3000 },
  );
});
