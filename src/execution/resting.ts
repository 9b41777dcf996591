import {
  type Approved,
  type AttachedExit,
  exitCommand,
  type PlaceCommand,
  type Sizing,
} from "../domain/execution.ts";
import { type Fixed, unitsToNumber } from "../domain/fixed.ts";
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
  /** A stop-limit whose stop was reached by an earlier event. */
  triggered: boolean;
  /** Part of it has filled. */
  begun: boolean;
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
    begun: false,
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

export function moveStop(order: Resting, stop: Fixed): void {
  order.trigger = stop;
  order.stop = nearest(stop);
}

/** Exits of one entry, or orders of one group: one cancels the other. */
export function areSiblings(a: Resting, b: Resting): boolean {
  if (a.attached !== null) return b.attached !== null && a.attached.entry === b.attached.entry;
  return a.command.group !== null && a.command.group === b.command.group;
}

function nearest(price: Fixed | null): number {
  return price === null ? Number.NaN : unitsToNumber(price.units, price.scale);
}
