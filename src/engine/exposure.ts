import { addFixed, approximate, compareFixed, type Fixed, multiplyFixed, zero } from "../domain/fixed.ts";
import { type Instrument, unitValue } from "../domain/instrument.ts";
import type { OrderSide } from "../domain/order.ts";
import type { Bound } from "../domain/riskLimits.ts";
import type { OpenOrders } from "./openOrders.ts";

/** What a risk policy needs to know of a holding. */
export interface RiskHolding {
  readonly instrument: Instrument;
  /** Signed, units of the lot. */
  readonly quantity: bigint;
  readonly hasPrice: boolean;
  /** The last price; needs `hasPrice`. */
  exactMark(): Fixed;
}

/** What a risk policy needs to know of the account. */
export interface RiskAccount {
  /** A cash account's sells only reduce. */
  readonly kind: "cash" | "margin";
  readonly holdings: ReadonlyMap<Instrument, RiskHolding>;
  holdingOf(instrument: Instrument): RiskHolding;
  /** To double precision. */
  equity(): number;
  exactEquity(): Fixed;
}

/** What an order adds to the open orders of its symbol and side. */
export interface Added {
  /** Of the lot; 0 when it is among them already. */
  readonly units: bigint;
  readonly isMarket: boolean;
}

/** An order that would open, as far as exposure goes. */
export interface Proposal extends Added {
  readonly instrument: Instrument;
  readonly side: OrderSide;
  /** What its symbol is valued at. */
  readonly price: Fixed;
}

export type Measure = "notional" | "gross" | "net";

/**
 * The largest position on `side` that open orders and `added` can lead to, in units ≥ 0, whatever fills in whatever
 * order. What is held against it counts for orders at the market alone, and only as far as no order that reduces could
 * take it away first: a resting order may fill when the position it was to close is gone.
 */
export function worstPosition(
  quantity: bigint,
  side: OrderSide,
  open: { readonly resting: bigint; readonly market: bigint; readonly reducing: bigint },
  added: Added,
): bigint {
  const held = toward(quantity, side);
  const resting = added.isMarket ? open.resting : open.resting + added.units;
  const market = added.isMarket ? open.market + added.units : open.market;
  if (held >= 0n) return held + resting + market;
  const closed = -held > open.reducing ? -held - open.reducing : 0n;
  return resting + (market > closed ? market - closed : 0n);
}

/** Exposure after the worst that open orders and a proposal can lead to, measured against bounds. */
export class Exposure {
  readonly #account: RiskAccount;
  readonly #open: OpenOrders;

  constructor(account: RiskAccount, open: OpenOrders) {
    this.#account = account;
    this.#open = open;
  }

  /** Is every symbol that is held valued? What can't be valued can't be limited. */
  get isKnown(): boolean {
    for (const { quantity, hasPrice } of this.#account.holdings.values()) {
      if (quantity !== 0n && !hasPrice) return false;
    }
    return true;
  }

  /** Exact; but doubles decide where they surely can, with room for every rounding on the way. */
  isWithin(measure: Measure, bound: Bound, proposal: Proposal): boolean {
    let sum = 0;
    let size = 0;
    this.#visit(measure, proposal, (units, { lot }, value) => {
      const amount = approximate(units, lot.scale) * approximate(value.units, value.scale);
      sum += amount;
      size += Math.abs(amount);
    });
    const factor = bound.of === "money" ? 1 : this.#account.equity();
    const most = approximate(bound.amount.units, bound.amount.scale) * factor;
    if (sum < most - (size + Math.abs(most)) * 1e-9) return true;
    return this.#isExactlyWithin(measure, bound, proposal);
  }

  #isExactlyWithin(measure: Measure, bound: Bound, proposal: Proposal): boolean {
    let sum = zero;
    this.#visit(measure, proposal, (units, { lot }, value) => {
      sum = addFixed(sum, multiplyFixed({ units, scale: lot.scale }, value));
    });
    const { of, amount } = bound;
    return (
      compareFixed(sum, of === "money" ? amount : multiplyFixed(amount, this.#account.exactEquity())) <= 0
    );
  }

  /** Each symbol's share of the measure: so many units, each worth `value`. */
  #visit(measure: Measure, proposal: Proposal, visit: Visitor): void {
    const { instrument, side, price } = proposal;
    const own = this.#units(measure, this.#account.holdingOf(instrument), side, proposal);
    visit(own, instrument, unitValue(instrument, price));
    if (measure === "notional") return;
    for (const holding of this.#account.holdings.values()) {
      if (holding.instrument === instrument || !holding.hasPrice) continue;
      const units = this.#units(measure, holding, side, nothing);
      if (units !== 0n) visit(units, holding.instrument, unitValue(holding.instrument, holding.exactMark()));
    }
  }

  #units(measure: Measure, { instrument, quantity }: RiskHolding, side: OrderSide, added: Added): bigint {
    const open = this.#open.of(instrument);
    const worst = worstPosition(quantity, side, open[side], added);
    if (measure === "notional") return worst;
    // A position against the order's side offsets others of the same side, as far as nothing takes it away.
    if (measure === "net")
      return worst > 0n ? worst : toward(quantity, side) + open[side].market + added.units;
    const other = side === "buy" ? "sell" : "buy";
    const away = worstPosition(quantity, other, open[other], nothing);
    return worst > away ? worst : away;
  }
}

type Visitor = (units: bigint, instrument: Instrument, value: Fixed) => void;

const nothing: Added = { units: 0n, isMarket: true };

/** A position, signed towards `side`. */
function toward(quantity: bigint, side: OrderSide): bigint {
  return side === "buy" ? quantity : -quantity;
}
