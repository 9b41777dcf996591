import { describe, expect, it } from "vitest";
import { bars, fixed, walk } from "../support/market.ts";
import { outcomeOf, type World } from "../support/tradingSession.ts";

function simple(): World {
  const series = bars(walk(7, 300), { timeframe: "1h" });
  return {
    streams: [series],
    instruments: series.instruments,
    settings: { cash: fixed(10_000) },
    strategies: [
      (ctx, saved, trace) => {
        let seen = (saved as number | undefined) ?? 0;
        return {
          onBar(bar) {
            seen++;
            trace.push(
              `${seen} ${bar.index} ${ctx.cash} ${ctx.equity} ${ctx.prices.length} ${ctx.position.quantity}`,
            );
            const draw = ctx.random();
            if (draw < 0.1) ctx.buy({ fraction: 0.3 });
            else if (draw < 0.2) ctx.close();
          },
          save: () => seen,
        };
      },
    ],
  };
}

describe("a run that is stopped, written down and gone on with", () => {
  it("says and comes to the same as one that was not", async () => {
    const whole = await outcomeOf(simple);
    expect(whole.trades.length).toBeGreaterThan(5);
    for (const cut of [1, 2, 50, 150, 299]) expect(await outcomeOf(simple, { cuts: [cut] })).toEqual(whole);
    const every = Array.from({ length: 300 }, (_, i) => i);
    expect(await outcomeOf(simple, { cuts: every, fast: true })).toEqual(whole);
  });
});
