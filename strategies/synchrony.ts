import { defineStrategy, type IndicatorState, kuramoto, kuramotoScales, z } from "geosync";

/** Of a symbol: its last close, the mean it is compared with, and whether it is wanted. */
type Market = { symbol: string; close: number; mean: number; wanted: boolean };

/**
 * A regime filter: follows each symbol while the cycles of the market are out of step, and stands aside while they are
 * locked, when all prices fall together if they fall. Holds a symbol whose close is above its exponential mean, unless
 * the Kuramoto order parameter R is above `limit`. With several symbols R is taken across them, averaged over the
 * periods; with one symbol across its own periods: short and long cycles crest together, or don't. Symbols get equal
 * shares of equity. Symbols without a bar at an instant keep their last close.
 *
 * Fails in markets that rise in step, which it leaves; it can't tell a common rise from a common fall. In sideways
 * markets the mean is crossed often and each crossing costs two fees. R is late by half its window, and of few symbols
 * or periods it is high by chance: see docs/geometry-report.md for what it earns, which is less than holding.
 */
export default defineStrategy({
  name: "synchrony",
  description: "Follows the trend, but stands aside while all cycles are in step.",
  params: z.object({
    period: z.int().min(3).default(8).describe("Bars in the shortest cycle"),
    octaves: z
      .int()
      .min(2)
      .max(8)
      .default(3)
      .describe("Number of cycles, each twice as long as the one before"),
    cycles: z.int().positive().default(4).describe("Whole cycles in the window of each"),
    limit: z.number().min(0).max(1).default(0.8).describe("R above which it stands aside; 1 never does"),
    mean: z
      .int()
      .positive()
      .default(50)
      .describe("Bars of the exponential mean that a close is compared with"),
  }),
  warmup: ({ period, octaves, cycles, mean }) => Math.max(period * 2 ** (octaves - 1) * cycles + 1, mean),
  create({ period, octaves, cycles, limit, mean }, ctx, saved) {
    const periods = Array.from({ length: octaves }, (_, i) => period * 2 ** i);
    const across = ctx.symbols.length > 1 ? kuramoto({ assets: ctx.symbols.length, periods, cycles }) : null;
    const along = across === null ? kuramotoScales({ periods, cycles }) : null;
    const share = 1 / ctx.symbols.length;
    const memory = saved as { r: IndicatorState; now: number; seen: string[]; markets: Market[] } | undefined;
    if (memory !== undefined) (across ?? along)!.load(memory.r);
    const unknown = ctx.symbols.map((symbol) => ({ symbol, close: 0, mean: 0, wanted: false }));
    const markets: readonly Market[] = memory?.markets.map((market) => ({ ...market })) ?? unknown;
    /** The instant that bars are being gathered for, and the symbols that have come. */
    let now = memory?.now ?? 0;
    const seen = new Set(memory?.seen ?? []);

    const decide = () => {
      const symbols = [...seen];
      seen.clear();
      // Before each symbol has had its first price there is nothing to compare.
      if (markets.some(({ close }) => close === 0)) return;
      const r =
        across === null ? along!.update(markets[0]!.close) : across.update(markets.map(({ close }) => close));
      for (const market of markets) {
        if (!symbols.includes(market.symbol) || !ctx.ready) continue;
        const wanted = market.close > market.mean && !(r > limit);
        // A turn is acted upon once: what was refused is not asked for again on every bar.
        if (wanted === market.wanted) continue;
        market.wanted = wanted;
        if (wanted) ctx.buy({ symbol: market.symbol, fraction: share });
        else ctx.close({ symbol: market.symbol });
      }
    };

    return {
      onBar(bar) {
        // A symbol that has no bar at an instant is not waited for once another instant begins.
        if (bar.time !== now && seen.size > 0) decide();
        now = bar.time;
        const market = markets.find(({ symbol }) => symbol === bar.symbol)!;
        market.mean =
          market.close === 0 ? bar.close : market.mean + (2 / (mean + 1)) * (bar.close - market.mean);
        market.close = bar.close;
        seen.add(bar.symbol);
        if (seen.size === markets.length) decide();
      },
      save: () => ({
        r: (across ?? along)!.save(),
        now,
        seen: [...seen],
        markets: markets.map((market) => ({ ...market })),
      }),
    };
  },
});
