import type { Fixed } from "../../domain/fixed.ts";
import type { Order, OrderId, OrderStatus } from "../../domain/order.ts";
import { isFinal } from "../../domain/order.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import type { NamedOrder } from "./clientIds.ts";
import type { Refusal } from "./verdict.ts";

/**
 * `sending`: no answer yet. `doubt`: none will come, ask. `absent`: the venue has said for good that it never had it.
 * `over`: nothing more will be filled of it.
 */
export type LegState = "sending" | "doubt" | "open" | "over" | "absent" | "refused";

export interface LegTerms extends NamedOrder {
  readonly clientId: string;
  /** Units of the lot; null for an order by value, or one found after a restart. */
  readonly quantity: bigint | null;
  /** Its stop, or its limit where it has none. */
  readonly price: Fixed | null;
  /** It may have been sent before a restart of ours. */
  readonly restored?: boolean;
}

const ranks: Readonly<Record<OrderStatus, number>> = {
  pending: 0,
  open: 1,
  partially_filled: 2,
  filled: 3,
  cancelled: 3,
  rejected: 3,
};

/** One order at the venue: what is known of it, which only ever grows. An order of the engine takes one or several. */
export class Leg {
  readonly terms: LegTerms;
  readonly sentAt: Millis;
  state: LegState = "sending";
  id: OrderId | null = null;
  status: OrderStatus = "pending";
  /** Of the venue, when it is over. */
  reason: string | null = null;
  /** When it was refused. */
  refusal: ReasonCode | null = null;
  /** The venue's own words, then. */
  words = "";
  wouldTrigger = false;
  quantity: bigint | null;
  price: Fixed | null;
  /** Filled by the venue's own count, and by the trades that we have seen. In units of the lot. */
  filled = 0n;
  booked = 0n;
  /** We have asked the venue to cancel it. */
  cancelAsked = false;
  /** Nothing is asked or fetched for it before. */
  nextTry: Millis = Number.NEGATIVE_INFINITY;
  tries = 0;
  /** How often the venue said that it knows no such order, when no request can be on its way any more. */
  denials = 0;
  /** It has been told that it is there. */
  isAnnounced = false;
  /** Its sibling has been asked why it went. */
  siblingAsked = false;
  /** The venue is to be asked how it stands. */
  stale = false;

  constructor(terms: LegTerms, now: Millis) {
    this.terms = terms;
    this.sentAt = now;
    this.quantity = terms.quantity;
    this.price = terms.price;
    if (terms.restored === true) this.state = "doubt";
  }

  /** Nothing more will come of it. */
  get isDone(): boolean {
    return (
      this.state === "absent" || this.state === "refused" || (this.state === "over" && !this.lacksTrades)
    );
  }

  get lacksTrades(): boolean {
    return this.booked < this.filled;
  }

  /** What is still open of it, by what has been booked. */
  get rest(): bigint {
    return this.quantity === null ? 0n : this.quantity - this.booked;
  }

  /**
   * News of the venue, in whatever order it comes: filled quantities grow and an end is an end.
   * @param filled in units of the lot
   * @returns false when nothing of it is new
   */
  hear(order: Order, filled: bigint): boolean {
    const known = this.state === "open" || this.state === "over";
    const further = ranks[order.status] > ranks[this.status];
    if (known && !further && filled <= this.filled) return false;
    if (order.id !== "") this.id ??= order.id;
    if (further || !known) {
      this.status = order.status;
      if (isFinal(order.status)) this.reason = order.reason;
    }
    if (filled > this.filled) this.filled = filled;
    this.state = isFinal(this.status) ? "over" : "open";
    this.nextTry = Number.NEGATIVE_INFINITY;
    this.tries = 0;
    return true;
  }

  /** Its fate is unknown from now on. */
  doubt(): void {
    this.state = "doubt";
    this.tries = 0;
  }

  refuse({ reason, wouldTrigger, words }: Refusal): void {
    this.state = "refused";
    this.refusal = reason;
    this.wouldTrigger = wouldTrigger;
    this.words = words;
  }
}
