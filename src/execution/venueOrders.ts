import type { Approved, CancelCommand, ExecutionEvent, PlaceCommand } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Millis } from "../domain/time.ts";
import { type Resting, rest, restExit } from "./resting.ts";
import { RestingOrders } from "./restingOrders.ts";

const nothing: ExecutionEvent[] = [];

/**
 * The lives of the simulated venue's orders: how they arrive, are cancelled, replaced or ended, which ends with which,
 * and the news of all that. What fills them is not known here.
 */
export class VenueOrders {
  readonly #orders = new RestingOrders();
  #news: ExecutionEvent[] = nothing;
  /** Cancels on their way. */
  #cancels: CancelCommand[] = [];

  get count(): number {
    return this.#orders.count;
  }

  get hasNews(): boolean {
    return this.#news !== nothing;
  }

  /** In the order of their arrival. */
  of(instrument: Instrument): readonly Resting[] {
    return this.#orders.of(instrument);
  }

  siblingsOf(order: Resting): readonly Resting[] {
    return this.#orders.siblingsOf(order);
  }

  place(command: Approved<PlaceCommand>): void {
    if (command.replaces !== null && !this.#takeOut(command.replaces)) {
      this.tell({ kind: "ended", number: command.number, reason: "refused:nothing-to-replace" });
      return;
    }
    this.#orders.add(rest(command));
    // A market order has no life of its own between being sent and being filled.
    if (command.type !== "market") this.tell({ kind: "accepted", number: command.number });
  }

  cancel(command: CancelCommand): void {
    // A cancel that is under way when a price is formed comes too late for it.
    if (command.activeFrom > Number.NEGATIVE_INFINITY) this.#cancels.push(command);
    else this.#carryOut(command);
  }

  /** Carries out the cancels that have arrived by then. */
  cancelUntil(time: Millis): void {
    if (this.#cancels.length === 0) return;
    const due = this.#cancels.filter(({ activeFrom }) => activeFrom <= time);
    if (due.length === 0) return;
    this.#cancels = this.#cancels.filter(({ activeFrom }) => activeFrom > time);
    for (const cancel of due) this.#carryOut(cancel);
  }

  tell(event: ExecutionEvent): void {
    // Most often there is one; an array grown by push would cost ten times its room.
    if (this.#news === nothing) this.#news = [event];
    else this.#news.push(event);
  }

  /** Hands out the news since the last time. */
  takeNews(): readonly ExecutionEvent[] {
    const news = this.#news;
    this.#news = nothing;
    return news;
  }

  end(order: Resting, reason: ReasonCode): void {
    this.#orders.remove(order);
    this.tell({ kind: "ended", number: order.command.number, reason });
    if (order.begun) return;
    // Exits whose entry never came to life end with it.
    for (const exit of order.command.exits)
      this.tell({ kind: "ended", number: exit.number, reason: "cancelled:oco" });
  }

  /** A fill has been told: what remains of the order stays, and those that depend on it follow. */
  fillTold(order: Resting, remaining: bigint): void {
    if (remaining === 0n) this.#orders.remove(order);
    else {
      const mayShrink = order.sizing.kind === "value" || order.sizing.mayShrink;
      order.begun = true;
      order.sizing = { kind: "quantity", units: remaining, mayShrink };
    }
    if (order.attached !== null || order.command.group !== null) this.#settleSiblings(order, remaining);
  }

  /** Exits come to life with the first fill of their entry, and grow with the following ones. Returns the newborn. */
  protect({ command }: Resting, quantity: bigint): readonly Resting[] {
    const living = this.#orders.exitsOf(command);
    if (living.length > 0) {
      for (const exit of living) {
        const units = exit.sizing.kind === "quantity" ? exit.sizing.units + quantity : quantity;
        exit.sizing = { kind: "quantity", units, mayShrink: false };
      }
      return [];
    }
    const exits = command.exits.map((exit) => restExit(command, exit, quantity));
    for (const exit of exits) {
      this.#orders.add(exit);
      this.tell({ kind: "accepted", number: exit.command.number });
    }
    return exits;
  }

  #carryOut({ number, reason }: CancelCommand): void {
    const order = this.#orders.numbered(number);
    if (order !== null) this.end(order, reason);
    else this.#dropUnborn(number, reason);
  }

  /** Makes room for the order that replaces it; false when it is gone. */
  #takeOut(number: number): boolean {
    const order = this.#orders.numbered(number);
    if (order === null) return false;
    this.end(order, "cancelled:by-strategy");
    return true;
  }

  /** An exit cancelled before its entry filled will never be born. */
  #dropUnborn(number: number, reason: ReasonCode): void {
    const entry = this.#orders.find(({ command, begun }) => {
      return !begun && command.exits.some((exit) => exit.number === number);
    });
    if (entry === null) return;
    const exits = entry.command.exits.filter((exit) => exit.number !== number);
    entry.command = { ...entry.command, exits };
    this.tell({ kind: "ended", number, reason });
  }

  /** One cancels the other; an exit that fills in part leaves its sibling the rest, and its entry may add no more. */
  #settleSiblings(order: Resting, remaining: bigint): void {
    const { attached } = order;
    for (const sibling of this.#orders.siblingsOf(order)) {
      if (attached !== null && remaining > 0n) {
        sibling.sizing = { kind: "quantity", units: remaining, mayShrink: false };
      } else this.end(sibling, "cancelled:oco");
    }
    const entry = attached === null ? null : this.#orders.numbered(attached.entry);
    if (entry !== null) this.end(entry, "cancelled:oco");
  }
}
