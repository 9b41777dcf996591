import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import type { Leg } from "./leg.ts";
import type { OrderTerms } from "./orderTerms.ts";
import type { Track } from "./track.ts";

/** What is to be done next for one or two orders that belong together. Worked out anew each time: nothing is planned. */
export type Step =
  | { readonly kind: "idle" }
  /** Something has changed that others go by. */
  | { readonly kind: "again" }
  | { readonly kind: "wait"; readonly until: Millis }
  | { readonly kind: "end"; readonly track: Track; readonly reason: ReasonCode }
  | { readonly kind: "ask" | "cancel" | "trades"; readonly track: Track; readonly leg: Leg }
  | { readonly kind: "probe"; readonly track: Track }
  | { readonly kind: "place"; readonly track: Track; readonly terms: OrderTerms }
  | { readonly kind: "placeExits"; readonly stopLoss: ExitLeg; readonly takeProfit: ExitLeg };

export interface ExitLeg {
  readonly track: Track;
  readonly terms: OrderTerms;
}

export const idle: Step = Object.freeze({ kind: "idle" });

/** One order, or the two exits of an entry: what must not be talked about to the venue twice at a time. */
export interface Unit {
  readonly symbol: string;
  /** Units of lower numbers come first. */
  readonly number: number;
  readonly tracks: readonly Track[];
  /** A request of it is under way. */
  busy: boolean;
  next(now: Millis): Step;
  /** Nothing will ever be done for it any more, short of news that contradict all that the venue said. */
  readonly isOver: boolean;
}

/** After a fill has been reported without its trade: the trade mostly follows by itself. */
export const graceMs = 250;

/**
 * What it takes to know how an order at the venue stands: null when that is known, as far as it has come. Until a
 * question is settled nothing else is done for the order.
 */
export function settling(track: Track, leg: Leg, now: Millis): Step | null {
  switch (leg.state) {
    case "sending":
      return idle;
    case "doubt":
      return now < leg.nextTry ? { kind: "wait", until: leg.nextTry } : { kind: "ask", track, leg };
    case "open":
    case "over":
      if (leg.lacksTrades)
        return now < leg.nextTry ? { kind: "wait", until: leg.nextTry } : { kind: "trades", track, leg };
      if (leg.state === "open" && leg.stale)
        return now < leg.nextTry ? { kind: "wait", until: leg.nextTry } : { kind: "ask", track, leg };
      return null;
    default:
      return null;
  }
}

/**
 * After a restart a moved order may have been sent under the name that is next: until the venue denies it, neither is
 * the order's end told nor is anything sent in its place.
 */
export function mustProbe({ probes, leg }: Track): boolean {
  return probes && leg?.state === "over" && leg.isDone;
}

/** The next order at the venue for a track: an absent one leaves its name to it: so what was there has names without a gap. */
export function nextGeneration({ leg, generation }: Track): number {
  if (leg === null) return generation + 1;
  return leg.state === "absent" || leg.state === "refused" ? leg.terms.generation : leg.terms.generation + 1;
}
