import { defineStrategy, hurst, type IndicatorState, visibilityCurvature, z } from "geosync";

/** Of a symbol: the means of its closes and of its curvature, and whether it is held. NaN is saved as null. */
type Means = { symbol: string; bars: number; price: number; curvature: number | null; long: boolean };
type Saved = Means & { exponent: IndicatorState; graph: IndicatorState };

/**
 * Trend or reversion, by two opinions that must agree. The Hurst exponent of the last `window` returns says how the
 * price moves: above 0.5 + `band` it persists, below 0.5 - `band` it reverts. The curvature of the visibility graph of
 * the last `window` prices confirms it: above its own average when the price persists, below when it reverts. While it
 * persists, holds above the exponential mean of the closes; while it reverts, holds below it; else it is out. Several
 * symbols get equal shares of equity.
 *
 * Fails where the exponent is mere chance: over 128 returns that of a random walk strays by 0.07, so that a band of 0.05
 * is often passed. Both opinions look back over the window and notice a change of regime when it is half over. Most
 * markets are near 0.5 most of the time, where it does nothing and earns nothing: see docs/geometry-report.md.
 */
export default defineStrategy({
  name: "hurst-curvature",
  description:
    "Follows prices that persist and buys dips of prices that revert, by Hurst exponent and curvature.",
  params: z.object({
    window: z.int().min(16).default(128).describe("Bars that exponent and curvature look back over"),
    band: z.number().min(0).max(0.5).default(0.05).describe("Distance from 0.5 at which an exponent counts"),
    mean: z
      .int()
      .positive()
      .default(20)
      .describe("Bars of the exponential mean that a close is compared with"),
  }),
  warmup: ({ window, mean }) => Math.max(2 * window, mean),
  create({ window, band, mean }, ctx, saved) {
    const share = 1 / ctx.symbols.length;
    const start = (symbol: string) => ({
      means: { symbol, bars: 0, price: Number.NaN, curvature: null, long: false } as Means,
      exponent: hurst(window),
      graph: visibilityCurvature(window),
    });
    const states = new Map(ctx.symbols.map((symbol) => [symbol, start(symbol)]));
    for (const { exponent, graph, ...means } of (saved as Saved[] | undefined) ?? []) {
      const state = start(means.symbol);
      state.exponent.load(exponent);
      state.graph.load(graph);
      states.set(means.symbol, { ...state, means });
    }
    return {
      onBar(bar) {
        const { means, exponent, graph } = states.get(bar.symbol)!;
        const h = exponent.update(bar.close);
        const curvature = graph.update(bar.close);
        const usual = means.curvature ?? curvature;
        means.price =
          means.bars++ === 0 ? bar.close : means.price + (2 / (mean + 1)) * (bar.close - means.price);
        if (graph.ready) means.curvature = usual + (2 / (window + 1)) * (curvature - usual);
        if (!ctx.ready) return;
        const follows = h > 0.5 + band && curvature > usual && bar.close > means.price;
        const fades = h < 0.5 - band && curvature < usual && bar.close < means.price;
        const long = follows || fades;
        // A turn is acted upon once: what was refused is not asked for again on every bar.
        if (long === means.long) return;
        means.long = long;
        if (long) ctx.buy({ fraction: share, tag: follows ? "persists" : "reverts" });
        else ctx.close();
      },
      save: () =>
        [...states.values()]
          .filter(({ means }) => means.bars > 0)
          .map(({ means, exponent, graph }) => ({
            ...means,
            exponent: exponent.save(),
            graph: graph.save(),
          })),
    };
  },
});
