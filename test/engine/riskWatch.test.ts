import { expect, it } from "vitest";
import { bars, fillsOf, fixed, reasonsOf, run, script, start } from "../support/market.ts";

const buyOnce = {
  0: (ctx: { buy(request: { quantity: number }): unknown }) => void ctx.buy({ quantity: 5 }),
};

it("a drawdown of 10 % flattens: what is held is sold at the next price, what is open cancelled, nothing opened", async () => {
  const strategy = script({
    ...buyOnce,
    1: (ctx) => void ctx.buy({ quantity: 1, limit: 50 }),
    4: (ctx) => void ctx.buy({ quantity: 1 }),
  });
  const result = await run(strategy, bars([100, 100, 79, 78, 78, 78]), {
    cash: fixed(1000),
    risk: { maxDrawdown: fixed("0.1"), onMaxDrawdown: "flatten" },
  });
  expect(fillsOf(result)).toEqual(["buy 5 A @ 100, 1", "sell 5 A @ 78, 3"]);
  expect(reasonsOf(result)).toEqual({ filled: 2, "cancelled:by-strategy": 1, "refused:halted": 1 });
  expect(result.halts.map(({ time, action }) => [time - start, action])).toEqual([[180_000, "flatten"]]);
});

it("a halt alone sells nothing", async () => {
  const result = await run(script(buyOnce), bars([100, 100, 79, 78]), {
    cash: fixed(1000),
    risk: { maxDrawdown: fixed("0.1") },
  });
  expect(fillsOf(result)).toEqual(["buy 5 A @ 100, 1"]);
  expect(result.halts.map(({ action }) => action)).toEqual(["halt"]);
});

it("limits hold for what all strategies hold together", async () => {
  const other = { create: script(buyOnce), warmup: 0, random: () => 0.5, share: null };
  const risk = { maxPosition: new Map([["*", fixed(8)]]) };
  const result = await run(script(buyOnce), bars([100, 100, 100]), { others: [other], risk });
  expect(reasonsOf(result)).toEqual({ filled: 1, "refused:max-position": 1 });
});
