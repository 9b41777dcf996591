import { Decimal } from "../../domain/decimal.ts";
import { OrderError } from "../../domain/errors.ts";
import type { PlaceCommand } from "../../domain/execution.ts";
import { zero } from "../../domain/fixed.ts";
import { type Instrument, snapQuantity } from "../../domain/instrument.ts";
import { isFinal, type Order } from "../../domain/order.ts";
import type { Position } from "../../domain/position.ts";
import { type ReasonCode, reasons } from "../../domain/reasons.ts";
import type { BreachAction, RiskLimits } from "../../domain/riskLimits.ts";
import type { Millis } from "../../domain/time.ts";
import { RiskPolicy } from "../../engine/riskPolicy.ts";
import { commandOf, fixedOf } from "../../execution/paperOrders.ts";
import type { VenueAccount } from "./venueAccount.ts";

/** An order that the policy has let through, by the number it is counted under. */
export type Admission = PlaceCommand;

/** One venue's risk policy, told of orders as a venue tells them. Without limits everything passes. */
export class RiskGate {
  readonly watchesLosses: boolean;
  readonly #policy: RiskPolicy | null;
  readonly #account: VenueAccount;
  readonly #now: () => Millis;
  #number = 0;

  constructor(limits: RiskLimits | null, account: VenueAccount, now: () => Millis) {
    this.watchesLosses = limits?.maxDailyLoss !== undefined || limits?.maxDrawdown !== undefined;
    this.#policy = limits === null ? null : new RiskPolicy(limits, account);
    this.#account = account;
    this.#now = now;
  }

  /** Counts as open from here on, until `follow` tells of its end. @throws OrderError GEO-ORDER-REFUSED with the code */
  admit(order: Order, instrument: Instrument): Admission {
    const time = this.#now();
    const number = ++this.#number;
    // The price sizes orders by value, which these are not.
    const command = commandOf(order, { number, instrument, price: zero, group: null, activeFrom: time });
    const units = snapQuantity(instrument, fixedOf(order.quantity!));
    const verdict = this.#policy?.review(command, units, time) ?? null;
    if (verdict !== null && verdict !== "reduce-only") throw refusal(order, verdict);
    const admitted = verdict === null ? command : { ...command, reduceOnly: true };
    this.#policy?.placed(admitted, units, time);
    return admitted;
  }

  /** An order that is at the venue already: it counts, and is not judged any more. */
  adopt(order: Order, instrument: Instrument): Admission {
    const number = ++this.#number;
    const activeFrom = this.#now();
    const command = commandOf(order, { number, instrument, price: zero, group: null, activeFrom });
    this.#policy?.adopt(command, snapQuantity(instrument, fixedOf(order.quantity!)));
    return command;
  }

  /** It never reached the venue. */
  withdraw({ number }: Admission): void {
    this.#policy?.ended(number);
  }

  /** What became of an order since it was last told of. */
  follow(admission: Admission, before: Order, after: Order): void {
    const policy = this.#policy;
    if (policy === null) return;
    const filled = after.filledQuantity.minus(before.filledQuantity);
    if (filled.gt(0)) {
      const { position } = this.#account.holdingOf(admission.instrument);
      const pnl = resultOf(after, before, position);
      const units = snapQuantity(admission.instrument, fixedOf(filled));
      policy.filled(admission.number, units, after.status === "filled");
      if (pnl !== null) policy.onTradeClosed(this.#now(), fixedOf(pnl));
    }
    if (isFinal(after.status) && after.status !== "filled") policy.ended(admission.number);
  }

  /** Shows the policy the account's equity. @returns what is to be done when a loss limit is reached */
  look(): BreachAction | null {
    // Before anything is known to be traded there is no currency to count equity in.
    if (this.#account.holdings.size === 0) return null;
    return this.#policy?.onEquity(this.#now(), this.#account.equity()) ?? null;
  }
}

/**
 * What a fill has won or lost, before fees, which orders do not tell; null for one that closed nothing. By the entry
 * price that the venue named before it.
 */
function resultOf(after: Order, before: Order, position: Position | null): Decimal | null {
  if (position === null || position.quantity.isZero()) return null;
  if (position.quantity.isPositive() !== (after.side === "sell")) return null;
  const filled = after.filledQuantity.minus(before.filledQuantity);
  const value = paidFor(after).minus(paidFor(before));
  const share = Decimal.min(1, position.quantity.abs().dividedBy(filled));
  const won = value.minus(position.entryPrice.times(filled)).times(share);
  // Sums of quotients: digits beyond any price are rounding.
  return (after.side === "sell" ? won : won.negated()).toDecimalPlaces(18);
}

function paidFor({ filledQuantity, averagePrice }: Order): Decimal {
  return (averagePrice ?? new Decimal(0)).times(filledQuantity);
}

function refusal({ symbol, side }: Order, code: ReasonCode): OrderError {
  return new OrderError("GEO-ORDER-REFUSED", `${symbol} ${side}: ${code}: ${reasons[code]}`, {
    hint: "The risk policy of buildGeoSyncSystem says so; docs/risk.md explains each limit.",
  });
}
