import { createHash } from "node:crypto";
import type { Millis } from "../domain/time.ts";
import { type Decision, DecisionLog } from "../engine/decisionLog.ts";
import type { Journal } from "../engine/options.ts";

const flushAt = 1 << 16;

/** The journal of a backtest: hashes the canonical log of decisions, and keeps its lines when asked to. */
export class DecisionJournal implements Journal {
  readonly lines: string[] | null;
  readonly #hash = createHash("sha256");
  readonly #log = new DecisionLog();

  readonly #told: ((time: Millis, decision: Decision) => void) | undefined;

  /** @param told each decision, as it is written */
  constructor(keepLines: boolean, told?: (time: Millis, decision: Decision) => void) {
    this.lines = keepLines ? [] : null;
    this.#told = told;
  }

  append(time: Millis, decision: Decision): void {
    this.#log.write(time, decision);
    this.#told?.(time, decision);
    if (this.#log.text.length > flushAt) this.#flush();
  }

  /** Nothing leaves a backtest. */
  commit(): void {}

  /** Hexadecimal SHA-256 of everything appended; the journal takes no more afterwards. */
  digest(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    const { text } = this.#log;
    const written = text.bytes.subarray(0, text.length);
    this.#hash.update(written);
    if (this.lines !== null)
      this.lines.push(...Buffer.from(written).toString("utf8").split("\n").slice(0, -1));
    text.length = 0;
  }
}
