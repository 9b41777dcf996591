import type { Json } from "../domain/signal.ts";
import type { Metrics } from "../metrics/panel.ts";
import type { AttributionSection, PositionRecord, TradeRecord, Warning } from "./document.ts";

/** What a live or paper session has come to, as `--json` prints it: schema geosync.session/1. */
export interface SessionDocument {
  readonly schema: "geosync.session/1";
  readonly session: SessionFacts;
  readonly metrics: Metrics;
  /** One point a UTC day. */
  readonly equity: readonly (readonly [time: string, equity: string])[];
  readonly trades: readonly TradeRecord[];
  readonly positions: readonly PositionRecord[];
  readonly attribution: AttributionSection;
  /** Orders that are still open: of a session that goes on later, they stay where they are. */
  readonly openOrders: readonly OpenOrderRecord[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly warnings: readonly Warning[];
}

export interface SessionFacts {
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  readonly mode: "paper" | "testnet" | "live";
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly strategy: {
    readonly name: string;
    readonly params: { readonly [name: string]: Json };
    readonly sha256: string;
  };
  readonly currency: string;
  readonly cash: string;
  /** First and last measured moment; null before there is one. */
  readonly from: string | null;
  readonly to: string | null;
  readonly bars: number;
  readonly fills: number;
  /** Fees in currencies that the session has no money of, by currency: not in its results. */
  readonly feesBeside: Readonly<Record<string, string>>;
  /** How often it was started. */
  readonly starts: number;
  /** Why it stopped this time. */
  readonly stopped: string;
  /** It is over and cannot be resumed. */
  readonly finished: boolean;
  /** Why nothing is opened; null when trading goes on. */
  readonly halted: string | null;
}

export interface OpenOrderRecord {
  readonly id: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly type: string;
  readonly quantity: string | null;
  readonly price: string | null;
  readonly stopPrice: string | null;
  readonly filledQuantity: string;
}
