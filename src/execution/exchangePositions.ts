import { Decimal } from "../domain/decimal.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { OwnTrade } from "../domain/ports.ts";
import { createPosition, type Position } from "../domain/position.ts";

interface Lot {
  quantity: Decimal;
  readonly price: Decimal;
}

const none = new Decimal(0);

/**
 * What own trades tell of a spot holding: first in, first out. Fees charged in the base coin make the holding smaller,
 * fees in the quote currency make the realised result smaller; fees in other coins (a venue's token) are left out.
 */
export class TradeHistory {
  /** Of the last trade taken in. */
  lastId: string | null = null;
  readonly #instrument: Instrument;
  #lots: Lot[] = [];
  #realized = none;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Trades oldest first, each once. */
  add(trades: readonly OwnTrade[]): void {
    for (const trade of trades) {
      this.lastId = trade.id;
      this.#add(trade);
    }
  }

  #add({ side, quantity, price, fee }: OwnTrade): void {
    const { base, quote } = this.#instrument;
    if (fee?.currency === quote) this.#realized = this.#realized.minus(fee.amount);
    const taken = fee?.currency === base ? fee.amount : none;
    if (side === "buy") {
      const kept = quantity.minus(taken);
      if (kept.gt(0)) this.#lots.push({ quantity: kept, price });
      return;
    }
    const sold = this.#takeOldest(quantity.plus(taken), price);
    this.#realized = this.#realized.plus(sold);
  }

  /** What was never bought here (a deposit) has no cost, and its sale no result. */
  #takeOldest(quantity: Decimal, price: Decimal): Decimal {
    let left = quantity;
    let result = none;
    while (left.gt(0) && this.#lots.length > 0) {
      const lot = this.#lots[0]!;
      const part = Decimal.min(lot.quantity, left);
      result = result.plus(price.minus(lot.price).times(part));
      left = left.minus(part);
      lot.quantity = lot.quantity.minus(part);
      if (lot.quantity.isZero()) this.#lots.shift();
    }
    return result;
  }

  /**
   * The balance as a position. Of a balance larger than the trades explain (deposits), the rest is taken at the average
   * of what is known; with nothing known, at the current price, so that it shows no result. Of one that is smaller
   * (withdrawals), the oldest lots are taken to be gone.
   */
  position(balance: Decimal, currentPrice: Decimal): Position {
    return createPosition({
      symbol: this.#instrument.symbol,
      quantity: balance,
      entryPrice: this.#entryPrice(balance) ?? currentPrice,
      currentPrice,
      realizedPnl: this.#realized,
    });
  }

  #entryPrice(balance: Decimal): Decimal | null {
    let known = none;
    let cost = none;
    // From the newest on, as far as the balance goes.
    for (let i = this.#lots.length - 1; i >= 0 && known.lt(balance); i--) {
      const { quantity, price } = this.#lots[i]!;
      const part = Decimal.min(quantity, balance.minus(known));
      known = known.plus(part);
      cost = cost.plus(part.times(price));
    }
    return known.isZero() ? null : cost.dividedBy(known);
  }
}
