import { atr, defineStrategy, riskPerTrade, sma, z } from "geosync";

/** Buys above a rising mean, each time as much as loses the same share of equity when its stop is hit. */
export default defineStrategy({
  name: "measured",
  description: "Follows a trend with positions of equal risk.",
  params: z.object({
    days: z.int().positive().default(20).describe("Bars of the mean"),
    risk: z.number().positive().max(0.1).default(0.01).describe("Share of equity lost at the stop"),
    width: z.number().positive().default(2).describe("Distance of the stop, in average true ranges"),
  }),
  warmup: ({ days }) => Math.max(days, 15) + 1,
  create({ days, risk, width }, ctx) {
    const mean = sma(days);
    const range = atr(14);
    return {
      onBar(bar) {
        const before = mean.value;
        const now = mean.update(bar.close);
        const distance = width * range.update(bar);
        if (!ctx.ready) return;
        if (ctx.position.isLong && bar.close < now) ctx.close();
        if (!ctx.position.isFlat || !(now > before) || bar.close < now) return;
        const stop = bar.close - distance;
        // At most 90 % of equity: the open may be dearer than the close, and the fee comes on top.
        const quantity = riskPerTrade({
          equity: ctx.equity,
          risk,
          entry: bar.close,
          stop,
          costs: 0.003,
          max: 0.9,
        });
        ctx.buy({ quantity, stopLoss: stop });
      },
    };
  },
});
