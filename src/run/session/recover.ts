import type { Approved, Command } from "../../domain/execution.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { loadRandom, randomState } from "../../domain/random.ts";
import type { Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";
import type { Journal } from "../../engine/options.ts";
import type { RestoredOrders } from "../../execution/live/restored.ts";
import type { Ensemble } from "../ensemble.ts";
import type { Intake } from "./intake.ts";
import type { PictureLedger } from "./ledger.ts";
import type { SessionManifest } from "./manifest.ts";
import { type SessionPicture, unpackPicture } from "./picture.ts";
import { planSession } from "./plan.ts";
import { divergenceError, instrumentsIn, ReplayJournal, replay } from "./replay.ts";
import { SessionEngine, type SessionPlan } from "./sessionEngine.ts";
import { SessionJournal } from "./sessionJournal.ts";

export interface RecoverOptions {
  readonly store: PictureLedger;
  readonly manifest: SessionManifest;
  readonly ensemble: Ensemble;
  readonly intake: Pick<Intake, "instruments">;
  readonly send: (command: Approved<Command>) => void;
  /** Of each decision that is new. */
  readonly told: (time: Millis, decision: Decision) => void;
  /** What the strategy logs from now on. */
  readonly onLog?: SessionPlan["onLog"];
  /** A checkpoint that could not be used, and why: all of the journal was gone through in its place. */
  readonly onUnused: (because: string) => void;
}

/** A session's engine as its journal left it, ready to go on. */
export interface Recovered {
  readonly core: SessionEngine;
  readonly journal: SessionJournal;
  readonly instruments: readonly Instrument[];
  /** Steps that led there; 0: the session begins now. */
  readonly steps: number;
  /** Of the last of them, and of the last with a bar; -Infinity when there is none. */
  readonly lastTime: Millis;
  readonly lastBar: Millis;
  /** What the journal says of orders at the venue. */
  readonly known: RestoredOrders;
}

/**
 * Recovery is replay: the engine is given again all that it was given, from the latest checkpoint on if there is one
 * that can be used, and must decide the same again.
 * @throws GeoSyncError GEO-REPLAY-DIFFERS when it does not: then its state is not to be trusted
 */
export function recover(options: RecoverOptions): Recovered {
  const { store, ensemble, intake, onUnused } = options;
  const recorded = instrumentsIn(store);
  const instruments = recorded.length === 0 ? intake.instruments : recorded;
  const renew = renewing(ensemble);
  try {
    const stored = store.latestCheckpoint();
    if (stored !== undefined) {
      const picture = unpackPicture(stored.state, ensemble, instruments);
      return recoverFrom({ ...picture, seq: stored.seq }, instruments, options);
    }
  } catch (error) {
    // Whatever is wrong with it: the journal holds all that was in it, and has a digest of its own.
    onUnused((error as Error).message);
    renew();
  }
  return recoverFrom(null, instruments, options);
}

interface Start extends SessionPicture {
  /** The last entry that is in the picture. */
  readonly seq: number;
}

function recoverFrom(
  start: Start | null,
  instruments: readonly Instrument[],
  { store, manifest, ensemble, send, told, onLog }: RecoverOptions,
): Recovered {
  const replaying = new ReplayJournal();
  // Nothing is sent, and nothing told, while the past is gone through.
  let live: SessionJournal | null = null;
  const journal: Journal = {
    append(time, decision) {
      (live ?? replaying).append(time, decision);
      if (live !== null) told(time, decision);
    },
    commit: () => live?.commit(),
  };
  const { settings, tradeFrom, ticksArePrices, historyLimit } = manifest;
  const plan = planSession(ensemble, {
    mode: manifest.mode === "paper" ? "paper" : "live",
    settings: {
      ...settings,
      onLog: (...logged) => {
        if (live !== null) onLog?.(...logged);
      },
    },
    ...{ instruments, tradeFrom, ticksArePrices, historyLimit },
    send: (command) => {
      if (live !== null) send(command);
    },
  });
  const core = new SessionEngine(plan, journal);
  if (start !== null) core.load(start.core);
  let lastBar = start?.lastBar ?? Number.NEGATIVE_INFINITY;
  const onStep: Parameters<typeof replay>[4] = ({ time, events }) => {
    if (time > lastBar && events.some(({ chunk }) => chunk.kind === "bar")) lastBar = time;
  };
  const result = replay(store, instruments, core, replaying, onStep, { start });
  if (result.divergence !== null) throw divergenceError(result.divergence);
  live = new SessionJournal(store, result.definitions);
  if (result.definitions.length === 0) live.introduce(instruments);
  // Decided in the last step, when the process ended: nobody has seen it, nothing was sent.
  live.adopt(result.steps === 0 ? 0 : result.lastTime, result.unrecorded);
  return {
    core,
    journal: live,
    instruments,
    steps: result.steps,
    lastTime: result.steps === 0 ? Number.NEGATIVE_INFINITY : result.lastTime,
    lastBar,
    known: core.known,
  };
}

/** Chance and timers outlive an engine: this sets them back to where they are now. */
function renewing({ clock, clocks }: Ensemble): () => void {
  const states = clocks.map(({ random }) => randomState(random));
  return () => {
    clock.timers.load({ handles: 0, queue: [] });
    for (const [i, { random }] of clocks.entries()) loadRandom(random, states[i]!);
  };
}
