import type { PlaceCommand } from "../../domain/execution.ts";
import type { Fixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { VenueAbilities } from "../../domain/ports.ts";
import type { Track } from "./track.ts";

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
  /** What resting orders of their own hold back on spot: stops that protect, or all others. */
  restingToClose(entry: PlaceCommand, kind: "protective" | "other"): bigint;
  /** So much of the holding can't be sold by an order that only waits: exits and stops need it. */
  isKept(command: PlaceCommand, units: bigint): boolean;
  /** The order stands in the way of protective ones, and is to be taken back for them. */
  mustYield(track: Track): boolean;
  /** Orders of the symbol are being taken back so that exits can stand there. */
  isMakingRoom(instrument: Instrument): boolean;
  /** The venue takes a stop that this order brings, beside those that were decided on before. */
  hasRoomForStop(command: PlaceCommand): boolean;
  /** Exits have to make room: an order that is to be executed now sells what they hold back. */
  isClaimed(instrument: Instrument): boolean;
  /** What exits of earlier entries protect of the holding. */
  protectedBefore(instrument: Instrument, number: number): bigint;
}
