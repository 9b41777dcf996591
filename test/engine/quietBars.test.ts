/** The engine's short way over bars on which nothing happens: it must not differ from the long one in anything. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import type { RunOptions, Series } from "../support/market.ts";
import { bars, fixed, minute, run, start, ticks, walk } from "../support/market.ts";

/** Trades now and then, and writes down all that it can see on every bar. */
function observer(seen: unknown[]): (ctx: Context) => Handlers {
  return (ctx) => ({
    onBar(bar) {
      const { quantity, unrealizedPnl, entryPrice } = ctx.position;
      seen.push([bar.index, bar.time, bar.close, ctx.time, ctx.cash, ctx.equity, quantity, unrealizedPnl]);
      seen.push([entryPrice, ctx.prices.length, ctx.prices.at(-1), ctx.bars("5m").length, bar.exact.low]);
      if (bar.index === 1499) ctx.after(minute / 2, "between the symbols");
      const chance = ctx.random();
      if (chance < 0.03) ctx.target({ fraction: Math.round(ctx.random() * 4 - 2) / 2 });
      else if (chance < 0.04) ctx.close();
      else if (chance < 0.05) ctx.buy({ quantity: 1, limit: bar.close - 3 });
      else if (chance < 0.07) ctx.after(chance * 100 * minute, "later");
    },
    onTimer(tag) {
      seen.push([tag, ctx.time, ctx.equity]);
      // For the symbol of the event handled last.
      const chance = ctx.random();
      if (chance < 0.2) ctx.cancelAll();
      else if (chance < 0.4) ctx.buy({ quantity: 1 });
      seen.push([ctx.symbol, ctx.symbols.includes("BBB")]);
    },
  });
}

/** Bars of one symbol, then of another that joins as it appears, in one stream. */
function oneAfterTheOther(seed: number, chunk: number): Series {
  const first = bars(walk(seed, 1500), { chunk, symbol: "AAA" });
  const then = bars(walk(seed + 1, 1500), { chunk, symbol: "BBB", from: start + 1500 * minute });
  return {
    ...first,
    async *events() {
      yield* first.events();
      yield* then.events();
    },
  };
}

const variants: readonly (readonly [string, RunOptions])[] = [
  ["on a cash account", {}],
  [
    "under a risk policy",
    { risk: { maxDailyLoss: { of: "equity", amount: fixed("0.02") }, maxDrawdown: fixed("0.2") } },
  ],
  ["on a margin account", { account: "margin", leverage: fixed("2"), debtRate: fixed("0.2") }],
];

describe("bars on which nothing happens", () => {
  it.each(variants)("show and lead to the same as any other, %s", async (_, variant) => {
    const seeds = fc.integer({ min: 1, max: 1e6 });
    const chunks = fc.integer({ min: 1, max: 700 });
    await fc.assert(
      fc.asyncProperty(seeds, chunks, fc.boolean(), async (seed, chunk, keepAll) => {
        const kept = { timeframes: ["5m"], equityOfEveryBar: keepAll };
        const options = { ...variant, ...kept, seed, takerFee: fixed("0.001") };
        const feed = () => oneAfterTheOther(seed, chunk);
        const [short, long]: [unknown[], unknown[]] = [[], []];
        const alone = await run(observer(short), feed(), options);
        // Among others, a stream goes the long way.
        const among = await run(observer(long), [feed(), ticks([], { symbol: "ZZZ" })], options);
        expect(short).toEqual(long);
        expect(alone.details!.decisions).toEqual(among.details!.decisions);
        expect(alone.recorder.save()).toEqual(among.recorder.save());
        expect(alone.halts).toEqual(among.halts);
        expect(alone.finalEquity).toEqual(among.finalEquity);
      }),
      { numRuns: 8 },
    );
  });
});
