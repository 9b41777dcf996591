import { defineStrategy, z } from "geosync";

/**
 * The yardstick: puts all equity into the market at the first bar, in equal parts when there are several symbols, and
 * never sells. A strategy that does not beat it after costs, or match it with smaller drawdowns, is not worth running.
 *
 * Has no parameters. Fails when the market does.
 */
export default defineStrategy({
  name: "buy-and-hold",
  description: "Buys at the first bar and holds.",
  params: z.object({}),
  create(_, ctx, saved) {
    const bought = new Set((saved as string[] | undefined) ?? []);
    return {
      onBar(bar) {
        // Bars before --from are shown as well, but what is ordered there is refused.
        if (!ctx.ready || bought.has(bar.symbol)) return;
        bought.add(bar.symbol);
        ctx.buy({ fraction: 1 / ctx.symbols.length });
      },
      save: () => [...bought],
    };
  },
});
