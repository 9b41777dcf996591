import { defineStrategy, sma, ValidationError, z } from "geosync";

/**
 * Two moving averages. Long while the mean of the last `fast` closes is above the mean of the last `slow`, out while
 * it is below; equal means change nothing. With `allowShort`, short instead of out: needs a margin account.
 *
 * Earns in long trends. Fails in sideways markets, where the averages keep crossing and each crossing costs a spread
 * and two fees, and it leaves every trend late.
 */
export default defineStrategy({
  name: "sma-cross",
  description: "Long while the fast average is above the slow one.",
  params: z
    .object({
      fast: z.int().positive().default(10).describe("Bars in the fast average"),
      slow: z.int().positive().default(30).describe("Bars in the slow average; more than fast"),
      allowShort: z.boolean().default(false).describe("Go short instead of out; needs a margin account"),
    })
    .refine(({ fast, slow }) => fast < slow, {
      error: "expected fast to be smaller than slow: else there is no crossing to trade",
    }),
  warmup: ({ slow }) => slow,
  create({ fast, slow, allowShort }, ctx) {
    if (ctx.symbols.length > 1) {
      const found = ctx.symbols.join(", ");
      throw new ValidationError("GEO-USAGE", `sma-cross: expected one symbol, found ${found}`, {
        hint: "Run it once for each.",
      });
    }
    if (allowShort && ctx.account === "cash") {
      throw new ValidationError(
        "GEO-STRATEGY-PARAMETER",
        "sma-cross: allowShort: expected a margin account",
        {
          hint: "A cash account has no shorts: add --account margin, or leave allowShort out.",
        },
      );
    }
    const fastMean = sma(fast);
    const slowMean = sma(slow);
    return {
      onBar(bar) {
        const f = fastMean.update(bar.close);
        const s = slowMean.update(bar.close);
        if (allowShort) {
          if (f > s && !ctx.position.isLong) ctx.target({ fraction: 1 });
          else if (f < s && !ctx.position.isShort) ctx.target({ fraction: -1 });
        } else if (f > s && ctx.position.isFlat) ctx.buy({ fraction: 1 });
        else if (f < s && ctx.position.isLong) ctx.close();
      },
    };
  },
});
