import { type Execution, exitCommand, type PlaceCommand } from "../../domain/execution.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";

/** A fill as the books have it. */
export interface TracedFill {
  readonly fill: Execution;
  /** Which of the run's strategies it belongs to. */
  readonly owner: number;
}

/** What became of an order. */
export interface TracedOrder {
  readonly command: PlaceCommand;
  /** Of an exit attached to an entry; null: an order by itself. */
  readonly role: "stopLoss" | "takeProfit" | null;
  /** It closes what was held when the run was ended: nobody's decision but that of whoever ended it. */
  readonly isClosing: boolean;
  /** When it was decided on; of an attached exit, when its entry was. */
  readonly decided: Millis;
  readonly fills: readonly TracedFill[];
  /** Null while it is open. */
  readonly reason: ReasonCode | null;
}

interface Growing extends TracedOrder {
  readonly fills: TracedFill[];
  reason: ReasonCode | null;
}

/** The orders of a run, followed from what its journal is told. */
export class OrderTraces {
  /** Fills of orders that no strategy placed: trades by hand that the run took over, and orders of users. */
  readonly manual: Execution[] = [];
  /** The run is being ended: what is ordered from now on closes what is held. */
  isClosing = false;
  readonly #orders = new Map<number, Growing>();

  /** In the order in which they were decided on. */
  get orders(): readonly TracedOrder[] {
    return [...this.#orders.values()];
  }

  /** Every fill of the run. */
  get fills(): number {
    return this.orders.reduce((sum, { fills }) => sum + fills.length, this.manual.length);
  }

  append(time: Millis, decision: Decision, isByUser = false): void {
    switch (decision.kind) {
      case "place":
        if (isByUser) break;
        this.#place(decision, null, time);
        for (const exit of decision.exits) {
          this.#place(exitCommand(decision, exit, decision.sizing), exit.role, time);
        }
        break;
      case "fill":
        this.#fill(decision);
        break;
      case "ended": {
        const order = this.#orders.get(decision.number);
        if (order !== undefined) order.reason ??= decision.reason;
        break;
      }
      case "cancel":
    }
  }

  #place(command: PlaceCommand, role: TracedOrder["role"], decided: Millis): void {
    const { isClosing } = this;
    this.#orders.set(command.number, { command, role, isClosing, decided, fills: [], reason: null });
  }

  #fill(fill: Execution): void {
    const order = this.#orders.get(fill.number);
    if (order === undefined) {
      this.manual.push(fill);
      return;
    }
    order.fills.push({ fill, owner: order.command.owner });
    if (fill.remaining === 0n) order.reason ??= "filled";
  }
}
