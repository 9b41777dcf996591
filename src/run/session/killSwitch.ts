import { HaltFile, type HaltOrder } from "../../store/haltFile.ts";
import type { SessionEngine } from "./sessionEngine.ts";
import { nothing, type SessionCommand } from "./step.ts";

/** Follows the kill switch of a session's folder. The file is the truth: made or removed by whoever and whenever. */
export class KillSwitch {
  readonly #file: HaltFile;
  readonly #core: SessionEngine;
  /** The risk policy itself keeps trading halted. */
  readonly #isPolicy: boolean;
  /** What was obeyed since this start. */
  #obeyed: HaltOrder | null = null;

  constructor(folder: string, core: SessionEngine, isPolicy: boolean) {
    this.#file = new HaltFile(folder);
    this.#core = core;
    this.#isPolicy = isPolicy;
  }

  /** What the session has to be asked now for things to be as the file has them. */
  look(): readonly SessionCommand[] {
    const order = this.#file.read();
    const before = this.#obeyed;
    const killed = this.#core.risk.killedBecause;
    this.#obeyed = order;
    if (order === null) return killed !== null && !this.#isPolicy ? [{ kind: "resume" }] : nothing;
    // Asked once: before the first data nothing is obeyed yet.
    const commands: SessionCommand[] = [];
    if (killed !== order.because && before?.because !== order.because)
      commands.push({ kind: "halt", because: order.because });
    // Asked again at each start: the one before may have ended while it was closing.
    if (order.flatten && before?.flatten !== true && this.#isExposed()) commands.push({ kind: "flatten" });
    return commands;
  }

  /** Halts this session and those to come, until the user lifts it. An order that is there already stays. */
  engage(because: string): void {
    if (this.#file.read() === null) this.#file.write({ because, flatten: false });
  }

  /** As the user says. */
  set(order: HaltOrder): void {
    this.#file.write(order);
  }

  /** False when there was none. */
  lift(): boolean {
    return this.#file.lift();
  }

  #isExposed(): boolean {
    return this.#core.account.hasPosition || this.#core.orders.open.length > 0;
  }
}
