import { atr, defineStrategy, z } from "geosync";

/** Buys a new high with a stop below and a target above, both attached to the entry. One position at a time. */
export default defineStrategy({
  name: "breakout",
  description: "Buys a new high, with a stop and a target on the venue.",
  params: z.object({
    lookback: z.int().positive().default(20).describe("Bars whose highs must be passed"),
    risk: z.number().positive().default(2).describe("Distance of the stop, in average true ranges"),
    reward: z.number().positive().default(4).describe("Distance of the target, in average true ranges"),
  }),
  warmup: ({ lookback }) => lookback + 1,
  create({ lookback, risk, reward }, ctx) {
    const range = atr(14);
    const highs: number[] = [];
    return {
      onBar(bar) {
        const width = range.update(bar);
        const ceiling = Math.max(...highs);
        highs.push(bar.high);
        if (highs.length > lookback) highs.shift();
        // Comparisons with NaN are false: before the indicator is ready nothing happens.
        if (!ctx.ready || !ctx.position.isFlat || !(bar.close > ceiling) || !(width > 0)) return;
        ctx.buy({
          fraction: 0.5,
          stopLoss: bar.close - risk * width,
          takeProfit: bar.close + reward * width,
          tag: "breakout",
        });
      },
    };
  },
});
