import type { Json } from "../domain/signal.ts";
import type { Context, Handlers } from "../strategy/contract.ts";
import { warmupOf } from "../strategy/definition.ts";
import { createEnvironment } from "../strategy/environment.ts";
import { toDefinition } from "../strategy/forms.ts";
import {
  bundleStrategy,
  evaluateBundle,
  findStrategy,
  scrubCredentials,
  strategyThrew,
} from "../strategy/loader.ts";
import { bundleFileName } from "../strategy/loader-failure.ts";
import { parseParams } from "../strategy/params.ts";
import type { SignalWatch } from "../strategy/signal-watch.ts";
import type { BacktestOptions } from "./options.ts";
import type { SimulationClock } from "./simulate.ts";

/** A strategy from disk, with its parameters, ready for a run. */
export interface Plugged {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly form: "definition" | "class" | "vector";
  readonly params: { readonly [name: string]: Json };
  readonly warmup: number;
  readonly timeframes: readonly string[];
  readonly notes: readonly string[];
  /** `saved`: what its handlers' `save` gave before a restart. */
  readonly create: (context: Context, saved?: Json) => Handlers;
  /** The same with the whole history at hand, on which a vectorised strategy is run once and checked. */
  withSeries(series: ReadonlyMap<string, Float64Array>): Plugged;
  /** The error to report for one that a run threw: the strategy's, with its place, or as it is. */
  blame(error: unknown): unknown;
}

/** @throws GeoSyncError GEO-UNKNOWN-STRATEGY, GEO-STRATEGY-… */
export async function loadPlugin(
  options: BacktestOptions,
  clock: SimulationClock,
  watch?: SignalWatch,
): Promise<Plugged> {
  scrubCredentials();
  // The author's frame must be in the trace even below a deep library call.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
  const path = findStrategy(options.strategy, { cwd: options.cwd ?? process.cwd() });
  const bundle = await bundleStrategy(path);
  const environment = createEnvironment(clock, (level, text) =>
    options.onLog?.(clock.now(), text, { level }),
  );
  const plugin = evaluateBundle(bundle, environment);
  const blame = (error: unknown): unknown =>
    passesThrough(error, bundleFileName(bundle)) ? strategyThrew(error, bundle) : error;
  const { name, sha256 } = bundle;
  return plugIn(plugin, { name, path, sha256, params: options.params ?? {}, blame, watch });
}

/** What is evaluated, and what is known of it. */
export interface PluginOrigin {
  /** What to call one that does not name itself. */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly params: { readonly [name: string]: Json };
  readonly blame: Plugged["blame"];
  readonly watch?: SignalWatch | undefined;
}

/** A plugin of any form with its parameters. @throws GeoSyncError GEO-STRATEGY-… */
export function plugIn(plugin: unknown, origin: PluginOrigin): Plugged {
  const { path, sha256, blame, watch } = origin;
  const plug = (series: ReadonlyMap<string, Float64Array> | undefined): Plugged => {
    try {
      const { definition, form, notes } = toDefinition(plugin, { name: origin.name, series, watch });
      const params = parseParams(definition, origin.params);
      return {
        name: definition.name,
        path,
        sha256,
        form,
        params: params as { readonly [name: string]: Json },
        warmup: warmupOf(definition, params),
        timeframes: definition.timeframes ?? [],
        notes,
        create: (context, saved) => definition.create(params, context, saved),
        withSeries: plug,
        blame,
      };
    } catch (error) {
      throw blame(error);
    }
  };
  return plug(undefined);
}

function passesThrough(error: unknown, file: string): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at.stack?.includes(file) || (at as { code?: unknown }).code === "GEO-STRATEGY-THREW") return true;
  }
  // Whatever is no Error can only have been thrown by a strategy.
  return !(error instanceof Error);
}
