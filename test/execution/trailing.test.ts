/** Trailing stops, on bars and on prints. */
import { describe, expect, it } from "vitest";
import { createInstrument } from "../../src/domain/instrument.ts";
import { bar, tick } from "../support/oneRow.ts";
import { btc, type Ticket, TradingFloor } from "../support/tradingFloor.ts";

type Side = "buy" | "sell";

/** What an order of 1 comes to on bars (or prints) after a market that stood at 100. */
function tapeOf(side: Side, ticket: Ticket, events: readonly string[]): readonly string[] {
  const floor = new TradingFloor({ kind: "margin", slippage: "0" });
  floor[side](ticket);
  events.forEach((prices, i) => {
    floor.show(prices.startsWith("tick ") ? tick(btc, i, prices.slice(5)) : bar(btc, i, prices));
  });
  return floor.tape.map((line) => line.slice(2));
}

describe("a trailing stop", () => {
  it.each<[string, Side, Ticket, string[], string[]]>([
    // A sell 5 behind: it starts at 95.
    [
      "stands still while the price falls",
      "sell",
      { trail: "5", stop: "95" },
      ["99 99 96 97", "97 97 95.1 96"],
      [],
    ],
    [
      "fills where it stood",
      "sell",
      { trail: "5", stop: "95" },
      ["99 99 96 97", "97 97 95 96"],
      ["sell 1@95"],
    ],
    [
      "has followed the high of an earlier bar",
      "sell",
      { trail: "5", stop: "95" },
      ["100 110 99 109", "108 109 104 106"],
      ["sell 1@105"],
    ],
    [
      "never goes back",
      "sell",
      { trail: "5", stop: "95" },
      ["100 110 106 107", "107 108 105.1 106", "106 106 105 106"],
      ["sell 1@105"],
    ],
    [
      "follows the open before anything else of the bar",
      "sell",
      { trail: "5", stop: "95" },
      ["120 121 115 120"],
      ["sell 1@115"],
    ],
    [
      "is taken where it stood when the bar may have been up before or after",
      "sell",
      { trail: "5", stop: "95" },
      ["100 110 95 109"],
      ["sell 1@95"],
    ],
    [
      "is not crossed by a low that may have come before the high",
      "sell",
      { trail: "5", stop: "95" },
      ["100 110 96 106"],
      [],
    ],
    [
      "was crossed after the high when the close lies beyond it",
      "sell",
      { trail: "5", stop: "95" },
      ["100 110 96 104"],
      ["sell 1@105"],
    ],
    [
      "was touched after the high when the close lies at it",
      "sell",
      { trail: "5", stop: "95" },
      ["100 110 96 105"],
      ["sell 1@105"],
    ],
    ["is gapped through", "sell", { trail: "5", stop: "95" }, ["100", "90 91 89 90"], ["sell 1@90"]],
    [
      "behind by per cent",
      "sell",
      { trail: "10%", stop: "90" },
      ["100 200 185 190", "190 190 180 185"],
      ["sell 1@180"],
    ],
    // A buy 5 above: it starts at 105.
    [
      "buys above the lowest price",
      "buy",
      { trail: "5", stop: "105" },
      ["100 100 90 92", "92 95 91 94"],
      ["buy 1@95"],
    ],
    [
      "that buys is gapped through",
      "buy",
      { trail: "5", stop: "105" },
      ["100", "107 108 106 107"],
      ["buy 1@107"],
    ],
    [
      "that buys was crossed after the low when the close lies beyond it",
      "buy",
      { trail: "5", stop: "105" },
      ["100 104 90 96"],
      ["buy 1@95"],
    ],
    [
      "behind by per cent, buying",
      "buy",
      { trail: "10%", stop: "110" },
      ["100 100 50 52", "52 55 52 55"],
      ["buy 1@55"],
    ],
    // Prints: each is all there is to know of its moment.
    [
      "follows each print, and fills at the one that reaches it",
      "sell",
      { trail: "5", stop: "95" },
      ["tick 101", "tick 110", "tick 106", "tick 104.5"],
      ["sell 1@104.5"],
    ],
    [
      "that buys follows each print",
      "buy",
      { trail: "5", stop: "105" },
      ["tick 99", "tick 90", "tick 94", "tick 95"],
      ["buy 1@95"],
    ],
  ])("%s (%s)", (_, side, ticket, events, tape) => {
    expect(tapeOf(side, ticket, events)).toEqual(tape);
  });

  it("lies on the grid of ticks, where it triggers later", () => {
    const grid = createInstrument("BTC/USD", { tick: "0.5" });
    const floor = new TradingFloor({ kind: "margin" });
    floor.sell({ instrument: grid, trail: "1%", stop: "99" });
    // 1 % behind 100.5 are 99.495: at 99.5 it would trigger too early.
    floor.show(bar(grid, 0, "100 100.5 99.5 100"));
    floor.show(bar(grid, 1, "100 100 99.5 100"));
    expect(floor.tape).toEqual([]);
    floor.show(bar(grid, 2, "99.5 99.5 99 99"));
    expect(floor.tape).toEqual(["1 sell 1@99"]);
  });

  it("slips as a stop does, and pays as a taker", () => {
    const floor = new TradingFloor({ kind: "margin", slippage: "0.01" });
    floor.sell({ trail: "5", stop: "95" });
    floor.show(bar(btc, 0, "100 100 94 96"));
    expect(floor.tape).toEqual(["1 sell 1@94.05"]);
    expect(floor.fills[0]).toMatchObject({ maker: false });
  });

  it("follows nothing that was before it", () => {
    const floor = new TradingFloor({ kind: "margin" });
    floor.sell({ trail: "5", stop: "95", activeFrom: 60_000 });
    floor.show(bar(btc, 0, "100 200 100 100"));
    floor.show(bar(btc, 1, "100 101 97 100"));
    expect(floor.tape).toEqual([]);
    floor.show(bar(btc, 2, "99 99 96 97"));
    expect(floor.tape).toEqual(["1 sell 1@96"]);
  });

  it("that was reached goes on selling what is left", () => {
    const coin = createInstrument("COIN/USD", { volumeUnit: "base" });
    const floor = new TradingFloor({ kind: "margin", volumeShare: "0.1" });
    floor.sell({ instrument: coin, quantity: "15", trail: "5", stop: "95" });
    floor.show(bar(coin, 0, "100 100 95 100", "100"));
    floor.show(bar(coin, 1, "100 120 100 120", "100"));
    expect(floor.tape).toEqual(["1 sell 10@95", "1 sell 5@100"]);
  });
});
