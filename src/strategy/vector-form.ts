import { GeoSyncError } from "../domain/errors.ts";
import type { Bar } from "../domain/market.ts";
import type { Context, StrategyDefinition, VectorStrategy } from "./contract.ts";
import { createFollower } from "./direction.ts";
import { type SignalWatch, signalOf } from "./signal-watch.ts";
import { checkCausality } from "./vector-causality.ts";
import { directionAt, evaluateScores } from "./vector-scores.ts";

export interface VectorOptions {
  readonly name: string;
  readonly warmup: number;
  /** All closes of a backtest, index = bar index: the function then runs once a symbol instead of once a bar. */
  readonly series: ReadonlyMap<string, Float64Array> | undefined;
  readonly watch?: SignalWatch | undefined;
}

/**
 * A vectorised strategy as a definition, with notes for the report.
 * @throws ValidationError GEO-STRATEGY-LOOKAHEAD when a score depends on later prices.
 */
export function vectorDefinition(
  score: VectorStrategy,
  options: VectorOptions,
): { readonly definition: StrategyDefinition; readonly notes: readonly string[] } {
  const { name, warmup, series, watch } = options;
  const known = new Map<string, ReturnType<typeof checkCausality>>();
  for (const [symbol, prices] of series ?? []) {
    known.set(symbol, checkCausality(score, prices, { name, symbol, warmup }));
  }
  const definition = {
    name,
    warmup,
    create(_params, ctx, saved) {
      const follow = createFollower(ctx, saved);
      return {
        // Scores follow from the prices: all there is to remember is what was done about them.
        save: () => follow.save(),
        onBar(bar) {
          // Nothing before the warm-up counts, and a pure function misses nothing when it is not asked.
          if (!ctx.ready || bar.index < warmup - 1) return;
          const checked = known.get(bar.symbol);
          const direction =
            checked === undefined ? latest(score, ctx, bar, name) : checked.directionAt(closeAt(series, bar));
          watch?.onSignal(bar, signalOf(direction));
          if (direction !== undefined) follow(bar.symbol, direction);
        },
      };
    },
  } satisfies StrategyDefinition;
  const checks = [...known].map(([symbol, { prefixes, corrected }]) => {
    const fixed = corrected === 0 ? "" : ` (${corrected} early scores knew later prices and were replaced)`;
    return `${prefixes} prefixes of ${symbol}${fixed}`;
  });
  const how =
    checks.length === 0 ? "evaluated on the past alone at every bar" : `checked on ${checks.join(", ")}`;
  return {
    definition: Object.freeze(definition),
    notes: [`${name} is vectorised: not causal by construction, ${how}`],
  };
}

/** Live and on streams: f(prices up to now), last element; a copy, so that the function cannot rewrite history. */
function latest(score: VectorStrategy, ctx: Context, bar: Bar, name: string) {
  const prices = ctx.prices.slice();
  const where = { name, symbol: bar.symbol };
  return directionAt(evaluateScores(score, prices, where), prices.length - 1, where);
}

/** The bar's index, once it is certain that the scores belong to the very prices of this run. */
function closeAt(series: VectorOptions["series"], bar: Bar): number {
  const expected = series?.get(bar.symbol)?.[bar.index];
  if (expected !== bar.close) {
    throw new GeoSyncError(
      "GEO-INTERNAL",
      `vectorised scores of ${bar.symbol}: expected the close ${bar.close} at bar ${bar.index}, found ${expected}`,
    );
  }
  return bar.index;
}
