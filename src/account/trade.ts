import { pow10, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Millis } from "../domain/time.ts";
import type { Holding, Lot } from "./holding.ts";

/** Where a trade ended. */
export interface Exit {
  readonly time: Millis;
  readonly bar: number;
  readonly price: bigint;
  readonly tag: string | null;
}

/**
 * A FIFO match of an entry with an exit. Integers on the scales named; what is derived is worked out when it is read,
 * so that a run which trades on every bar does not pay for it twice.
 */
export class Trade {
  readonly instrument: Instrument;
  readonly side: "long" | "short";
  /** Units of 10^-lot.scale. */
  readonly quantity: bigint;
  readonly entryTime: Millis;
  readonly entryBar: number;
  readonly entryPrice: bigint;
  readonly entryTag: string | null;
  readonly exitTime: Millis;
  readonly exitBar: number;
  readonly exitPrice: bigint;
  readonly exitTag: string | null;
  readonly priceScale: number;
  readonly #entryFee: bigint;
  readonly #exitFee: bigint;
  readonly #feeScale: number;

  constructor(holding: Holding, lot: Lot, exit: Exit, quantity: bigint, entryFee: bigint, exitFee: bigint) {
    this.instrument = holding.instrument;
    this.side = holding.isLong ? "long" : "short";
    this.quantity = quantity;
    this.entryTime = lot.time;
    this.entryBar = lot.bar;
    this.entryPrice = lot.price;
    this.entryTag = lot.tag;
    this.exitTime = exit.time;
    this.exitBar = exit.bar;
    this.exitPrice = exit.price;
    this.exitTag = exit.tag;
    this.priceScale = holding.priceScale;
    this.#entryFee = entryFee;
    this.#exitFee = exitFee;
    this.#feeScale = holding.feeScale;
  }

  /** Of `fees` and `pnl`. */
  get moneyScale(): number {
    return Math.max(this.#feeScale, this.#notionalScale);
  }

  /** Entry and exit fees of this share of the fills, pro rata; the last share takes the remainder. */
  get fees(): bigint {
    return widen(this.#entryFee + this.#exitFee, this.#feeScale, this.moneyScale);
  }

  /** Net of fees. */
  get pnl(): bigint {
    const gain = this.side === "long" ? this.exitPrice - this.entryPrice : this.entryPrice - this.exitPrice;
    const gross = this.quantity * gain * this.instrument.multiplier.units;
    return gross * pow10(this.moneyScale - this.#notionalScale) - this.fees;
  }

  get #notionalScale(): number {
    return this.instrument.lot.scale + this.priceScale + this.instrument.multiplier.scale;
  }
}
