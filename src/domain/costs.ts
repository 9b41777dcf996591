import type { Fixed } from "./fixed.ts";

/**
 * What trading costs, as it is asked for: values that config reads and the cost models of execution are made from.
 * `label` is the text as it was written.
 */

/** Named fee schedules of real venues; `src/execution/costs/presets.ts` has their figures, sources and dates. */
export const costPresetNames = [
  "zero",
  "binance-spot",
  "binance-spot-bnb",
  "binance-usdm",
  "bybit-spot",
  "bybit-linear",
  "okx-spot",
  "kraken-spot",
  "coinbase-advanced",
  "ibkr-fixed",
] as const;

export type CostPresetName = (typeof costPresetNames)[number];

/** A coin that fees are paid in, and what one of it costs in quote currency. */
export interface FeeToken {
  readonly token: string;
  readonly price: Fixed;
  readonly label: string;
}

/** `base`: in what is received, as spot venues charge: a buy pays in base currency, a sell in quote. */
export type FeeCurrency = "quote" | "base" | FeeToken;

export type Spread =
  | { readonly kind: "share"; readonly share: Fixed; readonly label: string }
  | { readonly kind: "ticks"; readonly ticks: Fixed; readonly label: string };

/** What an order's size or the market's unrest adds to the price. */
export interface Impact {
  readonly kind: "volatility" | "squareRoot";
  /** k or Y of the model, > 0. */
  readonly factor: number;
  readonly label: string;
}

/** A delay of `ms`, give or take up to `jitter` ≤ ms, evenly. */
export interface Delay {
  readonly ms: number;
  readonly jitter: number;
}

export interface Latency {
  /** From the decision until the order leaves us. */
  readonly leaves: Delay;
  /** From there until the venue's matching sees it. */
  readonly seen: Delay;
  /** From what happens at the venue until we know. */
  readonly answered: Delay;
  readonly label: string;
}

/** Members that were asked for by themselves; each overrides the same member of the preset. */
export interface CostSettings {
  readonly costs?: CostPresetName | undefined;
  /** Fractions of the traded value. */
  readonly makerFee?: Fixed | undefined;
  readonly takerFee?: Fixed | undefined;
  /** Quote currency, an order. */
  readonly feePerOrder?: Fixed | undefined;
  /** Quote currency, a unit of the base. */
  readonly feePerUnit?: Fixed | undefined;
  /** Quote currency, an order: no less than this. */
  readonly minFee?: Fixed | undefined;
  /** Fraction of an order's value: no more than this. */
  readonly maxFee?: Fixed | undefined;
  readonly feeCurrency?: FeeCurrency | undefined;
  /** Fraction of the price. */
  readonly slippage?: Fixed | undefined;
  readonly spread?: Spread | undefined;
  readonly impact?: Impact | undefined;
  readonly latency?: Latency | undefined;
}

/** For the report: fractions and amounts as exact decimal texts, null where there is none. */
export interface CostDescription {
  readonly preset: string | null;
  readonly source: string | null;
  /** Day the preset's figures are stated for. */
  readonly asOf: string | null;
  readonly note: string | null;
  /** Of the first tier. */
  readonly makerFee: string;
  readonly takerFee: string;
  /** Every tier, when there is more than one. */
  readonly tiers: readonly { readonly from: string; readonly makerFee: string; readonly takerFee: string }[];
  readonly feePerOrder: string | null;
  readonly feePerUnit: string | null;
  readonly minFee: string | null;
  readonly maxFee: string | null;
  /** "quote", "base" or token@price. */
  readonly feeCurrency: string;
  readonly slippage: string;
  readonly spread: string | null;
  readonly impact: string | null;
  readonly latency: string | null;
}
