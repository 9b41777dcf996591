import {
  type Approved,
  type AttachedExit,
  exitCommand,
  type PlaceCommand,
  type Sizing,
} from "../domain/execution.ts";
import { compareFixed, type Fixed, unitsToNumber } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import { noCharges, type OrderCharges } from "./costs/feeOf.ts";

/** An order as the simulated venue keeps it. Its own object: the engine's book is never shared. */
export interface Resting {
  command: Approved<PlaceCommand>;
  /** What is still to be filled. */
  sizing: Sizing;
  /** Where a stop triggers; a trailing one moves. */
  trigger: Fixed | null;
  /** Nearest doubles of limit and trigger, for the first look; ties are settled exactly. NaN when absent. */
  readonly limit: number;
  stop: number;
  /** The market has been seen once while the order was active. */
  seen: boolean;
  /** Its stop was reached by an earlier event: what is left of a stop is a market order, of a stop-limit a limit. */
  triggered: boolean;
  /** Units of the lot. */
  filled: bigint;
  /** What the orders filled whose place it took. */
  inherited: bigint;
  /** What that part was charged. */
  charges: OrderCharges;
  /** End of its life for DAY and GTD; null otherwise. */
  expires: Millis | null;
  /** Serial number of the event that is done with for it: the one that filled its entry, or had no more to give. */
  doneWith: number;
  /** Set for the exits attached to an entry. */
  readonly attached: Attachment | null;
}

/** The tie between the exits of one entry: whichever fills first cancels the other. */
export interface Attachment {
  readonly entry: number;
  readonly role: AttachedExit["role"];
}

export function rest(command: Approved<PlaceCommand>, attached: Attachment | null = null): Resting {
  return {
    command,
    sizing: command.sizing,
    trigger: command.stop,
    limit: nearest(command.limit),
    stop: nearest(command.stop),
    seen: false,
    triggered: false,
    filled: 0n,
    inherited: 0n,
    charges: noCharges,
    expires: command.timeInForce === "GTD" ? command.expires : null,
    doneWith: 0,
    attached,
  };
}

/** The exit as an order of its own. */
export function restExit(entry: Approved<PlaceCommand>, exit: AttachedExit, units: bigint): Resting {
  const command = exitCommand(entry, exit, { kind: "quantity", units, mayShrink: false });
  // Risk approved the exits together with their entry.
  return rest(command as Approved<PlaceCommand>, { entry: entry.number, role: exit.role });
}

/**
 * The order that takes the place of another. It is for what is left of that one, fills since it was sent
 * (`filledBefore`: those known then) taken off; null when they left nothing. The exits of a position keep their tie and
 * their size.
 */
export function restInPlaceOf(
  old: Resting,
  command: Approved<PlaceCommand>,
  filledBefore: bigint,
): Resting | null {
  const order = rest(command, old.attached);
  order.inherited = filledInPlace(old);
  if (old.attached !== null || (command.sizing.kind === "value" && old.filled > 0n))
    order.sizing = old.sizing;
  else if (command.sizing.kind === "quantity") {
    const units = command.sizing.units - (order.inherited - filledBefore);
    if (units <= 0n) return null;
    order.sizing = { ...command.sizing, units };
  }
  // The same day's, however late it was changed.
  if (command.timeInForce === "DAY") order.expires = old.expires;
  // A trailing stop stays where it has got to, and a stop that was reached and not moved is reached.
  if (command.trail !== null && old.trigger !== null) moveStop(order, old.trigger);
  order.triggered = old.triggered && sameStop(old.command, command);
  return order;
}

/** By an order and those whose place it took. */
export function filledInPlace({ filled, inherited }: Resting): bigint {
  return filled + inherited;
}

function sameStop({ stop: a, trail }: PlaceCommand, { stop: b }: PlaceCommand): boolean {
  return trail !== null || (a !== null && b !== null && compareFixed(a, b) === 0);
}

export function moveStop(order: Resting, stop: Fixed): void {
  order.trigger = stop;
  order.stop = nearest(stop);
}

/** Exits of one entry, or orders of one group: one cancels the other. */
export function areSiblings(a: Resting, b: Resting): boolean {
  if (a.attached !== null) return b.attached !== null && a.attached.entry === b.attached.entry;
  if (a.command.group === null || a.command.group !== b.command.group) return false;
  // A strategy's names are its own.
  return a.command.owner === b.command.owner;
}

function nearest(price: Fixed | null): number {
  return price === null ? Number.NaN : unitsToNumber(price.units, price.scale);
}
