/** Orders by value, and the purse that the orders of one instant share. DESIGN, section 4. */
import { describe, expect, it } from "vitest";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, fillsOf, fixed, reasonsOf, run, script, table } from "../support/market.ts";
import { type Act, type Actions, checkOrders, flat, jump, type OrderCase } from "../support/orderCase.ts";

describe("an order by value", () => {
  const all: Actions = { 0: (ctx) => void ctx.buy({ fraction: 1 }) };
  it.each<[string, OrderCase & { readonly clipped?: number }]>([
    [
      "gets its quantity at the fill: dearer, fewer",
      { actions: all, rows: jump(100, 125), fills: ["buy 80 A @ 125, 1"], reasons: { filled: 1 } },
    ],
    [
      "gets more when it opens lower, within the collar",
      { actions: all, rows: jump(100, 96), fills: ["buy 104.16666666 A @ 96, 1"], reasons: { filled: 1 } },
    ],
    [
      "is cut by the collar when it opens far lower",
      // 10000 / (100 × 0.95), down to 1e-8.
      {
        actions: all,
        rows: jump(100, 80),
        fills: ["buy 105.26315789 A @ 80, 1"],
        reasons: { filled: 1 },
        clipped: 1,
      },
    ],
    [
      "has the collar it is given",
      {
        actions: all,
        rows: jump(100, 80),
        options: { collar: fixed("0.25") },
        fills: ["buy 125 A @ 80, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "is sized at the decision with --sizing decision, and shrinks to what can be paid",
      {
        actions: all,
        rows: jump(100, 125),
        options: { sizing: "decision" },
        fills: ["buy 80 A @ 125, 1"],
        reasons: { filled: 1 },
        clipped: 1,
      },
    ],
    [
      "sized at the decision does not grow",
      {
        actions: all,
        rows: jump(100, 80),
        options: { sizing: "decision" },
        fills: ["buy 100 A @ 80, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "pays fee and slippage out of its value",
      {
        actions: { 0: (ctx) => void ctx.buy({ notional: 1000 }) },
        rows: flat(100),
        options: { takerFee: fixed("0.25"), slippage: fixed("0.6"), collar: fixed("0.5") },
        // 1000 / (160 × 1.25)
        fills: ["buy 5 A @ 160, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "with a limit is sized at the price it gets there, for the maker's fee",
      {
        actions: { 0: (ctx) => void ctx.buy({ notional: 1000, limit: 80 }) },
        rows: [100, 100, [100, 75]],
        options: { makerFee: fixed("0.25"), takerFee: fixed("0.5"), slippage: fixed("0.1") },
        fills: ["buy 10 A @ 80, 2"],
        reasons: { filled: 1 },
      },
    ],
    [
      "keeps the value of its decision, not of its fill: equity that grows meanwhile buys no more",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 50 }),
          1: (ctx) => void ctx.buy({ fraction: 0.4 }),
        },
        rows: [100, 100, 110, 110],
        fills: ["buy 50 A @ 100, 1", "buy 36.36363636 A @ 110, 2"],
        reasons: { filled: 2 },
      },
    ],
  ])("%s", async (name, given) => {
    await checkOrders(name, given);
    const result = await run(script(given.actions), bars(given.rows), given.options);
    expect(result.clipped).toBe(given.clipped ?? 0);
  });

  it("leaves at most a lot's worth of cash, and never a debt", async () => {
    const result = await run(script(all), bars([100, 103.37, 99]), {
      takerFee: fixed("0.001"),
      slippage: fixed("0.0005"),
    });
    const cash = result.account.cashNumber;
    expect(cash).toBeGreaterThanOrEqual(0);
    expect(cash).toBeLessThan(2e-6);
  });
});

describe("what is asked in one bar shares one purse", () => {
  it("two buys of 0.6: the second is refused", async () => {
    const act: Act = (ctx) => {
      ctx.buy({ fraction: 0.6 });
      ctx.buy({ fraction: 0.6 });
    };
    const result = await run(script({ 0: act }), bars(flat(100)));
    expect(fillsOf(result)).toEqual(["buy 60 A @ 100, 1"]);
    expect(reasonsOf(result)).toEqual({ "refused:insufficient-cash": 1, filled: 1 });
  });

  it("a resting buy holds its value back until it is cancelled", async () => {
    let resting = "";
    const actions: Actions = {
      0: (ctx) => void (resting = ctx.buy({ notional: 6000, limit: 50 })),
      1: (ctx) => void ctx.buy({ notional: 6000 }),
      2: (ctx) => {
        ctx.cancel(resting);
        ctx.buy({ notional: 6000 });
      },
    };
    const result = await run(script(actions), bars(flat(100)));
    expect(fillsOf(result)).toEqual(["buy 60 A @ 100, 3"]);
    expect(reasonsOf(result)).toEqual({
      "refused:insufficient-cash": 1,
      "cancelled:by-strategy": 1,
      filled: 1,
    });
  });

  const rotation =
    (first: "sell" | "buy") =>
    (ctx: Context): Handlers => ({
      onBar(bar) {
        if (bar.symbol !== "BBB") return;
        if (bar.index === 0) ctx.buy({ symbol: "AAA", fraction: 1 });
        if (bar.index !== 1) return;
        if (first === "sell") ctx.close({ symbol: "AAA" });
        ctx.buy({ symbol: "BBB", fraction: 1 });
        if (first === "buy") ctx.close({ symbol: "AAA" });
      },
    });

  it("rotation: what closing A will bring pays for B in the same instant", async () => {
    const result = await run(rotation("sell"), table({ AAA: flat(100), BBB: flat(20) }));
    expect(fillsOf(result)).toEqual(["buy 100 AAA @ 100, 1", "sell 100 AAA @ 100, 2", "buy 500 BBB @ 20, 2"]);
    expect(reasonsOf(result)).toEqual({ filled: 3 });
  });

  it("rotation with costs buys what the proceeds pay", async () => {
    const result = await run(rotation("sell"), table({ AAA: flat(100), BBB: flat(20) }), {
      takerFee: fixed("0.001"),
    });
    expect(reasonsOf(result)).toEqual({ filled: 3 });
    expect(result.account.cashNumber).toBeGreaterThanOrEqual(0);
    expect(result.account.cashNumber).toBeLessThan(1e-6);
  });

  it("bought before it is sold, B is refused: nothing is free yet", async () => {
    const result = await run(rotation("buy"), table({ AAA: flat(100), BBB: flat(20) }));
    expect(reasonsOf(result)).toEqual({ filled: 2, "refused:insufficient-cash": 1 });
  });
});
