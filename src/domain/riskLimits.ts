import type { Fixed } from "./fixed.ts";
import type { OrderSide } from "./order.ts";

/** A bound on an amount: money in the settlement currency, or a share of equity (1 is all of it). */
export interface Bound {
  readonly of: "money" | "equity";
  readonly amount: Fixed;
}

/** What a breached loss limit does: refuse what opens, or close all positions besides. */
export type BreachAction = "halt" | "flatten";

/**
 * The limits of one risk policy, the same in backtest, paper and live. What is left out does not limit. docs/risk.md
 * says how each is measured.
 */
export interface RiskLimits {
  /** Largest quantity, long or short, by symbol; `*` stands for every symbol that is not named. */
  readonly maxPosition?: ReadonlyMap<string, Fixed>;
  /** Largest value of one symbol's position. */
  readonly maxNotional?: Bound;
  /** Largest sum of the values of all positions. */
  readonly maxGrossExposure?: Bound;
  /** Largest |longs − shorts|. */
  readonly maxNetExposure?: Bound;
  /** Largest gross exposure as a multiple of equity. */
  readonly maxLeverage?: Fixed;
  /** Orders sent within any second of event time. */
  readonly maxOrdersPerSecond?: number;
  /** Orders sent within a UTC day. */
  readonly maxOrdersPerDay?: number;
  /** How far a limit or stop price may lie from the market's, as a fraction of it. */
  readonly priceCollar?: Fixed;
  /** Loss since the UTC day began at which trading halts until it ends. */
  readonly maxDailyLoss?: Bound;
  /** @default "halt" */
  readonly onMaxDailyLoss?: BreachAction;
  /** Fall of equity from its peak, as a fraction of it, at which trading halts for good. */
  readonly maxDrawdown?: Fixed;
  /** @default "halt" */
  readonly onMaxDrawdown?: BreachAction;
  /** Losses in a row after which nothing is opened for a while. */
  readonly coolDown?: { readonly losses: number; readonly ms: number };
  /** Symbols that may be opened. */
  readonly symbols?: readonly string[];
  /** `buy` opens longs, `sell` shorts. */
  readonly sides?: readonly OrderSide[];
  /** Begins halted: nothing is opened until it is resumed. */
  readonly killSwitch?: boolean;
}
