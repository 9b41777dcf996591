import type { LiveEvent } from "../../domain/execution.ts";
import type { MarketEvent } from "../../domain/market.ts";
import type { Millis } from "../../domain/time.ts";
import type { SessionEngine } from "./sessionEngine.ts";
import type { SessionJournal } from "./sessionJournal.ts";
import { nothing, type SessionCommand, type Step } from "./step.ts";
import type { Answer, UserCommand } from "./userCommand.ts";

/** The venue's side of a live session, as far as the session drives it. */
export interface VenueNews {
  take(): readonly LiveEvent[];
}

export interface SessionOptions {
  readonly core: SessionEngine;
  readonly journal: SessionJournal;
  /** Null on paper: the simulated venue knows nothing that the steps do not tell it. */
  readonly venue: VenueNews | null;
  /** The time of the venue: of the data, when a file is played. */
  readonly now: () => Millis;
  /** After each step. */
  readonly onStep: (step: Step) => void;
}

/** So many steps without a decision are made safe together: nothing has left the process because of them. */
const flushAfter = 1024;

/**
 * A session under way: whatever comes in becomes a step, is journaled, and goes through the engine. Synchronous: who
 * brings data, news of the venue or commands decides when.
 */
export class Session {
  readonly #options: SessionOptions;
  #commands: SessionCommand[] = [];
  #unsafe = 0;
  /** When the latest step was begun, in real time (`performance.now`): latency is measured from here. */
  began = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Goes in with the next step. */
  ask(command: SessionCommand): void {
    this.#commands.push(command);
  }

  /**
   * Does at once what a user asks for; what came of it is safe when it returns. Nothing can be done before the first
   * data, and after the end.
   */
  request(command: UserCommand): Answer {
    const { core } = this.#options;
    if (!core.isStarted || core.isFinished) return core.isFinished ? over : tooEarly;
    this.ask(command);
    this.settle();
    this.flush();
    return core.users.answers.get(command)!;
  }

  /** Market events of one time. */
  market(time: Millis, events: readonly MarketEvent[]): void {
    // What the venue told before is older than this.
    this.settle();
    this.#step({ time, events, executions: nothing, commands: this.#takeCommands() });
  }

  /** News of the venue, and commands, when there are any; also the clock, when a timer of the strategy is due. */
  settle(): void {
    const { venue, now, core } = this.#options;
    // Files that have not begun to play have no time yet: commands wait for the first of their data.
    const time = Number.isFinite(now()) ? now() : core.engine.time;
    if (!Number.isFinite(time)) return;
    const executions = venue?.take() ?? nothing;
    const isDue = core.nextTimer <= time && core.isStarted;
    if (executions.length === 0 && this.#commands.length === 0 && !isDue) return;
    this.#step({ time, events: nothing, executions, commands: this.#takeCommands() });
  }

  /** All so far is safe when it returns. */
  flush(): void {
    this.#unsafe = 0;
    this.#options.journal.flush();
  }

  #step(step: Step): void {
    const { core, journal, onStep } = this.#options;
    this.began = performance.now();
    journal.enter(step);
    core.apply(step);
    if (++this.#unsafe >= flushAfter) this.flush();
    onStep(step);
  }

  #takeCommands(): readonly SessionCommand[] {
    if (this.#commands.length === 0) return nothing;
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }
}

const tooEarly: Answer = {
  order: null,
  refused: { code: "GEO-NOT-READY", message: "no market data have come yet", hint: "Ask again in a moment." },
};
const over: Answer = {
  order: null,
  refused: { code: "GEO-NOT-READY", message: "the session is over", hint: null },
};
