import { defineStrategy, ValidationError, z } from "geosync";

/**
 * What rose goes on rising. Long when the return over the last `lookback` bars is above `threshold`, out when it is
 * below -`threshold`; in between the position stays. With `allowShort`, short instead of out: needs a margin account.
 *
 * Earns when trends last longer than `lookback`. Fails at turning points, which it notices only once they are in the
 * return, and in sideways markets, where a threshold of 0 changes sides at every wobble: raise it to pay fewer fees.
 */
export default defineStrategy({
  name: "momentum",
  description: "Long after a rise over the last bars, out after a fall.",
  params: z.object({
    lookback: z.int().positive().default(20).describe("Bars over which the return is measured"),
    threshold: z.number().nonnegative().default(0).describe("Return that counts, as a fraction: 0.02 is 2 %"),
    allowShort: z.boolean().default(false).describe("Go short instead of out; needs a margin account"),
  }),
  warmup: ({ lookback }) => lookback + 1,
  create({ lookback, threshold, allowShort }, ctx) {
    if (ctx.symbols.length > 1) {
      const found = ctx.symbols.join(", ");
      throw new ValidationError("GEO-USAGE", `momentum: expected one symbol, found ${found}`, {
        hint: "Run it once for each.",
      });
    }
    if (allowShort && ctx.account === "cash") {
      throw new ValidationError("GEO-STRATEGY-PARAMETER", "momentum: allowShort: expected a margin account", {
        hint: "A cash account has no shorts: add --account margin, or leave allowShort out.",
      });
    }
    // The last `lookback` closes in a ring: the slot about to be overwritten holds the close of `lookback` bars ago.
    // NaN at first, and comparisons with NaN are false.
    const closes = new Float64Array(lookback).fill(Number.NaN);
    let oldest = 0;
    return {
      onBar(bar) {
        const change = bar.close / closes[oldest]! - 1;
        closes[oldest] = bar.close;
        oldest = (oldest + 1) % lookback;
        if (allowShort) {
          if (change > threshold && !ctx.position.isLong) ctx.target({ fraction: 1 });
          else if (change < -threshold && !ctx.position.isShort) ctx.target({ fraction: -1 });
        } else if (change > threshold && ctx.position.isFlat) ctx.buy({ fraction: 1 });
        else if (change < -threshold && ctx.position.isLong) ctx.close();
      },
    };
  },
});
