import type { ErrorCode } from "../../domain/errors.ts";
import type { OrderSide, TimeInForce } from "../../domain/order.ts";
import type { Signal } from "../../domain/signal.ts";
import type { Millis } from "../../domain/time.ts";

/**
 * What a person or a program asks of a session through one of its faces. It is journaled with its step before it is
 * done, so it is plain data: prices and quantities are decimal texts.
 */
export type UserCommand = {
  /** A name that its sender gave it: asked a second time it is not done again. Null: it has none. */
  readonly key: string | null;
} & UserAction;

export type UserAction =
  | { readonly kind: "order"; readonly order: UserOrder }
  | { readonly kind: "amend"; readonly id: number; readonly changes: UserChanges }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "signal"; readonly signal: UserSignal };

export interface UserOrder {
  readonly symbol: string;
  readonly side: OrderSide;
  /** One of the two; `value` is in quote currency. */
  readonly quantity?: string;
  readonly value?: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly timeInForce?: TimeInForce;
  /** Of a GTD order. */
  readonly expires?: Millis;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly stopLoss?: string;
  readonly takeProfit?: string;
  readonly tag?: string;
}

export interface UserChanges {
  readonly quantity?: string;
  readonly limit?: string;
  readonly stop?: string;
}

/**
 * An opinion. With a quantity, buy and sell are an order for so much, at the market or, with a price, a limit order.
 * Without one, buy goes long with all of the equity, sell goes out (on a margin account: short). Exit closes what it
 * finds. Hold does nothing but stand in the list of signals.
 */
export interface UserSignal extends Signal {
  readonly symbol: string;
  readonly quantity?: string;
  readonly price?: string;
}

/** What came of a command at once: the order that it made or touched, null when it took none; or why it was not done. */
export type Answer =
  | { readonly order: number | null; readonly refused: null }
  | { readonly order: null; readonly refused: Refusal };

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
}
