import type { FixedColumn } from "../domain/columns.ts";
import { fixedAt } from "../domain/columns.ts";
import { type Fixed, pow10, unitsToNumber } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Millis } from "../domain/time.ts";

/** What was bought (or sold short) by one fill and is still open. */
export interface Lot {
  /** Units of 10^-lot.scale, > 0. */
  quantity: bigint;
  /** At the holding's `priceScale`. */
  price: bigint;
  /** Entry fees not yet given to a trade, at the account's money scale. */
  fees: bigint;
  readonly time: Millis;
  readonly bar: number;
  readonly tag: string | null;
}

/** What the account holds of one instrument: FIFO lots, all long or all short. Written by the account alone. */
export class Holding {
  readonly instrument: Instrument;
  readonly multiplier: number;
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
  /** Signed Σ quantity × price × multiplier of the open lots, in units of 10^-notionalScale. */
  openCost = 0n;
  /** Gross profit of what was closed, and all fees valued in the settlement currency; at the money scale. */
  grossRealised = 0n;
  fees = 0n;
  /** Of `grossRealised`, `fees` and the fees of lots. */
  moneyScale = 0;
  /** Turns quantity × price (at their own scales) into money. */
  moneyFactor = 1n;
  readonly lotSize: number;
  #factorFor = Number.NaN;
  /** Last known price. */
  mark = Number.NaN;
  #column: FixedColumn | null = null;
  #row = 0;
  #fillPrice: Fixed | null = null;

  constructor(instrument: Instrument) {
    this.instrument = instrument;
    this.lotSize = unitsToNumber(instrument.lot.units, instrument.lot.scale);
    this.multiplier = unitsToNumber(instrument.multiplier.units, instrument.multiplier.scale);
  }

  get notionalScale(): number {
    return this.instrument.lot.scale + this.priceScale + this.instrument.multiplier.scale;
  }

  /** Remembers where the last price stands; its exact value is read only when money depends on it. */
  markAt(column: FixedColumn, row: number, price: number): void {
    this.mark = price;
    if (this.#column !== column) this.#column = column;
    this.#row = row;
  }

  /** A fill is news of the price, too: it stands until the market shows the next one. */
  markFill(price: Fixed): void {
    this.mark = unitsToNumber(price.units, price.scale);
    this.#column = null;
    this.#fillPrice = price;
  }

  get hasPrice(): boolean {
    return this.#column !== null || this.#fillPrice !== null;
  }

  /** The last known price, exactly. Needs `hasPrice`. */
  exactMark(): Fixed {
    return this.#column === null ? this.#fillPrice! : fixedAt(this.#column, this.#row);
  }

  /** Average entry price of the open lots, for display; null when flat. */
  get entryPrice(): number | null {
    if (this.quantity === 0n) return null;
    const cost = unitsToNumber(this.openCost, this.notionalScale);
    return cost / (this.size * this.multiplier);
  }

  /** Gross profit of what was closed less all fees paid, exactly. */
  get realised(): Fixed {
    return { units: this.grossRealised - this.fees, scale: this.moneyScale };
  }

  get unrealised(): number {
    if (this.quantity === 0n) return 0;
    return this.size * this.mark * this.multiplier - unitsToNumber(this.openCost, this.notionalScale);
  }

  /** Fits the factor to the account's scale; amounts already at it stay as they are. */
  setMoneyScale(scale: number): void {
    const shift = scale - this.notionalScale;
    this.moneyScale = scale;
    if (shift === this.#factorFor || shift < 0) return;
    this.#factorFor = shift;
    this.moneyFactor = this.instrument.multiplier.units * pow10(shift);
  }

  /** Prices are kept on one scale, grown when a finer one arrives. */
  growPriceScale(scale: number): void {
    if (scale <= this.priceScale) return;
    const factor = pow10(scale - this.priceScale);
    for (const lot of this.lots) lot.price *= factor;
    this.openCost *= factor;
    this.priceScale = scale;
  }

  /** |quantity| × mark × multiplier, exactly. */
  exactValue(): Fixed {
    const mark = this.exactMark();
    const { multiplier, lot } = this.instrument;
    const units = (this.quantity < 0n ? -this.quantity : this.quantity) * mark.units * multiplier.units;
    return { units, scale: lot.scale + mark.scale + multiplier.scale };
  }
}
