import { stddev } from "../indicators/index.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "../indicators/state.ts";
import type { FeatureConfig } from "./config.ts";

/** A trade print as far as features look at it. */
export interface FeatureTrade {
  readonly price: number;
  readonly volume: number;
  /** Side of the taker, where the data names it. */
  readonly side?: "buy" | "sell" | undefined;
}

/** Who took: the volume that takers bought, exact where trades are in the data, else estimated from bars. */
export class Takers implements Restorable {
  readonly #identity: string;
  readonly #rule: FeatureConfig["flow"]["rule"];
  readonly #spread;
  #traded = 0;
  #bought = 0;
  #hasTrades = false;
  #lastPrice = Number.NaN;
  /** Of the last change of price: 1 up, 0 none yet, −1 down. */
  #tradeSign = 0;
  #barSign = 0;

  constructor({ rule, window }: FeatureConfig["flow"]) {
    this.#identity = `flow by ${rule}, window ${window}`;
    this.#rule = rule;
    this.#spread = stddev(window);
  }

  /**
   * A trade of the bar under way.
   * @returns the part of it that was bought: by the side the data names, else by the tick rule (Lee and Ready, Inferring
   * Trade Direction from Intraday Data, Journal of Finance 46, 1991), half of it before the price has first moved
   */
  onTrade({ price, volume, side }: FeatureTrade): number {
    if (price !== this.#lastPrice && !Number.isNaN(this.#lastPrice))
      this.#tradeSign = price > this.#lastPrice ? 1 : -1;
    this.#lastPrice = price;
    const sign = side === undefined ? this.#tradeSign : side === "buy" ? 1 : -1;
    const bought = (volume * (1 + sign)) / 2;
    this.#hasTrades = true;
    this.#traded += volume;
    this.#bought += bought;
    return bought;
  }

  /** Volume of a closed bar, and what was bought of it. */
  onBar(change: number, volume: number): { readonly volume: number; readonly bought: number } {
    if (this.#hasTrades) return this.#takeTrades();
    if (Number.isNaN(volume) || Number.isNaN(change)) return { volume, bought: Number.NaN };
    return {
      volume,
      bought: volume * (this.#rule === "bulk" ? this.#bulkShare(change) : this.#tickShare(change)),
    };
  }

  save(): IndicatorState {
    return savedState(this.#identity, {
      traded: this.#traded,
      bought: this.#bought,
      hasTrades: this.#hasTrades,
      lastPrice: this.#lastPrice,
      tradeSign: this.#tradeSign,
      barSign: this.#barSign,
      spread: this.#spread.save(),
    });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.#identity, state);
    this.#traded = saved.number("traded");
    this.#bought = saved.number("bought");
    this.#hasTrades = saved.flag("hasTrades");
    this.#lastPrice = saved.numberOrNaN("lastPrice");
    this.#tradeSign = saved.number("tradeSign");
    this.#barSign = saved.number("barSign");
    saved.part("spread", this.#spread);
  }

  #takeTrades(): { readonly volume: number; readonly bought: number } {
    const flow = { volume: this.#traded, bought: this.#bought };
    this.#hasTrades = false;
    this.#traded = 0;
    this.#bought = 0;
    return flow;
  }

  /** Bulk volume classification: Φ(return / deviation of returns), over the trailing window (see vpin.ts). */
  #bulkShare(change: number): number {
    const spread = this.#spread.update(change);
    return spread === 0 ? 0.5 : normalShare(change / spread);
  }

  #tickShare(change: number): number {
    if (change !== 0) this.#barSign = Math.sign(change);
    return (1 + this.#barSign) / 2;
  }
}

/** Φ, to 7.5e-8: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.2.17. NaN stays NaN. */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z >= 0 ? 1 - tail : tail;
}
