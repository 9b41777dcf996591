import { isoTime, type Millis } from "../../domain/time.ts";
import type { ReplayDocument } from "../../report/replayDocument.ts";
import type { StoredHeader } from "../../store/header.ts";
import { SessionReader } from "../../store/sessionReader.ts";
import { version } from "../version.ts";
import { unpackManifest } from "./manifest.ts";
import { loadStrategies, planSession, type SessionSettings } from "./plan.ts";
import { instrumentsIn, ReplayJournal, replay } from "./replay.ts";
import { SessionEngine } from "./sessionEngine.ts";

export interface ReplayOptions {
  readonly stateDir: string;
  readonly name: string;
  /** In place of the session's own: to see what they would have changed. */
  readonly settings: Partial<SessionSettings>;
}

/**
 * Gives today's engine and strategy what a session was given, and compares what they decide. Reads only: it may run
 * beside the session.
 * @throws GeoSyncError GEO-SESSION, GEO-STRATEGY-…
 */
export async function replaySession({ stateDir, name, settings }: ReplayOptions): Promise<ReplayDocument> {
  const store = await SessionReader.open(stateDir, name);
  try {
    const manifest = unpackManifest(store.header.config);
    const changed = { ...manifest.settings, ...settings };
    const ensemble = await loadStrategies(changed);
    const instruments = instrumentsIn(store);
    const journal = new ReplayJournal();
    const plan = planSession(ensemble, {
      mode: manifest.mode === "paper" ? "paper" : "live",
      settings: changed,
      instruments,
      tradeFrom: manifest.tradeFrom,
      ticksArePrices: manifest.ticksArePrices,
      historyLimit: manifest.historyLimit,
    });
    const engine = new SessionEngine(plan, journal);
    const started = performance.now();
    const { divergence, ...found } = replay(store, instruments, engine, journal);
    const durationMs = performance.now() - started;
    const { firstTime, lastTime } = found;
    return {
      schema: "geosync.replay/1",
      session: name,
      identical: divergence === null,
      steps: found.steps,
      events: found.events,
      decisions: found.decisions,
      from: momentOf(firstTime),
      to: momentOf(lastTime),
      durationMs: Math.round(durationMs),
      timesRealTime: found.steps < 2 ? null : Math.round((lastTime - firstTime) / durationMs),
      divergence: divergence && {
        entry: divergence.seq,
        time: isoTime(divergence.time),
        recorded: divergence.recorded,
        replayed: divergence.replayed,
        causes: causesOf(store.header, ensemble.strategies[0]!.sha256, Object.keys(settings)),
      },
    };
  } finally {
    store.close();
  }
}

function causesOf(header: StoredHeader, sha256: string, changed: readonly string[]): readonly string[] {
  const causes = changed.map((name) => `${name} was given for this replay`);
  if (header.strategy.sha256 !== sha256)
    causes.push(`the text of strategy ${header.strategy.name} has changed since`);
  if (header.version !== version)
    causes.push(`the session was made by geosync ${header.version}, this is ${version}`);
  if (causes.length > 0) return causes;
  return ["nothing of the session's settings has changed: the strategy, or geosync, does not repeat itself"];
}

function momentOf(time: Millis): string | null {
  return Number.isFinite(time) ? isoTime(time) : null;
}
