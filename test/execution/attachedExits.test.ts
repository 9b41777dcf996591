import { describe, expect, it } from "vitest";
import { createInstrument } from "../../src/domain/instrument.ts";
import { bar } from "../support/oneRow.ts";
import { btc, type Ticket, TradingFloor } from "../support/tradingFloor.ts";

describe("attached exits", () => {
  function bracket(
    options: ConstructorParameters<typeof TradingFloor>[0],
    entry: Ticket,
    entryBar: string,
  ): TradingFloor {
    const floor = new TradingFloor(options);
    floor.buy({ stopLoss: "95", takeProfit: "110", ...entry });
    floor.show(bar(btc, 0, entryBar));
    return floor;
  }

  it("come to life with the entry, and the first to fill cancels the other", () => {
    const floor = bracket({}, { quantity: "2" }, "100 101 99 100");
    expect([2, 3].map((number) => floor.news.get(number))).toEqual([["accepted"], ["accepted"]]);
    floor.show(bar(btc, 1, "105 111 104 106"));
    expect(floor.tape).toEqual(["1 buy 2@100", "3 sell 2@110"]);
    expect(floor.reason(2)).toBe("cancelled:oco");
    expect(floor.venue.ambiguousBars).toBe(0);
  });

  it("the stop wins when a later bar reaches both, and it is counted once", () => {
    const floor = bracket({ slippage: "0.01" }, {}, "100 101 99 100");
    floor.show(bar(btc, 1, "100 111 94 100"));
    expect(floor.tape[1]).toBe("2 sell 1@94.05");
    expect(floor.reason(3)).toBe("cancelled:oco");
    expect(floor.venue.ambiguousBars).toBe(1);
  });

  it("is not counted twice when another sell fills in the same bar", () => {
    const floor = bracket({}, { quantity: "2" }, "100 101 99 100");
    floor.sell({ quantity: "1" });
    floor.show(bar(btc, 1, "100 111 94 100"));
    expect(floor.tape.slice(1)).toEqual(["4 sell 1@100", "2 sell 1@95"]);
    expect(floor.venue.ambiguousBars).toBe(1);
  });

  it("a gap leaves no doubt: the open comes first", () => {
    const up = bracket({}, {}, "100 101 99 100");
    up.show(bar(btc, 1, "112 113 90 95"));
    expect(up.tape[1]).toBe("3 sell 1@112");
    const down = bracket({}, {}, "100 101 99 100");
    down.show(bar(btc, 1, "90 120 89 95"));
    expect(down.tape[1]).toBe("2 sell 1@90");
    expect(up.venue.ambiguousBars + down.venue.ambiguousBars).toBe(0);
  });

  it.each<[string, Ticket, string, string[], string[], number]>([
    // what, entry, its bar, pessimistic, skip, counted
    ["stop reached after an entry at the open", {}, "100 101 94 100", ["2 sell 1@95"], [], 0],
    ["target reached after an entry at the open", {}, "100 111 99 100", ["3 sell 1@110"], [], 0],
    ["both reached after an entry at the open", {}, "100 111 94 100", ["2 sell 1@95"], [], 1],
    ["target perhaps before an entry inside the bar", { limit: "98" }, "100 111 97 100", [], [], 0],
    ["stop below an entry inside the bar", { limit: "98" }, "100 111 94 100", ["2 sell 1@95"], [], 0],
    ["stop touched by the entry's bar", { limit: "98" }, "100 101 95 100", ["2 sell 1@95"], [], 0],
    ["stop not reached", { limit: "98" }, "100 101 96 100", [], [], 0],
    // The open of 90 was before the entry at 98 and is no price for its exit.
    ["a stop entry, the open beyond its own stop", { stop: "98" }, "90 99 89 99", ["2 sell 1@95"], [], 0],
    [
      "a target below the entry takes the open",
      { takeProfit: "99" },
      "100 101 98 100",
      ["3 sell 1@100"],
      [],
      0,
    ],
    [
      "a stop above an entry inside the bar",
      { limit: "96", stopLoss: "99" },
      "98 101 95 100",
      ["2 sell 1@96"],
      [],
      0,
    ],
  ])("in the entry's own bar: %s", (_, entry, prices, pessimistic, skip, counted) => {
    const cautious = bracket({ entryBar: "pessimistic" }, entry, prices);
    expect(cautious.tape.slice(1)).toEqual(pessimistic);
    expect(cautious.venue.ambiguousBars).toBe(counted);
    const patient = bracket({ entryBar: "skip" }, entry, prices);
    expect(patient.tape.slice(1)).toEqual(skip);
    expect(patient.held()).toBe("1");
  });

  it("act from the next bar on, as a limit that rests", () => {
    const floor = bracket({ entryBar: "skip" }, {}, "100 111 94 100");
    floor.show(bar(btc, 1, "111"));
    expect(floor.tape[1]).toBe("3 sell 1@111");
    expect(floor.fills[1]).toMatchObject({ maker: true, bar: 1 });
  });

  it("of a short are bought", () => {
    const floor = new TradingFloor({ kind: "margin" });
    floor.sell({ stopLoss: "105", takeProfit: "90" });
    floor.show(bar(btc, 0, "100 106 89 100"));
    expect(floor.tape).toEqual(["1 sell 1@100", "2 buy 1@105"]);
    expect(floor.venue.ambiguousBars).toBe(1);
    expect(floor.held()).toBe("0");
  });

  it("end when the position they protect is gone", () => {
    const floor = bracket({}, {}, "100 101 99 100");
    floor.sell({});
    floor.show(bar(btc, 1, "100 101 99 100"));
    floor.show(bar(btc, 2, "94"));
    expect([2, 3].map((number) => floor.reason(number))).toEqual(["cancelled:oco", "cancelled:oco"]);
    expect(floor.tape).toHaveLength(2);
  });

  it("don't sell the next position when theirs was closed in the same instant", () => {
    const floor = bracket({}, {}, "100 101 99 100");
    floor.sell({});
    floor.buy({});
    floor.show(bar(btc, 1, "100 101 94 100"));
    expect(floor.tape.slice(1)).toEqual(["4 sell 1@100", "5 buy 1@100"]);
    expect(floor.held()).toBe("1");
  });

  it("shrink to what is left of the position", () => {
    const floor = bracket({}, { quantity: "3" }, "100 101 99 100");
    floor.sell({ quantity: "2" });
    floor.show(bar(btc, 1, "100 101 99 100"));
    floor.show(bar(btc, 2, "94"));
    expect(floor.tape.slice(2)).toEqual(["2 sell 1@94"]);
  });

  it("two entries have two brackets", () => {
    const floor = new TradingFloor();
    floor.buy({ stopLoss: "95", takeProfit: "110" });
    floor.buy({ stopLoss: "97", takeProfit: "120" });
    floor.show(bar(btc, 0, "100 101 99 100"));
    floor.show(bar(btc, 1, "100 101 96 100"));
    expect(floor.tape.slice(2)).toEqual(["5 sell 1@97"]);
    expect(floor.reason(6)).toBe("cancelled:oco");
    expect([2, 3].map((number) => floor.reason(number))).toEqual([null, null]);
  });

  it("can be cancelled one by one, also before their entry filled", () => {
    const floor = new TradingFloor();
    floor.buy({ limit: "98", stopLoss: "95", takeProfit: "110" });
    floor.cancel(2);
    expect(floor.reason(2)).toBe("cancelled:by-strategy");
    floor.show(bar(btc, 0, "100 101 94 100"));
    expect(floor.tape).toEqual(["1 buy 1@98"]);
    floor.show(bar(btc, 1, "94"));
    expect(floor.held()).toBe("1");
    floor.cancel(3);
    floor.show(bar(btc, 2, "120"));
    expect(floor.held()).toBe("1");
  });

  it("end with an entry that is cancelled", () => {
    const floor = new TradingFloor();
    const entry = floor.buy({ limit: "98", stopLoss: "95", takeProfit: "110" });
    floor.cancel(entry);
    expect([1, 2, 3].map((number) => floor.reason(number))).toEqual([
      "cancelled:by-strategy",
      "cancelled:oco",
      "cancelled:oco",
    ]);
  });

  it("too small for the venue are refused by their true name", () => {
    const small = createInstrument("BTC/USD", { minNotional: "10" });
    const floor = new TradingFloor();
    floor.buy({ instrument: small, quantity: "0.1", stopLoss: "95" });
    floor.show(bar(small, 0, "100"));
    floor.show(bar(small, 1, "94"));
    expect(floor.reason(2)).toBe("refused:min-notional");
    expect(floor.held(small)).toBe("0.1");
  });
});
