import { formatFixed, formatUnits } from "../../domain/fixed.ts";
import type { Json } from "../../domain/signal.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";

/** What a session tells while it runs; `--json` prints each as a line. Money and prices are exact decimal texts. */
export type SessionEvent =
  | {
      readonly event: "started";
      readonly time: string;
      readonly session: string;
      readonly path: string;
      readonly mode: "paper" | "testnet" | "live";
      readonly venue: string;
      readonly symbols: readonly string[];
      readonly strategy: string;
      /** Steps that were replayed to get where it stopped; null: a new session. */
      readonly resumed: number | null;
    }
  /** It can be watched and steered here: `http://127.0.0.1:8080`, `127.0.0.1:50051`; null: not. */
  | {
      readonly event: "listening";
      readonly time: string;
      readonly api: string | null;
      readonly grpc: string | null;
    }
  /** Bars from before the session traded, or from while it was not running: the strategy has seen them. */
  | { readonly event: "history"; readonly time: string; readonly bars: number }
  | {
      readonly event: "bar";
      readonly time: string;
      readonly symbol: string;
      readonly close: number;
      readonly equity: string;
    }
  | ({ readonly event: "account"; readonly time: string } & AccountPicture)
  /** An order has left for the venue, so many milliseconds after what it was decided on had come in. */
  | { readonly event: "sent"; readonly time: string; readonly id: string; readonly afterMs: number }
  /** The venue has answered it, so many milliseconds after it had left. */
  | { readonly event: "answered"; readonly time: string; readonly id: string; readonly afterMs: number }
  | {
      readonly event: "order";
      readonly time: string;
      readonly id: string;
      readonly symbol: string;
      readonly side: "buy" | "sell";
      readonly type: string;
      readonly quantity?: string;
      readonly value?: string;
      readonly price?: string;
      readonly stopPrice?: string;
    }
  | {
      readonly event: "fill";
      readonly time: string;
      readonly id: string;
      readonly symbol: string;
      readonly side: "buy" | "sell";
      readonly quantity: string;
      readonly price: string;
      readonly fee: string;
      readonly feeCurrency: string;
    }
  | { readonly event: "cancel"; readonly time: string; readonly id: string }
  | { readonly event: "ended"; readonly time: string; readonly id: string; readonly reason: string }
  | {
      readonly event: "log";
      readonly time: string;
      readonly message: string;
      readonly fields?: { readonly [key: string]: Json };
    }
  /** Of connection, data or order handling. */
  | {
      readonly event: "status";
      readonly time: string;
      readonly level: StatusLevel;
      readonly kind: string;
      readonly message: string;
    }
  | { readonly event: "halted"; readonly time: string; readonly because: string }
  | { readonly event: "resumed"; readonly time: string }
  | { readonly event: "stopping"; readonly time: string; readonly because: string };

export type StatusLevel = "info" | "warning" | "error";

/** What the session has and owes at a moment, in the currency of its account. */
export interface AccountPicture {
  readonly currency: string;
  readonly equity: string;
  /** Earned beside what is still open, costs paid: equity − what it began with − unrealised. */
  readonly realised: string;
  readonly unrealised: string;
  /** Of its peak, 0 or below; null before there is anything measured. */
  readonly drawdown: number | null;
  readonly maxDrawdown: number;
  /** Milliseconds since the last market data came in; null before the first. */
  readonly dataAgeMs: number | null;
  readonly prices: { readonly [symbol: string]: string };
  readonly positions: readonly {
    readonly symbol: string;
    readonly quantity: string;
    readonly entryPrice: number;
    readonly unrealised: string;
  }[];
  readonly openOrders: readonly {
    readonly id: string;
    readonly symbol: string;
    readonly side: "buy" | "sell";
    readonly type: string;
    readonly quantity: string | null;
    readonly price: string | null;
    readonly stopPrice: string | null;
    readonly filledQuantity: string;
    /** The venue has not said yet whether it has it. */
    readonly inDoubt: boolean;
  }[];
}

/** A decision as an event. */
export function eventOf(time: Millis, decision: Decision): SessionEvent {
  const at = { time: isoTime(time), id: String(decision.number) };
  switch (decision.kind) {
    case "place": {
      const { instrument, side, type, sizing, limit, stop } = decision;
      return {
        event: "order",
        ...at,
        symbol: instrument.symbol,
        side,
        type,
        ...(sizing.kind === "value"
          ? { value: formatFixed(sizing.value) }
          : { quantity: formatUnits(sizing.units, instrument.lot.scale) }),
        ...(limit !== null && { price: formatFixed(limit) }),
        ...(stop !== null && { stopPrice: formatFixed(stop) }),
      };
    }
    case "cancel":
      return { event: "cancel", ...at };
    case "ended":
      return { event: "ended", ...at, reason: decision.reason };
    case "fill": {
      const { instrument, side, quantity, price, fee } = decision;
      return {
        event: "fill",
        ...at,
        symbol: instrument.symbol,
        side,
        quantity: formatUnits(quantity, instrument.lot.scale),
        price: formatFixed(price),
        fee: formatFixed(fee.amount),
        feeCurrency: fee.currency,
      };
    }
  }
}
