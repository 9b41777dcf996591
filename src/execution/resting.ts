import { type Approved, type AttachedExit, exitCommand, type PlaceCommand } from "../domain/execution.ts";
import { type Fixed, unitsToNumber } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";

/** An order as the simulated venue keeps it. Its own object: the engine's book is never shared. */
export interface Resting {
  command: Approved<PlaceCommand>;
  /** Nearest doubles of limit and stop, for the first look; ties are settled exactly. NaN when absent. */
  readonly limit: number;
  readonly stop: number;
  /** The market has been seen once while the order was active. */
  seen: boolean;
  /** A stop-limit whose stop was reached by an earlier event. */
  triggered: boolean;
  /** End of its life for DAY and GTD; null otherwise. */
  expires: Millis | null;
  /** Serial number of the event that filled its entry, which has been dealt with; 0 for what was placed by itself. */
  bornOn: number;
  /** Set for the exits attached to an entry. */
  readonly attached: Attachment | null;
}

/** The tie between the exits of one entry: whichever fills first cancels the other. */
export interface Attachment {
  readonly group: number;
  readonly quantity: bigint;
  readonly role: AttachedExit["role"];
}

export function rest(command: Approved<PlaceCommand>, attached: Attachment | null = null): Resting {
  return {
    command,
    limit: nearest(command.limit),
    stop: nearest(command.stop),
    seen: false,
    triggered: false,
    expires: command.timeInForce === "GTD" ? command.expires : null,
    bornOn: 0,
    attached,
  };
}

/** The exit as an order of its own, alive from `activeFrom`. */
export function restExit(entry: Approved<PlaceCommand>, exit: AttachedExit, quantity: bigint): Resting {
  const command = exitCommand(entry, exit, { kind: "quantity", units: quantity, mayShrink: false });
  // Risk approved the exits together with their entry.
  return rest(command as Approved<PlaceCommand>, { group: entry.number, quantity, role: exit.role });
}

function nearest(price: Fixed | null): number {
  return price === null ? Number.NaN : unitsToNumber(price.units, price.scale);
}
