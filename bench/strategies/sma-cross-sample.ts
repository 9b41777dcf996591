import { defineStrategy, sma, z } from "geosync";

export default defineStrategy({
  name: "sma-cross",
  description: "Long while the fast average is above the slow one.",
  params: z.object({
    fast: z.number().int().positive().default(10),
    slow: z.number().int().positive().default(30),
  }),
  warmup: ({ slow }) => slow,
  create({ fast, slow }, ctx) {
    const fastMean = sma(fast),
      slowMean = sma(slow);
    return {
      onBar(bar) {
        const f = fastMean.update(bar.close),
          s = slowMean.update(bar.close);
        if (f > s && ctx.position.isFlat) ctx.buy({ fraction: 1 });
        else if (f < s && ctx.position.isLong) ctx.close();
      },
    };
  },
});
