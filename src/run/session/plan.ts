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
  /** Null: all of the session. */
  readonly historyLimit?: number | null | undefined;
  readonly send?: SessionPlan["send"];
  readonly onFill?: SessionPlan["onFill"];
}

/** The strategies of a session, afresh. @throws GeoSyncError GEO-UNKNOWN-STRATEGY, GEO-STRATEGY-… */
export function loadStrategies(settings: SessionSettings): Promise<Ensemble> {
  return loadEnsemble({ ...settings, files: [] }, settingsOf(settings).seed);
}

/** Rows of history that the strategies want before they trade. */
export function warmupOf({ strategies }: Ensemble): number {
  return Math.max(...strategies.map(({ warmup }) => warmup));
}

/** Closes that a session without an end keeps: all that most strategies ever look at, and no more as it goes on. */
export function historyLimitOf(ensemble: Ensemble): number {
  return Math.max(10_000, 10 * warmupOf(ensemble));
}

/** What a session's engine is made of. */
export function planSession(ensemble: Ensemble, options: PlanOptions): SessionPlan {
  const settings = settingsOf(options.settings);
  const { strategies, clock } = ensemble;
  return {
    mode: options.mode,
    settings,
    instruments: options.instruments,
    strategies: seatsOf(ensemble),
    clock,
    timeframes: [...new Set(strategies.flatMap(({ timeframes }) => timeframes))],
    tradeFrom: options.tradeFrom,
    ticksArePrices: options.ticksArePrices === true,
    historyLimit: options.historyLimit ?? null,
    ...(options.send && { send: options.send }),
    ...(options.onFill && { onFill: options.onFill }),
    ...(options.settings.onLog && { onLog: options.settings.onLog }),
  };
}
