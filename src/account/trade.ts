import { pow10, widen } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Millis } from "../domain/time.ts";

/** What the books say of a trade. */
export interface TradeFacts {
  readonly instrument: Instrument;
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
}

/** A FIFO match of an entry with an exit. Integers on the scales named; what is derived is worked out when asked for. */
export class Trade implements TradeFacts {
  readonly instrument: TradeFacts["instrument"];
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

  constructor(facts: TradeFacts) {
    this.instrument = facts.instrument;
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
  }

  /** Of `fees` and `pnl`. */
  get moneyScale(): number {
    return Math.max(this.feeScale, this.#notionalScale);
  }

  /** Entry and exit fees of this share of the fills, pro rata; the last share takes the remainder. */
  get fees(): bigint {
    return widen(this.entryFee + this.exitFee, this.feeScale, this.moneyScale);
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
