import { defineStrategy } from "geosync";

/** Buys at one bar and sells at the next: a fill on every bar but the first. */
export default defineStrategy({
  name: "every-bar",
  create: (_, ctx) => ({
    onBar() {
      if (ctx.position.isFlat) ctx.buy({ quantity: 0.001 });
      else ctx.close();
    },
  }),
});
