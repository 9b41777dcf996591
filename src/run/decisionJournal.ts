import { createHash } from "node:crypto";
import { TextWriter } from "../domain/textWriter.ts";
import type { Millis } from "../domain/time.ts";
import { type Decision, writeDecision } from "../engine/decisionLog.ts";
import type { Journal } from "../engine/options.ts";

const flushAt = 1 << 16;

/** The journal of a backtest: hashes the canonical log of decisions, and keeps its lines when asked to. */
export class DecisionJournal implements Journal {
  readonly lines: string[] | null;
  readonly #hash = createHash("sha256");
  readonly #text = new TextWriter();

  constructor(keepLines: boolean) {
    this.lines = keepLines ? [] : null;
  }

  append(time: Millis, decision: Decision): void {
    writeDecision(this.#text, time, decision);
    if (this.#text.length > flushAt) this.#flush();
  }

  /** Nothing leaves a backtest. */
  commit(): void {}

  /** Hexadecimal SHA-256 of everything appended; the journal takes no more afterwards. */
  digest(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    const written = this.#text.bytes.subarray(0, this.#text.length);
    this.#hash.update(written);
    if (this.lines !== null)
      this.lines.push(...Buffer.from(written).toString("utf8").split("\n").slice(0, -1));
    this.#text.length = 0;
  }
}
