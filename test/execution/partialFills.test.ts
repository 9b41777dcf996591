/** Orders that are larger than what a bar gives. Volume is 100 and the share 10 % unless the row says otherwise. */
import { describe, expect, it } from "vitest";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { flatSchedule, freeTerms } from "../../src/execution/costs/feeTerms.ts";
import { bar, minute, tick } from "../support/oneRow.ts";
import { type FloorOptions, type Ticket, TradingFloor } from "../support/tradingFloor.ts";

/** Its volume is known to be in the base currency. */
const coin = createInstrument("COIN/USD", { volumeUnit: "base", lot: "0.1" });

class Floor extends TradingFloor {
  #index = 0;

  constructor(options: FloorOptions = {}) {
    super({ volumeShare: "0.1", ...options });
  }

  /** The next bar. */
  bar(prices: string, volume = "100"): void {
    this.show(bar(coin, this.#index++, prices, volume));
  }
}

const want = (quantity: string, ticket: Ticket = {}): Ticket => ({ instrument: coin, quantity, ...ticket });

describe("an order larger than the share of a bar's volume", () => {
  it.each<[string, Ticket, string[], string[], string | null]>([
    // what, order, bars, fills of it, reason at last
    [
      "a market order goes on at the next opens",
      {},
      ["100", "101", "102"],
      ["10@100", "10@101", "5@102"],
      "filled",
    ],
    [
      "a limit rests with what is left",
      { limit: "99" },
      ["100 100 98 100", "100 100 99 100", "100 100 98 100", "97 98 97 97"],
      ["10@99", "10@99", "5@97"],
      "filled",
    ],
    [
      "a stop that was reached is a market order from then on",
      { stop: "105" },
      ["100 105 100 100", "100 101 99 100", "101"],
      ["10@105", "10@100", "5@101"],
      "filled",
    ],
    [
      "a stop-limit that was reached is a limit from then on",
      { stop: "105", limit: "106" },
      ["100 105 100 100", "107 108 105 107", "107 108 107 107"],
      ["10@105", "10@106"],
      null,
    ],
    [
      "immediate-or-cancel takes what there is",
      { timeInForce: "IOC" },
      ["100", "100"],
      ["10@100"],
      "expired:ioc",
    ],
    ["fill-or-kill takes all or nothing", { timeInForce: "FOK" }, ["100", "100"], [], "expired:fok"],
    [
      "good-till ends with what it got",
      { timeInForce: "GTD", expires: 2 * minute },
      ["100", "100", "100"],
      ["10@100", "10@100"],
      "expired:gtd",
    ],
  ])("%s", (_, ticket, bars, fills, reason) => {
    const floor = new Floor();
    const order = floor.buy(want("25", ticket));
    for (const prices of bars) floor.bar(prices);
    expect(floor.tape).toEqual(fills.map((fill) => `1 buy ${fill}`));
    expect(floor.reason(order)).toBe(reason);
  });

  it("a day order that is partly filled ends with its day", () => {
    const floor = new TradingFloor({ volumeShare: "0.1" });
    const order = floor.buy(want("25", { timeInForce: "DAY" }));
    floor.show(bar(coin, 1439, "100", "100"));
    floor.show(bar(coin, 1440, "100", "100"));
    expect(floor.tape).toEqual(["1 buy 10@100"]);
    expect(floor.reason(order)).toBe("expired:day");
  });

  it("fill-or-kill fills when there is just enough", () => {
    const floor = new Floor();
    floor.buy(want("10", { timeInForce: "FOK" }));
    floor.bar("100");
    expect(floor.tape).toEqual(["1 buy 10@100"]);
  });

  it("a bar without volume gives nothing, and no part of a lot is given", () => {
    const floor = new Floor();
    floor.buy(want("1"));
    floor.bar("100", "0");
    floor.bar("100", "1.99");
    floor.bar("101", "1000");
    // 10 % of 1.99 is 0.199: one lot of 0.1.
    expect(floor.tape).toEqual(["1 buy 0.1@100", "1 buy 0.9@101"]);
    expect(floor.venue.volumeLimited).toBe(2);
  });

  it("a volume that is not in the base currency limits nothing", () => {
    for (const volumeUnit of ["quote", "contracts", "ticks", "unknown"] as const) {
      const instrument = createInstrument("COIN/USD", { volumeUnit });
      const floor = new TradingFloor({ volumeShare: "0.1" });
      floor.buy({ instrument, quantity: "25" });
      floor.show(bar(instrument, 0, "100", "100"));
      expect(floor.tape).toEqual(["1 buy 25@100"]);
    }
  });

  it("each print gives its own share", () => {
    const floor = new Floor();
    floor.buy(want("5"));
    floor.show(tick(coin, 1, "100", "20"), tick(coin, 1, "101", "30"));
    expect(floor.tape).toEqual(["1 buy 2@100", "1 buy 3@101"]);
  });
});

describe("the same volume is given once", () => {
  it("to the orders of one side, first come first served", () => {
    const floor = new Floor();
    for (let i = 0; i < 3; i++) floor.buy(want("6", { limit: "99" }));
    floor.bar("100 100 98 100");
    floor.bar("100 100 98 100");
    expect(floor.tape).toEqual(["1 buy 6@99", "2 buy 4@99", "2 buy 2@99", "3 buy 6@99"]);
  });

  it("the better price first, whoever came first", () => {
    const floor = new Floor();
    floor.buy(want("6", { limit: "98" }));
    floor.buy(want("6", { limit: "99" }));
    floor.bar("100 100 97 100");
    expect(floor.tape).toEqual(["2 buy 6@99", "1 buy 4@98"]);
  });

  it("to sells and buys together", () => {
    const floor = new Floor();
    floor.buy(want("10"));
    floor.bar("100");
    floor.buy(want("8"));
    floor.sell(want("7"));
    floor.bar("100");
    expect(floor.tape.slice(1)).toEqual(["3 sell 7@100", "2 buy 3@100"]);
  });

  it("a fill-or-kill order that is killed leaves it to the next", () => {
    const floor = new Floor();
    floor.buy(want("11", { timeInForce: "FOK" }));
    floor.buy(want("10"));
    floor.bar("100");
    expect(floor.tape).toEqual(["2 buy 10@100"]);
  });
});

describe("what a part costs", () => {
  it("an order by value is sized once, at its first price", () => {
    const floor = new Floor();
    floor.buy({ instrument: coin, value: "2000" });
    floor.bar("100");
    floor.bar("50");
    floor.bar("50");
    // 2000 at 100 are 20, also when the rest becomes cheaper.
    expect(floor.tape).toEqual(["1 buy 10@100", "1 buy 10@50"]);
  });

  it("the rest of an order by value shrinks to the cash there is", () => {
    const floor = new Floor({ cash: "2000" });
    floor.buy({ instrument: coin, value: "2000" });
    floor.bar("100");
    floor.bar("200");
    expect(floor.tape).toEqual(["1 buy 10@100", "1 buy 5@200"]);
    expect(floor.fills[1]).toMatchObject({ clipped: true, remaining: 0n });
    expect(floor.cash).toBe("0");
  });

  it("the rest of an order by quantity that cannot be paid any more is refused, and keeps what it got", () => {
    const floor = new Floor({ cash: "2000" });
    const order = floor.buy(want("20"));
    floor.bar("100");
    floor.bar("200");
    expect(floor.held(coin)).toBe("10");
    expect(floor.reason(order)).toBe("refused:insufficient-cash");
  });

  it("a charge per order is due once, and a minimum holds for the whole", () => {
    const terms = {
      ...freeTerms,
      rate: parseFixed("0.001"),
      perOrder: parseFixed("0.5"),
      minimum: parseFixed("3"),
    };
    const floor = new Floor({ fees: flatSchedule(terms) });
    floor.buy(want("25"));
    for (let i = 0; i < 3; i++) floor.bar("100");
    // 0.1 % of 1000 and 0.5 are 1.5: the minimum, 3. With the second part 2.5: nothing more. At last 0.1 % of 2500 + 0.5.
    expect(floor.fills.map(({ fee }) => formatFixed(fee.amount))).toEqual(["3", "0", "0"]);
    floor.buy(want("40"));
    for (let i = 0; i < 4; i++) floor.bar("100");
    // 1.5, 2.5, 3.5, 4.5 in all.
    expect(floor.fills.slice(3).map(({ fee }) => Number(formatFixed(fee.amount)))).toEqual([3, 0, 0.5, 1]);
  });

  it("the smallest order value holds for the order, not for its parts", () => {
    const small = createInstrument("COIN/USD", { volumeUnit: "base", minNotional: "50" });
    const floor = new TradingFloor({ volumeShare: "0.1" });
    floor.buy({ instrument: small, quantity: "1" });
    floor.show(bar(small, 0, "100", "9"));
    floor.show(bar(small, 1, "100", "9"));
    expect(floor.tape).toEqual(["1 buy 0.9@100", "1 buy 0.1@100"]);
  });

  it("orders that only reduce share what is held", () => {
    const floor = new Floor();
    floor.buy(want("10"));
    floor.bar("100");
    const first = floor.sell(want("8", { reduceOnly: true }));
    const second = floor.sell(want("8", { reduceOnly: true }));
    floor.bar("100", "60");
    floor.bar("100");
    expect(floor.tape.slice(1)).toEqual(["2 sell 6@100", "2 sell 2@100", "3 sell 2@100"]);
    expect([first, second].map((number) => floor.reason(number))).toEqual(["filled", "filled"]);
    expect(floor.held(coin)).toBe("0");
  });
});

describe("exits of an entry that is partly filled", () => {
  /** Bought 10 of 25 at 100, exits at 95 and 110. */
  function begun(ticket: Ticket = {}): Floor {
    const floor = new Floor();
    floor.buy(want("25", { limit: "101", stopLoss: "95", takeProfit: "110", ...ticket }));
    floor.bar("100 101.5 99 100");
    expect(floor.tape).toEqual(["1 buy 10@100"]);
    return floor;
  }

  it("follow its size", () => {
    const floor = begun();
    floor.bar("100");
    floor.bar("111", "1000");
    expect(floor.tape.slice(1)).toEqual(["1 buy 10@100", "3 sell 20@111"]);
    expect([1, 2].map((number) => floor.reason(number))).toEqual(["cancelled:oco", "cancelled:oco"]);
  });

  it("are for what it got when it is cancelled or expires", () => {
    for (const end of ["cancel", "expire"] as const) {
      const floor = begun(end === "expire" ? { timeInForce: "GTD", expires: minute } : {});
      if (end === "cancel") floor.cancel(1);
      floor.bar("100");
      expect(floor.reason(1)).toBe(end === "cancel" ? "cancelled:by-strategy" : "expired:gtd");
      floor.bar("94", "1000");
      expect(floor.tape.slice(1)).toEqual(["2 sell 10@94"]);
    }
  });

  it("of an immediate-or-cancel entry are for what it got at once", () => {
    const floor = begun({ timeInForce: "IOC" });
    expect(floor.reason(1)).toBe("expired:ioc");
    floor.bar("94", "1000");
    expect(floor.tape.slice(1)).toEqual(["2 sell 10@94"]);
  });

  it("one that fills in part leaves its sibling the rest, and ends the entry", () => {
    const floor = begun();
    floor.bar("100 111 100 105", "40");
    expect(floor.tape.slice(1)).toEqual(["3 sell 4@110"]);
    expect(floor.reason(1)).toBe("cancelled:oco");
    floor.bar("94", "1000");
    expect(floor.tape.slice(2)).toEqual(["2 sell 6@94"]);
    expect(floor.reason(3)).toBe("cancelled:oco");
    expect(floor.held(coin)).toBe("0");
  });

  it("a stop that was reached goes on selling when the price is back", () => {
    const floor = begun();
    floor.bar("96 96 94 96", "40");
    floor.bar("100 100 100 100", "1000");
    expect(floor.tape.slice(1)).toEqual(["2 sell 4@95", "2 sell 6@100"]);
  });

  it("a stop reached in the entry's bar, whose volume the entry took, sells at the next open", () => {
    const floor = new Floor();
    floor.buy(want("10", { stopLoss: "95" }));
    floor.bar("100 100 94 100");
    expect(floor.tape).toEqual(["1 buy 10@100"]);
    floor.bar("98", "1000");
    expect(floor.tape[1]).toBe("2 sell 10@98");
  });

  it("that were cancelled don't come back with the next part", () => {
    const floor = begun();
    floor.cancel(2);
    floor.cancel(3);
    floor.bar("100");
    floor.bar("94", "1000");
    expect(floor.news.get(2)).toEqual(["accepted", "cancelled:by-strategy"]);
    expect(floor.tape.slice(1)).toEqual(["1 buy 10@100", "1 buy 5@94"]);
  });

  it("wait while there is nothing to protect but the entry may still add", () => {
    const floor = begun();
    floor.sell(want("10"));
    floor.bar("102 102 102 102", "1000");
    expect(floor.held(coin)).toBe("0");
    floor.bar("102 102 94 102", "50");
    // The stop had nothing to sell when the bar came to it; the entry added 5 at its limit.
    expect(floor.tape.slice(2)).toEqual(["1 buy 5@101"]);
    expect([2, 3].map((number) => floor.reason(number))).toEqual([null, null]);
    floor.bar("94", "1000");
    expect(floor.tape.slice(3)).toEqual(["2 sell 5@94"]);
    expect(floor.reason(3)).toBe("cancelled:oco");
  });
});
