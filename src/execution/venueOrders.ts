import type { Approved, CancelCommand, ExecutionEvent, PlaceCommand } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Millis } from "../domain/time.ts";
import { InFlight, type Message, type Replacement } from "./inFlight.ts";
import { filledInPlace, type Resting, rest, restExit, restInPlaceOf } from "./resting.ts";
import { RestingOrders, type RestingOrdersState } from "./restingOrders.ts";

const nothing: ExecutionEvent[] = [];

export interface VenueOrdersState {
  readonly resting: RestingOrdersState;
  readonly inFlight: readonly Message[];
  readonly news: readonly ExecutionEvent[];
}

/**
 * The lives of the simulated venue's orders: they arrive, are cancelled and replaced, and tie each other: exits to
 * their entry, the orders of a group among themselves. What fills them is not known here. Every end is told, once.
 */
export class VenueOrders {
  readonly #resting = new RestingOrders();
  readonly #inFlight = new InFlight();
  #news: ExecutionEvent[] = nothing;

  get isEmpty(): boolean {
    return this.#resting.count === 0 && this.#inFlight.isEmpty;
  }

  get hasNews(): boolean {
    return this.#news !== nothing;
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

  save(): VenueOrdersState {
    return { resting: this.#resting.save(), inFlight: this.#inFlight.save(), news: this.#news };
  }

  load({ resting, inFlight, news }: VenueOrdersState): void {
    this.#resting.load(resting);
    this.#inFlight.load(inFlight);
    for (const event of news) this.tell(event);
  }

  /** In the order of their arrival. */
  of(instrument: Instrument): readonly Resting[] {
    return this.#resting.of(instrument);
  }

  siblingsOf(order: Resting): readonly Resting[] {
    return this.#resting.siblingsOf(order);
  }

  /** @param now when the venue last saw the market: what becomes active later is still on its way */
  submit(command: Approved, now: Millis): void {
    if (command.kind === "cancel") {
      // A cancel that is under way when a price is formed comes too late for it.
      if (command.activeFrom > Number.NEGATIVE_INFINITY) this.#inFlight.add(command);
      else this.#cancel(command);
    } else if (command.replaces === null) this.#rest(rest(command));
    else {
      const old = this.#resting.numbered(this.#inFlight.placeOf(command.replaces));
      const replacement = { command, filledBefore: old === null ? 0n : filledInPlace(old) };
      if (command.activeFrom > now) this.#inFlight.add(replacement);
      else this.#replace(replacement);
    }
  }

  /** A fill has been told: what remains of the order stays, and those that depend on it follow. */
  fillTold(order: Resting, quantity: bigint, remaining: bigint): void {
    order.filled += quantity;
    if (remaining === 0n) this.#resting.remove(order);
    else {
      const mayShrink = order.sizing.kind === "value" || order.sizing.mayShrink;
      order.sizing = { kind: "quantity", units: remaining, mayShrink };
    }
    if (order.attached !== null || order.command.group !== null) this.#settleSiblings(order, remaining);
  }

  /** An exit of an entry that is still open: with nothing to protect yet (or any more) it waits. */
  mayStillGrow({ attached }: Resting): boolean {
    return attached !== null && this.#resting.numbered(attached.entry) !== null;
  }

  /**
   * Exits come to life with the first fill of their entry; those that still live grow with the following ones.
   * @returns the newborn
   */
  protect({ command, filled }: Resting, quantity: bigint): readonly Resting[] {
    if (filled > quantity) {
      for (const exit of this.#resting.exitsOf(command)) {
        const units = exit.sizing.kind === "quantity" ? exit.sizing.units + quantity : quantity;
        exit.sizing = { kind: "quantity", units, mayShrink: false };
      }
      return [];
    }
    const exits = command.exits.map((exit) => restExit(command, exit, quantity));
    for (const exit of exits) this.#rest(exit);
    return exits;
  }

  /** The messages that have reached the venue by then are carried out. */
  arrive(time: Millis): void {
    if (!this.#inFlight.isEmpty) this.#deliver(time);
  }

  #deliver(time: Millis): void {
    for (const message of this.#inFlight.arrivedBy(time)) {
      if ("command" in message) this.#replace(message);
      else this.#cancel(message);
    }
  }

  #cancel({ number, reason }: CancelCommand): void {
    this.#hurry(number);
    const order = this.#resting.numbered(number);
    if (order !== null) this.end(order, reason);
    else this.#dropUnborn(number, reason);
  }

  /** What was sent first arrives first: before an order that is still on its way is cancelled or replaced. */
  #hurry(number: number): void {
    const replacement = this.#inFlight.takeReplacement(number);
    if (replacement !== null) this.#replace(replacement);
  }

  /** In one step: the old order lives until its place is taken. */
  #replace({ command, filledBefore }: Replacement): void {
    const number = command.replaces!;
    this.#hurry(number);
    const old = this.#resting.numbered(number);
    if (old === null) {
      if (!this.#replaceUnborn(command)) this.#refuseReplacement(command);
      return;
    }
    const order = restInPlaceOf(old, command, filledBefore);
    this.end(old, "cancelled:by-strategy");
    if (order === null) this.#refuseReplacement(command);
    else this.#rest(order);
  }

  #refuseReplacement({ number, exits }: PlaceCommand): void {
    this.tell({ kind: "ended", number, reason: "refused:nothing-to-replace" });
    for (const exit of exits) this.tell({ kind: "ended", number: exit.number, reason: "cancelled:oco" });
  }

  end(order: Resting, reason: ReasonCode): void {
    this.#resting.remove(order);
    this.tell({ kind: "ended", number: order.command.number, reason });
    if (order.filled > 0n) return;
    // Exits whose entry never came to life end with it.
    for (const exit of order.command.exits)
      this.tell({ kind: "ended", number: exit.number, reason: "cancelled:oco" });
  }

  /** An exit cancelled before its entry filled will never be born. */
  #dropUnborn(number: number, reason: ReasonCode): void {
    const entry = this.#resting.entryOf(number);
    if (entry === null) return;
    const exits = entry.command.exits.filter((exit) => exit.number !== number);
    entry.command = { ...entry.command, exits };
    this.tell({ kind: "ended", number, reason });
  }

  /** An exit changed before its entry filled will be born as what it is now; false when there is no such exit. */
  #replaceUnborn({ number, replaces, limit, stop }: PlaceCommand): boolean {
    const entry = this.#resting.entryOf(replaces!);
    if (entry === null) return false;
    const exits = entry.command.exits.map((exit) => {
      return exit.number === replaces ? { ...exit, number, price: (limit ?? stop)! } : exit;
    });
    entry.command = { ...entry.command, exits };
    this.tell({ kind: "ended", number: replaces!, reason: "cancelled:by-strategy" });
    return true;
  }

  /** One cancels the other; an exit that fills in part leaves its sibling the rest, and its entry may add no more. */
  #settleSiblings(order: Resting, remaining: bigint): void {
    const { attached } = order;
    for (const sibling of this.#resting.siblingsOf(order)) {
      if (attached !== null && remaining > 0n) {
        sibling.sizing = { kind: "quantity", units: remaining, mayShrink: false };
      } else this.end(sibling, "cancelled:oco");
    }
    const entry = attached === null ? null : this.#resting.numbered(attached.entry);
    if (entry !== null) this.end(entry, "cancelled:oco");
  }

  #rest(order: Resting): void {
    this.#resting.add(order);
    // A market order has no life of its own between being sent and being filled.
    if (order.command.type !== "market") this.tell({ kind: "accepted", number: order.command.number });
  }
}
