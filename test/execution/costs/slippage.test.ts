import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareFixed, type Fixed, formatFixed, parseFixed } from "../../../src/domain/fixed.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import type { OrderSide } from "../../../src/domain/order.ts";
import { fixedMove } from "../../../src/execution/costs/fixedMove.ts";
import { type PriceMove, type SlipInput, slippageOf } from "../../../src/execution/costs/priceMove.ts";
import { spreadMove } from "../../../src/execution/costs/spreadMove.ts";
import { squareRootMove } from "../../../src/execution/costs/squareRootMove.ts";
import { volatilityMove } from "../../../src/execution/costs/volatilityMove.ts";

interface Moment {
  readonly tick?: string;
  readonly price?: string;
  readonly quantity?: number;
  readonly volume?: number;
  readonly volatility?: number;
  readonly spread?: string;
}

function inputOf(side: OrderSide, moment: Moment): SlipInput {
  const { tick, price = "100", spread, quantity = 1 } = moment;
  return {
    price: parseFixed(price),
    side,
    instrument: createInstrument("AAPL", { tick }),
    quantity,
    volume: moment.volume ?? Number.NaN,
    volatility: moment.volatility ?? Number.NaN,
    spread: spread === undefined ? null : parseFixed(spread),
  };
}

const noGaps = () => ({ volume: 0, volatility: 0 });
const bps = (n: number): Fixed => ({ units: BigInt(n), scale: 4 });
const spreadOf = (kind: "share" | "ticks", text: string) =>
  kind === "share"
    ? spreadMove({ kind, share: parseFixed(text), label: text })
    : spreadMove({ kind, ticks: parseFixed(text), label: text });

describe("by hand, at 100: what a buy pays and a sell gets", () => {
  it.each<[string, readonly PriceMove[], Moment, string, string]>([
    ["no move", [], {}, "100", "100"],
    ["no move, off the tick", [], { price: "100.3", tick: "0.5" }, "100.5", "100"],
    ["5 bps", [fixedMove(bps(5))], {}, "100.05", "99.95"],
    ["half of a spread of 4 bps", [spreadOf("share", "0.0004")], {}, "100.02", "99.98"],
    ["half of three ticks, to the tick", [spreadOf("ticks", "3")], { tick: "0.01" }, "100.02", "99.98"],
    [
      "the spread that quotes show, not the assumed",
      [spreadOf("ticks", "3")],
      { spread: "0.5" },
      "100.25",
      "99.75",
    ],
    ["0.5 × 2 % of volatility", [volatilityMove(0.5, noGaps())], { volatility: 0.02 }, "101", "99"],
    // 0.8 × 0.02 × √(25 / 10,000) = 0.0008.
    [
      "the root of participation",
      [squareRootMove(0.8, noGaps())],
      { volatility: 0.02, quantity: 25, volume: 10_000 },
      "100.08",
      "99.92",
    ],
    // √(1 / 3) × 0.01 = 0.00577350269…: the ninth decimal is taken up.
    [
      "rounded up to 1e-8",
      [squareRootMove(1, noGaps())],
      { volatility: 0.01, quantity: 1, volume: 3 },
      "100.577351",
      "99.422649",
    ],
    // 0.05 + 0.02 + 1 = 1.07, and the tick once at the end.
    [
      "moves add up",
      [fixedMove(bps(5)), spreadOf("share", "0.0004"), volatilityMove(1, noGaps())],
      { volatility: 0.01, tick: "0.1" },
      "101.1",
      "98.9",
    ],
    ["a move beyond the price", [volatilityMove(3, noGaps())], { volatility: 0.5 }, "200", "0"],
    [
      "an order larger than the bar",
      [squareRootMove(1, noGaps())],
      { volatility: 0.01, quantity: 4, volume: 1 },
      "102",
      "98",
    ],
  ])("%s", (_, moves, moment, buys, sells) => {
    const { slip } = slippageOf(moves, noGaps());
    expect(formatFixed(slip(inputOf("buy", moment)))).toBe(buys);
    expect(formatFixed(slip(inputOf("sell", moment)))).toBe(sells);
  });
});

describe("what is unknown", () => {
  it.each<[string, "volatility" | "root", Moment, string, string]>([
    ["volatility is known", "volatility", { volatility: 0.01 }, "101", "0 volume, 0 volatility"],
    ["without volatility 5 bps hold", "volatility", {}, "100.05", "0 volume, 1 volatility"],
    ["nor does the root know better", "root", { volume: 100 }, "100.05", "0 volume, 1 volatility"],
    ["without volume the order is all of it", "root", { volatility: 0.01 }, "101", "1 volume, 0 volatility"],
    ["where nothing traded, too", "root", { volatility: 0.01, volume: 0 }, "101", "1 volume, 0 volatility"],
    [
      "infinite unrest is unknown",
      "root",
      { volatility: Number.POSITIVE_INFINITY, volume: 1 },
      "100.05",
      "0 volume, 1 volatility",
    ],
  ])("%s", (_, kind, moment, price, counted) => {
    const gaps = noGaps();
    const { slip } = slippageOf([kind === "root" ? squareRootMove(1, gaps) : volatilityMove(1, gaps)], gaps);
    expect(formatFixed(slip(inputOf("buy", moment)))).toBe(price);
    expect(`${gaps.volume} volume, ${gaps.volatility} volatility`).toBe(counted);
  });

  it("a spread in ticks needs a tick", () => {
    const { slip } = slippageOf([spreadOf("ticks", "1")], noGaps());
    expect(() => slip(inputOf("buy", {}))).toThrow(
      expect.objectContaining({ code: "GEO-OPTION-VALUE", hint: expect.stringContaining("--tick") }),
    );
  });
});

const prices = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((units) => ({ units, scale: 5 }));
const ticks = fc.constantFrom(undefined, "0.01", "0.5", "7");
const sides = fc.constantFrom<OrderSide[]>("buy", "sell");

it("a move is never for us, never below zero, and on the tick", () => {
  const number = fc.double({ min: 0, max: 1e6 });
  const quantities = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      prices,
      ticks,
      sides,
      quantities,
      number,
      number,
      (price, tick, side, quantity, volume, volatility) => {
        const gaps = noGaps();
        const moves = [fixedMove(bps(3)), spreadOf("share", "0.0002"), squareRootMove(0.9, gaps)];
        const instrument = createInstrument("AAPL", { tick });
        const input = { ...inputOf(side, {}), price, instrument, quantity, volume, volatility };
        const slipped = slippageOf(moves, gaps).slip(input);
        expect(compareFixed(slipped, price) * (side === "buy" ? 1 : -1)).toBeGreaterThanOrEqual(0);
        expect(slipped.units >= 0n).toBe(true);
        if (instrument.tick === null) return;
        const { units, scale } = instrument.tick;
        expect((slipped.units * 10n ** BigInt(scale)) % (units * 10n ** BigInt(slipped.scale))).toBe(0n);
      },
    ),
  );
});

it("larger orders never fill better", () => {
  const size = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(size, size, (a, b) => {
      const { slip } = slippageOf([squareRootMove(1, noGaps())], noGaps());
      const [small, large] = [Math.min(a, b), Math.max(a, b)].map((quantity) =>
        slip(inputOf("buy", { quantity, volume: 1000, volatility: 0.02 })),
      );
      expect(compareFixed(small!, large!)).toBeLessThanOrEqual(0);
    }),
  );
});
