import fc from "fast-check";
import { expect, it } from "vitest";
import { type Execution, noExits, type PlaceCommand, tradedValue } from "../../../src/domain/execution.ts";
import {
  addFixed,
  type Fixed,
  formatFixed,
  negateFixed,
  parseFixed,
  zero,
} from "../../../src/domain/fixed.ts";
import { createInstrument, type Instrument } from "../../../src/domain/instrument.ts";
import type { ReasonCode } from "../../../src/domain/reasons.ts";
import { profitOf, type Valuation } from "../../../src/run/drift/equity.ts";
import { pairOrders } from "../../../src/run/drift/pairs.ts";
import { splitByCause } from "../../../src/run/drift/split.ts";
import type { TracedOrder } from "../../../src/run/drift/traces.ts";
import { settingsOf } from "../../../src/run/options.ts";

const btc = createInstrument("BTC/USDT", { tick: "0.01", lot: "0.00001", quantityScale: 8 });
const eth = createInstrument("ETH/USDT");
const coin = createInstrument("BTC/USD:BTC", {
  multiplier: "100",
  lot: "1",
  inverse: true,
  settle: "BTC",
} as never);

const price: fc.Arbitrary<Fixed> = fc.record({
  units: fc.bigInt(1_000n, 10n ** 7n),
  scale: fc.integer({ min: 0, max: 4 }),
});
const reason = fc.constantFrom<ReasonCode | null>(
  ...(["filled", "filled", "filled", "refused:halted", "refused:insufficient-cash"] as const),
  ...(["cancelled:by-strategy", "cancelled:by-user", "expired:ioc", null] as const),
);

const fillOf = (instruments: readonly Instrument[]) =>
  fc
    .record({
      price,
      quantity: fc.bigInt(1n, 10n ** 9n),
      time: fc.integer({ min: 0, max: 100 }),
      fee: fc.bigInt(0n, 10_000n),
      inBase: fc.boolean(),
    })
    .map((one) => ({ ...one, instruments }));

function ordersOf(instruments: readonly Instrument[]): fc.Arbitrary<readonly TracedOrder[]> {
  const order = fc.record({
    instrument: fc.constantFrom(...instruments),
    side: fc.constantFrom("buy" as const, "sell" as const),
    limit: fc.option(price),
    decided: fc.integer({ min: 0, max: 20 }),
    fills: fc.array(fillOf(instruments), { maxLength: 3 }),
    reason,
  });
  return fc.array(order, { maxLength: 8 }).map((rows) =>
    rows.map(({ instrument, side, limit, decided, fills, reason: ended }, i): TracedOrder => {
      const number = i + 1;
      const sizing = { kind: "quantity", units: 1n, mayShrink: false } as const;
      const command: PlaceCommand = {
        ...{ kind: "place", number, owner: 0, instrument, side, sizing, limit, stop: null, trail: null },
        ...{ type: limit === null ? "market" : "limit", timeInForce: "GTC", expires: null, postOnly: false },
        ...{ reduceOnly: false, exits: noExits, group: null, replaces: null, activeFrom: 0, tag: null },
      };
      const executions = fills.map((one): Execution => {
        const isBase = one.inBase && !instrument.contract && one.fee <= one.quantity;
        return {
          ...{ kind: "fill", number, instrument, side, time: one.time, bar: -1, price: one.price },
          quantity: one.quantity,
          value: tradedValue(instrument, one.price, one.quantity, side),
          fee: {
            amount: { units: one.fee, scale: isBase ? instrument.lot.scale : 6 },
            currency: isBase ? instrument.base : instrument.settle,
          },
          ...{ maker: false, remaining: 0n, clipped: false },
        };
      });
      return {
        ...{ command, role: null, isClosing: false, decided, reason: ended },
        fills: executions.map((fill) => ({ fill, owner: 0 })),
      };
    }),
  );
}

const worlds: readonly [string, readonly Instrument[]][] = [
  ["spot, fees in coins too", [btc, eth]],
  ["inverse contracts, whose values are rounded", [coin]],
];

it.each(worlds)("whatever was filled, the causes add up to the difference: %s", (_, instruments) => {
  const valuation: Valuation = {
    settings: settingsOf({ account: "margin" }),
    currency: instruments[0]!.settle,
    markOf: ({ symbol }) => parseFixed(symbol.startsWith("BTC") ? "61234.56" : "3210.987"),
  };
  const orders = ordersOf(instruments);
  const byHand = orders.map((all) => all.flatMap(({ fills }) => fills.map(({ fill }) => fill)));
  fc.assert(
    fc.property(orders, orders, byHand, fc.option(price), (session, backtest, manual, at) => {
      const pairs = pairOrders(session, backtest, 5);
      const shares = splitByCause({
        ...{ pairs, manual, late: 10, valuation },
        priceAt: (_instrument, time) => at && addFixed(at, { units: BigInt(time), scale: 2 }),
      });
      const sum = shares.reduce((total, { amount }) => addFixed(total, amount), zero);
      const fillsOf = (all: readonly TracedOrder[]) => all.flatMap(({ fills }) => fills);
      const ofSession = [...fillsOf(session), ...manual.map((fill) => ({ fill, owner: 0 }))];
      const difference = addFixed(
        profitOf(ofSession, valuation),
        negateFixed(profitOf(fillsOf(backtest), valuation)),
      );
      expect(formatFixed(sum)).toBe(formatFixed(difference));
      // Each order of either side is in one pair.
      expect(pairs.flatMap((pair) => pair.session ?? []).sort(byNumber)).toEqual([...session]);
      expect(pairs.flatMap((pair) => pair.backtest ?? []).sort(byNumber)).toEqual([...backtest]);
      if (instruments.includes(btc)) for (const share of shares) addsUp(share);
    }),
  );
});

/** What each order changes makes the share, where no value is rounded. */
function addsUp({ amount, contributions }: ReturnType<typeof splitByCause>[number]): void {
  const sum = contributions.reduce((total, one) => addFixed(total, one.amount), zero);
  expect(formatFixed(sum)).toBe(formatFixed(amount));
}

it("orders that are the same on both sides have no share in anything", () => {
  fc.assert(
    fc.property(ordersOf([btc, eth]), (orders) => {
      const shares = splitByCause({
        ...{ pairs: pairOrders(orders, structuredCopy(orders), 5), manual: [], late: 10 },
        valuation: { settings: settingsOf({}), currency: "USDT", markOf: () => parseFixed("100") },
        priceAt: () => null,
      });
      expect(shares.map(({ amount }) => formatFixed(amount))).toEqual(["0", "0", "0", "0", "0", "0"]);
    }),
  );
});

/** Orders and fills of their own; instruments are their objects. */
function structuredCopy(orders: readonly TracedOrder[]): readonly TracedOrder[] {
  return orders.map((order) => ({
    ...order,
    fills: order.fills.map(({ fill, owner }) => ({ owner, fill: { ...fill } })),
  }));
}

function byNumber(a: TracedOrder, b: TracedOrder): number {
  return a.command.number - b.command.number;
}
