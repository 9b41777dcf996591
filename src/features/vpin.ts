import { type IndicatorState, SavedState, savedState } from "../indicators/state.ts";
import type { FeatureConfig } from "./config.ts";
import type { Feature, FeatureInput } from "./feature.ts";

type VpinConfig = NonNullable<FeatureConfig["vpin"]>;

/** What is left of a bucket by the rounding of sums counts as filled. */
const dust = 1e-12;

/**
 * Volume-synchronised probability of informed trading: volume is cut into buckets of equal size, and VPIN is the mean
 * of |bought − sold| / size over the last n full ones, 0 to 1. Trades fill the buckets one by one; without trades each
 * bar's volume does, spread evenly. NaN until n buckets are full.
 * Easley, López de Prado and O'Hara, Flow Toxicity and Liquidity in a High-Frequency World, RFS 25 (2012).
 */
export class Vpin implements Feature {
  readonly names: readonly string[];
  readonly #identity: string;
  readonly #config: VpinConfig;
  /** |bought − sold| / size of the last full buckets. */
  readonly #ratios: Float64Array;
  #full = 0;
  /** NaN while it is being found. */
  #size: number;
  #calibrated = 0;
  #calibrationVolume = 0;
  #filled = 0;
  #bought = 0;
  #byTrades = false;

  constructor(config: VpinConfig) {
    this.names = [`vpin${config.buckets}`];
    this.#identity = `vpin ${Object.values(config).join(", ")}`;
    this.#config = config;
    this.#ratios = new Float64Array(config.buckets);
    this.#size = config.bucketVolume === "auto" ? Number.NaN : config.bucketVolume;
  }

  onTrade(volume: number, bought: number): void {
    this.#byTrades = true;
    this.#pour(volume, bought);
  }

  update({ volume, bought }: FeatureInput, to: Float64Array, at: number): void {
    // Trades have been poured already.
    if (!this.#byTrades && !Number.isNaN(bought)) this.#pour(volume, bought);
    this.#byTrades = false;
    if (Number.isNaN(this.#size) && !Number.isNaN(volume)) this.#calibrate(volume);
    to[at] = this.#mean();
  }

  save(): IndicatorState {
    return savedState(this.#identity, {
      ratios: this.#ratios,
      full: this.#full,
      size: this.#size,
      calibrated: this.#calibrated,
      calibrationVolume: this.#calibrationVolume,
      filled: this.#filled,
      bought: this.#bought,
      byTrades: this.#byTrades,
    });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.#identity, state);
    saved.numbers("ratios", this.#ratios);
    this.#full = saved.slot("full");
    this.#size = saved.numberOrNaN("size");
    this.#calibrated = saved.slot("calibrated");
    this.#calibrationVolume = saved.number("calibrationVolume");
    this.#filled = saved.number("filled");
    this.#bought = saved.number("bought");
    this.#byTrades = saved.flag("byTrades");
  }

  /** The size is fixed once, by the past alone: found anew it would change what old buckets were. */
  #calibrate(volume: number): void {
    this.#calibrated++;
    this.#calibrationVolume += volume;
    const { calibrationBars, barsPerBucket } = this.#config;
    if (this.#calibrated < calibrationBars || this.#calibrationVolume === 0) return;
    this.#size = (this.#calibrationVolume / this.#calibrated) * barsPerBucket;
  }

  /** Fills buckets with volume of which `bought` was bought, in even parts. */
  #pour(volume: number, bought: number): void {
    if (Number.isNaN(this.#size) || !(volume > 0)) return;
    const share = bought / volume;
    let rest = volume;
    while (this.#filled + rest >= this.#size * (1 - dust)) {
      const room = Math.max(0, this.#size - this.#filled);
      this.#close(this.#bought + room * share);
      rest = Math.max(0, rest - room);
      // Of one huge trade only the last buckets will be looked at.
      const skipped = Math.floor(rest / this.#size) - this.#ratios.length;
      if (skipped > 0) rest -= skipped * this.#size;
    }
    this.#filled += rest;
    this.#bought += rest * share;
  }

  #close(bought: number): void {
    this.#ratios[this.#full % this.#ratios.length] = Math.abs((2 * bought) / this.#size - 1);
    this.#full++;
    this.#filled = 0;
    this.#bought = 0;
  }

  #mean(): number {
    const { length } = this.#ratios;
    if (this.#full < length) return Number.NaN;
    let sum = 0;
    for (let i = 0; i < length; i++) sum += this.#ratios[i]!;
    return sum / length;
  }
}
