import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";
import { type Ensemble, loadEnsemble, seatsOf } from "../ensemble.ts";
import { type BacktestOptions, settingsOf } from "../options.ts";
import type { SessionPlan } from "./sessionEngine.ts";

/** A session's part of what a run can be asked for: everything but the files. */
export type SessionSettings = Omit<
  BacktestOptions,
  "files" | "detail" | "funding" | "explain" | "onProgress"
>;

export interface PlanOptions {
  readonly mode: SessionPlan["mode"];
  readonly settings: SessionSettings;
  readonly instruments: readonly Instrument[];
  readonly tradeFrom: Millis;
  /** No bars come: each tick counts as one. */
  readonly ticksArePrices?: boolean;
  readonly send?: SessionPlan["send"];
  readonly onFill?: SessionPlan["onFill"];
}

export interface Planned {
  readonly plan: SessionPlan;
  readonly ensemble: Ensemble;
  /** Rows of history that the strategies want before they trade. */
  readonly warmup: number;
}

/**
 * Loads the strategies afresh and puts together what a session's engine is made of.
 * @throws GeoSyncError GEO-UNKNOWN-STRATEGY, GEO-STRATEGY-…
 */
export async function planSession(options: PlanOptions): Promise<Planned> {
  const settings = settingsOf(options.settings);
  const ensemble = await loadEnsemble({ ...options.settings, files: [] }, settings.seed);
  const { strategies, clock } = ensemble;
  const plan: SessionPlan = {
    mode: options.mode,
    settings,
    instruments: options.instruments,
    strategies: seatsOf(ensemble),
    clock,
    timeframes: [...new Set(strategies.flatMap(({ timeframes }) => timeframes))],
    tradeFrom: options.tradeFrom,
    ticksArePrices: options.ticksArePrices === true,
    ...(options.send && { send: options.send }),
    ...(options.onFill && { onFill: options.onFill }),
    ...(options.settings.onLog && { onLog: options.settings.onLog }),
  };
  return { plan, ensemble, warmup: Math.max(...strategies.map(({ warmup }) => warmup)) };
}
