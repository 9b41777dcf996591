/** The lives of orders (parts, exits, changes) where they fill on the levels of a book. */
import { expect, it } from "vitest";
import type { MarketEvent } from "../../src/domain/market.ts";
import { book } from "../support/bookRow.ts";
import { bar } from "../support/oneRow.ts";
import { btc, TradingFloor } from "../support/tradingFloor.ts";

const row = (time: number, bids: string, asks: string): MarketEvent => ({
  chunk: book(btc, bids, asks, 5, time),
  row: 0,
});

it("a stop that the book could not fill at once stays reached when the price comes back", () => {
  const floor = new TradingFloor({ kind: "margin" });
  floor.sell({ quantity: "3", stop: "95" });
  floor.show(row(1, "94x1", "96x5"));
  floor.show(row(2, "99x1", "101x5"));
  floor.show(row(3, "98x4", "101x5"));
  expect(floor.tape).toEqual(["1 sell 1@94", "1 sell 1@99", "1 sell 1@98"]);
});

it("exits grow with every level that fills their entry, and act from the next row on", () => {
  const floor = new TradingFloor();
  floor.buy({ quantity: "3", stopLoss: "98", takeProfit: "110" });
  floor.show(row(1, "97x9", "100x1 101x1"));
  expect(floor.tape).toEqual(["1 buy 1@100", "1 buy 1@101"]);
  floor.show(row(2, "99x9", "102x1"));
  floor.show(row(3, "97x2", "103x9"));
  floor.show(row(4, "96x9", "103x9"));
  expect(floor.tape.slice(2)).toEqual(["1 buy 1@102", "2 sell 2@97", "2 sell 1@96"]);
  expect(floor.reason(3)).toBe("cancelled:oco");
});

it("a change is for what the levels have left of the order by the time it arrives", () => {
  const floor = new TradingFloor();
  floor.buy({ quantity: "5", limit: "100" });
  floor.show(row(1, "98x9", "100x2"));
  floor.buy({ quantity: "3", limit: "101", replaces: 1, activeFrom: 3 });
  floor.show(row(2, "98x9", "99x1"));
  floor.show(row(3, "98x9", "101x9"));
  expect(floor.tape).toEqual(["1 buy 2@100", "1 buy 1@100", "2 buy 2@101"]);
  expect([floor.reason(1), floor.reason(2)]).toEqual(["cancelled:by-strategy", "filled"]);
});

it("what was taken of a level stays taken for the order that replaces the one that took it", () => {
  const floor = new TradingFloor({ fillLimit: "touch" });
  floor.buy({ quantity: "5", limit: "100" });
  floor.show(row(1, "98x9", "100x2"));
  floor.buy({ quantity: "3", limit: "100", replaces: 1 });
  floor.show(row(2, "98x9", "100x2"));
  expect(floor.tape).toEqual(["1 buy 2@100"]);
  floor.show(row(3, "98x9", "100x4"));
  expect(floor.tape).toEqual(["1 buy 2@100", "2 buy 3@100"]);
});

it("a triggered stop-limit moved into the book takes what stands there; it has not rested at that price", () => {
  const floor = new TradingFloor({ taker: "0.001", maker: "0" });
  floor.buy({ quantity: "1", stop: "100", limit: "100" });
  floor.show(row(1, "98x9", "101x9"));
  floor.buy({ quantity: "1", stop: "100", limit: "102", replaces: 1 });
  floor.show(row(2, "98x9", "101x9"));
  expect(floor.tape).toEqual(["2 buy 1@101"]);
  expect(floor.fills[0]!.maker).toBe(false);
});

it("a fill-or-kill order that the book cannot fill whole ends once, and its exits with it", () => {
  const floor = new TradingFloor();
  floor.buy({ quantity: "3", timeInForce: "FOK", stopLoss: "90" });
  floor.show(row(1, "98x9", "100x1 101x1"));
  expect(floor.tape).toEqual([]);
  expect([floor.reason(1), floor.reason(2)]).toEqual(["expired:fok", "cancelled:oco"]);
});

it("the first level that fills an order of a group ends the others", () => {
  const floor = new TradingFloor();
  floor.buy({ quantity: "2", limit: "100", oco: "entry" });
  floor.buy({ quantity: "2", limit: "99", oco: "entry" });
  floor.show(row(1, "98x9", "99x1 100x9"));
  expect(floor.tape).toEqual(["1 buy 1@99", "1 buy 1@100"]);
  expect(floor.reason(2)).toBe("cancelled:oco");
});

it("a stop reached in the book goes on at the first price of a bar", () => {
  const floor = new TradingFloor({ kind: "margin" });
  floor.sell({ quantity: "2", stop: "95" });
  floor.show(row(1, "94x1", "96x5"));
  floor.show(bar(btc, 1, "99 100 98 99"));
  expect(floor.tape).toEqual(["1 sell 1@94", "1 sell 1@99"]);
});
