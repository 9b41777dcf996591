import { defineStrategy, type IndicatorState, sma, ValidationError, z } from "geosync";

/** Of a symbol: what a restart must not lose. */
type Saved = { symbol: string; fast: IndicatorState; slow: IndicatorState; above: boolean | null };

/**
 * Two moving averages. Goes long when the mean of the last `fast` closes rises above the mean of the last `slow`, and
 * out when it falls below; equal means change nothing. With `allowShort`, short instead of out: needs a margin account.
 * Several symbols get equal shares of equity.
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
  create({ fast, slow, allowShort }, ctx, saved) {
    if (allowShort && ctx.account === "cash") {
      throw new ValidationError(
        "GEO-STRATEGY-PARAMETER",
        "sma-cross: allowShort: expected a margin account",
        {
          hint: "A cash account has no shorts: add --account margin, or leave allowShort out.",
        },
      );
    }
    const share = 1 / ctx.symbols.length;
    const start = (symbol: string) => ({
      symbol,
      fast: sma(fast),
      slow: sma(slow),
      above: null as boolean | null,
    });
    const states = new Map<string, ReturnType<typeof start>>();
    const stateOf = (symbol: string) => {
      const known = states.get(symbol) ?? start(symbol);
      states.set(symbol, known);
      return known;
    };
    for (const one of (saved as Saved[] | undefined) ?? []) {
      const state = stateOf(one.symbol);
      state.fast.load(one.fast);
      state.slow.load(one.slow);
      state.above = one.above;
    }
    let state = stateOf(ctx.symbol);
    return {
      onBar(bar) {
        if (bar.symbol !== state.symbol) state = stateOf(bar.symbol);
        const f = state.fast.update(bar.close);
        const s = state.slow.update(bar.close);
        const above = f > s ? true : f < s ? false : state.above;
        // A crossing is acted upon once: what was refused is not asked for again on every bar.
        if (above === state.above || !ctx.ready) return;
        state.above = above;
        if (allowShort) ctx.target({ fraction: above ? share : -share });
        else if (above) ctx.buy({ fraction: share });
        else ctx.close();
      },
      save: (): Saved[] =>
        [...states.values()].map((one) => ({ ...one, fast: one.fast.save(), slow: one.slow.save() })),
    };
  },
});
