import { ConnectionError, OrderError } from "../../../src/domain/errors.ts";
import type { VenueAbilities } from "../../../src/domain/ports.ts";

/** What may go wrong, each with its probability. */
export interface Faults {
  /** The order is taken, the answer is lost. */
  readonly acceptThenTimeOut?: number;
  /** The order never arrives, and nobody says so. */
  readonly lost?: number;
  /** The answer is given up, and then the order arrives. */
  readonly late?: number;
  readonly limited?: number;
  /** A question, or a cancel, fails. */
  readonly unreachable?: number;
  /** An order can't be found for some time after it was made. */
  readonly hidden?: number;
  readonly duplicated?: number;
  readonly delayed?: number;
  /** An update never comes, and no gap is told. */
  readonly swallowed?: number;
  /** The stream breaks: updates are lost until it is back, and then a gap is told. */
  readonly gap?: number;
  /** A limit order gets a part only when the market comes to it. */
  readonly partial?: number;
}

export const allAbilities: VenueAbilities = {
  types: ["market", "limit", "stop", "stop_limit"],
  timeInForce: ["GTC", "IOC", "FOK"],
  postOnly: true,
  byValue: true,
  exits: true,
  clientIds: true,
};

export function limited(): ConnectionError {
  return new ConnectionError("too many requests", { code: "GEO-VENUE-LIMITED" });
}

export function insufficient(): OrderError {
  return new OrderError("GEO-ORDER-REFUSED", "Account has insufficient balance for requested action.");
}
