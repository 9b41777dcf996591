import type { FixedColumn } from "../domain/columns.ts";
import { fixedAt } from "../domain/columns.ts";
import {
  addFixed,
  approximate,
  type Fixed,
  multiplyFixed,
  negateFixed,
  pow10,
  unitsToNumber,
  widen,
  zero,
} from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { coinScale, inverseValue } from "../domain/inverse.ts";
import type { Millis } from "../domain/time.ts";

/** What was bought (or sold short) by one fill and is still open. */
export interface Lot {
  /** Units of 10^-lot.scale, > 0. */
  quantity: bigint;
  /** At the holding's `priceScale`. */
  price: bigint;
  /** Entry fees not yet given to a trade, at the holding's `feeScale`. */
  fees: bigint;
  /** Of an inverse contract: what it was booked at, rounded, in units of 10^-coinScale. Else 0, it follows exactly. */
  value: bigint;
  readonly time: Millis;
  readonly bar: number;
  readonly tag: string | null;
}

/** Of a holding: what its other numbers follow from. */
export interface HoldingState {
  readonly instrument: Instrument;
  readonly owner: number;
  readonly quantity: bigint;
  readonly lots: readonly Lot[];
  readonly priceScale: number;
  readonly notionalScale: number;
  readonly flow: bigint;
  readonly fees: bigint;
  readonly feeScale: number;
  readonly funding: Fixed;
  readonly borrowCost: Fixed;
  readonly hasCarry: boolean;
  /** The last price, to the nearest double and exactly; null when there is none. */
  readonly mark: readonly [number, Fixed] | null;
  /** What the market itself showed last; null when it has shown nothing. */
  readonly shown: Fixed | null;
}

/**
 * What the account holds of one instrument: FIFO lots, all long or all short. Only what a fill cannot do without is
 * kept; everything else is worked out of it when it is asked for. Written by the account alone.
 */
export class Holding {
  readonly instrument: Instrument;
  /** Which of the run's strategies holds it. */
  readonly owner: number;
  readonly multiplier: number;
  readonly lotSize: number;
  readonly inverse: boolean;
  /** Signed, units of 10^-lot.scale. */
  quantity = 0n;
  /** `quantity` as a double, for marking on every bar. */
  size = 0;
  /** Less than a lot is dust, not a position. */
  isFlat = true;
  lots: Lot[] = [];
  /** Index of the oldest open lot: shifting an array of thousands would cost on every close. */
  first = 0;
  priceScale = 0;
  /** Of value: lot.scale + priceScale + multiplier.scale; of inverse contracts coinScale. */
  notionalScale: number;
  /** Σ value sold less bought (inverse: bought less sold), in units of 10^-notionalScale. */
  flow = 0n;
  /** All fees, whatever they were paid in, at their value in the settlement currency; units of 10^-feeScale. */
  fees = 0n;
  feeScale = 0;
  /** What funding brought in (or took, below 0). */
  funding: Fixed = zero;
  /** What lending us the thing to be short of it has cost so far, ≥ 0. */
  borrowCost: Fixed = zero;
  hasCarry = false;
  /** What trading, fees, funding and borrowing added to the cash, and the magnitudes that this is made of. */
  cashFlow = 0;
  turnover = 0;
  /** Last known price. */
  mark = Number.NaN;
  #column: FixedColumn | null = null;
  #row = 0;
  /** What the market had shown before a restart. */
  #shownBefore: Fixed | null = null;
  /** Of a fill since the market last showed a price. */
  #fillPrice: Fixed | null = null;
  #carried = 0;

  constructor(instrument: Instrument, owner = 0) {
    this.instrument = instrument;
    this.owner = owner;
    this.inverse = instrument.inverse;
    this.notionalScale = instrument.inverse ? coinScale : instrument.lot.scale + instrument.multiplier.scale;
    this.lotSize = unitsToNumber(instrument.lot.units, instrument.lot.scale);
    this.multiplier = unitsToNumber(instrument.multiplier.units, instrument.multiplier.scale);
  }

  save(): HoldingState {
    const { instrument, owner, quantity, priceScale, notionalScale, flow, fees, feeScale } = this;
    const { funding, borrowCost, hasCarry } = this;
    const numbers = { quantity, priceScale, notionalScale, flow, fees, feeScale };
    const mark = this.hasPrice ? ([this.mark, this.exactMark()] as const) : null;
    const lots = this.lots.slice(this.first);
    return { instrument, owner, ...numbers, lots, funding, borrowCost, hasCarry, mark, shown: this.#shown };
  }

  load({ mark, shown, lots, instrument, owner, ...numbers }: HoldingState): void {
    Object.assign(this, numbers);
    this.lots = [...lots];
    this.first = 0;
    if (mark !== null) [this.mark, this.#fillPrice] = mark;
    this.#shownBefore = shown;
    if (numbers.hasCarry) this.#refreshCarried();
    else this.refreshNumbers();
  }

  get isLong(): boolean {
    return this.size > 0;
  }

  /** Remembers where the last price stands; its exact value is read only when money depends on it. */
  markAt(column: FixedColumn, row: number, price: number): void {
    this.mark = price;
    if (this.#column !== column) this.#column = column;
    this.#row = row;
    if (this.#fillPrice !== null) this.#fillPrice = null;
  }

  /** What `look` finds while the last price is taken to be another one. */
  whileMarkedAt<T>(column: FixedColumn, row: number, price: number, look: () => T): T {
    const mark = this.mark;
    const known = this.#column;
    const knownRow = this.#row;
    const filled = this.#fillPrice;
    this.markAt(column, row, price);
    const found = look();
    this.mark = mark;
    this.#column = known;
    this.#row = knownRow;
    this.#fillPrice = filled;
    return found;
  }

  /** A fill is news of the price, too: it stands until the market shows the next one. */
  markFill(price: Fixed): void {
    this.mark = unitsToNumber(price.units, price.scale);
    this.#fillPrice = price;
  }

  get hasPrice(): boolean {
    return this.#column !== null || this.#fillPrice !== null;
  }

  /** The last known price, exactly. Needs `hasPrice`. */
  exactMark(): Fixed {
    return this.#fillPrice ?? fixedAt(this.#column!, this.#row);
  }

  /**
   * What an order would find: the market's own last price. That of a fill has our slippage in it, and would be slipped
   * from again. Needs `hasPrice`.
   */
  marketPrice(): Fixed {
    return this.#shown ?? this.#fillPrice!;
  }

  get #shown(): Fixed | null {
    return this.#column === null ? this.#shownBefore : fixedAt(this.#column, this.#row);
  }

  /**
   * What the open lots cost: signed Σ quantity × price × multiplier, in units of 10^-notionalScale. To be long an
   * inverse contract is to owe coins, so its cost is below 0: what was taken in.
   */
  get openCost(): bigint {
    let cost = 0n;
    if (this.inverse) {
      for (let i = this.first; i < this.lots.length; i++) cost += this.lots[i]!.value;
      return this.quantity < 0n ? cost : -cost;
    }
    for (let i = this.first; i < this.lots.length; i++) cost += this.lots[i]!.quantity * this.lots[i]!.price;
    return (this.quantity < 0n ? -cost : cost) * this.instrument.multiplier.units;
  }

  /** What trading brought in less what it took, fees left aside. */
  get traded(): Fixed {
    return { units: this.flow, scale: this.notionalScale };
  }

  get paidFees(): Fixed {
    return { units: this.fees, scale: this.feeScale };
  }

  /** Gross profit of what was closed: what came in and what still stands in the books, less what went out. */
  get grossRealised(): Fixed {
    return addFixed(this.traded, { units: this.openCost, scale: this.notionalScale });
  }

  /** Funding received less the cost of borrowing. */
  get carry(): Fixed {
    return addFixed(this.funding, negateFixed(this.borrowCost));
  }

  /** Gross profit of what was closed, less all fees and borrowing paid, with funding; exactly. */
  get realised(): Fixed {
    return addFixed(addFixed(this.grossRealised, negateFixed(this.paidFees)), this.carry);
  }

  refreshNumbers(): void {
    const { lot } = this.instrument;
    this.size = unitsToNumber(this.quantity, lot.scale);
    this.isFlat = Math.abs(this.size) < this.lotSize;
    const traded = approximate(this.flow, this.notionalScale);
    const fees = approximate(this.fees, this.feeScale);
    this.cashFlow = traded - fees + this.#carried;
    this.turnover = Math.abs(traded) + Math.abs(fees) + Math.abs(this.#carried);
  }

  /** Funding was settled. */
  addFunding(received: Fixed): void {
    this.funding = addFixed(this.funding, received);
    this.#refreshCarried();
  }

  addBorrowCost(paid: Fixed): void {
    this.borrowCost = addFixed(this.borrowCost, paid);
    this.#refreshCarried();
  }

  #refreshCarried(): void {
    const { units, scale } = this.carry;
    this.hasCarry = true;
    this.#carried = unitsToNumber(units, scale);
    this.refreshNumbers();
  }

  /** Average entry price of the open lots, for display; null when flat. */
  get entryPrice(): number | null {
    if (this.quantity === 0n) return null;
    const cost = unitsToNumber(this.openCost, this.notionalScale);
    return this.inverse ? (-this.size * this.multiplier) / cost : cost / (this.size * this.multiplier);
  }

  /** What the position adds to equity at the last price, in doubles: below 0 for a short, or a long inverse contract. */
  get worth(): number {
    if (this.inverse) return (-this.size * this.multiplier) / this.mark;
    return this.size * this.mark * this.multiplier;
  }

  get unrealised(): number {
    if (this.quantity === 0n) return 0;
    return this.worth - unitsToNumber(this.openCost, this.notionalScale);
  }

  /** |quantity| × mark × multiplier (inverse: × multiplier / mark, rounded against us), exactly. */
  exactValue(): Fixed {
    // Long an inverse contract coins are owed, short they are owned.
    return this.valueAt(this.exactMark(), this.quantity > 0n);
  }

  /** The same at any price; `up`: which way an inverse contract's is rounded. */
  valueAt(price: Fixed, up: boolean): Fixed {
    const { multiplier, lot } = this.instrument;
    const size = this.quantity < 0n ? -this.quantity : this.quantity;
    if (this.inverse) {
      const face = multiplyFixed({ units: size, scale: lot.scale }, multiplier);
      return { units: inverseValue(face, price, up), scale: coinScale };
    }
    const units = size * price.units * multiplier.units;
    return { units, scale: lot.scale + price.scale + multiplier.scale };
  }

  /** Does the position's value count against the cash? So do shorts, and longs of inverse contracts. */
  get isOwed(): boolean {
    return this.inverse ? this.quantity > 0n : this.quantity < 0n;
  }

  /** What the position adds to equity, exactly. */
  exactWorth(): Fixed {
    const value = this.exactValue();
    return this.isOwed ? negateFixed(value) : value;
  }

  /** `price` on the holding's scale, which grows when a finer one arrives. */
  priceUnits(price: Fixed): bigint {
    if (price.scale > this.priceScale) this.#refinePrices(price.scale);
    return widen(price.units, price.scale, this.priceScale);
  }

  #refinePrices(scale: number): void {
    const factor = pow10(scale - this.priceScale);
    for (const lot of this.lots) lot.price *= factor;
    if (!this.inverse) {
      this.flow *= factor;
      this.notionalScale += scale - this.priceScale;
    }
    this.priceScale = scale;
  }

  /** `fee` on the holding's scale, which grows when a finer one arrives. */
  feeUnits(fee: Fixed): bigint {
    // At least as fine as prices and lots: a flat fee is shared out, too.
    const scale = Math.max(fee.scale, this.notionalScale);
    if (scale > this.feeScale) this.#refineFees(scale);
    return widen(fee.units, fee.scale, this.feeScale);
  }

  #refineFees(scale: number): void {
    const factor = pow10(scale - this.feeScale);
    for (const lot of this.lots) lot.fees *= factor;
    this.fees *= factor;
    this.feeScale = scale;
  }
}
