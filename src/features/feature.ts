import type { IndicatorState, Restorable } from "../indicators/index.ts";
import { SavedState, savedState } from "../indicators/state.ts";

/** A closed bar as features see it: the chosen price, and what was bought and sold in it. */
export interface FeatureInput {
  /** Above 0. */
  readonly price: number;
  readonly high: number;
  readonly low: number;
  /** Logarithmic return of the price since the bar before; NaN for the first. */
  readonly change: number;
  /** NaN when the data has none. */
  readonly volume: number;
  /** The part of it whose taker bought; NaN while that cannot be told. */
  readonly bought: number;
}

/**
 * A feature: one column, or some that belong together. Fed each bar once, in order, it knows nothing but what it was
 * fed, so that live and backtest agree and no value changes when the future arrives.
 */
export interface Feature extends Restorable {
  readonly names: readonly string[];
  /** Of the bar: one value a name, written from `to[at]` on. NaN until there is enough, and where it is undefined. */
  update(bar: FeatureInput, to: Float64Array, at: number): void;
  /** A trade before its bar, for the features that depend on the order of trades. */
  onTrade?(volume: number, bought: number): void;
}

/** A feature of one column, whose memory is all in `memory`. */
export function single(
  name: string,
  memory: readonly Restorable[],
  update: (bar: FeatureInput) => number,
): Feature {
  return {
    names: [name],
    update(bar, to, at) {
      to[at] = update(bar);
    },
    ...restoring(name, memory),
  };
}

/** Saves and loads these as one. */
export function restoring(name: string, parts: readonly Restorable[]): Restorable {
  return {
    save: (): IndicatorState => savedState(name, { parts: parts.map((part) => part.save()) }),
    load: (state) => new SavedState(name, state).parts("parts", parts),
  };
}
