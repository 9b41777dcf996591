import type { Approved, Command } from "../../domain/execution.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";
import type { Journal } from "../../engine/options.ts";
import { type RestoredOrders, SessionLedger } from "../../execution/live/restored.ts";
import type { Ensemble } from "../ensemble.ts";
import type { Intake } from "./intake.ts";
import type { Ledger } from "./ledger.ts";
import type { SessionManifest } from "./manifest.ts";
import { planSession } from "./plan.ts";
import { divergenceError, instrumentsIn, ReplayJournal, replay } from "./replay.ts";
import { SessionEngine, type SessionPlan } from "./sessionEngine.ts";
import { SessionJournal } from "./sessionJournal.ts";

export interface RecoverOptions {
  readonly store: Ledger;
  readonly manifest: SessionManifest;
  readonly ensemble: Ensemble;
  readonly intake: Pick<Intake, "instruments">;
  readonly send: (command: Approved<Command>) => void;
  /** Of each decision that is new. */
  readonly told: (time: Millis, decision: Decision) => void;
  /** What the strategy logs from now on. */
  readonly onLog: NonNullable<SessionPlan["onLog"]>;
}

/** A session's engine as its journal left it, ready to go on. */
export interface Recovered {
  readonly core: SessionEngine;
  readonly journal: SessionJournal;
  readonly instruments: readonly Instrument[];
  /** Steps that were replayed; 0: the session begins now. */
  readonly steps: number;
  /** Of the last of them, and of the last with a bar; -Infinity when there is none. */
  readonly lastTime: Millis;
  readonly lastBar: Millis;
  /** What the journal says of orders at the venue. */
  readonly known: RestoredOrders;
}

/**
 * Recovery is replay: the engine is given again all that it was given.
 * @throws GeoSyncError GEO-REPLAY-DIFFERS when it does not decide the same again: then its state is not to be trusted
 */
export function recover({ store, manifest, ensemble, intake, send, told, onLog }: RecoverOptions): Recovered {
  const recorded = instrumentsIn(store);
  const instruments = recorded.length === 0 ? intake.instruments : recorded;
  const replaying = new ReplayJournal();
  const known = new SessionLedger();
  // Nothing is sent, and nothing told, while the past is gone through.
  let live: SessionJournal | null = null;
  const journal: Journal = {
    append(time, decision) {
      (live ?? replaying).append(time, decision);
      if (live !== null) told(time, decision);
    },
    commit: () => live?.commit(),
  };
  const plan = planSession(ensemble, {
    mode: manifest.mode === "paper" ? "paper" : "live",
    settings: {
      ...manifest.settings,
      onLog: (...logged) => {
        if (live !== null) onLog(...logged);
      },
    },
    instruments,
    tradeFrom: manifest.tradeFrom,
    ticksArePrices: manifest.ticksArePrices,
    send: (command) => {
      if (live !== null) send(command);
      else known.command(command);
    },
  });
  const core = new SessionEngine(plan, journal);
  let lastBar = Number.NEGATIVE_INFINITY;
  const result = replay(store, instruments, core, replaying, (step) => {
    for (const event of step.executions) known.event(event);
    if (step.events.some(({ chunk }) => chunk.kind === "bar")) lastBar = step.time;
  });
  if (result.divergence !== null) throw divergenceError(result.divergence);
  live = new SessionJournal(store, result.definitions);
  if (recorded.length === 0) live.introduce(instruments);
  // Decided in the last step, when the process ended: nobody has seen it, nothing was sent.
  live.adopt(result.steps === 0 ? 0 : result.lastTime, result.unrecorded);
  return {
    core,
    journal: live,
    instruments,
    steps: result.steps,
    lastTime: result.steps === 0 ? Number.NEGATIVE_INFINITY : result.lastTime,
    lastBar,
    known: known.state(),
  };
}
