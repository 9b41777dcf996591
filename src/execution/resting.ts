import type { Approved, AttachedExit, PlaceCommand } from "../domain/execution.ts";
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
  /** The event that filled its entry, which has been dealt with; null for what was placed by itself. */
  bornOn: unknown;
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
    bornOn: null,
    attached,
  };
}

/** The exit as an order of its own, alive from `activeFrom`. */
export function restExit(entry: Approved<PlaceCommand>, exit: AttachedExit, quantity: bigint): Resting {
  const stops = exit.role === "stopLoss";
  const command: PlaceCommand = {
    kind: "place",
    number: exit.number,
    instrument: entry.instrument,
    side: entry.side === "buy" ? "sell" : "buy",
    type: stops ? "stop" : "limit",
    sizing: { kind: "quantity", units: quantity, mayShrink: false },
    limit: stops ? null : exit.price,
    stop: stops ? exit.price : null,
    timeInForce: "GTC",
    expires: null,
    postOnly: false,
    reduceOnly: true,
    exits: [],
    activeFrom: entry.activeFrom,
    tag: entry.tag,
  };
  // Risk approved the exits together with their entry.
  return rest(command as Approved<PlaceCommand>, { group: entry.number, quantity, role: exit.role });
}

function nearest(price: Fixed | null): number {
  return price === null ? Number.NaN : unitsToNumber(price.units, price.scale);
}
