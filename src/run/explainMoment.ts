import type { Execution, OrderNumber, PlaceCommand } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketChunk } from "../domain/market.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";
import type { Facts } from "../report/explanation.ts";

/** An order, or an exit attached to one, as long as it may still have news. */
export interface KnownOrder {
  readonly command: PlaceCommand;
  readonly decided: Millis;
  readonly exitOf: OrderNumber | null;
  /** Since when it can fill at all: an exit, from its entry's first fill on. */
  alive: Millis | null;
  /** Of an exit: what its entry paid at first, before slippage. */
  entryPrice: Fixed | null;
}

/** A row of market data where it stands; `index` of a bar among those of its symbol. */
export interface SeenRow {
  readonly chunk: MarketChunk;
  readonly row: number;
  readonly index: number | null;
}

export interface AccountState {
  readonly cash: Fixed;
  readonly equity: Fixed;
  /** Of all strategies together. */
  readonly positions: readonly { readonly instrument: Instrument; readonly quantity: bigint }[];
}

export type Happening =
  | { readonly kind: "decided"; readonly order: KnownOrder; readonly reference: Fixed | null }
  | { readonly kind: "cancelling"; readonly order: KnownOrder; readonly activeFrom: Millis }
  | {
      readonly kind: "filled";
      readonly order: KnownOrder;
      readonly fill: Execution;
      /** Before slippage; null: nothing slipped. */
      readonly base: Fixed | null;
      readonly atEnd: boolean;
    }
  | { readonly kind: "waited"; readonly order: KnownOrder }
  | { readonly kind: "ended"; readonly order: KnownOrder; readonly reason: ReasonCode; readonly facts: Facts }
  | {
      readonly kind: "logged";
      readonly message: string;
      readonly fields: { readonly [key: string]: Json } | undefined;
    };

/** An instant of engine time while it lasts, and what is kept of it. */
export interface Moment {
  readonly time: Millis;
  readonly happenings: Happening[];
  seen: readonly SeenRow[];
  moreSeen: number;
  /** Set when the instant is over. */
  account: AccountState | null;
}
