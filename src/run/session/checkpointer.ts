import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";
import type { Ensemble } from "../ensemble.ts";
import type { PictureLedger } from "./ledger.ts";
import { packPicture, type SessionPicture } from "./picture.ts";
import type { SessionEngine } from "./sessionEngine.ts";
import type { SessionJournal } from "./sessionJournal.ts";
import type { Step } from "./step.ts";

export interface CheckpointerOptions {
  readonly store: PictureLedger;
  readonly core: SessionEngine;
  readonly journal: SessionJournal;
  readonly ensemble: Ensemble;
  readonly instruments: readonly Instrument[];
  /** Where the session stood when it was started. */
  readonly from: Pick<SessionPicture, "steps" | "lastTime" | "lastBar">;
  /** Steps between two pictures, at least. @default 20000 */
  readonly every?: number | undefined;
  /** Told, once, why there is none. */
  readonly onNone: (because: string) => void;
}

/** Gone through again in a fraction of a second. */
const usualSteps = 20_000;
/** A picture that has grown large is taken less often: so many of its bytes cost about what a step does. */
const bytesPerStep = 50;

/** Keeps a picture of the session every so many steps. */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #steps: number;
  #lastTime: Millis;
  #lastBar: Millis;
  #next: number;
  #taken: number;
  #hasTold = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    const { steps, lastTime, lastBar } = options.from;
    [this.#steps, this.#lastTime, this.#lastBar] = [steps, lastTime, lastBar];
    this.#taken = steps;
    this.#next = steps + (options.every ?? usualSteps);
  }

  /** Of each step that the engine has made. Takes a picture when it is time for one. */
  after({ time, events }: Step): void {
    this.#steps++;
    this.#lastTime = time;
    if (this.#lastBar < time && events.some(({ chunk }) => chunk.kind === "bar")) this.#lastBar = time;
    if (this.#steps >= this.#next) this.take();
  }

  /** Of the session as it is now, between two steps. */
  take(): void {
    const { store, journal, core, every = usualSteps } = this.#options;
    if (this.#steps === this.#taken || core.isFinished) return;
    this.#taken = this.#steps;
    this.#next = this.#steps + every;
    // All that led to it must be in the journal first.
    journal.flush();
    const bytes = this.#picture();
    if (bytes === null) return;
    store.checkpoint(store.committedSeq, this.#lastTime, bytes);
    this.#next = this.#steps + Math.max(every, Math.ceil(bytes.length / bytesPerStep));
  }

  /** A session goes on without: a restart then goes through all of its journal. */
  #picture(): Uint8Array | null {
    const { core, journal, ensemble, instruments } = this.#options;
    try {
      const { state, because } = core.save();
      if (state === null) return this.#none(because);
      const [steps, lastTime, lastBar] = [this.#steps, this.#lastTime, this.#lastBar];
      const { definitions } = journal;
      return packPicture({ steps, lastTime, lastBar, definitions, core: state }, ensemble, instruments);
    } catch (error) {
      return this.#none((error as Error).message);
    }
  }

  #none(because: string): null {
    if (!this.#hasTold) this.#options.onNone(because);
    this.#hasTold = true;
    return null;
  }
}
