import { defineStrategy, ValidationError, z } from "geosync";

/** Of a symbol: what a restart must not lose. */
type Saved = { symbol: string; closes: number[]; oldest: number; rising: boolean | null };

/**
 * What rose goes on rising. Goes long when the return over the last `lookback` bars rises above `threshold`, and out
 * when it falls below -`threshold`; in between the position stays. With `allowShort`, short instead of out: needs a
 * margin account. Several symbols get equal shares of equity.
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
  create({ lookback, threshold, allowShort }, ctx, saved) {
    if (allowShort && ctx.account === "cash") {
      throw new ValidationError("GEO-STRATEGY-PARAMETER", "momentum: allowShort: expected a margin account", {
        hint: "A cash account has no shorts: add --account margin, or leave allowShort out.",
      });
    }
    const share = 1 / ctx.symbols.length;
    // The last `lookback` closes in a ring: the slot about to be overwritten holds the close of `lookback` bars ago.
    // NaN at first, and comparisons with NaN are false.
    const start = (symbol: string) => ({
      symbol,
      closes: new Float64Array(lookback).fill(Number.NaN),
      oldest: 0,
      rising: null as boolean | null,
    });
    const states = new Map<string, ReturnType<typeof start>>();
    const stateOf = (symbol: string) => {
      const known = states.get(symbol) ?? start(symbol);
      states.set(symbol, known);
      return known;
    };
    for (const { closes, ...rest } of (saved as Saved[] | undefined) ?? [])
      states.set(rest.symbol, { ...rest, closes: Float64Array.from(closes) });
    let state = stateOf(ctx.symbol);
    return {
      onBar(bar) {
        if (bar.symbol !== state.symbol) state = stateOf(bar.symbol);
        const { closes, oldest } = state;
        const change = bar.close / closes[oldest]! - 1;
        closes[oldest] = bar.close;
        state.oldest = (oldest + 1) % lookback;
        const rising = change > threshold ? true : change < -threshold ? false : state.rising;
        // A turn is acted upon once: what was refused is not asked for again on every bar.
        if (rising === state.rising || !ctx.ready) return;
        state.rising = rising;
        if (allowShort) ctx.target({ fraction: rising ? share : -share });
        else if (rising) ctx.buy({ fraction: share });
        else ctx.close();
      },
      save: (): Saved[] => [...states.values()].map((one) => ({ ...one, closes: [...one.closes] })),
    };
  },
});
