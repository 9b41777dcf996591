/** For a fixed list of fills, higher costs never raise the profit. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Account } from "../../../src/account/account.ts";
import { tradedValue } from "../../../src/domain/execution.ts";
import { addFixed, compareFixed, parseFixed } from "../../../src/domain/fixed.ts";
import { feeOf, noCharges, withFill } from "../../../src/execution/costs/feeOf.ts";
import { type FeeTerms, freeTerms } from "../../../src/execution/costs/feeTerms.ts";
import { executed } from "../../support/executed.ts";
import { btc } from "../../support/tradingFloor.ts";

const thousandths = (max: number) =>
  fc.integer({ min: 0, max }).map((units) => ({ units: BigInt(units), scale: 3 }));

/** Each cost, and what is added to it. */
const costs = fc.record({
  rate: fc.tuple(thousandths(20), thousandths(20)),
  perUnit: fc.tuple(thousandths(500), thousandths(500)),
  perOrder: fc.tuple(thousandths(5000), thousandths(5000)),
  minimum: fc.tuple(thousandths(9000), thousandths(9000)),
  maximumRate: fc.option(fc.tuple(thousandths(50), thousandths(50))),
});

const part = fc.record({
  cents: fc.integer({ min: 1, max: 20_000 }),
  lots: fc.integer({ min: 1, max: 500 }),
});
const orders = fc.array(
  fc.record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    parts: fc.array(part, { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 10 },
);

type Costs = typeof costs extends fc.Arbitrary<infer C> ? C : never;
type Orders = typeof orders extends fc.Arbitrary<infer O> ? O : never;

function termsOf({ rate, perUnit, perOrder, minimum, maximumRate }: Costs, raised: boolean): FeeTerms {
  const of = ([cost, more]: typeof rate) => (raised ? addFixed(cost, more) : cost);
  return {
    ...freeTerms,
    rate: of(rate),
    perUnit: of(perUnit),
    perOrder: of(perOrder),
    minimum: of(minimum),
    maximumRate: maximumRate === null ? null : of(maximumRate),
  };
}

/** What is left of 1,000,000 after the fills, all marked at 100. */
function equityAfter(all: Orders, terms: FeeTerms, slip: bigint) {
  const account = new Account({ kind: "margin", currency: "USD", cash: parseFixed("1000000") });
  for (const { side, parts } of all) {
    let before = noCharges;
    for (const { cents, lots } of parts) {
      const price = { units: BigInt(cents) + (side === "buy" ? slip : -slip), scale: 2 };
      const quantity = BigInt(lots) * 1_000_000n;
      const value = tradedValue(btc, price, quantity);
      const charged = { value, quantity, lotScale: btc.lot.scale };
      const amount = feeOf(terms, charged, before);
      before = withFill(terms, charged, amount, before);
      const fee = { amount, currency: "USD" };
      account.book(executed({ instrument: btc, side, price, quantity, fee }), null);
    }
  }
  account.holdingOf(btc).markFill(parseFixed("100"));
  return account.exactEquity();
}

it("by any fee, in however many parts an order fills", () => {
  fc.assert(
    fc.property(orders, costs, (all, given) => {
      const cheap = equityAfter(all, termsOf(given, false), 0n);
      const dear = equityAfter(all, termsOf(given, true), 0n);
      expect(compareFixed(dear, cheap)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

it("by slippage", () => {
  fc.assert(
    fc.property(
      orders,
      fc.bigInt({ min: 0n, max: 50n }),
      fc.bigInt({ min: 0n, max: 50n }),
      (all, slip, more) => {
        const cheap = equityAfter(all, freeTerms, slip);
        expect(compareFixed(equityAfter(all, freeTerms, slip + more), cheap)).toBeLessThanOrEqual(0);
      },
    ),
  );
});

it("does not hold for what is not fixed: a dearer order by value buys less, perhaps of what falls", () => {
  const bought = { side: "buy" as const, parts: [{ cents: 20_000, lots: 100 }] };
  const less = { side: "buy" as const, parts: [{ cents: 20_000, lots: 90 }] };
  const terms = { ...freeTerms, rate: parseFixed("0.01") };
  expect(compareFixed(equityAfter([less], terms, 0n), equityAfter([bought], freeTerms, 0n))).toBe(1);
});
