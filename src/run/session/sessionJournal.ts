import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";
import { type Decision, DecisionLog } from "../../engine/decisionLog.ts";
import type { Journal } from "../../engine/options.ts";
import { packDefinition } from "./definitions.ts";
import { entryKinds, type Ledger } from "./ledger.ts";
import type { Step } from "./step.ts";
import { type Definition, StepWriter } from "./stepWriter.ts";

const encoder = new TextEncoder();

/** The journal of a session that runs: steps before the engine sees them, decisions before they leave. */
export class SessionJournal implements Journal {
  readonly #ledger: Ledger;
  readonly #log = new DecisionLog();
  readonly #steps: StepWriter;
  /** What the ledger has defined so far. */
  readonly definitions: Definition[];
  #time: Millis = 0;

  constructor(ledger: Ledger, known: readonly Definition[] = []) {
    this.#ledger = ledger;
    this.definitions = [...known];
    this.#steps = new StepWriter((time, definition) => {
      ledger.append(entryKinds[definition.kind], time, packDefinition(definition));
      this.definitions.push(definition);
    });
    this.#steps.know(known);
  }

  /** A new journal begins with the instruments of its session. */
  introduce(instruments: readonly Instrument[]): void {
    for (const instrument of instruments) this.#steps.instrumentNumber(instrument);
  }

  /** What the engine is about to be given. */
  enter(step: Step): void {
    this.#ledger.append(entryKinds.step, step.time, this.#steps.write(step));
  }

  /** Decisions that a replay made and the ledger does not have yet. */
  adopt(time: Millis, decisions: Uint8Array): void {
    if (decisions.length > 0) this.#ledger.append(entryKinds.decisions, time, decisions);
    this.#ledger.commit();
  }

  /** For readers. */
  note(time: Millis, note: { readonly kind: string; readonly [key: string]: unknown }): void {
    this.#ledger.append(entryKinds.note, time, encoder.encode(JSON.stringify(note)));
  }

  append(time: Millis, decision: Decision): void {
    this.#time = time;
    this.#log.write(time, decision);
  }

  /** Nothing leaves before it is on the disk: whoever sends sees to that. */
  commit(): void {
    this.#appendDecisions();
    this.#ledger.commitSoon();
  }

  /** All so far is on the disk when it returns. */
  flush(): void {
    this.#appendDecisions();
    this.#ledger.commit();
  }

  #appendDecisions(): void {
    const { text } = this.#log;
    if (text.length === 0) return;
    this.#ledger.append(entryKinds.decisions, this.#time, text.bytes.subarray(0, text.length));
    text.length = 0;
  }
}
