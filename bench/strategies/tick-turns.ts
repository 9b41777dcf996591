import { defineStrategy, z } from "geosync";

/** Goes in and out by turns, every so many ticks. */
export default defineStrategy({
  name: "tick-turns",
  params: z.object({ every: z.int().positive().default(1000) }),
  create({ every }, ctx, saved) {
    let ticks = (saved as number | undefined) ?? 0;
    return {
      onTick() {
        if (++ticks % every !== 0) return;
        if (ctx.position.isFlat) ctx.buy({ quantity: 0.01 });
        else ctx.close();
      },
      save: () => ticks,
    };
  },
});
