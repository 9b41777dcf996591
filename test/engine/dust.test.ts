import { expect, it } from "vitest";
import { bars, fillsOf, fixed, reasonsOf, run, script } from "../support/market.ts";

it("what fees in coins leave behind, too little to be sold, does not stand in the way of all-in orders", async () => {
  const all = { fraction: 1 };
  const trader = script({
    0: (ctx) => ctx.buy(all),
    1: (ctx) => ctx.close(),
    2: (ctx) => ctx.buy(all),
    3: (ctx) => ctx.close(),
    4: (ctx) => ctx.target(all),
  });
  const market = bars(
    Array.from({ length: 8 }, () => 977),
    {
      symbol: "BTC/USDT",
      volume: 1000,
      instrument: { lot: "0.001", quantityScale: 8, volumeUnit: "base" },
    },
  );
  const result = await run(trader, market, { takerFee: fixed("0.001"), feeCurrency: "base" });
  expect(reasonsOf(result)).toEqual({ filled: 5 });
  expect(fillsOf(result)).toHaveLength(5);
  expect(result.account.open[0]!.isFlat).toBe(false);
});
