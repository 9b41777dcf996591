/** Orders towards a position, net of what is held and of what is open. DESIGN, section 4. */
import { describe, expect, it } from "vitest";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, fillsOf, fixed, reasonsOf, run, script } from "../support/market.ts";
import { type Act, checkOrders, flat, margin, type OrderCase } from "../support/orderCase.ts";

describe("target", () => {
  const to =
    (request: Parameters<Context["target"]>[0]): Act =>
    (ctx) =>
      void ctx.target(request);
  it.each<[string, OrderCase]>([
    [
      "buys and sells the difference to a quantity",
      {
        actions: {
          0: to({ quantity: 5 }),
          1: to({ quantity: 8 }),
          2: to({ quantity: 3 }),
          3: to({ quantity: 3 }),
        },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1", "buy 3 A @ 100, 2", "sell 5 A @ 100, 3"],
        reasons: { filled: 3 },
      },
    ],
    [
      "flips from long to short and back by quantity",
      {
        actions: { 0: to({ quantity: 5 }), 1: to({ quantity: -5 }), 2: to({ quantity: 2 }) },
        rows: flat(100),
        options: margin,
        fills: ["buy 5 A @ 100, 1", "sell 10 A @ 100, 2", "buy 7 A @ 100, 3"],
        reasons: { filled: 3 },
      },
    ],
    [
      "flips with all equity on both sides",
      {
        actions: {
          0: to({ fraction: 1 }),
          1: to({ fraction: -1 }),
          2: to({ fraction: 1 }),
          3: to({ fraction: 0 }),
        },
        rows: flat(100),
        options: margin,
        fills: ["buy 100 A @ 100, 1", "sell 200 A @ 100, 2", "buy 200 A @ 100, 3", "sell 100 A @ 100, 4"],
        reasons: { filled: 4 },
      },
    ],
    [
      "counts open orders: a resting buy is part of the net",
      {
        actions: {
          0: (ctx) => {
            ctx.buy({ quantity: 2, limit: 50 });
            ctx.target({ quantity: 5 });
          },
        },
        rows: flat(100),
        fills: ["buy 3 A @ 100, 1"],
        reasons: { filled: 1, "expired:end-of-data": 1 },
      },
    ],
    [
      "does not count what was cancelled in the same breath",
      {
        actions: {
          0: (ctx) => {
            ctx.cancel(ctx.buy({ quantity: 2, limit: 50 }));
            ctx.target({ quantity: 5 });
          },
        },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1"],
        reasons: { filled: 1, "cancelled:by-strategy": 1 },
      },
    ],
    [
      "asked twice before the fill, orders once",
      {
        actions: {
          0: (ctx) => {
            expect(ctx.target({ quantity: 5 })).not.toBeNull();
            expect(ctx.target({ quantity: 5 })).toBeNull();
          },
        },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "sizes a fraction's difference at the reference price",
      {
        actions: { 0: to({ fraction: 0.5 }), 1: to({ fraction: 0.2 }) },
        rows: flat(100),
        fills: ["buy 50 A @ 100, 1", "sell 30 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "leaves the position alone where it already is the fraction",
      {
        actions: { 0: to({ fraction: 0.5 }), 1: (ctx) => expect(ctx.target({ fraction: 0.5 })).toBeNull() },
        rows: flat(100),
        fills: ["buy 50 A @ 100, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "below zero on a cash account is refused when flat",
      {
        actions: { 0: to({ fraction: -1 }) },
        rows: flat(100),
        fills: [],
        reasons: { "refused:no-position": 1 },
      },
    ],
    [
      "below zero on a cash account sells no more than there is",
      {
        actions: { 0: to({ quantity: 5 }), 1: to({ quantity: -5 }) },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1", "sell 5 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
  ])("%s", checkOrders);

  // The default order of the class and vector forms is one by value; asking again before it filled must change nothing.
  it.each([
    ["0.5 twice", [0.5, 0.5], ["buy 50 A @ 100, 1"]],
    ["0.5, then 1", [0.5, 1], ["buy 50 A @ 100, 1", "buy 50 A @ 100, 1"]],
  ])("counts an order by value that is still open at its value: %s", async (_, fractions, fills) => {
    const act: Act = (ctx) => fractions.forEach((fraction) => void ctx.target({ fraction }));
    const result = await run(script({ 0: act }), bars(flat(100)));
    expect(fillsOf(result)).toEqual(fills);
    expect(reasonsOf(result)).toEqual({ filled: fills.length });
  });

  it("to flat sells what an order by value still open is taken to buy", async () => {
    const act: Act = (ctx) => {
      ctx.buy({ fraction: 0.5 });
      ctx.target({ quantity: 0 });
    };
    const result = await run(script({ 0: act }), bars(flat(100)), margin);
    expect(fillsOf(result)).toEqual(["sell 50 A @ 100, 1", "buy 50 A @ 100, 1"]);
  });

  it("to flat is refused on a cash account while nothing is held: a sale cannot net a buy that comes after it", async () => {
    const act: Act = (ctx) => {
      ctx.buy({ quantity: 5 });
      ctx.target({ quantity: 0 });
    };
    const result = await run(script({ 0: act }), bars(flat(100)));
    expect(reasonsOf(result)).toEqual({ "refused:no-position": 1, filled: 1 });
  });

  it("asked at every bar for the fraction there is does not trade its rounding", async () => {
    const strategy = (ctx: Context): Handlers => ({ onBar: () => void ctx.target({ fraction: 1 }) });
    const costs = { takerFee: fixed("0.001"), slippage: fixed("0.0005") };
    const result = await run(strategy, bars(flat(100, 30)), costs);
    expect(reasonsOf(result)).toEqual({ filled: 1 });
  });
});
