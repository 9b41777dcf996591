import { setTimeout as sleep } from "node:timers/promises";
import { GeoSyncError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";
import type { SessionDocument } from "../../report/sessionDocument.ts";
import { HaltFile } from "../../store/haltFile.ts";
import type { SessionStore } from "../../store/sessionStore.ts";
import type { Ensemble } from "../ensemble.ts";
import { eventOf, type SessionEvent } from "./events.ts";
import type { Intake, VenueSide } from "./intake.ts";
import { withKillPoint } from "./killPoint.ts";
import type { SessionManifest } from "./manifest.ts";
import { finishedKey } from "./open.ts";
import { type Recovered, type RecoverOptions, recover } from "./recover.ts";
import { describeSession } from "./report.ts";
import { Session } from "./session.ts";
import type { Step } from "./step.ts";

/** What becomes of open orders and of what is held when a session is stopped. */
export type ExitRule = "keep" | "cancel" | "flatten";

export interface RunnerOptions {
  readonly store: SessionStore;
  readonly manifest: SessionManifest;
  readonly ensemble: Ensemble;
  readonly intake: Intake;
  /** Makes the side of the venue, of the instruments that the session knows; null on paper. */
  readonly venue: ((instruments: readonly Instrument[], wake: () => void) => VenueSide) | null;
  readonly onExit: ExitRule;
  /** Stop after so many bars of this start; null: never. */
  readonly untilBars: number | null;
  /** When it aborts, the session stops in order; its reason is the error to end with. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: SessionEvent) => void;
}

export interface SessionOutcome {
  readonly document: SessionDocument;
  /** The error to end with, such as that of Ctrl-C; null when the session came to its own end. */
  readonly reason: GeoSyncError | null;
}

/** Between looks at the strategy's timers. */
const clockMs = 50;
/** How often the kill switch is looked at. */
const haltLookMs = 250;
/** How long an exit waits for what it asked of the venue, and how often it looks. */
const exitMs = 20_000;
const lookMs = 20;

/** A session from its start, or from where it was left, until it is told to stop or its data end. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #recovered: Recovered;
  readonly #session: Session;
  readonly #haltFile: HaltFile;
  readonly #venue: VenueSide | null;
  /** Of what failed beside the data. */
  readonly #failed = new AbortController();
  #waking = false;
  #bars = 0;
  #halted: string | null = null;

  /** @throws GeoSyncError GEO-REPLAY-DIFFERS, GEO-STRATEGY-…, GEO-SESSION */
  constructor(options: RunnerOptions) {
    this.#options = options;
    const { store, intake, venue, onEvent } = options;
    this.#haltFile = new HaltFile(store.folder.path);
    const told = (time: Millis, decision: Decision) => onEvent(eventOf(time, decision));
    const send: RecoverOptions["send"] = (command) => this.#venue?.submit(command);
    this.#recovered = recover({ ...options, ...withKillPoint({ store, send }), told });
    const { core, journal, instruments } = this.#recovered;
    this.#venue = venue?.(instruments, () => this.#wake()) ?? null;
    this.#session = new Session({
      core,
      journal,
      venue: this.#venue,
      now: () => intake.now(),
      onStep: (step) => this.#afterStep(step),
    });
  }

  /** @throws what the data, the venue or the strategy throws for good; what came in by then is in the journal */
  async run(): Promise<SessionOutcome> {
    this.#announce();
    const watch = setInterval(() => this.#guard(() => this.#obeyHaltFile()), haltLookMs);
    const clock = setInterval(() => this.#guard(() => this.#session.settle()), clockMs);
    try {
      this.#obeyHaltFile();
      await this.#begin();
      const reason = await this.#takeIn();
      await this.#end(reason);
      return this.#outcome(reason);
    } finally {
      clearInterval(watch);
      clearInterval(clock);
      this.#session.flush();
    }
  }

  /** What throws beside the data ends the session as if the data had thrown it. */
  #guard(work: () => void): void {
    if (this.#failed.signal.aborted) return;
    try {
      work();
    } catch (error) {
      this.#failed.abort(error);
    }
  }

  /** News of the venue are taken in when whoever brings them has done. */
  #wake(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      this.#guard(() => this.#session.settle());
    });
  }

  async #begin(): Promise<void> {
    const { intake, signal } = this.#options;
    const venue = this.#venue;
    const { known, steps } = this.#recovered;
    if (venue === null) return;
    // What was missed is shown to the strategy, but is no time to open anything.
    if (steps > 0) this.#session.ask({ kind: "catchUp", until: intake.now() });
    venue.restore(known);
    // Open questions are settled also when it is told to stop by then.
    await untilAborted(laterThan(signal, exitMs), venue.start());
    this.#session.settle();
  }

  /** Until the data end, it is enough, or the signal says so: then its reason. */
  async #takeIn(): Promise<GeoSyncError | null> {
    const { intake, signal, untilBars, onEvent } = this.#options;
    try {
      await intake.run(this.#session, this.#recovered.instruments, {
        signal: AbortSignal.any([signal, this.#failed.signal]),
        after: this.#recovered.lastTime,
        afterBar: this.#recovered.lastBar,
        isEnough: () => untilBars !== null && this.#bars >= untilBars,
        onStatus: (kind, message) => onEvent({ event: "status", time: isoTime(intake.now()), kind, message }),
      });
      return null;
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      return error instanceof GeoSyncError ? error : null;
    }
  }

  /** A session whose data have ended is over; one that was stopped can go on, unless it was to close everything. */
  async #end(reason: GeoSyncError | null): Promise<void> {
    const { onEvent, intake } = this.#options;
    const because = reason?.message ?? "nothing more to do";
    onEvent({ event: "stopping", time: isoTime(safeTime(intake.now())), because });
    if (this.#venue === null && this.#options.intake.isFinite && reason === null && !this.#isEnough()) {
      this.#session.ask({ kind: "finish", atEnd: "mark" });
    } else await this.#wind();
    this.#session.settle();
    this.#session.flush();
    if (this.#recovered.core.isFinished) this.#options.store.putState(finishedKey, true);
  }

  /** Does with orders and positions as `onExit` says, and learns what came of it. */
  async #wind(): Promise<void> {
    const { onExit, onEvent, intake } = this.#options;
    const venue = this.#venue;
    const patience = AbortSignal.timeout(exitMs);
    if (onExit === "flatten") this.#session.ask({ kind: "flatten" });
    if (onExit !== "keep" && venue === null) this.#session.ask({ kind: "cancelAll" });
    this.#session.settle();
    if (venue === null) return;
    try {
      if (onExit === "cancel") await within(patience, venue.cancelAll("cancelled:by-user"));
      if (onExit === "flatten") await this.#untilFlat(patience);
      await within(patience, venue.reconcile());
      // What it has found to be different is asked for after it.
      await within(patience, venue.settled());
    } catch (error) {
      const message = `not all of --on-exit ${onExit} is known to be done: ${(error as Error).message}`;
      onEvent({ event: "status", time: isoTime(safeTime(intake.now())), kind: "warning", message });
    } finally {
      this.#session.settle();
      await venue.stop();
    }
  }

  async #untilFlat(patience: AbortSignal): Promise<void> {
    const { core } = this.#recovered;
    while (core.account.hasPosition || core.orders.open.length > 0) {
      patience.throwIfAborted();
      this.#session.settle();
      await sleep(lookMs);
    }
  }

  #isEnough(): boolean {
    const { untilBars } = this.#options;
    return untilBars !== null && this.#bars >= untilBars;
  }

  #afterStep({ time, events }: Step): void {
    const { onEvent } = this.#options;
    const { core } = this.#recovered;
    for (const { chunk, row } of events) {
      if (chunk.kind !== "bar" || chunk.hidden === true) continue;
      this.#bars++;
      const market = core.engine.markets.get(chunk.instruments[chunk.instrumentOf?.[row] ?? 0]!)!;
      const equity = core.account.equity().toFixed(2);
      onEvent({
        event: "bar",
        time: isoTime(time),
        symbol: market.instrument.symbol,
        close: market.bar.close,
        equity,
      });
    }
    const halted = core.risk.haltedBecause(time);
    if (halted === this.#halted) return;
    this.#halted = halted;
    const at = isoTime(safeTime(time));
    onEvent(
      halted === null ? { event: "resumed", time: at } : { event: "halted", time: at, because: halted },
    );
  }

  /** The file is the truth: made or removed by whoever, also while no one was running. */
  #obeyHaltFile(): void {
    const { core } = this.#recovered;
    const order = this.#haltFile.read();
    const killed = core.risk.killedBecause;
    if (order !== null && killed !== order.because) {
      this.#session.ask({ kind: "halt", because: order.because });
      if (order.flatten) this.#session.ask({ kind: "flatten" });
    } else if (
      order === null &&
      killed !== null &&
      this.#options.manifest.settings.risk?.killSwitch !== true
    ) {
      this.#session.ask({ kind: "resume" });
    } else return;
    this.#session.settle();
  }

  #announce(): void {
    const { store, manifest, ensemble, intake, onEvent } = this.#options;
    const { steps } = this.#recovered;
    onEvent({
      event: "started",
      time: isoTime(safeTime(intake.now())),
      session: store.folder.name,
      path: store.folder.path,
      mode: manifest.mode,
      venue: manifest.venue,
      symbols: manifest.symbols,
      strategy: ensemble.strategies.map(({ name }) => name).join(" + "),
      resumed: steps === 0 ? null : steps,
    });
  }

  #outcome(reason: GeoSyncError | null): SessionOutcome {
    const { store, manifest, ensemble, intake } = this.#options;
    const [strategy] = ensemble.strategies;
    const document = describeSession({
      core: this.#recovered.core,
      settings: manifest.settings,
      strategies: ensemble.strategies.map(({ name }) => name),
      barMs: intake.barMs,
      facts: {
        name: store.folder.name,
        path: store.folder.path,
        mode: manifest.mode,
        venue: manifest.venue,
        symbols: manifest.symbols,
        strategy: { name: strategy!.name, params: strategy!.params, sha256: strategy!.sha256 },
        starts: store.run,
        stopped: reason?.message ?? (this.#isEnough() ? `after ${this.#bars} bars` : "the data ended"),
      },
    });
    return { document, reason };
  }
}

/** @throws the signal's reason when it does not settle in time */
async function within(patience: AbortSignal, work: Promise<unknown>): Promise<void> {
  patience.throwIfAborted();
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(patience.reason);
    patience.addEventListener("abort", stop, { once: true });
  });
  await Promise.race([work, late]).finally(() => patience.removeEventListener("abort", stop));
}

/** Settles with `work`, or without it once the signal says so: whoever looks at the signal next stops. */
async function untilAborted(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  await within(signal, work).catch((error: unknown) => {
    if (!signal.aborted || error !== signal.reason) throw error;
    work.catch(() => {});
  });
}

function laterThan(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const begin = () => setTimeout(() => late.abort(signal.reason), ms).unref();
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return late.signal;
}

/** Before the first data, that of the wall. */
function safeTime(time: Millis): Millis {
  return Number.isFinite(time) ? time : Date.now();
}
