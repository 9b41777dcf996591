import { type Fixed, pow10, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { coinScale } from "../domain/inverse.ts";
import type { Millis } from "../domain/time.ts";

/** What the books say of a trade. */
export interface TradeFacts {
  readonly instrument: Instrument;
  /** Which of the run's strategies made it. */
  readonly owner: number;
  readonly side: "long" | "short";
  /** Units of 10^-lot.scale. */
  readonly quantity: bigint;
  readonly entryTime: Millis;
  readonly entryBar: number;
  /** Both prices in units of 10^-priceScale. */
  readonly entryPrice: bigint;
  readonly entryTag: string | null;
  /** This share of the fills' fees, in units of 10^-feeScale. */
  readonly entryFee: bigint;
  readonly exitTime: Millis;
  readonly exitBar: number;
  readonly exitPrice: bigint;
  readonly exitTag: string | null;
  readonly exitFee: bigint;
  readonly priceScale: number;
  readonly feeScale: number;
  /** Of an inverse contract: the values that it was booked at, in units of 10^-coinScale. Else null: they follow. */
  readonly values: BookedValues | null;
}

export interface BookedValues {
  readonly entry: bigint;
  readonly exit: bigint;
}

/** A FIFO match of an entry with an exit. Integers on the scales named; what is derived is worked out when asked for. */
export class Trade implements TradeFacts {
  readonly instrument: TradeFacts["instrument"];
  readonly owner: TradeFacts["owner"];
  readonly side: TradeFacts["side"];
  readonly quantity: TradeFacts["quantity"];
  readonly entryTime: TradeFacts["entryTime"];
  readonly entryBar: TradeFacts["entryBar"];
  readonly entryPrice: TradeFacts["entryPrice"];
  readonly entryTag: TradeFacts["entryTag"];
  readonly entryFee: TradeFacts["entryFee"];
  readonly exitTime: TradeFacts["exitTime"];
  readonly exitBar: TradeFacts["exitBar"];
  readonly exitPrice: TradeFacts["exitPrice"];
  readonly exitTag: TradeFacts["exitTag"];
  readonly exitFee: TradeFacts["exitFee"];
  readonly priceScale: TradeFacts["priceScale"];
  readonly feeScale: TradeFacts["feeScale"];
  readonly values: TradeFacts["values"];

  constructor(facts: TradeFacts) {
    this.instrument = facts.instrument;
    this.owner = facts.owner;
    this.side = facts.side;
    this.quantity = facts.quantity;
    this.entryTime = facts.entryTime;
    this.entryBar = facts.entryBar;
    this.entryPrice = facts.entryPrice;
    this.entryTag = facts.entryTag;
    this.entryFee = facts.entryFee;
    this.exitTime = facts.exitTime;
    this.exitBar = facts.exitBar;
    this.exitPrice = facts.exitPrice;
    this.exitTag = facts.exitTag;
    this.exitFee = facts.exitFee;
    this.priceScale = facts.priceScale;
    this.feeScale = facts.feeScale;
    this.values = facts.values;
  }

  /** Of `fees` and `pnl`. */
  get moneyScale(): number {
    return Math.max(this.feeScale, this.#notionalScale);
  }

  /** Entry and exit fees of this share of the fills, pro rata; the last share takes the remainder. */
  get fees(): bigint {
    return widen(this.entryFee + this.exitFee, this.feeScale, this.moneyScale);
  }

  /** Net of fees; funding and interest belong to the position, not to its trades. */
  get pnl(): bigint {
    return this.#gross * pow10(this.moneyScale - this.#notionalScale) - this.fees;
  }

  /** What it was entered at, in the settlement currency: what a return is a fraction of. */
  get entryValue(): Fixed {
    const units = this.values?.entry ?? this.quantity * this.entryPrice * this.instrument.multiplier.units;
    return { units, scale: this.#notionalScale };
  }

  get #gross(): bigint {
    const long = this.side === "long";
    // Long an inverse contract: coins taken in at the entry, given back at the exit.
    if (this.values !== null) {
      return long ? this.values.entry - this.values.exit : this.values.exit - this.values.entry;
    }
    const gain = long ? this.exitPrice - this.entryPrice : this.entryPrice - this.exitPrice;
    return this.quantity * gain * this.instrument.multiplier.units;
  }

  get #notionalScale(): number {
    const { lot, multiplier, inverse } = this.instrument;
    return inverse ? coinScale : lot.scale + this.priceScale + multiplier.scale;
  }
}
