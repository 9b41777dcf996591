/**
 * How a request can end: every one, attached exits included, ends with exactly one of these codes. Golden runs hash
 * them, so they are added to, never renamed.
 */
export const reasons = {
  filled: "filled in full",
  "refused:warmup": "placed before the strategy had its declared warm-up, or before --from",
  "refused:insufficient-cash": "not payable from what is free, at the decision or at the fill",
  "refused:below-lot": "smaller than the smallest quantity step",
  "refused:min-notional": "worth less than the smallest order value",
  "refused:no-price": "no price known yet to size or check it by",
  "refused:no-position": "nothing held that it could reduce (a cash account has no shorts)",
  "refused:halted": "trading was halted",
  "refused:stale": "decided on data that was already old, after an outage of a live session",
  "refused:nothing-to-replace": "the order whose place it was to take is gone",
  "refused:cool-down": "too soon after losses in a row",
  "refused:symbol": "a symbol that the risk policy does not allow",
  "refused:side": "would open on a side that the risk policy does not allow",
  "refused:price-collar": "its price is too far from the market's",
  "refused:order-rate": "more orders in a second than the risk policy allows",
  "refused:orders-per-day": "more orders in a UTC day than the risk policy allows",
  "refused:max-position": "could take a position beyond the largest quantity allowed",
  "refused:max-notional": "could take a position beyond the largest value allowed",
  "refused:max-gross-exposure": "could take the sum of all positions beyond the largest value allowed",
  "refused:max-net-exposure": "could take longs less shorts beyond the largest value allowed",
  "refused:max-leverage": "could take gross exposure beyond the allowed multiple of equity",
  "refused:venue-full": "the venue takes no more open orders, or stops, of the symbol",
  "refused:kept-for-stop": "what it would sell is kept for protective stops",
  "refused:by-venue": "refused by the venue, which has no code of its own here",
  "refused:not-sent": "it never reached the venue: the venue knows no such order",
  "cancelled:by-strategy": "cancelled by the strategy",
  "cancelled:by-user": "cancelled by the user",
  "cancelled:by-venue": "cancelled by the venue",
  "cancelled:for-stop": "taken back to make room for a protective stop",
  "cancelled:oco": "its sibling filled, or the position it protected is gone",
  "expired:ioc": "immediate-or-cancel: not fillable at once",
  "expired:fok": "fill-or-kill: not fillable at once in full",
  "expired:gtd": "its good-till date passed",
  "expired:day": "the UTC day ended",
  "expired:post-only": "would have taken liquidity",
  "expired:end-of-data": "still open when the data ended",
} as const;

export type ReasonCode = keyof typeof reasons;

/** The order status that a reason code ends in. */
export function statusOf(reason: ReasonCode): "filled" | "rejected" | "cancelled" {
  if (reason === "filled") return "filled";
  return reason.startsWith("refused:") ? "rejected" : "cancelled";
}
