import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { reasons } from "../../src/domain/reasons.ts";
import { bar, minute, tick } from "../support/oneRow.ts";
import { btc, type Ticket, TradingFloor } from "../support/tradingFloor.ts";

const eth = createInstrument("ETH/USD");

describe("a market order", () => {
  it("pays the next open, slippage and fee, stamped with its bar", () => {
    const floor = new TradingFloor({ taker: "0.001", slippage: "0.01" });
    floor.show(bar(btc, 0, "90 95 85 92"));
    const order = floor.buy({ activeFrom: minute });
    expect(floor.reason(order)).toBeNull();
    floor.show(bar(btc, 1, "100 110 90 105"));
    expect(floor.tape).toEqual(["1 buy 1@101"]);
    expect(floor.fills[0]).toMatchObject({
      time: minute,
      bar: 1,
      maker: false,
      remaining: 0n,
      clipped: false,
    });
    expect(formatFixed(floor.fills[0]!.fee.amount)).toBe("0.101");
    expect(floor.cash).toBe("99898.899");
    expect(floor.reason(order)).toBe("filled");
  });

  it("that becomes active inside a bar waits for the next", () => {
    const floor = new TradingFloor();
    floor.buy({ activeFrom: minute + 1 });
    floor.show(bar(btc, 1, "100"));
    expect(floor.tape).toEqual([]);
    floor.show(bar(btc, 2, "200"));
    expect(floor.tape).toEqual(["1 buy 1@200"]);
  });

  it("waits for its own symbol", () => {
    const floor = new TradingFloor();
    floor.buy({});
    floor.show(bar(eth, 0, "5"));
    expect(floor.tape).toEqual([]);
    floor.show(bar(btc, 1, "100"), bar(eth, 1, "6"));
    expect(floor.tape).toEqual(["1 buy 1@100"]);
  });

  it("takes the next print, which has no bar", () => {
    const floor = new TradingFloor();
    floor.buy({ activeFrom: 5 });
    floor.show(tick(btc, 4, "100"));
    floor.show(tick(btc, 5, "101"));
    expect(floor.tape).toEqual(["1 buy 1@101"]);
    expect(floor.fills[0]).toMatchObject({ time: 5, bar: -1 });
  });

  it("that cannot be paid at the fill is refused, and its exits with it", () => {
    const floor = new TradingFloor({ cash: "100" });
    const order = floor.buy({ quantity: "1", stopLoss: "90", takeProfit: "200" });
    floor.show(bar(btc, 0, "100.01"));
    expect([1, 2, 3].map((number) => floor.reason(number))).toEqual([
      "refused:insufficient-cash",
      "cancelled:oco",
      "cancelled:oco",
    ]);
    expect(floor.news.get(order)).toEqual(["refused:insufficient-cash"]);
  });
});

describe("at one instant", () => {
  it("sells match before buys, whatever was sent first and wherever", () => {
    const floor = new TradingFloor({ cash: "100" });
    floor.buy({});
    floor.show(bar(btc, 0, "100"));
    expect(floor.cash).toBe("0");
    floor.buy({ instrument: eth, quantity: "2" });
    floor.sell({});
    floor.show(bar(eth, 1, "50"), bar(btc, 1, "100"));
    expect(floor.tape).toEqual(["1 buy 1@100", "3 sell 1@100", "2 buy 2@50"]);
  });

  it("what fills at the open goes first, then stops, then limits", () => {
    const floor = new TradingFloor();
    floor.buy({ quantity: "10" });
    floor.show(bar(btc, 0, "100"));
    floor.sell({ limit: "105" });
    floor.sell({ stop: "95" });
    floor.sell({ stop: "95", limit: "94" });
    floor.sell({});
    floor.sell({ limit: "99" });
    floor.show(bar(btc, 1, "100 106 94 100"));
    expect(floor.tape.slice(1)).toEqual([
      "5 sell 1@100",
      "6 sell 1@100",
      "3 sell 1@95",
      "4 sell 1@95",
      "2 sell 1@105",
    ]);
  });

  it("equals fill in the order they were sent", () => {
    const floor = new TradingFloor({ cash: "15" });
    for (let i = 0; i < 3; i++) floor.buy({ limit: "10" });
    floor.show(bar(btc, 0, "11 12 9 11"));
    expect(floor.tape).toEqual(["1 buy 1@10"]);
    expect(floor.reason(2)).toBe("refused:insufficient-cash");
  });

  it("two shorts on a gap don't borrow against the price before it", () => {
    const floor = new TradingFloor({ kind: "margin", cash: "1000" });
    floor.show(bar(btc, 0, "100"));
    floor.sell({ quantity: "5" });
    floor.sell({ quantity: "5" });
    floor.show(bar(btc, 1, "200"));
    expect(floor.tape).toEqual(["1 sell 5@200"]);
    expect(floor.reason(2)).toBe("refused:insufficient-cash");
  });

  it("two shorts may fill before the market has shown a price", () => {
    const floor = new TradingFloor({ kind: "margin", cash: "1000" });
    floor.sell({ quantity: "5", limit: "100" });
    floor.sell({ quantity: "3", limit: "100" });
    floor.show(bar(btc, 0, "90 101 90 95"));
    expect(floor.tape).toEqual(["1 sell 5@100", "2 sell 3@100"]);
  });
});

describe("how long an order lives", () => {
  it.each<[string, Ticket, string, string]>([
    ["immediate-or-cancel fills at once", { timeInForce: "IOC", limit: "101" }, "100", "filled"],
    ["or not at all", { timeInForce: "IOC", limit: "95" }, "100 101 96 100", "expired:ioc"],
    ["fill-or-kill fills at once", { timeInForce: "FOK", limit: "101" }, "100", "filled"],
    ["or is killed", { timeInForce: "FOK", limit: "95" }, "100 101 96 100", "expired:fok"],
    ["post-only never takes", { postOnly: true, limit: "101" }, "100", "expired:post-only"],
    [
      "post-only may rest and be met in the same bar",
      { postOnly: true, limit: "95" },
      "100 101 94 100",
      "filled",
    ],
    [
      "good-till is over at its date",
      { timeInForce: "GTD", limit: "101", expires: minute },
      "100",
      "expired:gtd",
    ],
    [
      "good-till fills before its date",
      { timeInForce: "GTD", limit: "101", expires: minute + 1 },
      "100",
      "filled",
    ],
  ])("%s", (_, ticket, prices, reason) => {
    const floor = new TradingFloor();
    const order = floor.buy(ticket);
    floor.show(bar(btc, 1, prices));
    expect(floor.reason(order)).toBe(reason);
  });

  it("post-only is checked once: what rests may be gapped over", () => {
    const floor = new TradingFloor();
    const order = floor.buy({ postOnly: true, limit: "95" });
    floor.show(bar(btc, 0, "100"));
    floor.show(bar(btc, 1, "90"));
    expect(floor.reason(order)).toBe("filled");
    expect(floor.fills[0]).toMatchObject({ maker: true });
  });

  it("a day order ends with the UTC day in which it first met the market", () => {
    const floor = new TradingFloor();
    const lastMinute = 24 * 60 - 1;
    const order = floor.buy({ timeInForce: "DAY", limit: "95", activeFrom: lastMinute * minute });
    const next = floor.buy({ timeInForce: "DAY", limit: "95", activeFrom: (lastMinute + 1) * minute });
    floor.show(bar(btc, lastMinute, "100"));
    expect(floor.reason(order)).toBeNull();
    floor.show(bar(btc, lastMinute + 1, "94"));
    expect(floor.reason(order)).toBe("expired:day");
    expect(floor.reason(next)).toBe("filled");
  });

  it("good-till-cancelled lives until it is cancelled", () => {
    const floor = new TradingFloor();
    const order = floor.buy({ limit: "95" });
    for (let i = 0; i < 5; i++) floor.show(bar(btc, i * 2000, "100"));
    expect(floor.news.get(order)).toEqual(["accepted"]);
    floor.cancel(order, "cancelled:by-user");
    expect(floor.reason(order)).toBe("cancelled:by-user");
    floor.show(bar(btc, 20_000, "90"));
    expect(floor.tape).toEqual([]);
  });

  it("a cancel of what is gone, or never was, changes nothing", () => {
    const floor = new TradingFloor();
    const order = floor.buy({});
    floor.show(bar(btc, 0, "100"));
    floor.cancel(order);
    floor.cancel(77);
    expect(floor.news.get(order)).toEqual(["filled"]);
    expect(floor.news.get(77)).toBeUndefined();
  });

  it("reduce-only closes what it finds, and never more", () => {
    const floor = new TradingFloor({ kind: "margin" });
    floor.sell({ quantity: "3" });
    floor.show(bar(btc, 0, "100"));
    floor.buy({ quantity: "5", reduceOnly: true });
    const late = floor.buy({ quantity: "5", reduceOnly: true });
    floor.show(bar(btc, 1, "90"));
    expect(floor.tape[1]).toBe("2 buy 3@90");
    expect(floor.fills[1]).toMatchObject({ clipped: true });
    expect(floor.reason(late)).toBe("refused:no-position");
    expect(floor.held()).toBe("0");
  });
});

describe("a stop-limit", () => {
  it("triggered inside a bar waits for the next, also when the bar is looked at again", () => {
    const floor = new TradingFloor();
    const order = floor.buy({ stop: "105", limit: "95" });
    // Another order that fills makes the venue go through the bar once more.
    floor.buy({});
    floor.show(bar(btc, 0, "100 110 90 100"));
    expect(floor.tape).toEqual(["2 buy 1@100"]);
    expect(floor.reason(order)).toBeNull();
    floor.show(bar(btc, 1, "100 101 94 100"));
    expect(floor.tape[1]).toBe("1 buy 1@95");
    expect(floor.fills[1]).toMatchObject({ maker: true });
  });

  it("triggered by a print pays that print as a taker, not its own limit", () => {
    const floor = new TradingFloor({ maker: "0", taker: "0.01" });
    floor.buy({ stop: "105", limit: "110" });
    floor.show(tick(btc, 0, "100"));
    floor.show(tick(btc, 1, "106"));
    expect(floor.tape).toEqual(["1 buy 1@106"]);
    expect(formatFixed(floor.fills[0]!.fee.amount)).toBe("1.06");
  });
});

describe("prints", () => {
  it("beyond a resting limit fill it at its own price, as a maker", () => {
    const floor = new TradingFloor({ maker: "0.001", taker: "0.01" });
    floor.buy({ limit: "95" });
    floor.show(tick(btc, 0, "100"));
    floor.show(tick(btc, 1, "94"));
    expect(floor.tape).toEqual(["1 buy 1@95"]);
    expect(formatFixed(floor.fills[0]!.fee.amount)).toBe("0.095");
  });

  it("of one millisecond are met one after the other: a sweep pays a resting limit its own price", () => {
    const floor = new TradingFloor();
    floor.buy({ limit: "95" });
    floor.show(tick(btc, 0, "96"), tick(btc, 0, "95"), tick(btc, 0, "93"));
    expect(floor.tape).toEqual(["1 buy 1@95"]);
    expect(floor.fills[0]).toMatchObject({ maker: true });
  });

  it("through a stop fill it where they printed", () => {
    const floor = new TradingFloor({ slippage: "0.01" });
    floor.buy({ quantity: "1" });
    floor.show(tick(btc, 0, "100"));
    floor.sell({ stop: "95" });
    floor.show(tick(btc, 1, "95.1"));
    floor.show(tick(btc, 2, "90"));
    expect(floor.tape[1]).toBe("2 sell 1@89.1");
  });
});

describe("whatever is sent and shown", () => {
  const price = fc.integer({ min: 90, max: 110 }).map(String);
  const ticket: fc.Arbitrary<Ticket & { side: "buy" | "sell" }> = fc.record(
    {
      side: fc.constantFrom("buy" as const, "sell" as const),
      instrument: fc.constantFrom(btc, eth),
      quantity: fc.integer({ min: 1, max: 30 }).map(String),
      limit: price,
      stop: price,
      stopLoss: price,
      takeProfit: price,
      timeInForce: fc.constantFrom("GTC" as const, "IOC" as const, "FOK" as const, "DAY" as const),
      reduceOnly: fc.boolean(),
    },
    { requiredKeys: ["side", "quantity", "instrument"] },
  );
  const candle = fc
    .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 88, max: 112 })))
    .map((four) => `${four[0]} ${Math.max(...four)} ${Math.min(...four)} ${four[1]}`);
  const round = fc.record({
    tickets: fc.array(ticket, { maxLength: 3 }),
    btcBar: candle,
    ethBar: candle,
    cancel: fc.nat(30),
  });

  it("every order ends in exactly one reason of the table, within its bar, and no one is overdrawn", () => {
    fc.assert(
      fc.property(
        fc.array(round, { minLength: 1, maxLength: 15 }),
        fc.constantFrom("cash" as const, "margin" as const),
        fc.constantFrom("pessimistic" as const, "skip" as const),
        fc.constantFrom("through" as const, "touch" as const),
        (rounds, kind, entryBar, fillLimit) => {
          const floor = new TradingFloor({ kind, cash: "3000", taker: "0.001", entryBar, fillLimit });
          const numbers = new Set<number>();
          for (const [i, { tickets, btcBar, ethBar, cancel }] of rounds.entries()) {
            for (const { side, ...rest } of tickets) {
              const number = side === "buy" ? floor.buy(rest) : floor.sell(rest);
              const exits = Number(rest.stopLoss !== undefined) + Number(rest.takeProfit !== undefined);
              for (let exit = 0; exit <= exits; exit++) numbers.add(number + exit);
            }
            if (numbers.has(cancel) && floor.reason(cancel) === null) floor.cancel(cancel);
            const before = floor.fills.length;
            floor.show(bar(btc, i, btcBar), bar(eth, i, ethBar));
            for (const fill of floor.fills.slice(before)) {
              const [, high, low] = (fill.instrument === btc ? btcBar : ethBar).split(" ").map(Number) as [
                number,
                number,
                number,
              ];
              const paid = Number(formatFixed(fill.price));
              expect(paid >= low && paid <= high).toBe(true);
              expect(fill.time).toBe(i * minute);
            }
            if (kind === "cash") {
              expect(floor.account.cash.units >= 0n).toBe(true);
              expect([...floor.account.holdings.values()].every(({ quantity }) => quantity >= 0n)).toBe(true);
            }
          }
          for (const number of numbers)
            if (floor.reason(number) === null) floor.cancel(number, "expired:end-of-data");
          for (const number of numbers) expect(Object.keys(reasons)).toContain(floor.reason(number));
          expect(floor.fills).toHaveLength(
            [...numbers].filter((number) => floor.reason(number) === "filled").length,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
