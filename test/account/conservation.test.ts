import fc from "fast-check";
import { expect, it } from "vitest";
import { Account } from "../../src/account/account.ts";
import type { Holding } from "../../src/account/holding.ts";
import type { Trade } from "../../src/account/trade.ts";
import { columnOf, numberAt } from "../../src/domain/columns.ts";
import type { Execution } from "../../src/domain/execution.ts";
import {
  addFixed,
  compareFixed,
  type Fixed,
  multiplyFixed,
  negateFixed,
  unitsToNumber,
  zero,
} from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { executed } from "../support/executed.ts";

const instruments = [
  createInstrument("BTC/USD"),
  createInstrument("AAPL", { lot: "1" }),
  createInstrument("ES", { lot: "0.5", multiplier: "12.5" }),
];

const prices: fc.Arbitrary<Fixed> = fc.record({
  units: fc.oneof(fc.bigInt({ min: 1n, max: 10n ** 6n }), fc.bigInt({ min: 1n, max: 10n ** 22n })),
  scale: fc.integer({ min: 0, max: 17 }),
});
const fills: fc.Arbitrary<readonly Execution[]> = fc.array(
  fc
    .record({
      instrument: fc.constantFrom(...instruments),
      side: fc.constantFrom("buy" as const, "sell" as const),
      lots: fc.bigInt({ min: 1n, max: 40n }),
      price: prices,
      fee: fc.record({ units: fc.bigInt({ min: 0n, max: 1000n }), scale: fc.integer({ min: 0, max: 25 }) }),
    })
    .map(({ instrument, side, lots, price, fee: amount }) =>
      executed({
        instrument,
        side,
        price,
        quantity: lots * instrument.lot.units,
        fee: { amount, currency: "USD" },
      }),
    ),
  { minLength: 1, maxLength: 40 },
);

const initial: Fixed = { units: 12_345_678n, scale: 3 };

function sum(values: Iterable<Fixed>): Fixed {
  let total = zero;
  for (const value of values) total = addFixed(total, value);
  return total;
}

function same(a: Fixed, b: Fixed): boolean {
  return compareFixed(a, b) === 0;
}

function booked(list: readonly Execution[]): { account: Account; trades: readonly Trade[] } {
  const account = new Account({
    kind: "margin",
    currency: "USD",
    cash: initial,
  });
  for (const fill of list) account.book(fill, null);
  return { account, trades: account.trades.all() };
}

const openCost = (holding: Holding): Fixed => ({ units: holding.openCost, scale: holding.notionalScale });

it("cash + open cost = initial + gross realised − fees, to the last digit", () => {
  fc.assert(
    fc.property(fills, (list) => {
      const { account, trades } = booked(list);
      const holdings = [...account.holdings.values()];
      // Told by the trades and the fills, not by the books themselves.
      const gross = sum(
        trades.map(({ pnl, fees, moneyScale }) => ({ units: pnl + fees, scale: moneyScale })),
      );
      const paid = sum(list.map(({ fee }) => fee.amount));
      const realised = addFixed(gross, negateFixed(paid));
      expect(same(addFixed(account.cash, sum(holdings.map(openCost))), addFixed(initial, realised))).toBe(
        true,
      );
      expect(same(sum(holdings.map((holding) => holding.realised)), realised)).toBe(true);
      expect(same(sum(holdings.map(({ paidFees }) => paidFees)), paid)).toBe(true);
    }),
  );
});

it("cash is what fills paid and received", () => {
  fc.assert(
    fc.property(fills, (list) => {
      const { account } = booked(list);
      const flows = list.map(({ instrument, side, price, quantity, fee }) => {
        const units = { units: side === "buy" ? -quantity : quantity, scale: instrument.lot.scale };
        return addFixed(
          multiplyFixed(multiplyFixed(units, price), instrument.multiplier),
          negateFixed(fee.amount),
        );
      });
      expect(same(account.cash, addFixed(initial, sum(flows)))).toBe(true);
    }),
  );
});

it("trades and what is open explain every change of equity", () => {
  fc.assert(
    fc.property(fills, fc.array(prices, { minLength: 3, maxLength: 3 }), (list, marks) => {
      const { account, trades } = booked(list);
      for (const [i, instrument] of instruments.entries()) {
        const column = columnOf([marks[i]!]);
        account.holdingOf(instrument).markAt(column, 0, numberAt(column, 0));
      }
      const closed = sum(trades.map(({ pnl, moneyScale }) => ({ units: pnl, scale: moneyScale })));
      const open = [...account.holdings.values()].flatMap((holding) => {
        const value = holding.exactValue();
        const fees = holding.lots.slice(holding.first).reduce((total, lot) => total + lot.fees, 0n);
        return [
          holding.quantity < 0n ? negateFixed(value) : value,
          negateFixed(openCost(holding)),
          { units: -fees, scale: holding.feeScale },
        ];
      });
      const change = addFixed(account.exactEquity(), negateFixed(initial));
      expect(same(change, addFixed(closed, sum(open)))).toBe(true);

      // The double is as near as its own roundings allow: relative to the largest of its terms.
      const exact = account.exactEquity();
      const sizes = [...account.holdings.values()].map((holding) =>
        Math.abs(holding.size * holding.mark * holding.multiplier),
      );
      const scale = Math.max(Math.abs(account.cashNumber), ...sizes);
      expect(Math.abs(account.equity() - unitsToNumber(exact.units, exact.scale))).toBeLessThanOrEqual(
        scale * 1e-14,
      );
    }),
  );
});

it("children sum to their parents: every unit and every fee is in one trade or one open lot", () => {
  fc.assert(
    fc.property(fills, (list) => {
      const { account, trades } = booked(list);
      for (const instrument of instruments) {
        const holding = account.holdingOf(instrument);
        const own = list.filter((fill) => fill.instrument === instrument);
        const closing = trades.filter((trade) => trade.instrument === instrument);
        const traded = own.reduce((total, { quantity }) => total + quantity, 0n);
        const open = holding.lots.slice(holding.first).reduce((total, lot) => total + lot.quantity, 0n);
        expect(open).toBe(holding.quantity < 0n ? -holding.quantity : holding.quantity);
        expect(closing.reduce((total, { quantity }) => total + 2n * quantity, open)).toBe(traded);
        const shares = [
          ...closing.map(({ fees, moneyScale }) => ({ units: fees, scale: moneyScale })),
          ...holding.lots.slice(holding.first).map(({ fees }) => ({ units: fees, scale: holding.feeScale })),
        ];
        expect(same(sum(shares), sum(own.map(({ fee }) => fee.amount)))).toBe(true);
        expect(shares.every(({ units }) => units >= 0n)).toBe(true);
      }
    }),
  );
});
