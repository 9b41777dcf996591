import { defineStrategy, z } from "geosync";

/** Waits below the market with a limit order; a timer takes it back, and another ends what was bought. */
export default defineStrategy({
  name: "patient",
  description: "Buys a dip with a limit order and holds for some days.",
  params: z.object({
    dip: z.number().positive().default(0.02).describe("How far below the close, as a fraction"),
    days: z.int().positive().default(10).describe("Days to wait, and days to hold"),
  }),
  create({ dip, days }, ctx) {
    const day = 86_400_000;
    let waiting: string | null = null;
    let bought = 0;
    return {
      onBar(bar) {
        if (waiting !== null || !ctx.position.isFlat) return;
        waiting = ctx.buy({ fraction: 0.5, limit: bar.close * (1 - dip) });
        ctx.after(days * day, `give up ${waiting}`);
      },
      onFill(fill) {
        if (fill.side === "sell") return;
        bought++;
        ctx.after(days * day, "sell");
      },
      onOrder(order) {
        // Every order ends with one reason; before that it is null.
        if (order.id === waiting && order.reason !== null) waiting = null;
      },
      onTimer(tag) {
        if (tag === "sell") ctx.close({ tag: "time is up" });
        else if (tag === `give up ${waiting}`) ctx.cancel(waiting!);
      },
      onStop() {
        ctx.log("done", { bought, equity: ctx.equity });
      },
    };
  },
});
