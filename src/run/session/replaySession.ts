import { isDeepStrictEqual } from "node:util";
import { GeoSyncError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { encodePicture } from "../../domain/picture.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import type { ReplayDocument } from "../../report/replayDocument.ts";
import type { Checkpoint, StoredHeader } from "../../store/header.ts";
import { SessionReader } from "../../store/sessionReader.ts";
import type { Ensemble } from "../ensemble.ts";
import { version } from "../version.ts";
import { unpackManifest } from "./manifest.ts";
import { unpackPicture } from "./picture.ts";
import { loadStrategies, planSession, type SessionSettings } from "./plan.ts";
import { instrumentsIn, ReplayJournal, replay } from "./replay.ts";
import { type CoreState, SessionEngine } from "./sessionEngine.ts";

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
    const stored = Object.keys(settings).length === 0 ? latestPicture(store, ensemble) : undefined;
    let checkpoint: ReplayDocument["checkpoint"] = null;
    const { divergence, ...found } = replay(store, instruments, engine, journal, undefined, {
      marks: stored === undefined ? [] : [stored.seq],
      onMark: (entry) => {
        checkpoint = { entry, same: isStateOf(stored!.state, engine, ensemble, instruments) };
      },
    });
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
      checkpoint,
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

/** None that another version or another strategy has made: those are not used either. */
function latestPicture(store: SessionReader, ensemble: Ensemble): Checkpoint | undefined {
  try {
    const stored = store.latestCheckpoint();
    if (stored !== undefined) unpackPicture(stored.state, ensemble, instrumentsIn(store));
    return stored;
  } catch (error) {
    if (error instanceof GeoSyncError && error.code === "GEO-SESSION") return undefined;
    throw error;
  }
}

/** Going on from the checkpoint is going on from where the journal leads to. */
function isStateOf(
  state: Uint8Array,
  engine: SessionEngine,
  ensemble: Ensemble,
  instruments: readonly Instrument[],
): boolean {
  const { core } = unpackPicture(state, ensemble, instruments);
  const { state: now } = engine.save();
  // Parsed, since strategies may give their fields in another order once they were restored.
  const facts = ({ engine: text, ...others }: CoreState) => [text, encodePicture(others, instruments)];
  const read = (one: CoreState) => facts(one).map((text) => JSON.parse(text) as unknown);
  return now !== null && isDeepStrictEqual(read(now), read(core));
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
