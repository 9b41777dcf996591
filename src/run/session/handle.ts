import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";
import type { SessionEvent } from "./events.ts";
import type { SessionManifest } from "./manifest.ts";
import type { SessionSettings } from "./plan.ts";
import type { SessionEngine } from "./sessionEngine.ts";
import type { Step } from "./step.ts";
import type { Answer, UserCommand } from "./userCommand.ts";

/** A running session as those who watch and steer it from outside have it. */
export interface SessionHandle {
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  readonly mode: SessionManifest["mode"];
  readonly venue: string;
  readonly instruments: readonly Instrument[];
  readonly strategies: readonly string[];
  readonly settings: SessionSettings;
  /** Length of the bars; null: there are none. */
  readonly barMs: number | null;
  /** To be read between two steps, and left as it is. */
  readonly core: SessionEngine;
  /** The last steps of the journal, oldest first: what a chart begins with after a restart. */
  past(): Iterable<Step>;
  /** The time of the venue: of the data, when a file is played; of the wall, before the first. */
  now(): Millis;
  /** Done at once, and safe when it returns. */
  request(command: UserCommand): Answer;
  /** The kill switch: lasts beyond the end of this process. */
  halt(because: string, flatten: boolean): void;
  /** Lifts it. False when it was not there. */
  lift(): boolean;
  watch(watcher: SessionWatcher): () => void;
}

export interface SessionWatcher {
  /** After the engine has had it; its rows are valid only until this returns. */
  onStep?(step: Step): void;
  onEvent?(event: SessionEvent): void;
}

/** What runs beside a session until it ends: it is closed when nothing more happens. */
export interface Companion {
  close(): Promise<void>;
}
