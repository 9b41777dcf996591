import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareFixed, formatFixed, formatUnits, parseFixed, unitsToNumber } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import type { BookChunk, QuoteChunk } from "../../src/domain/market.ts";
import type { OrderType } from "../../src/domain/order.ts";
import { type FeedOrder, isMarketableOn, reachOf, walk } from "../../src/execution/bookFills.ts";
import { ConsumedLiquidity } from "../../src/execution/consumedLiquidity.ts";
import type { FillLimit } from "../../src/execution/fillRules.ts";
import { sideFor } from "../../src/execution/marketSide.ts";
import { book, quote } from "../support/bookRow.ts";

const btc = createInstrument("BTC/USD", { lot: "0.01" });
type Side = "buy" | "sell";

interface Wish {
  readonly limit?: string;
  readonly stop?: string;
  readonly seen?: boolean;
  readonly triggered?: boolean;
}

function orderOf(side: Side, { limit, stop, seen = false, triggered = false }: Wish): FeedOrder {
  const price = (text: string | undefined) => (text === undefined ? null : parseFixed(text));
  const near = (text: string | undefined) => {
    const value = price(text);
    return value === null ? Number.NaN : unitsToNumber(value.units, value.scale);
  };
  const type: OrderType =
    limit !== undefined && stop !== undefined
      ? "stop_limit"
      : limit !== undefined
        ? "limit"
        : stop !== undefined
          ? "stop"
          : "market";
  const command = { side, type, limit: price(limit) };
  return { command, trigger: price(stop), limit: near(limit), stop: near(stop), seen, triggered };
}

const lots = (text: string) => parseFixed(text).units * 10n ** BigInt(2 - parseFixed(text).scale);

/** A market for one side, whose fills stay taken. */
class Pit {
  readonly #side: Side;
  readonly #consumed: ConsumedLiquidity;
  #row: BookChunk | QuoteChunk | null = null;

  constructor(side: Side, instrument = btc) {
    this.#side = side;
    this.#consumed = new ConsumedLiquidity(instrument, side);
  }

  see(row: BookChunk | QuoteChunk): this {
    this.#row = row;
    this.#consumed.see(sideFor(row, 0, this.#side));
    return this;
  }

  /** "1@100 0.5@101 rest 2 maker"; "not triggered". */
  trade(wish: Wish, quantity: string, rule: FillLimit = "through"): string {
    const order = orderOf(this.#side, wish);
    const reach = reachOf(order, sideFor(this.#row!, 0, this.#side), rule, this.#consumed);
    if (!reach.triggered) return "not triggered";
    const { fills, remaining } = walk(reach.offers, lots(quantity));
    for (const { offer, quantity: taken } of fills) this.#consumed.take(offer.level, offer.shown, taken);
    const shown = fills.map((fill) => `${formatUnits(fill.quantity, 2)}@${formatFixed(fill.offer.price)}`);
    const rest = remaining > 0n ? [`rest ${formatUnits(remaining, 2)}`] : [];
    return [...shown, ...rest, ...(fills.length > 0 && reach.maker ? ["maker"] : [])].join(" ");
  }
}

/** An order alone on a fresh market. */
const on = (row: BookChunk | QuoteChunk, side: Side, wish: Wish, quantity: string, rule?: FillLimit) =>
  new Pit(side).see(row).trade(wish, quantity, rule);

describe("on a quote of 99x2 to 100x3", () => {
  const row = quote(btc, "99x2", "100x3");

  it.each<[Side, string, string]>([
    ["buy", "1", "1@100"],
    ["buy", "5", "3@100 rest 2"],
    ["sell", "2", "2@99"],
    ["sell", "2.5", "2@99 rest 0.5"],
  ])("a market order to %s %s pays the other side: %s", (side, quantity, expected) => {
    expect(on(row, side, {}, quantity)).toBe(expected);
  });

  it.each<[Side, string, boolean, string, string]>([
    // side limit rested  through, touch
    ["buy", "100", false, "1@100", "1@100"],
    ["buy", "101", false, "1@100", "1@100"],
    ["buy", "99.99", false, "rest 1", "rest 1"],
    ["buy", "100", true, "rest 1", "1@100 maker"],
    // The other side came through us: we had our own price.
    ["buy", "100.5", true, "1@100.5 maker", "1@100.5 maker"],
    ["buy", "99", true, "rest 1", "rest 1"],
    ["sell", "99", false, "1@99", "1@99"],
    ["sell", "99", true, "rest 1", "1@99 maker"],
    ["sell", "98.5", true, "1@98.5 maker", "1@98.5 maker"],
    ["sell", "99.01", false, "rest 1", "rest 1"],
  ])("a limit to %s at %s (rested: %s): %s", (side, limit, seen, through, touch) => {
    expect(on(row, side, { limit, seen }, "1", "through")).toBe(through);
    expect(on(row, side, { limit, seen }, "1", "touch")).toBe(touch);
  });

  it("a resting limit fills up to what came through it", () => {
    expect(on(row, "buy", { limit: "101", seen: true }, "10")).toBe("3@101 rest 7 maker");
  });

  it.each<[Side, Wish, string]>([
    // A stop looks at the price that it would get, not at the last trade.
    ["buy", { stop: "100" }, "1@100"],
    ["buy", { stop: "99.5" }, "1@100"],
    ["buy", { stop: "100.01" }, "not triggered"],
    ["buy", { stop: "200", triggered: true }, "1@100"],
    ["sell", { stop: "99" }, "1@99"],
    ["sell", { stop: "99.5" }, "1@99"],
    ["sell", { stop: "98.99" }, "not triggered"],
    ["buy", { stop: "100", limit: "100" }, "1@100"],
    ["buy", { stop: "100", limit: "99.5" }, "rest 1"],
    ["buy", { stop: "100", limit: "100", triggered: true, seen: true }, "rest 1"],
    ["buy", { stop: "100", limit: "100.5", triggered: true, seen: true }, "1@100.5 maker"],
    // It has just taken the place of one that was triggered, with another limit: the book has not seen that.
    ["buy", { stop: "100", limit: "100.5", triggered: true }, "1@100"],
    ["sell", { stop: "99", limit: "99" }, "1@99"],
    ["sell", { stop: "98", limit: "98" }, "not triggered"],
  ])("a stop to %s %j: %s", (side, wish, expected) => {
    expect(on(row, side, wish, "1")).toBe(expected);
  });

  it.each<[Side, string, boolean]>([
    ["buy", "100", true],
    ["buy", "99.99", false],
    ["sell", "99", true],
    ["sell", "99.01", false],
  ])("a post-only limit to %s at %s would take: %s", (side, limit, expected) => {
    expect(isMarketableOn(orderOf(side, { limit }), sideFor(row, 0, side))).toBe(expected);
  });
});

describe("a quote", () => {
  it("of unknown sizes fills any order", () => {
    expect(on(quote(btc, "99", "100"), "buy", {}, "1000000")).toBe("1000000@100");
  });

  it("with nothing on one side fills and triggers nothing there", () => {
    const row = quote(btc, "99x1", "100x0");
    expect(on(row, "buy", {}, "1")).toBe("rest 1");
    expect(on(row, "buy", { stop: "90" }, "1")).toBe("not triggered");
    expect(on(row, "buy", { limit: "101" }, "1")).toBe("rest 1");
    expect(on(row, "sell", {}, "1")).toBe("1@99");
  });

  it("is taken in whole lots only", () => {
    expect(on(quote(btc, "99x1", "100x0.019"), "buy", {}, "1")).toBe("0.01@100 rest 0.99");
    expect(on(quote(btc, "99x1", "100x0.009"), "buy", {}, "1")).toBe("rest 1");
  });

  it("is settled exactly where doubles cannot tell prices apart", () => {
    const row = quote(btc, "0.05x1", "0.1000000000000000055x1");
    expect(on(row, "buy", { limit: "0.1000000000000000054" }, "1")).toBe("rest 1");
    expect(on(row, "buy", { limit: "0.1000000000000000055" }, "1")).toBe("1@0.1000000000000000055");
    expect(on(row, "buy", { limit: "0.1000000000000000055", seen: true }, "1")).toBe("rest 1");
    expect(on(row, "buy", { limit: "0.1000000000000000056", seen: true }, "1")).toBe(
      "1@0.1000000000000000056 maker",
    );
  });
});

describe("what was taken", () => {
  it("is not taken again from a quote that did not change", () => {
    const pit = new Pit("buy").see(quote(btc, "99x1", "100x3"));
    expect(pit.trade({}, "2")).toBe("2@100");
    expect(pit.trade({}, "2")).toBe("1@100 rest 1");
    // The bid moved, the ask did not.
    expect(pit.see(quote(btc, "98x1", "100.0x3.00")).trade({}, "2")).toBe("rest 2");
  });

  it.each([
    ["the size changed", [quote(btc, "99x1", "100x4")], "4@100 rest 6"],
    ["the price changed", [quote(btc, "99x1", "101x3")], "3@101 rest 7"],
    [
      "the level went and came back",
      [quote(btc, "99x1", "101x3"), quote(btc, "99x1", "100x3")],
      "3@100 rest 7",
    ],
    // A better ask hides it: it may stand there as it did.
    ["it was out of sight", [quote(btc, "98x1", "99x1"), quote(btc, "99x1", "100x3")], "rest 10"],
    ["the side was empty", [quote(btc, "99x1", "100x0"), quote(btc, "99x1", "100x3")], "3@100 rest 7"],
  ])("when %s", (_, rows, expected) => {
    const pit = new Pit("buy").see(quote(btc, "99x1", "100x3"));
    expect(pit.trade({}, "3")).toBe("3@100");
    for (const row of rows) pit.see(row);
    expect(pit.trade({}, "10")).toBe(expected);
  });

  it("from a level of a book leaves the others as they are", () => {
    const asks = "100x1 101x2 102x3";
    const pit = new Pit("buy").see(book(btc, "99x1", asks));
    expect(pit.trade({}, "2")).toBe("1@100 1@101");
    expect(pit.trade({ limit: "101" }, "5")).toBe("1@101 rest 4");
    expect(pit.see(book(btc, "99x1", "100x1 101x2.5 102x3")).trade({}, "10")).toBe("2.5@101 3@102 rest 4.5");
  });

  it("outlasts a row on which the book is not known", () => {
    const pit = new Pit("sell").see(book(btc, "99x1 98x1", "100x1"));
    expect(pit.trade({}, "1")).toBe("1@99");
    expect(pit.see(book(btc, "", "")).trade({}, "1")).toBe("rest 1");
    expect(pit.see(book(btc, "99x1 98x1", "100x1")).trade({}, "1")).toBe("1@98");
  });
});

describe("on a book", () => {
  const row = book(btc, "99x1 98x2 97x3", "100x1 101x2 103x3");

  it.each<[Side, Wish, string, string]>([
    ["buy", {}, "2.5", "1@100 1.5@101"],
    ["buy", {}, "10", "1@100 2@101 3@103 rest 4"],
    ["sell", {}, "4", "1@99 2@98 1@97"],
    ["buy", { limit: "101" }, "10", "1@100 2@101 rest 7"],
    ["buy", { limit: "102.5" }, "10", "1@100 2@101 rest 7"],
    ["sell", { limit: "98" }, "10", "1@99 2@98 rest 7"],
    ["buy", { limit: "101", seen: true }, "10", "1@101 rest 9 maker"],
    ["buy", { limit: "102", seen: true }, "10", "1@102 2@102 rest 7 maker"],
    ["buy", { stop: "100" }, "2", "1@100 1@101"],
    ["buy", { stop: "101" }, "2", "not triggered"],
  ])("an order to %s %j of %s walks the levels: %s", (side, wish, quantity, expected) => {
    expect(on(row, side, wish, quantity)).toBe(expected);
  });
});

/** Prices in whole units, sizes in lots; sorted, no price twice. */
const levels = fc
  .uniqueArray(
    fc.record({ price: fc.integer({ min: 90, max: 130 }), lots: fc.integer({ min: 1, max: 500 }) }),
    {
      selector: ({ price }) => price,
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list) => list.sort((a, b) => a.price - b.price));
const orders = fc.array(
  fc.record({
    lots: fc.integer({ min: 1, max: 900 }),
    limit: fc.option(fc.integer({ min: 85, max: 135 })),
    seen: fc.boolean(),
    rule: fc.constantFrom<FillLimit>("through", "touch"),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("whatever comes", () => {
  it("children sum to what is taken, no limit is crossed, and no level gives more than it shows", () => {
    fc.assert(
      fc.property(levels, orders, fc.integer({ min: 1, max: 3 }), (asks, wishes, rows) => {
        const text = asks.map(({ price, lots }) => `${price}x${formatUnits(BigInt(lots), 2)}`).join(" ");
        const side = sideFor(book(btc, "80x1", text, 6), 0, "buy");
        const consumed = new ConsumedLiquidity(btc, "buy");
        const taken = new Map<string, bigint>();
        for (let row = 0; row < rows; row++) {
          // The same picture again and again: nothing of it may be had twice.
          consumed.see(side);
          for (const wish of wishes) {
            const limit = wish.limit === null ? undefined : String(wish.limit);
            const order = orderOf("buy", { ...(limit !== undefined && { limit }), seen: wish.seen });
            const { offers, maker } = reachOf(order, side, wish.rule, consumed);
            const { fills, remaining } = walk(offers, BigInt(wish.lots));
            const sum = fills.reduce((total, fill) => total + fill.quantity, remaining);
            expect(sum).toBe(BigInt(wish.lots));
            for (const [i, { offer, quantity }] of fills.entries()) {
              expect(quantity > 0n).toBe(true);
              if (limit !== undefined) {
                const bound = parseFixed(limit);
                expect(compareFixed(offer.price, bound)).toBeLessThanOrEqual(0);
                expect(compareFixed(offer.level, bound)).toBeLessThanOrEqual(0);
                if (maker) expect(compareFixed(offer.price, bound)).toBe(0);
              }
              if (i > 0) expect(compareFixed(fills[i - 1]!.offer.level, offer.level)).toBeLessThan(0);
              consumed.take(offer.level, offer.shown, quantity);
              const key = formatFixed(offer.level);
              taken.set(key, (taken.get(key) ?? 0n) + quantity);
            }
          }
        }
        for (const { price, lots } of asks) {
          expect((taken.get(String(price)) ?? 0n) <= BigInt(lots)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("buying from asks and selling to the mirrored bids are the same", () => {
    fc.assert(
      fc.property(levels, orders, (asks, wishes) => {
        const mirror = (price: number) => 200 - price;
        const text = (of: (price: number) => number) =>
          asks.map(({ price, lots }) => `${of(price)}x${formatUnits(BigInt(lots), 2)}`).join(" ");
        const buys = new Pit("buy").see(book(btc, "", text(Number), 6));
        const sells = new Pit("sell").see(book(btc, text(mirror), "", 6));
        for (const { limit, lots, seen, rule } of wishes) {
          const wish = (of: (price: number) => number) =>
            limit === null ? { seen } : { seen, limit: String(of(limit)) };
          const quantity = formatUnits(BigInt(lots), 2);
          const mirrored = sells
            .trade(wish(mirror), quantity, rule)
            .replaceAll(/@(\d+)/g, (_, price) => `@${mirror(Number(price))}`);
          expect(buys.trade(wish(Number), quantity, rule)).toBe(mirrored);
        }
      }),
      { numRuns: 200 },
    );
  });
});
