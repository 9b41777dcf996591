/** Orders that take the place of others, and what happens while messages are on their way. */
import { describe, expect, it } from "vitest";
import { createInstrument } from "../../src/domain/instrument.ts";
import { bar, minute } from "../support/oneRow.ts";
import { btc, TradingFloor } from "../support/tradingFloor.ts";

const coin = createInstrument("COIN/USD", { volumeUnit: "base" });

/** 10 of it a bar. */
const partly = { volumeShare: "0.1" };

/** A market that has been seen once: what is sent now arrives at once. */
function seen(options: ConstructorParameters<typeof TradingFloor>[0] = {}): TradingFloor {
  const floor = new TradingFloor(options);
  floor.buy({ limit: "1" });
  floor.show(bar(btc, 0, "100"));
  return floor;
}

describe("a replacement", () => {
  it("takes the place of an open order, at the end of the queue", () => {
    const floor = seen(partly);
    floor.buy({ instrument: coin, quantity: "5", limit: "98" });
    floor.buy({ instrument: coin, quantity: "8", limit: "99" });
    floor.buy({ instrument: coin, quantity: "5", limit: "99", replaces: 2 });
    expect(floor.reason(2)).toBe("cancelled:by-strategy");
    floor.show(bar(coin, 1, "100 100 97 100", "100"));
    expect(floor.tape).toEqual(["3 buy 8@99", "4 buy 2@99"]);
  });

  it("of an order that is gone is refused, and its exits with it", () => {
    const floor = seen();
    const order = floor.buy({});
    floor.show(bar(btc, 1, "100"));
    const late = floor.buy({ replaces: order, stopLoss: "90" });
    expect([late, late + 1].map((number) => floor.reason(number))).toEqual([
      "refused:nothing-to-replace",
      "cancelled:oco",
    ]);
  });

  it("of an entry has exits of its own; what was filled keeps the old ones", () => {
    const floor = seen(partly);
    floor.buy({ instrument: coin, quantity: "15", stopLoss: "90" });
    floor.show(bar(coin, 1, "100", "100"));
    floor.buy({ instrument: coin, quantity: "5", limit: "99", stopLoss: "92", replaces: 2 });
    floor.show(bar(coin, 2, "100 100 98 100", "100"));
    floor.show(bar(coin, 3, "100 100 90 100", "1000"));
    expect(floor.tape).toEqual(["2 buy 10@100", "4 buy 5@99", "5 sell 5@92", "3 sell 10@90"]);
  });

  it("of a trailing stop stands where that one had got to", () => {
    const floor = seen({ kind: "margin" });
    floor.sell({ trail: "5", stop: "95" });
    floor.show(bar(btc, 1, "100 120 116 118"));
    floor.sell({ trail: "5", stop: "113", quantity: "2", replaces: 2 });
    floor.show(bar(btc, 2, "118 118 115 118"));
    expect(floor.tape).toEqual(["3 sell 2@115"]);
  });

  it("of a stop-limit that was reached is a limit, unless the stop is another", () => {
    for (const [stop, tape] of [
      ["105", ["3 buy 1@97"]],
      ["106", []],
    ] as const) {
      const floor = seen();
      floor.buy({ stop: "105", limit: "95" });
      floor.show(bar(btc, 1, "100 105 100 100"));
      floor.buy({ stop, limit: "97", replaces: 2 });
      floor.show(bar(btc, 2, "100 100 96 100"));
      expect(floor.tape).toEqual(tape);
    }
  });

  it("of a day order ends with the same day", () => {
    const floor = seen();
    floor.buy({ timeInForce: "DAY", limit: "95" });
    floor.show(bar(btc, 1439, "100"));
    const order = floor.buy({ timeInForce: "DAY", limit: "96", replaces: 2, activeFrom: 1440 * minute });
    floor.show(bar(btc, 1440, "95"));
    expect(floor.reason(order)).toBe("expired:day");
  });
});

describe("an attached exit that is moved", () => {
  it("protects the same position, and its sibling still cancels it", () => {
    const floor = seen(partly);
    floor.buy({ instrument: coin, quantity: "15", stopLoss: "90", takeProfit: "120" });
    floor.show(bar(coin, 1, "100", "100"));
    floor.sell({ instrument: coin, quantity: "0", stop: "95", reduceOnly: true, replaces: 3 });
    expect(floor.reason(3)).toBe("cancelled:by-strategy");
    // The entry fills on, and the exit with the new price grows with it.
    floor.show(bar(coin, 2, "100", "100"));
    floor.show(bar(coin, 3, "100 100 95 100", "1000"));
    expect(floor.tape).toEqual(["2 buy 10@100", "2 buy 5@100", "5 sell 15@95"]);
    expect(floor.reason(4)).toBe("cancelled:oco");
  });

  it("before its entry fills is born where it was moved to", () => {
    const floor = seen();
    floor.buy({ limit: "99", stopLoss: "90", takeProfit: "120" });
    floor.sell({ quantity: "0", limit: "110", reduceOnly: true, replaces: 4 });
    expect([floor.reason(4), floor.reason(5)]).toEqual(["cancelled:by-strategy", null]);
    floor.show(bar(btc, 1, "100 100 98 100"));
    floor.show(bar(btc, 2, "100 111 100 100"));
    expect(floor.tape).toEqual(["2 buy 1@99", "5 sell 1@110"]);
    expect(floor.reason(3)).toBe("cancelled:oco");
  });
});

describe("on its way", () => {
  it("a cancel comes too late for prices formed before it arrives", () => {
    for (const [arrives, reason] of [
      [minute, "cancelled:by-strategy"],
      [minute + 1, "filled"],
    ] as const) {
      const floor = seen();
      const order = floor.buy({ limit: "95" });
      floor.cancel(order, "cancelled:by-strategy", arrives);
      floor.show(bar(btc, 1, "94"));
      expect(floor.reason(order)).toBe(reason);
    }
  });

  it("a replacement leaves the old order alive until it arrives", () => {
    const floor = seen();
    const old = floor.buy({ limit: "95" });
    const order = floor.buy({ limit: "96", replaces: old, activeFrom: minute + 1 });
    expect(floor.reason(old)).toBeNull();
    floor.show(bar(btc, 1, "100 100 94 100"));
    expect(floor.reason(old)).toBe("filled");
    floor.show(bar(btc, 2, "90"));
    expect(floor.reason(order)).toBe("refused:nothing-to-replace");
    expect(floor.tape).toEqual(["2 buy 1@95"]);
  });

  it("is refused also when nothing else is left at the venue", () => {
    const floor = new TradingFloor();
    const old = floor.buy({ limit: "95" });
    const order = floor.buy({ limit: "96", replaces: old, activeFrom: minute + 1 });
    floor.show(bar(btc, 1, "94"));
    floor.show(bar(btc, 2, "94"));
    expect(floor.reason(order)).toBe("refused:nothing-to-replace");
  });

  it("a replacement is for what the old order has left when it arrives", () => {
    const floor = seen(partly);
    floor.buy({ instrument: coin, quantity: "25" });
    floor.show(bar(coin, 1, "100", "100"));
    // 15 are left when it is sent, 5 when it arrives.
    const order = floor.buy({
      instrument: coin,
      quantity: "15",
      limit: "101",
      replaces: 2,
      activeFrom: 2 * minute + 1,
    });
    floor.show(bar(coin, 2, "100", "100"));
    floor.show(bar(coin, 3, "100", "100"));
    expect(floor.tape).toEqual(["2 buy 10@100", "2 buy 10@100", "3 buy 5@100"]);
    expect(floor.reason(order)).toBe("filled");
  });

  it("so is a replacement of a replacement", () => {
    const floor = seen(partly);
    floor.buy({ instrument: coin, quantity: "25" });
    floor.show(bar(coin, 1, "100", "100"));
    const rest = { instrument: coin, quantity: "15", activeFrom: 2 * minute + 1 };
    floor.buy({ ...rest, replaces: 2 });
    floor.buy({ ...rest, replaces: 3, limit: "101" });
    for (let i = 2; i < 5; i++) floor.show(bar(coin, i, "100", "100"));
    expect(floor.tape).toEqual(["2 buy 10@100", "2 buy 10@100", "4 buy 5@100"]);
  });

  it("a smaller size that has filled meanwhile ends the order", () => {
    const floor = seen(partly);
    floor.buy({ instrument: coin, quantity: "25" });
    const order = floor.buy({ instrument: coin, quantity: "8", replaces: 2, activeFrom: minute + 1 });
    floor.show(bar(coin, 1, "100", "100"));
    floor.show(bar(coin, 2, "100", "100"));
    expect(floor.tape).toEqual(["2 buy 10@100"]);
    expect([2, order].map((number) => floor.reason(number))).toEqual([
      "cancelled:by-strategy",
      "refused:nothing-to-replace",
    ]);
  });

  it("cancelling a replacement cancels both, and what replaces it finds it", () => {
    const floor = seen();
    floor.buy({ limit: "95" });
    floor.buy({ limit: "96", replaces: 2, activeFrom: minute + 2 });
    floor.buy({ limit: "97", replaces: 3, activeFrom: minute + 1 });
    floor.show(bar(btc, 2, "100"));
    expect([2, 3, 4].map((number) => floor.reason(number))).toEqual([
      "cancelled:by-strategy",
      "cancelled:by-strategy",
      null,
    ]);
    floor.buy({ limit: "98", replaces: 4, activeFrom: 9 * minute });
    floor.cancel(5);
    expect([4, 5].map((number) => floor.reason(number))).toEqual([
      "cancelled:by-strategy",
      "cancelled:by-strategy",
    ]);
  });

  it("a cancel of an exit finds it whether it was born meanwhile or not", () => {
    for (const limit of ["99", "50"]) {
      const floor = seen();
      floor.buy({ limit, stopLoss: "40" });
      floor.cancel(3, "cancelled:by-strategy", minute + 1);
      floor.show(bar(btc, 1, "100 100 98 100"));
      floor.show(bar(btc, 2, "100"));
      expect(floor.reason(3)).toBe("cancelled:by-strategy");
    }
  });
});
