/** Orders of one group: the first that fills cancels the others. */
import { expect, it } from "vitest";
import { createInstrument } from "../../src/domain/instrument.ts";
import { bar, minute } from "../support/oneRow.ts";
import { btc, TradingFloor } from "../support/tradingFloor.ts";

const eth = createInstrument("ETH/USD");
const coin = createInstrument("COIN/USD", { volumeUnit: "base" });

it("the first that fills cancels the others, in whatever symbol, and their exits", () => {
  const floor = new TradingFloor();
  floor.buy({ limit: "95", oco: "entry" });
  floor.buy({ instrument: eth, limit: "9", oco: "entry", stopLoss: "8" });
  floor.buy({ limit: "80", oco: "another" });
  floor.show(bar(btc, 0, "100 101 94 100"), bar(eth, 0, "10 10 8.5 9"));
  expect(floor.tape).toEqual(["1 buy 1@95"]);
  expect([2, 3, 4].map((number) => floor.reason(number))).toEqual(["cancelled:oco", "cancelled:oco", null]);
});

it("a part is enough", () => {
  const floor = new TradingFloor({ volumeShare: "0.1" });
  floor.buy({ instrument: coin, quantity: "2", limit: "95", oco: "entry" });
  floor.buy({ instrument: coin, quantity: "2", limit: "90", oco: "entry" });
  floor.show(bar(coin, 0, "100 100 89 100", "10"));
  floor.show(bar(coin, 1, "100 100 89 100", "10"));
  expect(floor.tape).toEqual(["1 buy 1@95", "1 buy 1@95"]);
  expect(floor.reason(2)).toBe("cancelled:oco");
});

it("a stop and a target of one's own: the stop comes first, and it is counted", () => {
  const floor = new TradingFloor();
  floor.buy({});
  floor.show(bar(btc, 0, "100"));
  floor.sell({ limit: "110", oco: "exit" });
  floor.sell({ stop: "95", oco: "exit" });
  floor.show(bar(btc, 1, "100 111 94 100"));
  expect(floor.tape[1]).toBe("3 sell 1@95");
  expect(floor.reason(2)).toBe("cancelled:oco");
  expect(floor.venue.ambiguousBars).toBe(1);
});

it("a bar that reaches the orders of two groups leaves no doubt about either", () => {
  const floor = new TradingFloor();
  floor.buy({ quantity: "2" });
  floor.show(bar(btc, 0, "100"));
  floor.sell({ limit: "110", oco: "one" });
  floor.sell({ stop: "95", oco: "two" });
  floor.show(bar(btc, 1, "100 111 94 100"));
  expect(floor.tape.slice(1)).toEqual(["3 sell 1@95", "2 sell 1@110"]);
  expect(floor.venue.ambiguousBars).toBe(0);
});

it("one that has not become active yet is cancelled as well", () => {
  const floor = new TradingFloor();
  floor.buy({ limit: "95", oco: "entry" });
  floor.buy({ limit: "99", oco: "entry", activeFrom: minute });
  floor.show(bar(btc, 0, "100 101 94 100"));
  floor.show(bar(btc, 1, "90"));
  expect(floor.tape).toEqual(["1 buy 1@95"]);
});

it("one that ends without a fill leaves the others alone, and the name may be used again", () => {
  const floor = new TradingFloor();
  const first = floor.buy({ limit: "95", oco: "entry" });
  const second = floor.buy({ limit: "90", oco: "entry" });
  floor.cancel(first);
  floor.show(bar(btc, 0, "100 100 89 100"));
  expect(floor.reason(second)).toBe("filled");
  const third = floor.buy({ limit: "95", oco: "entry" });
  expect(floor.reason(third)).toBeNull();
});

it("two strategies that chose the same name have a group each", () => {
  const floor = new TradingFloor();
  floor.buy({ limit: "95", oco: "entry" });
  floor.buy({ limit: "90", oco: "entry", owner: 1 });
  floor.show(bar(btc, 0, "100 101 94 100"));
  expect(floor.reason(1)).toBe("filled");
  expect(floor.reason(2)).toBeNull();
});
