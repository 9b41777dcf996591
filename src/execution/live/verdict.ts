import { GeoSyncError } from "../../domain/errors.ts";
import type { PlaceCommand } from "../../domain/execution.ts";
import type { Order } from "../../domain/order.ts";
import { type ReasonCode, reasons } from "../../domain/reasons.ts";

/** An order is not at the venue and never was, and why. */
export interface Refusal {
  readonly reason: ReasonCode;
  readonly wouldTrigger: boolean;
  /** What the venue said. */
  readonly words: string;
}

/** What the failure of a request that places an order means. */
export type Verdict =
  | ({ readonly kind: "refused" } & Refusal)
  /** Turned away for now, before it was looked at: to be sent once more. */
  | { readonly kind: "limited" }
  /** It may be there. */
  | { readonly kind: "unknown" };

/** Codes of failures after which the venue surely has no order. */
const refusals: readonly string[] = [
  "GEO-ORDER-REFUSED",
  "GEO-CREDENTIALS",
  "GEO-VENUE-UNSUPPORTED",
  "GEO-VALUE",
];

/**
 * Whatever is not surely a refusal is unknown, a lost connection included: whether a request has left the machine is
 * nothing that the caller can know, and asking costs little.
 */
export function verdictOn(error: unknown): Verdict {
  if (!(error instanceof GeoSyncError)) return { kind: "unknown" };
  if (error.code === "GEO-VENUE-LIMITED") return { kind: "limited" };
  if (!refusals.includes(error.code)) return { kind: "unknown" };
  const said = textOf(error);
  return {
    kind: "refused",
    reason: refusalFor(said),
    wouldTrigger: /trigger/i.test(said),
    words: error.message,
  };
}

/** Our error's own words and those of the venue's behind it. */
function textOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 4) return "";
  return `${error.name} ${error.message} ${textOf(error.cause, depth + 1)}`;
}

const refusalPatterns: readonly (readonly [RegExp, ReasonCode])[] = [
  [/insufficient|not enough|balance/i, "refused:insufficient-cash"],
  [/MAX_NUM_(?:ALGO_)?ORDER|too many open orders|open orders? limit/i, "refused:venue-full"],
  [/notional|order value|smallest value|minimum value/i, "refused:min-notional"],
  [/immediately match|would match|OrderImmediatelyFillable|post.?only|LIMIT_MAKER/i, "expired:post-only"],
  [/LOT_SIZE|smallest quantity|minimum quantity|below.{0,20}lot/i, "refused:below-lot"],
  [/PERCENT_PRICE/i, "refused:price-collar"],
];

function refusalFor(text: string): ReasonCode {
  for (const code of text.match(/(?:refused|expired):[a-z-]+/g) ?? []) if (isReason(code)) return code;
  return refusalPatterns.find(([pattern]) => pattern.test(text))?.[1] ?? "refused:by-venue";
}

/** Why an order that nobody here cancelled came to its end at the venue. */
export function endedByVenue(order: Pick<Order, "status" | "reason">, command: PlaceCommand): ReasonCode {
  const { status, reason } = order;
  if (status === "filled") return "filled";
  if (isReason(reason)) return reason;
  if (status === "rejected") return refusalFor(reason ?? "");
  if (command.timeInForce === "IOC") return "expired:ioc";
  if (command.timeInForce === "FOK") return "expired:fok";
  if (command.type === "market" || /expire/i.test(reason ?? "")) {
    return command.timeInForce === "GTD" ? "expired:gtd" : "cancelled:by-venue";
  }
  // Neither the engine here nor the venue's own rules: someone with access to the account.
  return "cancelled:by-user";
}

function isReason(text: string | null): text is ReasonCode {
  return text !== null && text in reasons;
}

/** Ends of a stop that nobody here wanted, and that leave a position without one. */
export const unprotects: ReadonlySet<ReasonCode> = new Set([
  "refused:by-venue",
  "refused:insufficient-cash",
  "refused:venue-full",
  "refused:kept-for-stop",
  "refused:price-collar",
  "refused:no-price",
  "expired:post-only",
]);
