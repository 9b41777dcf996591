import type { LiveEvent } from "../../domain/execution.ts";
import type { MarketEvent } from "../../domain/market.ts";
import type { Millis } from "../../domain/time.ts";
import type { UserCommand } from "./userCommand.ts";

/** What a person, a program or the session itself asks of a running engine: an event like any other. */
export type SessionCommand =
  /** Nothing is opened from now on. */
  | { readonly kind: "halt"; readonly because: string }
  | { readonly kind: "resume" }
  /** Takes back what is open and closes what is held. */
  | { readonly kind: "flatten" }
  /** Takes back what is open, on paper; a venue is asked by the order manager. */
  | { readonly kind: "cancelAll" }
  /** What was decided on data up to then comes too late: such orders are refused unless they only reduce. */
  | { readonly kind: "catchUp"; readonly until: Millis }
  /** The session is over: the strategy's last word, open orders expire. */
  | { readonly kind: "finish"; readonly atEnd: "mark" | "close" }
  | UserCommand;

/**
 * All that enters the engine at once. With its commands applied, its executions booked and its market events matched
 * and handled, the engine has decided what it decides: nothing else reaches it, so that steps are all a replay needs.
 */
export interface Step {
  readonly time: Millis;
  /** Market events of that time; none when only the clock or the venue had something to say. */
  readonly events: readonly MarketEvent[];
  /** What the venue told of our orders. */
  readonly executions: readonly LiveEvent[];
  readonly commands: readonly SessionCommand[];
}

export const nothing: readonly never[] = Object.freeze([]);
