import { defineStrategy, z } from "geosync";

/** In or out every so many ticks, and says which tick it was. */
export default defineStrategy({
  name: "tick-orders",
  params: z.object({ every: z.int().positive().default(100) }),
  create({ every }, ctx) {
    let ticks = 0;
    return {
      onTick(tick) {
        if (++ticks % every !== 0) return;
        ctx.log("decides", { id: tick.id ?? "" });
        if (ctx.position.isFlat) ctx.buy({ quantity: 0.001 });
        else ctx.close();
      },
    };
  },
});
