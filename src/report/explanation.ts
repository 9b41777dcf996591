import type { Json } from "../domain/signal.ts";

/** Exact decimals, ISO times and names that a reason rests on, by name. */
export type Facts = Readonly<Record<string, string>>;

/** What `--explain TIME` adds to a backtest's document: the moments around TIME, oldest first. */
export interface Explanation {
  readonly asked: string;
  /** The instant explained: the first one at or after `asked`. */
  readonly at: string;
  readonly moments: readonly ExplainedMoment[];
  /** Moments between the first and `at` that are left out, as there were too many. */
  readonly leftOut: number;
  /** Orders of `at`, their exits included, that had not ended in the last moment shown. */
  readonly open: readonly string[];
}

/** One instant of engine time in which something happened. */
export interface ExplainedMoment {
  readonly time: string;
  readonly seen: readonly SeenRecord[];
  /** Rows of the instant beyond those in `seen`. */
  readonly moreSeen: number;
  /** After the instant's fills: what the strategy had when it decided. */
  readonly account: AccountRecord;
  /** In the order in which they happened. */
  readonly events: readonly ExplainedEvent[];
}

/** A row of market data. */
export interface SeenRecord {
  readonly kind: "bar" | "tick" | "quote" | "book";
  readonly symbol: string;
  /** Bars alone; of one that is matched against but not shown to the strategy, no index. */
  readonly index: number | null;
  readonly timeframe: string | null;
  readonly openTime: string | null;
  /** open, high, low, close, volume; price, volume; or bid, ask. */
  readonly values: Facts;
}

export interface AccountRecord {
  readonly cash: string;
  readonly equity: string;
  readonly positions: readonly { readonly symbol: string; readonly quantity: string }[];
}

export interface OrderRecord {
  readonly id: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly type: "market" | "limit" | "stop" | "stop_limit";
  /** Asked for; null of an order by value, and of an exit that has no size yet. */
  readonly quantity: string | null;
  /** Of an order by value. */
  readonly value: string | null;
  readonly limit: string | null;
  /** Of a trailing stop: where it stood at first. */
  readonly stop: string | null;
  /** An amount, or a share of the best price: "2.5", "3%". */
  readonly trail: string | null;
  readonly tag: string | null;
  /** When it was asked for. */
  readonly decided: string;
  /** The entry that it protects. */
  readonly exitOf: string | null;
  /** The order whose place it takes. */
  readonly replaces: string | null;
}

export type ExplainedEvent = OrderEvent | LogEvent;

export interface OrderEvent {
  /** `cancelling`: asked to be cancelled. `waited`: open, and not filled by what was seen. */
  readonly kind: "decided" | "cancelling" | "refused" | "filled" | "waited" | "ended";
  readonly order: OrderRecord;
  /** From the table of rules, or the reason code of an end. */
  readonly rule: string;
  readonly because: string;
  readonly facts: Facts;
}

export interface LogEvent {
  readonly kind: "logged";
  readonly message: string;
  readonly fields: { readonly [key: string]: Json } | null;
}
