import type { Account } from "../account/account.ts";
import type { PlaceCommand, Sizing } from "../domain/execution.ts";
import {
  addFixed,
  compareFixed,
  divideDown,
  type Fixed,
  multiplyFixed,
  negateFixed,
  zero,
} from "../domain/fixed.ts";
import { type Instrument, snapQuantity, unitValue, wholeLots } from "../domain/instrument.ts";
import type { OrderSide } from "../domain/order.ts";
import type { Millis } from "../domain/time.ts";
import type { OrderChanges } from "../strategy/contract.ts";
import type { Market } from "./market.ts";
import type { OrderRecord } from "./orderBook.ts";
import {
  exact,
  illegal,
  plainMarketOrder,
  reducingMarketOrder,
  type Size,
  type Target,
  type Terms,
} from "./request.ts";
import { expectedUnits, ofQuantity, ofValue, referencePrice, type SizingRules } from "./sizing.ts";

export interface SizerOptions extends SizingRules {
  readonly account: Account;
  /** The part of the account's equity that its fractions are of; null: all of it. */
  readonly share: Fixed | null;
}

/** An order at the market that leads to a target. */
interface Move {
  readonly side: OrderSide;
  readonly sizing: Sizing;
  readonly terms: Terms;
}

interface Snapped {
  readonly size: Size | null;
  readonly instrument: Instrument | null;
  readonly sizing: Sizing;
}

/** How much a strategy's requests come to, given what the account holds. Reads, and orders nothing. */
export class Sizer {
  readonly #options: SizerOptions;
  /** The last size by quantity: strategies tend to ask for the same again and again. */
  #snapped: Snapped = { size: null, instrument: null, sizing: ofQuantity(0n) };

  constructor(options: SizerOptions) {
    this.#options = options;
  }

  /** @param time of the decision */
  sizingOf(market: Market, side: OrderSide, size: Size, terms: Terms, time: Millis): Sizing {
    const known = this.#snapped;
    if (size === known.size && market.instrument === known.instrument) return known.sizing;
    return size.kind === "quantity"
      ? this.#snap(size, market.instrument)
      : this.#sizingByValue(market, side, size, terms, time);
  }

  #snap(size: Size, instrument: Instrument): Sizing {
    const sizing = ofQuantity(snapQuantity(instrument, size.amount));
    this.#snapped = { size, instrument, sizing };
    return sizing;
  }

  #sizingByValue(market: Market, side: OrderSide, size: Size, { limit, stop }: Terms, time: Millis): Sizing {
    const value =
      size.kind === "notional" ? size.amount : this.#affordable(multiplyFixed(size.amount, this.#capital()));
    return ofValue({ market, side, limit, stop, value, plus: 0n, time }, this.#options);
  }

  /**
   * What is to be traded for a target; null: nothing.
   * @param net what is held and what open orders still mean to add, units of the lot
   */
  moveTo({ kind, amount }: Target, market: Market, net: bigint, time: Millis): Move | null {
    return kind === "quantity" || amount.units === 0n
      ? toQuantity(amount, market, net)
      : this.#toFraction(amount, market, net, time);
  }

  /** Of an order that takes the place of another: what was asked for anew, or what is left of the old one. */
  amended({ command, quantity, filled }: OrderRecord, changes: OrderChanges): Sizing {
    const { instrument, sizing } = command;
    if (changes.quantity !== undefined) {
      const amount = exact(changes.quantity, "amend.quantity");
      if (amount.units <= 0n)
        throw illegal("amend: expected a quantity above 0; cancel takes the order back");
      return ofQuantity(snapQuantity(instrument, amount));
    }
    return quantity === null ? sizing : ofQuantity(quantity - filled);
  }

  /** For netting: an order by value is taken to come to what its value buys at the reference price. */
  expectedUnits(market: Market, { instrument, sizing, limit, stop }: PlaceCommand): bigint {
    if (sizing.kind === "quantity") return sizing.units;
    return expectedUnits(instrument, sizing, referencePrice(market, limit, stop));
  }

  /**
   * The difference between what is wanted and what there is, both at the reference price. What crosses zero nets the
   * old position by quantity and opens the new one by value.
   */
  #toFraction(fraction: Fixed, market: Market, net: bigint, time: Millis): Move | null {
    const { instrument, holding } = market;
    const wantsLong = fraction.units > 0n;
    const wanted = multiplyFixed(wantsLong ? fraction : negateFixed(fraction), this.#capital());
    const side = wantsLong ? "buy" : "sell";
    const crosses = net !== 0n && net > 0n !== wantsLong;
    if (net === 0n || crosses || !holding.hasPrice)
      return this.#adding(market, side, wanted, net < 0n ? -net : net, time);
    const value = unitValue(instrument, holding.exactMark());
    const present = multiplyFixed({ units: net < 0n ? -net : net, scale: instrument.lot.scale }, value);
    const difference = addFixed(wanted, negateFixed(present));
    if (difference.units > 0n) {
      // As below: what comes to less than a lot is nothing to trade.
      if (divideDown(difference, value, instrument.lot.scale) < instrument.lot.units) return null;
      return this.#adding(market, side, difference, 0n, time);
    }
    const less = divideDown(negateFixed(difference), value, instrument.lot.scale);
    const units = wholeLots(less, instrument);
    if (units === 0n) return null;
    return { side: wantsLong ? "sell" : "buy", sizing: ofQuantity(units), terms: reducingMarketOrder };
  }

  #adding(market: Market, side: OrderSide, wanted: Fixed, plus: bigint, time: Millis): Move {
    const value = plus === 0n ? this.#affordable(wanted) : wanted;
    const sizing = ofValue({ market, side, limit: null, stop: null, value, plus, time }, this.#options);
    return { side, sizing, terms: plainMarketOrder };
  }

  /** What fractions are fractions of. What is too little to be sold, as fees in coins leave it, can buy nothing. */
  #capital(): Fixed {
    const { account, share } = this.#options;
    let equity = account.exactEquity();
    // Less than a lot is left when fees are taken out of what is bought: it can be neither sold nor spent.
    for (const holding of account.open) {
      if (holding.isFlat && !holding.isOwed) equity = addFixed(equity, negateFixed(holding.exactWorth()));
    }
    return share === null ? equity : multiplyFixed(equity, share);
  }

  /** One of several strategies takes what the others have left of its share. */
  #affordable(value: Fixed): Fixed {
    if (this.#options.share === null) return value;
    const free = this.#options.account.free();
    return compareFixed(value, free) <= 0 ? value : free.units > 0n ? free : zero;
  }
}

function toQuantity(amount: Fixed, market: Market, net: bigint): Move | null {
  const difference = snapQuantity(market.instrument, amount) - net;
  if (difference === 0n) return null;
  const sizing = ofQuantity(difference > 0n ? difference : -difference);
  return { side: difference > 0n ? "buy" : "sell", sizing, terms: plainMarketOrder };
}
