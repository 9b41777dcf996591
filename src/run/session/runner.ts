import { setImmediate as nextTurn } from "node:timers/promises";
import { GeoSyncError } from "../../domain/errors.ts";
import type { Approved, Command, LiveEvent } from "../../domain/execution.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";
import type { SessionDocument } from "../../report/sessionDocument.ts";
import type { SessionStore } from "../../store/sessionStore.ts";
import type { Ensemble } from "../ensemble.ts";
import { Checkpointer } from "./checkpointer.ts";
import { eventOf, type SessionEvent } from "./events.ts";
import { type ExitRule, exitMs, laterThan, untilAborted, wind } from "./exit.ts";
import type { Companion, SessionHandle, SessionWatcher } from "./handle.ts";
import type { Intake, VenueSide } from "./intake.ts";
import { withKillPoint } from "./killPoint.ts";
import { KillSwitch } from "./killSwitch.ts";
import type { SessionManifest } from "./manifest.ts";
import { finishedKey } from "./open.ts";
import { pastSteps } from "./pastSteps.ts";
import { type Recovered, type RecoverOptions, recover } from "./recover.ts";
import { describeSession } from "./report.ts";
import { Session } from "./session.ts";
import type { Step } from "./step.ts";
import { Watch } from "./watch.ts";

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
  /** Real ms between two pictures of the account, when something has changed; null: none. */
  readonly accountEveryMs?: number | null;
  /** Steps between two checkpoints, at least. @default 20000 */
  readonly checkpointEvery?: number | undefined;
  /** What runs beside it: the faces through which it is watched and steered. */
  readonly beside?: ((handle: SessionHandle) => Promise<Companion>) | undefined;
  /** Files that have been played to their end are not the end: the session waits to be told to stop. */
  readonly staysOpen?: boolean | undefined;
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

/** A session from its start, or from where it was left, until it is told to stop or its data end. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #recovered: Recovered;
  readonly #session: Session;
  readonly #checkpoints: Checkpointer;
  readonly #killSwitch: KillSwitch;
  readonly #venue: VenueSide | null;
  readonly #watch: Watch;
  /** Of what failed beside the data. */
  readonly #failed = new AbortController();
  #waking = false;
  readonly #watchers = new Set<SessionWatcher>();

  /** @throws GeoSyncError GEO-REPLAY-DIFFERS, GEO-STRATEGY-…, GEO-SESSION */
  constructor(options: RunnerOptions) {
    this.#options = options;
    const { store, intake, venue } = options;
    const onEvent = (event: SessionEvent) => this.#tell(event);
    const told = (time: Millis, decision: Decision) => onEvent(eventOf(time, decision));
    const onLog: NonNullable<RecoverOptions["onLog"]> = (time, message, fields) =>
      onEvent({ event: "log", time: isoTime(time), message, ...(fields && { fields }) });
    const send: RecoverOptions["send"] = (command) => this.#send(command);
    this.#recovered = recover({
      ...{ ...options, ...withKillPoint({ store, send }) },
      ...{ told, onLog },
      onUnused: (because) =>
        this.#warn(
          "checkpoint",
          `the checkpoint can't be used, all of the journal is gone through: ${because}`,
        ),
    });
    const { core, journal, instruments } = this.#recovered;
    const isPolicy = options.manifest.settings.risk?.killSwitch === true;
    this.#killSwitch = new KillSwitch(store.folder.path, core, isPolicy);
    this.#watch = new Watch({
      ...{ core, onEvent, everyMs: options.accountEveryMs ?? null, clock: () => performance.now() },
      pastUntil: this.#pastUntil(),
    });
    this.#venue = venue?.(instruments, () => this.#wake()) ?? null;
    const side = this.#venue;
    this.#session = new Session({
      core,
      journal,
      venue: side && { take: () => this.#takeNews(side) },
      now: () => intake.now(),
      onStep: (step) => this.#afterStep(step),
    });
    this.#checkpoints = new Checkpointer({
      ...{ store, core, journal, instruments, ensemble: options.ensemble, from: this.#recovered },
      every: options.checkpointEvery,
      onNone: (because) =>
        this.#warn("checkpoint", `no checkpoints, a restart goes through all of the journal: ${because}`),
    });
  }

  /** @throws what the data, the venue or the strategy throws for good; what came in by then is in the journal */
  async run(): Promise<SessionOutcome> {
    const { intake, beside } = this.#options;
    this.#announce();
    const companion = await beside?.(this.#handle());
    const watch = setInterval(() => this.#guard(() => this.#obeyKillSwitch()), haltLookMs);
    const clock = setInterval(() => {
      this.#guard(() => this.#session.settle());
      this.#watch.look(safeTime(intake.now()));
    }, clockMs);
    try {
      this.#obeyKillSwitch();
      await this.#begin();
      const reason = await this.#takeIn();
      await this.#end(reason);
      return this.#outcome(reason);
    } finally {
      clearInterval(watch);
      clearInterval(clock);
      this.#session.flush();
      await companion?.close();
    }
  }

  #tell(event: SessionEvent): void {
    this.#options.onEvent(event);
    for (const watcher of this.#watchers) watcher.onEvent?.(event);
  }

  #handle(): SessionHandle {
    const { store, manifest, ensemble, intake } = this.#options;
    const { core, instruments, journal } = this.#recovered;
    return {
      ...{ name: store.folder.name, path: store.folder.path, core, instruments },
      ...{ mode: manifest.mode, venue: manifest.venue, settings: manifest.settings, barMs: intake.barMs },
      strategies: ensemble.strategies.map(({ name }) => name),
      past: () => pastSteps(store, instruments, journal.definitions),
      now: () => safeTime(intake.now()),
      request: (command) => this.#session.request(command),
      halt: (because, flatten) => {
        this.#killSwitch.set({ because, flatten });
        this.#obeyKillSwitch();
      },
      lift: () => {
        const wasThere = this.#killSwitch.lift();
        this.#obeyKillSwitch();
        return wasThere;
      },
      watch: (watcher) => {
        this.#watchers.add(watcher);
        return () => this.#watchers.delete(watcher);
      },
    };
  }

  /** What came while it was not running is the past, too; a file goes on where it was left. */
  #pastUntil(): Millis {
    const { intake, manifest } = this.#options;
    const isNew = this.#recovered.steps === 0;
    return isNew || intake.isFinite ? manifest.tradeFrom : Math.max(manifest.tradeFrom, intake.now());
  }

  /** A halt that the venue gives rise to must outlive us, until the user lifts it: in the file before anywhere else. */
  #takeNews(venue: VenueSide): readonly LiveEvent[] {
    const news = venue.take();
    for (const event of news) if (event.kind === "halt") this.#killSwitch.engage(event.message);
    return news;
  }

  #send(command: Approved<Command>): void {
    this.#venue?.submit(command);
    // It leaves when its journal is on the disk; when that fails, never.
    this.#options.store.durable?.catch((error: unknown) => this.#failed.abort(error));
    this.#watch.sent(command, safeTime(this.#options.intake.now()), this.#session.began);
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
    const { intake, signal, staysOpen } = this.#options;
    const stops = AbortSignal.any([signal, this.#failed.signal]);
    try {
      await intake.run(this.#session, this.#recovered.instruments, {
        signal: stops,
        after: this.#recovered.lastTime,
        afterBar: this.#recovered.lastBar,
        isEnough: () => this.#isEnough(),
        untilSent: () => this.#untilSent(),
        onStatus: (status) =>
          this.#tell({ event: "status", time: isoTime(safeTime(intake.now())), ...status }),
      });
      if (staysOpen === true && !this.#isEnough()) await untilStopped(stops);
      return null;
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      return error instanceof GeoSyncError ? error : null;
    }
  }

  /** What is on the disk is made a request in one turn of the event loop, and leaves in the next. */
  #untilSent(): Promise<void> | null {
    if (this.#venue === null) return null;
    return this.#options.store.durable?.then(() => nextTurn()).then(() => nextTurn()) ?? null;
  }

  /** A session whose data have ended is over; one that was stopped can go on, unless it was to close everything. */
  async #end(reason: GeoSyncError | null): Promise<void> {
    const { intake } = this.#options;
    const because = reason?.message ?? "nothing more to do";
    this.#tell({ event: "stopping", time: isoTime(safeTime(intake.now())), because });
    if (this.#venue === null && this.#options.intake.isFinite && reason === null && !this.#isEnough()) {
      this.#session.ask({ kind: "finish", atEnd: "mark" });
    } else {
      await wind({
        ...{ rule: this.#options.onExit, session: this.#session, core: this.#recovered.core },
        ...{ venue: this.#venue, warn: (message) => this.#warn("exit", message) },
      });
    }
    this.#session.settle();
    this.#session.flush();
    this.#watch.picture(safeTime(intake.now()));
    this.#checkpoints.take();
    if (this.#recovered.core.isFinished) this.#options.store.putState(finishedKey, true);
  }

  #isEnough(): boolean {
    const { untilBars } = this.#options;
    return untilBars !== null && this.#watch.bars >= untilBars;
  }

  #warn(kind: string, message: string): void {
    const { intake } = this.#options;
    this.#tell({ event: "status", time: isoTime(safeTime(intake.now())), level: "warning", kind, message });
  }

  #afterStep(step: Step): void {
    this.#checkpoints.after(step);
    this.#watch.step(step, this.#session.began);
    for (const watcher of this.#watchers) watcher.onStep?.(step);
  }

  #obeyKillSwitch(): void {
    const commands = this.#killSwitch.look();
    for (const command of commands) this.#session.ask(command);
    if (commands.length > 0) this.#session.settle();
  }

  #announce(): void {
    const { store, manifest, ensemble, intake } = this.#options;
    const { steps } = this.#recovered;
    this.#tell({
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
        stopped: reason?.message ?? (this.#isEnough() ? `after ${this.#watch.bars} bars` : "the data ended"),
      },
    });
    return { document, reason };
  }
}

/** Before the first data, that of the wall. */
function safeTime(time: Millis): Millis {
  return Number.isFinite(time) ? time : Date.now();
}

/** Throws the signal's reason, once it is aborted. */
function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
