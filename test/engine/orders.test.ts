/** Buying and selling: from a request to its quantity, its fill or its refusal. DESIGN, section 4. */
import { describe, expect, it } from "vitest";
import { bars, fillsOf, fixed, reasonsOf, run, script } from "../support/market.ts";
import { type Actions, checkOrders, flat, jump, margin, type OrderCase } from "../support/orderCase.ts";

describe("buy and sell on a cash account", () => {
  it.each<[string, OrderCase]>([
    [
      "buy adds",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: "1.5" }),
          1: (ctx) => void ctx.buy({ notional: 250 }),
        },
        rows: flat(100),
        fills: ["buy 1.5 A @ 100, 1", "buy 2.5 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell clips to the holding",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 2 }), 1: (ctx) => void ctx.sell({ quantity: 5 }) },
        rows: flat(100),
        fills: ["buy 2 A @ 100, 1", "sell 2 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell of half a holding by value",
      {
        actions: { 0: (ctx) => void ctx.buy({ fraction: 1 }), 1: (ctx) => void ctx.sell({ fraction: 0.5 }) },
        rows: flat(100),
        fills: ["buy 100 A @ 100, 1", "sell 50 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell is refused when flat: there are no shorts",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 1 }) },
        rows: flat(100),
        fills: [],
        reasons: { "refused:no-position": 1 },
      },
    ],
    [
      "close does nothing when flat",
      { actions: { 0: (ctx) => expect(ctx.close()).toBeNull() }, rows: flat(100), fills: [], reasons: {} },
    ],
    [
      "close sells all there is",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 3 }), 2: (ctx) => void ctx.close() },
        rows: flat(100),
        fills: ["buy 3 A @ 100, 1", "sell 3 A @ 100, 3"],
        reasons: { filled: 2 },
      },
    ],
    [
      "a fraction of 1 spends everything and no more, fee and slippage included",
      {
        actions: { 0: (ctx) => void ctx.buy({ fraction: 1 }) },
        rows: flat(100),
        options: { takerFee: fixed("0.001"), slippage: fixed("0.0005") },
        // 10000 / (100.05 × 1.001), down to 1e-8.
        fills: ["buy 99.85017481 A @ 100.05, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "below one lot is refused",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: "0.000000001" }) },
        rows: flat(100),
        fills: [],
        reasons: { "refused:below-lot": 1 },
      },
    ],
    [
      "a quantity that is not payable at the reference price is refused at once",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 100 }) },
        rows: flat(100),
        options: { takerFee: fixed("0.001") },
        fills: [],
        reasons: { "refused:insufficient-cash": 1 },
      },
    ],
    [
      "a quantity that is no longer payable at the fill is refused there, not shrunk",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 100 }) },
        rows: jump(100, 101),
        fills: [],
        reasons: { "refused:insufficient-cash": 1 },
      },
    ],
  ])("%s", checkOrders);

  it("lots and the smallest order value hold", async () => {
    const instrument = { lot: "0.1", minNotional: "10" };
    const actions: Actions = {
      0: (ctx) => {
        ctx.buy({ quantity: 0.09 });
        ctx.buy({ quantity: 0.1 });
        ctx.buy({ quantity: 1.19 });
        ctx.buy({ notional: 29 });
      },
    };
    const result = await run(script(actions), bars(flat(20), { instrument }));
    expect(fillsOf(result)).toEqual(["buy 1.1 A @ 20, 1", "buy 1.4 A @ 20, 1"]);
    expect(reasonsOf(result)).toEqual({ "refused:below-lot": 1, "refused:min-notional": 1, filled: 2 });
  });
});

describe("on a margin account", () => {
  it.each<[string, OrderCase]>([
    [
      "sell goes short, close buys it back",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 2 }), 2: (ctx) => void ctx.close() },
        rows: flat(100),
        options: margin,
        fills: ["sell 2 A @ 100, 1", "buy 2 A @ 100, 3"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell by value is sized at the fill",
      {
        actions: { 0: (ctx) => void ctx.sell({ fraction: 0.5 }) },
        rows: jump(100, 125),
        options: margin,
        fills: ["sell 40 A @ 125, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "a buy beyond a short goes long",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 2 }), 1: (ctx) => void ctx.buy({ quantity: 5 }) },
        rows: flat(100),
        options: margin,
        fills: ["sell 2 A @ 100, 1", "buy 5 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "no more than the equity can be short",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 101 }) },
        rows: flat(100),
        options: margin,
        fills: [],
        reasons: { "refused:insufficient-cash": 1 },
      },
    ],
    [
      "a reduce-only sell does not cross zero",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 1 }),
          1: (ctx) => void ctx.sell({ quantity: 3, reduceOnly: true }),
        },
        rows: flat(100),
        options: margin,
        fills: ["buy 1 A @ 100, 1", "sell 1 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
  ])("%s", checkOrders);
});
