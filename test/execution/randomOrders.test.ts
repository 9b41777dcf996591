/** Whatever is sent, changed, taken back and shown, with little volume and messages on their way. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Execution } from "../../src/domain/execution.ts";
import { addFixed, compareFixed, negateFixed, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { reasons } from "../../src/domain/reasons.ts";
import { bar, minute } from "../support/oneRow.ts";
import { type Ticket, TradingFloor } from "../support/tradingFloor.ts";

const options = { volumeUnit: "base", lot: "0.5" } as const;
const coins = [createInstrument("AAA/USD", options), createInstrument("BBB/USD", options)] as const;

const price = fc.integer({ min: 90, max: 110 }).map(String);
const life = fc.constantFrom("GTC" as const, "GTC" as const, "IOC" as const, "FOK" as const, "DAY" as const);

const ticket = fc.record(
  {
    side: fc.constantFrom("buy" as const, "sell" as const),
    coin: fc.constantFrom(0, 1),
    quantity: fc.integer({ min: 1, max: 30 }).map(String),
    value: fc.integer({ min: 100, max: 3000 }).map(String),
    limit: price,
    stop: price,
    trail: fc.constantFrom("2", "5%"),
    stopLoss: price,
    takeProfit: price,
    oco: fc.constantFrom("one", "two"),
    timeInForce: life,
    reduceOnly: fc.boolean(),
    /** Takes the place of the order so many before it. */
    replaces: fc.integer({ min: 1, max: 4 }),
    /** Fractions of a bar until it arrives. */
    delay: fc.constantFrom(0, 0.5, 1.5),
  },
  { requiredKeys: ["side", "coin", "quantity", "delay"] },
);

const candle = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 88, max: 112 })))
  .map((four) => `${four[0]} ${Math.max(...four)} ${Math.min(...four)} ${four[1]}`);

const rounds = fc.array(
  fc.record({
    tickets: fc.array(ticket, { maxLength: 4 }),
    cancel: fc.option(fc.record({ back: fc.integer({ min: 1, max: 6 }), delay: fc.constantFrom(0, 0.5) })),
    candles: fc.tuple(candle, candle),
    volumes: fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 })),
  }),
  { minLength: 1, maxLength: 20 },
);

type Round = typeof rounds extends fc.Arbitrary<readonly (infer R)[]> ? R : never;

interface Issued {
  readonly number: number;
  readonly side: "buy" | "sell";
  readonly coin: number;
  /** Of an attached exit; null for an order of its own. */
  readonly role: "stopLoss" | "takeProfit" | null;
  /** Tenths; null when it is by value or follows its entry. */
  readonly asked: bigint | null;
}

/** Sends what a round asks for. */
function send(floor: TradingFloor, { tickets, cancel }: Round, index: number, issued: Issued[]): void {
  for (const { side, coin, delay, replaces, trail, ...given } of tickets) {
    const activeFrom = (index + delay) * minute;
    const old = replaces === undefined ? undefined : issued.at(-replaces);
    if (old !== undefined && old.role !== null) {
      const at = old.role === "stopLoss" ? { stop: given.stop ?? "95" } : { limit: given.limit ?? "105" };
      const exit = { ...at, instrument: coins[old.coin]!, quantity: "0", reduceOnly: true, activeFrom };
      issued.push({ ...old, number: floor[old.side]({ ...exit, replaces: old.number }) });
      continue;
    }
    const { limit, ...others } = given;
    // A trailing stop starts somewhere, and has no limit.
    const levels =
      trail !== undefined ? { trail, stop: given.stop ?? "100" } : limit !== undefined ? { limit } : {};
    const to = { side: old?.side ?? side, coin: old?.coin ?? coin };
    const place = old === undefined ? {} : { replaces: old.number };
    const asked: Ticket = { ...others, ...levels, ...place, instrument: coins[to.coin]!, activeFrom };
    const number = floor[to.side](asked);
    const units = given.value === undefined ? BigInt(given.quantity) * 10n : null;
    issued.push({ ...to, number, role: null, asked: units });
    const opposite = { side: to.side === "buy" ? "sell" : "buy", coin: to.coin, asked: null } as const;
    let exit = number;
    for (const role of ["stopLoss", "takeProfit"] as const)
      if (given[role] !== undefined) issued.push({ ...opposite, number: ++exit, role });
  }
  if (cancel === null || cancel.back > issued.length) return;
  const activeFrom = cancel.delay === 0 ? Number.NEGATIVE_INFINITY : (index + cancel.delay) * minute;
  floor.cancel(issued.at(-cancel.back)!.number, "cancelled:by-strategy", activeFrom);
}

/** All requests end; nothing is left to fill. */
function finish(floor: TradingFloor, issued: readonly Issued[]): void {
  for (const { number } of issued)
    if (floor.reason(number) === null) floor.cancel(number, "expired:end-of-data");
}

function sumOf(fills: readonly Execution[]): bigint {
  return fills.reduce((sum, { quantity }) => sum + quantity, 0n);
}

it("fills stay within a bar's share and prices, parts within their order, money within the account", () => {
  fc.assert(
    fc.property(rounds, fc.constantFrom("cash" as const, "margin" as const), (all, kind) => {
      const floor = new TradingFloor({ kind, cash: "3000", taker: "0.001", volumeShare: "0.1" });
      const issued: Issued[] = [];
      all.forEach((round, index) => {
        send(floor, round, index, issued);
        const before = floor.fills.length;
        const events = coins.map((coin, i) => bar(coin, index, round.candles[i]!, String(round.volumes[i]!)));
        floor.show(...events);
        const fills = floor.fills.slice(before);
        for (const [i, coin] of coins.entries()) {
          const own = fills.filter(({ instrument }) => instrument === coin);
          // A tenth of the volume, in lots of 0.5: units are tenths.
          expect(sumOf(own)).toBeLessThanOrEqual(BigInt(Math.floor(round.volumes[i]! / 5) * 5));
          const [, high, low] = round.candles[i]!.split(" ");
          for (const fill of own) {
            expect(compareFixed(fill.price, parseFixed(high!))).toBeLessThanOrEqual(0);
            expect(compareFixed(fill.price, parseFixed(low!))).toBeGreaterThanOrEqual(0);
          }
        }
        if (kind === "margin") return;
        expect(floor.account.cash.units >= 0n).toBe(true);
        for (const { quantity } of floor.account.holdings.values()) expect(quantity >= 0n).toBe(true);
      });
      finish(floor, issued);
      for (const { number, asked } of issued) {
        expect(Object.keys(reasons)).toContain(floor.reason(number));
        const parts = floor.fills.filter((fill) => fill.number === number);
        // What is left falls from part to part; the last of an order that filled leaves nothing.
        for (let i = 1; i < parts.length; i++) {
          expect(parts[i]!.remaining).toBeLessThanOrEqual(parts[i - 1]!.remaining - parts[i]!.quantity);
        }
        if (asked !== null) expect(sumOf(parts)).toBeLessThanOrEqual(asked);
        expect(parts.at(-1)?.remaining === 0n).toBe(floor.reason(number) === "filled");
      }
      for (const coin of coins) {
        const own = floor.fills.filter(({ instrument }) => instrument === coin);
        const bought = sumOf(own.filter(({ side }) => side === "buy"));
        expect(floor.account.holdingOf(coin).quantity).toBe(bought - sumOf(own) + bought);
      }
      let cash = parseFixed("3000");
      for (const { side, value, fee } of floor.fills) {
        cash = addFixed(addFixed(cash, side === "buy" ? negateFixed(value) : value), negateFixed(fee.amount));
      }
      expect(compareFixed(cash, floor.account.cash)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

it("the parts of an order sum to it, and at one price those who came first fill first", () => {
  const order = fc.record({
    limit: fc.integer({ min: 97, max: 99 }).map(String),
    quantity: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(
      fc.array(order, { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 15 }),
      (orders, volumes) => {
        const floor = new TradingFloor({ volumeShare: "0.1" });
        const [coin] = coins;
        for (const { limit, quantity } of orders)
          floor.buy({ instrument: coin, limit, quantity: String(quantity) });
        // Every bar trades through every limit; the last has volume for whatever is left.
        [...volumes, 100_000].forEach((volume, i) => {
          floor.show(bar(coin, i, "100 100 96 100", String(volume)));
          const open = orders.map((_, at) => floor.reason(at + 1) === null);
          orders.forEach((later, at) => {
            const waits = orders.some(
              (earlier, before) => before < at && open[before] && earlier.limit === later.limit,
            );
            if (waits) expect(floor.news.get(at + 1)).toEqual(["accepted"]);
          });
        });
        orders.forEach(({ quantity }, at) => {
          const parts = floor.fills.filter(({ number }) => number === at + 1);
          expect(sumOf(parts)).toBe(BigInt(quantity) * 10n);
          expect(floor.reason(at + 1)).toBe("filled");
        });
      },
    ),
    { numRuns: 200 },
  );
});
