import type { Json } from "../domain/signal.ts";

/**
 * Why a session earned something else than the backtest. `data`: bars that differ from the official ones; `rejects`:
 * refusals, risk limits, halts and exits by force; `manual`: trades by hand that the session took over; `timing`: fills
 * at another time, in part, or not at all; `price`: other prices, and the quantities they buy; `fees`; `other`: what
 * none of these explains, interest included.
 */
export type DriftCause = "data" | "rejects" | "manual" | "timing" | "price" | "fees" | "other";

/** A session against a backtest, as `--json` prints it: schema geosync.drift/1. Money is of the session's currency. */
export interface DriftDocument {
  readonly schema: "geosync.drift/1";
  readonly session: string;
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
  /** From the session's first market event to its last; null before there is one. */
  readonly from: string | null;
  readonly to: string | null;
  /** Files whose data the backtest had in place of the session's own; empty: its own. */
  readonly data: readonly string[];
  readonly result: DriftedRun;
  readonly backtest: DriftedRun;
  /** Profit of the session less that of the backtest: the sum of the causes' amounts, to the last digit. */
  readonly drift: string;
  readonly causes: readonly CauseRecord[];
  /** With `data`: how the session's bars compare with the official ones. */
  readonly bars: BarComparison | null;
}

export interface DriftedRun {
  readonly profit: string;
  readonly finalEquity: string;
  readonly fees: string;
  readonly orders: number;
  readonly fills: number;
}

export interface CauseRecord {
  readonly cause: DriftCause;
  readonly amount: string;
  /** That it changed; of `data`, bars. */
  readonly count: number;
  /** The largest, largest first. */
  readonly examples: readonly DriftExample[];
}

export interface DriftExample {
  readonly time: string;
  readonly symbol: string;
  /** Of the session's order; null where it has none. */
  readonly order: string | null;
  /** What it alone changes; null of a bar. */
  readonly amount: string | null;
  /** What is different, in words. */
  readonly what: string;
}

export interface BarComparison {
  readonly compared: number;
  readonly differing: number;
  /** Official bars that the session did not get. */
  readonly missing: number;
  /** Bars of the session that are not official. */
  readonly extra: number;
}
