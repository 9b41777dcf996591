import { OrderError } from "../domain/errors.ts";
import type { Execution } from "../domain/execution.ts";
import { addFixed, type Fixed, negateFixed, unitsToNumber, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { Holding } from "./holding.ts";
import { type Match, TradeLog } from "./tradeLog.ts";

/** `cash`: what is held was paid for, no shorts. `margin`: plain 1 × short selling besides. */
export type AccountKind = "cash" | "margin";

export interface AccountOptions {
  readonly kind: AccountKind;
  /** Settlement currency of every instrument in the run. */
  readonly currency: string;
  readonly cash: Fixed;
}

/**
 * The one writer of money. All amounts are exact integers, so for fees in the settlement currency
 * cash + open cost = initial + gross realised − fees holds to the last digit.
 */
export class Account {
  readonly kind: AccountKind;
  readonly currency: string;
  /** Of the first strategy, or the only one. */
  readonly holdings = new Map<Instrument, Holding>();
  readonly #others = new Map<number, Map<Instrument, Holding>>();
  /** Every FIFO match so far. */
  readonly trades = new TradeLog();
  /** Cash as a double, for marking on every bar. */
  cashNumber: number;
  /** Is any position larger than dust? */
  hasPosition = false;
  readonly #initial: Fixed;
  /** What the account began with. */
  readonly initialNumber: number;
  readonly #all: Holding[] = [];
  readonly #open: Holding[] = [];
  #last: Holding | null = null;
  /** Sum of the magnitudes that `cashNumber` is made of. */
  #terms: number;

  constructor(options: AccountOptions) {
    this.kind = options.kind;
    this.currency = options.currency;
    this.#initial = options.cash;
    this.initialNumber = unitsToNumber(options.cash.units, options.cash.scale);
    this.cashNumber = this.initialNumber;
    this.#terms = this.initialNumber;
  }

  /** What one of the run's strategies holds of an instrument; each has lots of its own, the cash is one. */
  holdingOf(instrument: Instrument, owner = 0): Holding {
    if (this.#last !== null && this.#last.instrument === instrument && this.#last.owner === owner)
      return this.#last;
    const holdings = owner === 0 ? this.holdings : this.#holdingsOf(owner);
    let holding = holdings.get(instrument);
    if (holding === undefined) {
      holding = new Holding(instrument, owner);
      holdings.set(instrument, holding);
      this.#all.push(holding);
    }
    this.#last = holding;
    return holding;
  }

  /** Of all strategies. */
  get everyHolding(): readonly Holding[] {
    return this.#all;
  }

  #holdingsOf(owner: number): Map<Instrument, Holding> {
    let holdings = this.#others.get(owner);
    if (holdings === undefined) {
      holdings = new Map();
      this.#others.set(owner, holdings);
    }
    return holdings;
  }

  /** The cash balance, exactly. */
  get cash(): Fixed {
    let cash = this.#initial;
    for (const holding of this.#all) {
      cash = addFixed(addFixed(cash, holding.traded), negateFixed(holding.paidFees));
    }
    return cash;
  }

  /** Cash and positions at their last prices, to double precision: for drawdown on every bar. */
  equity(): number {
    const open = this.#open;
    let equity = this.cashNumber;
    for (let i = 0; i < open.length; i++) {
      const holding = open[i]!;
      equity += holding.size * holding.mark * holding.multiplier;
    }
    return equity;
  }

  /** The same, exactly. */
  exactEquity(): Fixed {
    return this.#cashAnd((holding) => (holding.quantity < 0n ? -1n : 1n));
  }

  /**
   * What new exposure may cost: equity less gross exposure, which for longs alone is the cash itself; a short's
   * proceeds are not free, and as much again backs it (1 ×).
   */
  free(): Fixed {
    return this.#cashAnd((holding) => (holding.quantity < 0n ? -2n : 0n));
  }

  /**
   * Is `cost` surely below what is free? A look in doubles, with room for every rounding on the way; when it says no,
   * only exact arithmetic can tell.
   */
  surelyCovers(cost: number): boolean {
    let free = this.cashNumber;
    let size = this.#terms + cost;
    const open = this.#open;
    for (let i = 0; i < open.length; i++) {
      const holding = open[i]!;
      if (holding.size > 0) continue;
      const backing = 2 * holding.size * holding.mark * holding.multiplier;
      free += backing;
      size -= backing;
    }
    return cost < free - size * 1e-12;
  }

  /** Books a fill: cash, lots, fees, trades. Fills always book. */
  book(fill: Execution, tag: string | null, owner = 0): void {
    if (fill.fee.currency !== this.currency) {
      const found = `fee in ${fill.fee.currency}`;
      throw new OrderError("GEO-INTERNAL", `${found}: this account settles in ${this.currency} only`);
    }
    const holding = this.holdingOf(fill.instrument, owner);
    const wasOpen = holding.size !== 0;
    const price = holding.priceUnits(fill.price);
    const fee = holding.feeUnits(fill.fee.amount);
    const traded = widen(fill.value.units, fill.value.scale, holding.notionalScale);
    if (fill.side === "buy") holding.flow -= traded;
    else holding.flow += traded;
    holding.fees += fee;
    this.#match(fill, holding, price, fee, tag);
    holding.refreshNumbers();
    // A short filled on a gap is backed at the price it got: at an older one, the next order could borrow too much.
    if (holding.size < 0 || !holding.hasPrice) holding.markFill(fill.price);
    this.#refresh(holding, wasOpen);
  }

  /** First in, first out: closes the oldest lots of the other side, what remains opens a lot. */
  #match(fill: Execution, holding: Holding, price: bigint, fee: bigint, tag: string | null): void {
    const buys = fill.side === "buy";
    let remaining = fill.quantity;
    let feeLeft = fee;
    if (buys ? holding.size < 0 : holding.size > 0) {
      while (remaining > 0n && holding.first < holding.lots.length) {
        const lot = holding.lots[holding.first]!;
        const match = { holding, lot, fill, price, tag };
        if (lot.quantity > remaining) {
          this.#closePart(match, remaining, feeLeft);
          remaining = 0n;
        } else {
          const share = lot.quantity === remaining ? feeLeft : (feeLeft * lot.quantity) / remaining;
          this.trades.add(match, lot.quantity, lot.fees, share);
          dropFirstLot(holding);
          remaining -= lot.quantity;
          feeLeft -= share;
        }
      }
    }
    if (buys) holding.quantity += fill.quantity;
    else holding.quantity -= fill.quantity;
    if (remaining === 0n) return;
    holding.lots.push({ quantity: remaining, price, fees: feeLeft, time: fill.time, bar: fill.bar, tag });
  }

  #closePart(match: Match, quantity: bigint, exitFee: bigint): void {
    const { lot } = match;
    const entryFee = (lot.fees * quantity) / lot.quantity;
    this.trades.add(match, quantity, entryFee, exitFee);
    lot.quantity -= quantity;
    lot.fees -= entryFee;
  }

  #refresh(holding: Holding, wasOpen: boolean): void {
    const open = this.#open;
    if (wasOpen !== (holding.size !== 0)) {
      if (!wasOpen) open.push(holding);
      else if (open.length === 1) open.pop();
      else open.splice(open.indexOf(holding), 1);
    }
    this.hasPosition = !holding.isFlat || open.some(({ isFlat }) => !isFlat);
    let cash = this.initialNumber;
    let terms = cash;
    for (const each of this.#all) {
      cash += each.cashFlow;
      terms += each.turnover;
    }
    this.cashNumber = cash;
    this.#terms = terms;
  }

  /** Cash plus `weight` × |value| of every open holding. */
  #cashAnd(weight: (holding: Holding) => bigint): Fixed {
    let total = this.cash;
    for (const holding of this.#open) {
      const factor = weight(holding);
      if (factor === 0n) continue;
      const value = holding.exactValue();
      total = addFixed(total, { units: factor * value.units, scale: value.scale });
    }
    return total;
  }
}

function dropFirstLot(holding: Holding): void {
  if (holding.lots.length === 1) {
    holding.lots.pop();
    return;
  }
  holding.first++;
  if (holding.first === holding.lots.length) {
    holding.lots.length = 0;
    holding.first = 0;
  } else if (holding.first > 1024) {
    holding.lots = holding.lots.slice(holding.first);
    holding.first = 0;
  }
}
