import { ValidationError } from "../domain/errors.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "../indicators/state.ts";
import { type FeatureConfig, type FeatureOptions, featureConfig } from "./config.ts";
import type { Feature } from "./feature.ts";
import { kyleLambda, orderImbalance } from "./flows.ts";
import { exponentialPrice, logReturn, macd, meanPrice, range, strength, volatility } from "./prices.ts";
import { type FeatureTrade, Takers } from "./takers.ts";
import { logVolume, volumeScore } from "./volumes.ts";
import { Vpin } from "./vpin.ts";

/** What features need of a bar; a strategy's own `Bar` will do. Volume is NaN when the data has none. */
export interface FeatureBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export type FeatureRow = Readonly<Record<string, number>>;

/**
 * Which features there are. `start` gives the state that one symbol's bars are fed to.
 *
 *     const features = new FeaturePipeline({ smaWindows: [10, 30] }).start();
 *     const { sma10, rsi14 } = features.update(bar);
 */
export class FeaturePipeline {
  readonly config: FeatureConfig;
  readonly names: readonly string[];

  /** @throws ValidationError GEO-OPTION-VALUE */
  constructor(options: FeatureOptions = {}) {
    this.config = featureConfig(options);
    this.names = Object.freeze(featuresOf(this.config).flatMap(({ names }) => names));
  }

  /** @param options `hasVolume: false` for data without volumes: what depends on them is NaN, not made of zeros */
  start(options: { readonly hasVolume?: boolean } = {}): FeatureStream {
    return new FeatureStream(this.config, this.names, options.hasVolume ?? true);
  }
}

/** The features of one symbol, bar by bar: the same in a backtest and live. */
export class FeatureStream implements Restorable {
  readonly names: readonly string[];
  /** Of the last bar, in the order of `names`; overwritten by the next. */
  readonly values: Float64Array;
  readonly #identity: string;
  readonly #config: FeatureConfig;
  readonly #hasVolume: boolean;
  readonly #features: readonly Feature[];
  readonly #byTrade: readonly Feature[];
  readonly #takers: Takers;
  #previous = Number.NaN;

  constructor(config: FeatureConfig, names: readonly string[], hasVolume: boolean) {
    this.names = names;
    this.values = new Float64Array(names.length).fill(Number.NaN);
    const [priced, known] = [config.priceColumn, hasVolume ? "with" : "without"];
    this.#identity = `features ${names.join(" ")} of ${priced}, ${known} volume`;
    this.#config = config;
    this.#hasVolume = hasVolume;
    this.#features = featuresOf(config);
    this.#byTrade = this.#features.filter(({ onTrade }) => onTrade !== undefined);
    this.#takers = new Takers(config.flow);
  }

  /** A trade of the bar that is to come: with trades, order flow is known and not estimated. */
  onTrade(trade: FeatureTrade): void {
    if (!this.#hasVolume) return;
    const bought = this.#takers.onTrade(trade);
    for (const feature of this.#byTrade) feature.onTrade!(trade.volume, bought);
  }

  /**
   * A closed bar, each once and in order.
   * @returns its features by name; NaN until there is enough to tell
   * @throws ValidationError GEO-DATA-VALUE for a price that is not above 0: it has no return
   */
  update(bar: FeatureBar): FeatureRow {
    this.advance(bar);
    return this.row();
  }

  /** The same without the object: the features are in `values`. */
  advance(bar: FeatureBar): void {
    const price = bar[this.#config.priceColumn];
    if (!(price > 0)) throw noPrice(this.#config.priceColumn, price);
    const change = Math.log(price / this.#previous);
    this.#previous = price;
    const { volume, bought } = this.#takers.onBar(change, this.#hasVolume ? bar.volume : Number.NaN);
    const input = { price, high: bar.high, low: bar.low, change, volume, bought };
    let at = 0;
    for (const feature of this.#features) {
      feature.update(input, this.values, at);
      at += feature.names.length;
    }
  }

  /** All that it has seen, trades of the bar under way included. */
  save(): IndicatorState {
    return savedState(this.#identity, {
      values: this.values,
      previous: this.#previous,
      takers: this.#takers.save(),
      features: this.#features.map((feature) => feature.save()),
    });
  }

  /** @throws TypeError for a state of other features, or of data with volumes where these have none */
  load(state: IndicatorState): void {
    const saved = new SavedState(this.#identity, state);
    saved.numbersOrNaN("values", this.values);
    this.#previous = saved.numberOrNaN("previous");
    saved.part("takers", this.#takers);
    saved.parts("features", this.#features);
  }

  row(): FeatureRow {
    const row: Record<string, number> = {};
    for (let i = 0; i < this.names.length; i++) row[this.names[i]!] = this.values[i]!;
    return Object.freeze(row);
  }
}

function featuresOf(config: FeatureConfig): readonly Feature[] {
  const some = <T>(setting: T | null, make: (setting: T) => Feature): readonly Feature[] =>
    setting === null ? [] : [make(setting)];
  return [
    ...config.returnPeriods.map(logReturn),
    ...config.smaWindows.map(meanPrice),
    ...config.emaWindows.map(exponentialPrice),
    ...config.volatilityWindows.map(volatility),
    ...some(config.rsiWindow, strength),
    ...some(config.macd, macd),
    ...(config.range ? [range()] : []),
    ...(config.logVolume ? [logVolume()] : []),
    ...some(config.volumeZWindow, volumeScore),
    ...some(config.imbalanceWindow, orderImbalance),
    ...some(config.kyleWindow, kyleLambda),
    ...some(config.vpin, (vpin) => new Vpin(vpin)),
  ];
}

function noPrice(column: string, price: number): ValidationError {
  return new ValidationError(
    "GEO-DATA-VALUE",
    `features: ${column}: expected a price above 0, found ${price}`,
    {
      hint: "Leave such bars out, or choose another priceColumn.",
    },
  );
}
