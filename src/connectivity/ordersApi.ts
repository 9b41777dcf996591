import type { Decimal } from "../domain/decimal.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Order, OrderId } from "../domain/order.ts";
import type { AccountUpdate, OwnTrade, ProtectiveExits, VenueAbilities } from "../domain/ports.ts";

/** What a venue takes of orders in one market, exactly; null: no bound. */
export interface OrderRules {
  readonly instrument: Instrument;
  readonly minPrice: Fixed | null;
  readonly maxPrice: Fixed | null;
  readonly minQuantity: Fixed | null;
  readonly maxQuantity: Fixed | null;
  /** Of market and stop orders; where it has none of its own, that of all. */
  readonly maxMarketQuantity: Fixed | null;
  readonly maxNotional: Fixed | null;
  /** Most decimals of an amount of the quote currency. */
  readonly valueScale: number;
  /** How many orders with a stop may stand of the symbol; null: as many as one likes, or nobody says. */
  readonly mostStops: number | null;
}

export type OrderKey = { readonly id: OrderId } | { readonly clientId: string };
export type TradesSince = { readonly id: string } | { readonly time: number };

export interface Amounts {
  readonly free: Decimal;
  readonly locked: Decimal;
}

/**
 * The order side of a venue, in our values: every answer checked, nothing rounded, each method one question (of pages,
 * several) through the session's `call`. What throws is what `VenueSession.call` throws.
 */
export interface OrderApi {
  readonly abilities: VenueAbilities;
  /** What it accepts as the name of an order. */
  readonly clientId: RegExp;
  /** @throws ConnectionError GEO-VENUE-UNSUPPORTED for a symbol the venue lacks */
  rules(symbol: string): OrderRules;
  /** Sends once. `order` has been checked and has its client id. */
  place(order: Order): Promise<Order>;
  placeExits(exits: ProtectiveExits): Promise<readonly Order[]>;
  find(symbol: string, key: OrderKey): Promise<Order | null>;
  /** False when there was nothing left to cancel. */
  cancel(symbol: string, key: OrderKey): Promise<boolean>;
  /** Of all symbols when null. */
  openOrders(symbol: string | null): Promise<readonly Order[]>;
  /** All of them, oldest first. */
  trades(symbol: string, since: TradesSince): Promise<readonly OwnTrade[]>;
  balances(): Promise<Readonly<Record<string, Amounts>>>;
  lastPrice(symbol: string): Promise<Decimal>;
  stream(): AccountStream;
}

/** News of the account, pushed. */
export interface AccountStream {
  /**
   * The next news, in the order of their arrival; `AccountUpdate`s without gaps. None, once, when it is connected.
   * @throws when the stream broke: what happened since may be lost. Calling again connects again.
   */
  next(): Promise<readonly AccountUpdate[]>;
  /** Drops the connection, so that `next` rejects: for a stream that has gone deaf. */
  drop(): void;
}
