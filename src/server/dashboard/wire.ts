import type { Decimal } from "../../domain/decimal.ts";
import type * as contract from "../contract.ts";

/** The contract as it arrives here: this page asks for amounts as exact text. */
export type Wire<T> = T extends Decimal
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

export type Order = Wire<contract.OrderView>;
export type Position = Wire<contract.PositionView>;
export type Trade = Wire<contract.TradeView>;
export type Signal = Wire<Omit<contract.SignalView, "metadata">> & Pick<contract.SignalView, "metadata">;
export type Status = Wire<contract.StatusView>;
export type Equity = Wire<contract.EquityView>;
export type EquityPoint = Wire<contract.EquityPointView>;
export type Candle = Wire<contract.CandleView>;
export type Tick = Wire<contract.TickView>;

/** News of one channel as the server numbers them; the other frames have no channel. */
export interface Frame {
  readonly type: string;
  readonly channel: string | null;
  readonly seq: number | null;
  readonly epoch?: string;
  readonly data: unknown;
}
