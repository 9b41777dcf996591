/** cash + open cost = initial + gross realised − fees − interest + funding, whatever happens, to the last digit. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Account, type AccountOptions } from "../../src/account/account.ts";
import { columnOf } from "../../src/domain/columns.ts";
import type { Fee } from "../../src/domain/execution.ts";
import {
  addFixed,
  compareFixed,
  type Fixed,
  multiplyFixed,
  negateFixed,
  unitsToNumber,
  zero,
} from "../../src/domain/fixed.ts";
import { baseFee, createInstrument, type Instrument } from "../../src/domain/instrument.ts";
import { dayMs } from "../../src/domain/time.ts";
import { executed } from "../support/executed.ts";

type Step =
  | {
      readonly kind: "fill";
      readonly instrument: Instrument;
      readonly side: "buy" | "sell";
      readonly lots: bigint;
      readonly price: Fixed;
      readonly fee: Fixed;
      readonly paidIn: "cash" | "base" | "token";
    }
  | { readonly kind: "mark"; readonly instrument: Instrument; readonly price: Fixed }
  | { readonly kind: "fund"; readonly instrument: Instrument; readonly price: Fixed; readonly rate: Fixed }
  | { readonly kind: "days"; readonly days: number };

const decimal = (min: bigint, max: bigint, scale: number): fc.Arbitrary<Fixed> =>
  fc.record({ units: fc.bigInt({ min, max }), scale: fc.integer({ min: 0, max: scale }) });

function stepsIn(instruments: readonly Instrument[]): fc.Arbitrary<readonly Step[]> {
  const instrument = fc.constantFrom(...instruments);
  const price = decimal(1n, 10n ** 7n, 6);
  const fill: fc.Arbitrary<Step> = fc.record({
    kind: fc.constant("fill"),
    instrument,
    side: fc.constantFrom("buy", "sell"),
    lots: fc.bigInt({ min: 1n, max: 500n }),
    price,
    fee: decimal(0n, 90n, 2),
    paidIn: fc.constantFrom("cash", "base", "token"),
  });
  const rate = decimal(-100n, 100n, 6);
  const others: fc.Arbitrary<Step>[] = [
    fc.record({ kind: fc.constant("mark"), instrument, price }),
    fc.record({ kind: fc.constant("fund"), instrument, price, rate }),
    fc.record({ kind: fc.constant("days"), days: fc.integer({ min: 0, max: 4 }) }),
  ];
  return fc.array(fc.oneof({ weight: 3, arbitrary: fill }, ...others), { minLength: 1, maxLength: 40 });
}

const fraction: Fixed = { units: 1n, scale: 3 };
const tokens = [{ currency: "BNB", amount: { units: 5n, scale: 0 }, price: { units: 30_125n, scale: 2 } }];
const interest = { borrow: { units: 7n, scale: 2 }, debt: { units: 113n, scale: 3 } };

/** Runs the steps; what all fees were worth is added up beside the books. */
function run(steps: readonly Step[], options: AccountOptions): { account: Account; fees: Fixed } {
  const account = new Account(options);
  let fees = zero;
  let time = 0;
  account.accrue(time);
  for (const step of steps) {
    if (step.kind === "days") account.accrue((time += step.days * dayMs));
    else if (step.kind === "fund") account.fund(step.instrument, step.rate, step.price, time);
    else if (step.kind === "mark") {
      const column = columnOf([step.price]);
      account.holdingOf(step.instrument).markAt(column, 0, unitsToNumber(step.price.units, step.price.scale));
    } else {
      const { instrument, side, price } = step;
      const quantity = step.lots * instrument.lot.units;
      const isSpot = !instrument.contract;
      let fee: Fee = { amount: step.fee, currency: options.currency };
      let worth = step.fee;
      if (step.paidIn === "token") {
        fee = { amount: step.fee, currency: "BNB" };
        worth = multiplyFixed(step.fee, tokens[0]!.price);
      } else if (step.paidIn === "base" && isSpot) {
        fee = { amount: baseFee(instrument, quantity, fraction), currency: instrument.base };
        worth = multiplyFixed(fee.amount, price);
      }
      fees = addFixed(fees, worth);
      const tag = step.lots % 3n === 0n ? null : `tag ${step.lots % 3n}`;
      account.book(executed({ instrument, side, price, quantity, fee }), tag);
    }
  }
  return { account, fees };
}

function sum(values: Iterable<Fixed>): Fixed {
  let total = zero;
  for (const value of values) total = addFixed(total, value);
  return total;
}

function expectIdentity({ account, fees }: { account: Account; fees: Fixed }): void {
  const holdings = [...account.holdings.values()];
  const gross = sum(
    account.trades.all().map(({ pnl, fees, moneyScale }) => ({ units: pnl + fees, scale: moneyScale })),
  );
  const carried = sum(account.charges.map(({ amount }) => amount));
  for (const { amount, shares } of account.charges) {
    expect(compareFixed(sum(shares.values()), amount)).toBe(0);
  }
  const openCost = sum(
    holdings.map((holding) => ({ units: holding.openCost, scale: holding.notionalScale })),
  );
  const left = multiplyFixed(account.balances.get("BNB")!, tokens[0]!.price);
  const told = sum([account.initialEquity, gross, negateFixed(fees), carried]);
  expect(compareFixed(sum([account.cash, left, openCost]), told)).toBe(0);

  // The parts add up to the same, and equity is what the parts and the marks say.
  const realised = sum(holdings.map((holding) => holding.realised));
  const parts = sum([account.initialEquity, realised, negateFixed(account.debtInterest)]);
  expect(compareFixed(parts, told)).toBe(0);
  const worth = sum(account.open.map((holding) => holding.exactWorth()));
  const equity = account.exactEquity();
  expect(compareFixed(equity, sum([account.cash, left, worth]))).toBe(0);

  // Doubles err by their own roundings, and by a satoshi for each inverse position.
  const size = account.open.reduce((total, holding) => total + Math.abs(holding.worth), account.cashTerms);
  const off = Math.abs(account.equity() - unitsToNumber(equity.units, equity.scale));
  expect(off).toBeLessThanOrEqual((size + 5 * 30_125) * 1e-13 + account.open.length * 1.1e-8);
}

it.each([
  [
    "in dollars",
    "USD",
    [
      createInstrument("BTC/USD", { lot: "0.001", quantityScale: 8 }),
      createInstrument("AAPL", { lot: "1", quantityScale: 6 }),
      createInstrument("ETH/USD:USD", { lot: "0.5", multiplier: "12.5" }),
    ],
  ],
  [
    "in coins",
    "BTC",
    [
      createInstrument("ETH/BTC"),
      createInstrument("BTC/USD:BTC", { lot: "1", multiplier: "100" }),
      createInstrument("XRP/BTC:BTC", { lot: "10" }),
    ],
  ],
])("holds to the last digit %s", (_, currency, instruments) => {
  const options: AccountOptions = {
    kind: "margin",
    currency,
    cash: { units: 12_345_678n, scale: 3 },
    leverage: { units: 5n, scale: 0 },
    tokens,
    interest,
  };
  fc.assert(
    fc.property(stepsIn(instruments), (steps) => expectIdentity(run(steps, options))),
    { numRuns: 200 },
  );
});

it("is tested on every kind of charge and fee", () => {
  const [spot, inverse] = [
    createInstrument("ETH/BTC"),
    createInstrument("BTC/USD:BTC", { lot: "1" }),
  ] as const;
  const price = { units: 5n, scale: 0 };
  const fill = { kind: "fill", side: "sell", lots: 10n ** 9n, price, fee: { units: 1n, scale: 2 } } as const;
  const ran = run(
    [
      { ...fill, instrument: spot, paidIn: "base" },
      { ...fill, instrument: inverse, paidIn: "token" },
      { kind: "fund", instrument: inverse, price, rate: negateFixed(fraction) },
      { kind: "mark", instrument: spot, price: { units: 1000n, scale: 0 } },
      { kind: "days", days: 2 },
    ],
    { kind: "margin", currency: "BTC", cash: { units: 1n, scale: 0 }, tokens, interest },
  );
  expect(ran.account.charges.map(({ kind }) => kind)).toEqual(["funding", "borrow", "debt"]);
  expect([...ran.account.feesByCurrency.keys()]).toEqual(["ETH", "BNB", "BTC"]);
  expectIdentity(ran);
});
