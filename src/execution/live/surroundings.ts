import type { PlaceCommand } from "../../domain/execution.ts";
import type { Fixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { VenueAbilities } from "../../domain/ports.ts";

/** What the next step of an order depends on besides itself. */
export interface Surroundings {
  readonly abilities: VenueAbilities;
  /** Between two moves of a trailing stop, in ms. */
  readonly moveEveryMs: number;
  /** What the market last traded at; null when that is not known. */
  price(instrument: Instrument): Fixed | null;
  /** Held by the session, in units of the lot; negative when short. */
  held(instrument: Instrument): bigint;
  /** What attached exits of the session have standing at the venue: on spot it can't be sold by others. */
  heldBack(instrument: Instrument): bigint;
  /** What resting orders of their own, on spot, hold back of what the entry brings. */
  restingToClose(entry: PlaceCommand): bigint;
  /** Exits have to make room: an order that is to be executed now sells what they hold back. */
  isClaimed(instrument: Instrument): boolean;
  /** What exits of earlier entries protect of the holding. */
  protectedBefore(instrument: Instrument, number: number): bigint;
}
