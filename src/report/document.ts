import type { CostDescription } from "../domain/costs.ts";
import type { Json } from "../domain/signal.ts";
import type { Metrics } from "../metrics/panel.ts";
import type { Explanation } from "./explanation.ts";

/**
 * What a backtest says, as `--json` prints it: schema geosync.backtest/1. Money, prices and quantities are exact
 * decimal texts, ratios numbers or null, times ISO 8601 UTC.
 */
export interface BacktestDocument {
  readonly schema: "geosync.backtest/1";
  readonly run: RunFacts;
  readonly metrics: Metrics;
  /** One point a UTC day, or a bar when bars are longer. */
  readonly equity: readonly (readonly [time: string, equity: string])[];
  readonly trades: readonly TradeRecord[];
  /** What is still held at the end: marked at the last price, not traded. */
  readonly positions: readonly PositionRecord[];
  /** Who earned what, each list adding up to what equity gained. */
  readonly attribution: AttributionSection;
  /** How every request ended, by reason code. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly warnings: readonly Warning[];
  /** What `--explain` asked for. */
  readonly explain?: Explanation;
  /** What `--assert` asked for. */
  readonly assertions?: readonly AssertionResult[];
}

export interface AttributionSection {
  readonly total: string;
  readonly strategies: readonly AttributionRecord[];
  readonly symbols: readonly AttributionRecord[];
  /** By the tag of the entry; null: without one. */
  readonly tags: readonly AttributionRecord[];
}

/** Money in the settlement currency. */
export interface AttributionRecord {
  readonly name: string | null;
  readonly trades: number;
  /** Closed trades net of fees, interest and funding; fees of what is still open. */
  readonly realised: string;
  readonly unrealised: string;
  readonly total: string;
}

export interface AssertionResult {
  /** As it was given. */
  readonly assertion: string;
  readonly measure: string;
  readonly operator: string;
  /** Money as decimal text, everything else a number, as are the measures themselves. */
  readonly expected: number | string;
  readonly found: number | string | null;
  readonly holds: boolean;
  /** Why `found` is null. */
  readonly reason: string | null;
}

export interface StrategyFacts {
  readonly name: string;
  readonly params: { readonly [name: string]: Json };
  /** Of the bundled text. */
  readonly sha256: string;
  readonly form: "definition" | "class" | "vector";
  readonly path: string;
}

/** What trading cost, and how orders filled. */
export interface CostFacts extends CostDescription {
  readonly fillLimit: "through" | "touch";
  readonly entryBar: "pessimistic" | "skip";
  /** Share of a bar's volume that orders may take. */
  readonly volumeLimit: string | null;
}

export interface RunFacts {
  /** The first 12 digits of the canonical hash: the same run has the same id on any machine. */
  readonly id: string;
  readonly version: string;
  readonly strategy: StrategyFacts;
  /** Further strategies on the same account. */
  readonly others: readonly StrategyFacts[];
  readonly data: readonly DataFacts[];
  /** The finer data that orders were matched on. */
  readonly detail?: { readonly path: string; readonly sha256: string };
  readonly venue: string;
  readonly account: "cash" | "margin";
  /** How many times its equity the account may be exposed. */
  readonly leverage: string;
  /** What came and went with time: below zero when paid. */
  readonly interest: string;
  readonly funding: string;
  readonly currency: string;
  readonly seed: number;
  readonly cash: string;
  readonly costs: CostFacts;
  readonly sizing: "fill" | "decision";
  /** How far below its reference a fill may lie before an order by value is cut: a fraction. */
  readonly collar: string;
  /** The user's own limits, as they are written, and when a loss limit was reached. */
  readonly risk: {
    readonly limits: readonly { readonly name: string; readonly value: string }[];
    readonly halts: readonly {
      readonly time: string;
      readonly action: "halt" | "flatten";
      readonly because: string;
    }[];
  } | null;
  readonly atEnd: "mark" | "close";
  /** Start of the first and of the last measured bar. */
  readonly from: string;
  readonly to: string;
  readonly bars: number;
  readonly fills: number;
  /** Orders whose quantity was cut by the collar, the cash or the holding. */
  readonly clipped: number;
  /** Positions closed by force: equity no longer covered the maintenance margin. */
  readonly liquidations: number;
  /** Bars in which stop and target were both reached; the stop was taken. */
  readonly ambiguousBars: number;
  /** SHA-256 of the canonical log of decisions. */
  readonly decisionsSha256: string;
  readonly durationMs: number;
}

export interface DataFacts {
  readonly path: string;
  readonly sha256: string;
  readonly symbol: string;
  readonly rows: number;
  readonly from: string;
  readonly to: string;
  readonly timeframe: string;
}

export interface TradeRecord {
  readonly symbol: string;
  readonly side: "long" | "short";
  readonly quantity: string;
  readonly entryTime: string;
  readonly entryPrice: string;
  readonly entryBar: number;
  readonly exitTime: string;
  readonly exitPrice: string;
  readonly exitBar: number;
  readonly fees: string;
  /** Net of fees. */
  readonly pnl: string;
  /** pnl / (quantity × entryPrice × multiplier) */
  readonly return: number;
  readonly bars: number;
  readonly entryTag: string | null;
  readonly exitTag: string | null;
  /** Of several strategies, the one whose trade it is; null when there is but one. */
  readonly strategy: string | null;
}

export interface PositionRecord {
  readonly symbol: string;
  readonly quantity: string;
  readonly entryPrice: number;
  readonly currentPrice: string;
  readonly unrealizedPnl: string;
  readonly realizedPnl: string;
}

export interface Warning {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
}

/** One line of fills.csv. */
export interface FillRecord {
  readonly orderId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly time: string;
  readonly bar: number;
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly maker: boolean;
  readonly clipped: boolean;
  readonly tag: string | null;
}

/** What `--out` adds to the document. */
export interface RunDetails {
  /** The canonical log of decisions, a JSON array a line. */
  readonly decisions: readonly string[];
  readonly fills: readonly FillRecord[];
  /** Equity at every bar. */
  readonly equity: readonly (readonly [time: string, equity: string])[];
}
