import { defineStrategy, z } from "geosync";

/** Buys a dip or new strength, whichever comes first, and leaves by a trailing stop. */
export default defineStrategy({
  name: "either-way",
  description: "One of two entries, a trailing stop as the exit.",
  params: z.object({
    dip: z.number().positive().default(0.02).describe("How far below the close to buy, as a fraction"),
    rise: z.number().positive().default(0.01).describe("How far above the close to buy, as a fraction"),
    trail: z
      .number()
      .positive()
      .default(4)
      .describe("How far the stop stays behind the best price, in per cent"),
  }),
  create({ dip, rise, trail }, ctx) {
    let below: string | null = null;
    let above: string | null = null;
    return {
      onOrder({ id, reason }) {
        if (reason === null) return;
        if (id === below) below = null;
        if (id === above) above = null;
      },
      onFill(fill) {
        // An entry may fill in parts: each part gets a stop of its own.
        if (fill.side === "sell") return;
        ctx.sell({ quantity: fill.quantity, trail: { percent: trail }, reduceOnly: true });
      },
      onBar({ close }) {
        if (!ctx.position.isFlat) return;
        if (below === null && above === null) {
          // The first of a group that fills cancels the other; only the dearer one has to be payable.
          below = ctx.buy({ fraction: 0.9, limit: close * (1 - dip), oco: "entry" });
          above = ctx.buy({ fraction: 0.9, stop: close * (1 + rise), oco: "entry" });
        } else if (below !== null) {
          below = ctx.amend(below, { limit: close * (1 - dip) });
        }
      },
    };
  },
});
