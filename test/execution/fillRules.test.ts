import { describe, expect, it } from "vitest";
import { formatFixed } from "../../src/domain/fixed.ts";
import {
  type FillLimit,
  fillOn,
  isMarketable,
  pricesOf,
  reachesStop,
} from "../../src/execution/fillRules.ts";
import { type Resting, rest } from "../../src/execution/resting.ts";
import { bar, tick } from "../support/oneRow.ts";
import { btc, command, type Ticket } from "../support/tradingFloor.ts";

type Side = "buy" | "sell";

function resting(side: Side, ticket: Ticket, state: Partial<Resting> = {}): Resting {
  return Object.assign(rest(command(1, side, ticket)), state);
}

/** "price", with "open" for the first price of the bar, "maker" and "slips" where they hold; "-" for no fill. */
function outcome(order: Resting, prices: string, rule: FillLimit = "through"): string {
  const { chunk, row } = prices.startsWith("tick ") ? tick(btc, 0, prices.slice(5)) : bar(btc, 0, prices);
  const candidate = fillOn(order, pricesOf(chunk, row), rule);
  if (candidate === null) return "-";
  const { price, atOpen, maker, slips } = candidate;
  return [formatFixed(price), atOpen && "open", maker && "maker", slips && "slips"].filter(Boolean).join(" ");
}

it.each<[Side, string, string]>([
  ["buy", "100 110 90 105", "100 open slips"],
  ["sell", "100 110 90 105", "100 open slips"],
  ["buy", "tick 99.5", "99.5 open slips"],
])("a market order to %s pays the first price of %s", (side, prices, expected) => {
  expect(outcome(resting(side, {}), prices)).toBe(expected);
});

describe("a limit order", () => {
  it.each<[Side, string, string, string, string]>([
    // side  limit  open high low close    through             touch
    ["buy", "95", "100 110 94 105", "95 maker", "95 maker"],
    ["buy", "95", "100 110 95 105", "-", "95 maker"],
    ["buy", "95", "100 110 96 105", "-", "-"],
    // A gap: better than the limit, at the open.
    ["buy", "95", "92 93 91 92", "92 open", "92 open"],
    ["buy", "95", "95 96 95 96", "-", "95 open"],
    ["buy", "95", "95 96 94 96", "95 maker", "95 open"],
    ["sell", "105", "100 106 90 95", "105 maker", "105 maker"],
    ["sell", "105", "100 105 90 95", "-", "105 maker"],
    ["sell", "105", "100 104 90 95", "-", "-"],
    ["sell", "105", "107 108 106 107", "107 open", "107 open"],
    ["sell", "105", "105 105 104 104", "-", "105 open"],
    ["sell", "105", "105 106 104 104", "105 maker", "105 open"],
  ])("%s %s on %s", (side, limit, prices, through, touch) => {
    expect(outcome(resting(side, { limit }), prices, "through")).toBe(through);
    expect(outcome(resting(side, { limit }), prices, "touch")).toBe(touch);
  });

  it.each<[Side, string, string, string, string]>([
    // Doubles cannot tell these apart; the decimals can.
    ["buy", "0.1000000000000000055", "1 1 0.1000000000000000056 1", "-", "-"],
    ["buy", "0.1000000000000000055", "1 1 0.1000000000000000055 1", "-", "0.1000000000000000055 maker"],
    [
      "buy",
      "0.1000000000000000055",
      "1 1 0.1000000000000000054 1",
      "0.1000000000000000055 maker",
      "0.1000000000000000055 maker",
    ],
    // Wide cells: more digits than 2^53 holds.
    ["sell", "9007199254740993.5", "1 9007199254740993.5 1 1", "-", "9007199254740993.5 maker"],
    [
      "sell",
      "9007199254740993.5",
      "1 9007199254740993.6 1 1",
      "9007199254740993.5 maker",
      "9007199254740993.5 maker",
    ],
    ["sell", "9007199254740993.5", "1 9007199254740993.4 1 1", "-", "-"],
    [
      "sell",
      "9007199254740993.5",
      "9007199254740993.6",
      "9007199254740993.6 open",
      "9007199254740993.6 open",
    ],
  ])("%s %s on %s, to the last digit", (side, limit, prices, through, touch) => {
    expect(outcome(resting(side, { limit }), prices, "through")).toBe(through);
    expect(outcome(resting(side, { limit }), prices, "touch")).toBe(touch);
  });

  it.each<[boolean, string, string]>([
    // It was there before the print: the print went through it, at its price.
    [true, "tick 94", "95 open maker"],
    // It came to a market that stood at the print.
    [false, "tick 94", "94 open"],
    [true, "tick 95", "-"],
    [true, "tick 96", "-"],
    // On bars a gap fills at the open either way; only one that rested made the market.
    [true, "94 96 93 95", "94 open maker"],
    [false, "94 96 93 95", "94 open"],
  ])("that has rested (%s) on %s", (seen, prices, expected) => {
    expect(outcome(resting("buy", { limit: "95" }, { seen }), prices)).toBe(expected);
  });

  it.each<[Side, string, FillLimit, boolean]>([
    ["buy", "94", "through", true],
    ["buy", "95", "through", false],
    ["buy", "95", "touch", true],
    ["buy", "96", "touch", false],
    ["sell", "96", "through", true],
    ["sell", "95", "through", false],
    ["sell", "95", "touch", true],
    ["sell", "94", "touch", false],
  ])("to %s at 95 would take liquidity at %s (%s): %s", (side, open, rule, marketable) => {
    const { chunk, row } = bar(btc, 0, open);
    expect(isMarketable(resting(side, { limit: "95" }), pricesOf(chunk, row), rule)).toBe(marketable);
  });
});

describe("a stop order", () => {
  it.each<[Side, string, string, string]>([
    ["sell", "95", "100 110 94 105", "95 slips"],
    // Touched is enough.
    ["sell", "95", "100 110 95 105", "95 slips"],
    ["sell", "95", "100 110 96 105", "-"],
    // A gap fills at the open, not at the stop.
    ["sell", "95", "92 99 91 98", "92 open slips"],
    ["sell", "95", "95 99 95 98", "95 open slips"],
    ["buy", "105", "100 106 99 100", "105 slips"],
    ["buy", "105", "100 105 99 100", "105 slips"],
    ["buy", "105", "100 104 99 100", "-"],
    ["buy", "105", "108 109 101 102", "108 open slips"],
    ["buy", "105", "tick 106", "106 open slips"],
    ["buy", "105", "tick 104", "-"],
    ["sell", "0.1000000000000000055", "1 1 0.1000000000000000056 1", "-"],
    ["sell", "0.1000000000000000055", "1 1 0.1000000000000000055 1", "0.1000000000000000055 slips"],
    ["buy", "9007199254740993.5", "1 9007199254740993.4 1 1", "-"],
    ["buy", "9007199254740993.5", "1 9007199254740993.5 1 1", "9007199254740993.5 slips"],
  ])("%s %s on %s", (side, stop, prices, expected) => {
    for (const rule of ["through", "touch"] as const) {
      expect(outcome(resting(side, { stop }), prices, rule)).toBe(expected);
    }
  });
});

describe("a stop-limit order", () => {
  it.each<[Side, string, string, string, string]>([
    // Reached inside the bar, the limit beyond the stop: taken where the market then stood, without slippage.
    ["sell", "95", "94", "100 101 94 96", "95"],
    ["buy", "105", "106", "100 107 99 101", "105"],
    // Limit at the stop, or on its near side: would need a way back.
    ["sell", "95", "95", "100 101 90 96", "-"],
    ["sell", "95", "97", "100 101 90 100", "-"],
    ["buy", "105", "103", "100 110 99 101", "-"],
    // Not reached.
    ["sell", "95", "94", "100 101 96 96", "-"],
    // Gapped over the stop: the limit meets the open as a taker.
    ["sell", "95", "90", "92 93 91 92", "92 open"],
    ["buy", "105", "110", "108 112 107 111", "108 open"],
    // Gapped over both: the limit rests for the remainder of the bar.
    ["sell", "95", "94", "92 93 91 92", "-"],
    ["sell", "95", "94", "92 94.5 91 92", "94 maker"],
    ["buy", "105", "110", "tick 106", "106 open"],
    ["buy", "105", "110", "tick 111", "-"],
  ])("%s, stop %s limit %s, on %s", (side, stop, limit, prices, expected) => {
    // However long it has waited: its limit was not in the book.
    for (const seen of [false, true])
      expect(outcome(resting(side, { stop, limit }, { seen }), prices)).toBe(expected);
  });

  it("once triggered is a resting limit", () => {
    const order = (): Resting =>
      resting("sell", { stop: "95", limit: "97" }, { triggered: true, seen: true });
    expect(outcome(order(), "90 98 89 91")).toBe("97 maker");
    expect(outcome(order(), "tick 98")).toBe("97 open maker");
    expect(outcome(order(), "90 96 89 91")).toBe("-");
  });

  it("gives the same answer however often the bar is looked at", () => {
    const order = resting("buy", { stop: "105", limit: "95" });
    const answers = Array.from({ length: 3 }, () => outcome(order, "100 110 90 100"));
    expect(answers).toEqual(["-", "-", "-"]);
  });

  it.each<[Side, string, boolean]>([
    ["sell", "100 101 95 96", true],
    ["sell", "100 101 96 96", false],
    ["sell", "90 91 89 90", true],
    ["buy", "90 95 89 90", true],
    ["buy", "90 94 89 90", false],
  ])("to %s with a stop of 95 is triggered by %s: %s", (side, prices, reached) => {
    const { chunk, row } = bar(btc, 0, prices);
    expect(reachesStop(resting(side, { stop: "95", limit: "95" }), pricesOf(chunk, row))).toBe(reached);
  });
});
