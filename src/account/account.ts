import { OrderError } from "../domain/errors.ts";
import type { Execution } from "../domain/execution.ts";
import { addFixed, approximate, type Fixed, pow10, unitsToNumber, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { Holding, type Lot } from "./holding.ts";
import type { Trade } from "./trade.ts";

/** `cash`: what is held was paid for, no shorts. `margin`: plain 1 × short selling besides. */
export type AccountKind = "cash" | "margin";

export interface AccountOptions {
  readonly kind: AccountKind;
  /** Settlement currency of every instrument in the run. */
  readonly currency: string;
  readonly cash: Fixed;
  /** Called with every FIFO match. */
  readonly onTrade: (trade: Trade) => void;
}

/**
 * The one writer of money. Balances are exact integers on one money scale that grows when a finer amount arrives, so
 * for fees in the settlement currency cash + open cost = initial + gross realised − fees holds to the last digit.
 */
export class Account {
  readonly kind: AccountKind;
  readonly currency: string;
  readonly holdings = new Map<Instrument, Holding>();
  cash: bigint;
  moneyScale: number;
  /** Cash as a double, for marking on every bar. */
  cashNumber: number;
  /** Is any position larger than dust? */
  hasPosition = false;
  #onTrade: (trade: Trade) => void;
  #open: Holding[] = [];

  constructor(options: AccountOptions) {
    this.kind = options.kind;
    this.currency = options.currency;
    this.cash = options.cash.units;
    this.moneyScale = options.cash.scale;
    this.cashNumber = unitsToNumber(this.cash, this.moneyScale);
    this.#onTrade = options.onTrade;
  }

  holdingOf(instrument: Instrument): Holding {
    let holding = this.holdings.get(instrument);
    if (holding === undefined) {
      holding = new Holding(instrument);
      holding.setMoneyScale(this.moneyScale);
      this.holdings.set(instrument, holding);
    }
    return holding;
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
    return this.#exact((holding) => (holding.quantity < 0n ? -1n : 1n));
  }

  /**
   * What new exposure may cost: equity less gross exposure, which for longs alone is the cash itself; a short's
   * proceeds are not free, and as much again backs it (1 ×).
   */
  free(): Fixed {
    if (this.#open.length === 0) return { units: this.cash, scale: this.moneyScale };
    return this.#exact((holding) => (holding.quantity < 0n ? -2n : 0n));
  }

  /** Books a fill: cash, lots, fees, trades. Fills always book. */
  book(fill: Execution, tag: string | null): void {
    const holding = this.holdingOf(fill.instrument);
    const wasOpen = holding.quantity !== 0n;
    holding.growPriceScale(fill.price.scale);
    this.#growMoneyScale(Math.max(holding.notionalScale, fill.fee.amount.scale));
    holding.setMoneyScale(this.moneyScale);
    const price = widen(fill.price.units, fill.price.scale, holding.priceScale);
    const notional = this.#money(holding, fill.quantity * price);
    this.cash += fill.side === "buy" ? -notional : notional;
    const fee = this.#takeFee(fill, holding);
    this.#match(fill, holding, price, fee, tag);
    this.cashNumber = approximate(this.cash, this.moneyScale);
    const { lot } = fill.instrument;
    holding.size = unitsToNumber(holding.quantity, lot.scale);
    holding.isFlat = Math.abs(holding.size) < holding.lotSize;
    // A short filled on a gap is backed at the price it got: at an older one, the next order could borrow too much.
    if (holding.quantity < 0n || !holding.hasPrice) holding.markFill(fill.price);
    if (wasOpen !== (holding.quantity !== 0n)) this.#listOpen(holding);
    this.hasPosition = !holding.isFlat || this.#holdsMore();
  }

  /** quantity × price of a holding (its own scales) as money. */
  #money(holding: Holding, product: bigint): bigint {
    return product * holding.moneyFactor;
  }

  #takeFee(fill: Execution, holding: Holding): bigint {
    const { amount, currency } = fill.fee;
    if (currency !== this.currency) {
      throw new OrderError(
        "GEO-INTERNAL",
        `fee in ${currency}: this account settles in ${this.currency} only`,
      );
    }
    const fee = widen(amount.units, amount.scale, this.moneyScale);
    this.cash -= fee;
    holding.fees += fee;
    return fee;
  }

  /** First in, first out: closes the oldest lots of the other side, what remains opens a lot. */
  #match(fill: Execution, holding: Holding, price: bigint, fee: bigint, tag: string | null): void {
    const buys = fill.side === "buy";
    const closes = buys ? holding.quantity < 0n : holding.quantity > 0n;
    let remaining = fill.quantity;
    let feeLeft = fee;
    holding.quantity += buys ? remaining : -remaining;
    while (closes && remaining > 0n && holding.first < holding.lots.length) {
      const lot = holding.lots[holding.first]!;
      const closed = lot.quantity < remaining ? lot.quantity : remaining;
      const exitFee = closed === remaining ? feeLeft : (feeLeft * closed) / remaining;
      this.#close(fill, holding, lot, closed, price, exitFee, tag);
      remaining -= closed;
      feeLeft -= exitFee;
    }
    if (remaining === 0n) return;
    const cost = remaining * price * fill.instrument.multiplier.units;
    holding.openCost += buys ? cost : -cost;
    holding.lots.push({ quantity: remaining, price, fees: feeLeft, time: fill.time, bar: fill.bar, tag });
  }

  #close(
    fill: Execution,
    holding: Holding,
    lot: Lot,
    closed: bigint,
    price: bigint,
    exitFee: bigint,
    tag: string | null,
  ): void {
    const long = fill.side === "sell";
    const gross = this.#money(holding, closed * (long ? price - lot.price : lot.price - price));
    const entryFee = closed === lot.quantity ? lot.fees : (lot.fees * closed) / lot.quantity;
    const cost = closed * lot.price * fill.instrument.multiplier.units;
    holding.openCost -= long ? cost : -cost;
    holding.grossRealised += gross;
    lot.quantity -= closed;
    lot.fees -= entryFee;
    if (lot.quantity === 0n) dropFirstLot(holding);
    this.#onTrade({
      instrument: fill.instrument,
      side: long ? "long" : "short",
      quantity: closed,
      entryTime: lot.time,
      entryBar: lot.bar,
      entryPrice: lot.price,
      exitTime: fill.time,
      exitBar: fill.bar,
      exitPrice: price,
      priceScale: holding.priceScale,
      fees: entryFee + exitFee,
      pnl: gross - entryFee - exitFee,
      moneyScale: this.moneyScale,
      entryTag: lot.tag,
      exitTag: tag,
    });
  }

  /** Cash plus `weight` × |value| of every open holding. */
  #exact(weight: (holding: Holding) => bigint): Fixed {
    let total: Fixed = { units: this.cash, scale: this.moneyScale };
    for (const holding of this.#open) {
      const factor = weight(holding);
      if (factor === 0n) continue;
      const value = holding.exactValue();
      total = addFixed(total, { units: factor * value.units, scale: value.scale });
    }
    return total;
  }

  #growMoneyScale(scale: number): void {
    if (scale <= this.moneyScale) return;
    const factor = pow10(scale - this.moneyScale);
    this.cash *= factor;
    for (const holding of this.holdings.values()) {
      holding.grossRealised *= factor;
      holding.fees *= factor;
      holding.setMoneyScale(scale);
      for (const lot of holding.lots) lot.fees *= factor;
    }
    this.moneyScale = scale;
  }

  #listOpen(holding: Holding): void {
    const open = this.#open;
    if (holding.quantity !== 0n) open.push(holding);
    else if (open.length === 1) open.pop();
    else open.splice(open.indexOf(holding), 1);
  }

  #holdsMore(): boolean {
    for (const { isFlat } of this.#open) if (!isFlat) return true;
    return false;
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
