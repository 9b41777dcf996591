import { defineStrategy, z } from "geosync";

/** In or out every so many ticks, and says which tick it was. */
export default defineStrategy({
  name: "tick-orders",
  params: z.object({ every: z.int().positive().default(100) }),
  create({ every }, ctx) {
    let ticks = 0;
    // Not by the position: a fee taken in the base currency leaves dust that no order can close.
    let isIn = false;
    return {
      onTick(tick) {
        if (++ticks % every !== 0) return;
        ctx.log("decides", { id: tick.id ?? "" });
        if (isIn) ctx.close();
        else ctx.buy({ quantity: 0.001 });
        isIn = !isIn;
      },
    };
  },
});
