import type { Decimal } from "./decimal.ts";
import type { Approved, ExecutionEvent, OrderNumber } from "./execution.ts";
import type { Fixed } from "./fixed.ts";
import type { Instrument } from "./instrument.ts";
import type { MarketChunk, MarketEvent } from "./market.ts";
import type { Order, OrderId, OrderSide, OrderType, TimeInForce } from "./order.ts";
import type { Position } from "./position.ts";
import type { Ticker } from "./ticker.ts";
import type { Millis, Timeframe } from "./time.ts";

/** Market data in order of time, a chunk at a time. Throws when it failed. */
export interface MarketStream<C extends MarketChunk = MarketChunk> {
  events(): AsyncIterable<C>;
}

/** The integration reference's port for market data. */
export interface DataSource {
  /** @throws ConnectionError */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Settles when the source has nothing more to give; rejects when it failed. */
  readonly done: Promise<void>;
  subscribe(symbol: string, callback: (tick: Ticker) => void): void;
  unsubscribe(symbol: string): void;
}

/** A finished bar as a provider of historical data has it: decimal texts. */
export interface ProvidedBar {
  readonly openTime: Millis;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

export interface BarQuestion {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First open time that is wanted. */
  readonly from: Millis;
  /** First open time that is no longer wanted. */
  readonly to: Millis;
  /** Aborted: ask no further. */
  readonly signal: AbortSignal;
}

/** Requests that a provider allows. */
export interface RateLimits {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly perDay?: number;
}

/** Where historical bars come from. */
export interface DataProvider {
  /** For messages and reports: `alphavantage`. */
  readonly name: string;
  /** What it allows, and its requests keep to. */
  readonly limits: RateLimits;
  /**
   * Finished bars of the period, a page at a time: oldest first, none twice, none that is still forming. A page may be
   * empty.
   * @throws ConnectionError: GEO-CONNECTION, GEO-CREDENTIALS, GEO-VENUE-LIMITED, GEO-VENUE-ANSWER, and
   * GEO-VENUE-UNSUPPORTED for a symbol or timeframe that it lacks
   */
  bars(question: BarQuestion): AsyncIterable<readonly ProvidedBar[]>;
}

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly passphrase?: string;
}

/** The integration reference's port for a venue. */
export interface ExecutionAdapter {
  /** @throws ConnectionError */
  connect(credentials: Credentials): Promise<void>;
  disconnect(): Promise<void>;
  /** The order with its id and status. @throws OrderError */
  placeOrder(order: Order): Promise<Order>;
  /** True when the order was cancelled by this call. */
  cancelOrder(id: OrderId): Promise<boolean>;
  getOrderStatus(id: OrderId): Promise<Order>;
  getPositions(): Promise<Position[]>;
  getBalance(): Promise<Record<string, Decimal>>;
}

/** The engine's way out. Synchronous: answers of a network are queued behind it and drained. */
export interface ExecutionGateway {
  /** Market data that resting orders may fill on. `bar`: the index of the event's bar, -1 for a tick. */
  onMarket(event: MarketEvent, bar: number): void;
  submit(command: Approved): void;
  /** Of a simulated venue: an event that this order alone may fill on. */
  offerTo?(number: OrderNumber, event: MarketEvent, bar: number): void;
  /** What happened since; call until it returns nothing, booking as you go: a sell's proceeds may pay the next buy. */
  drain(): readonly ExecutionEvent[];
  /** What it knows between two steps, for a checkpoint; without it the checkpoint holds the engine's own state alone. */
  save?(): unknown;
  load?(state: unknown): void;
}

/** An order to be paid, but for how much of it. */
export interface Purchase {
  readonly instrument: Instrument;
  /** Quote value of one unit. */
  readonly unitValue: Fixed;
  readonly maker: boolean;
  readonly time: Millis;
}

/** What execution is expected to cost, for sizing and for what must be payable. Quantities in units of the lot. */
export interface CostEstimate {
  /** The price a market order is taken to get when the market stands at `price`. `quantity` in the base currency. */
  slip(price: Fixed, side: OrderSide, instrument: Instrument, quantity: number): Fixed;
  /** What buying `quantity` takes from the quote currency, fees included. */
  costOf(purchase: Purchase, quantity: bigint): Fixed;
  /** The largest quantity, in whole lots, whose value and fee `funds` pay for. */
  payable(purchase: Purchase, funds: Fixed): bigint;
  /** No less than the cost of an order of that value and quantity, in doubles. */
  atMost(purchase: Omit<Purchase, "unitValue">, value: number, quantity: number): number;
}

/** One of our trades as the venue has it: what fills are made of, and what they are told apart by. */
export interface OwnTrade {
  /** Unique within the symbol; those of later trades are larger where the venue counts them. */
  readonly id: string;
  readonly orderId: OrderId;
  /** Of the order; null when we did not name it (a manual trade), or the venue does not say. */
  readonly clientId: string | null;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly time: Millis;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Null when the venue does not say what was charged. */
  readonly fee: { readonly amount: Decimal; readonly currency: string } | null;
  readonly maker: boolean;
}

/** What a venue tells of an account while we are connected. Anything may come late, twice or out of order. */
export type AccountUpdate =
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "trade"; readonly trade: OwnTrade }
  | { readonly kind: "balance"; readonly free: Readonly<Record<string, Decimal>> }
  /** News may have been missed before this: ask for open orders and own trades. Also the first after connecting. */
  | { readonly kind: "gap"; readonly reason: string };

/** What a venue can do with orders. */
export interface VenueAbilities {
  readonly types: readonly OrderType[];
  readonly timeInForce: readonly TimeInForce[];
  readonly postOnly: boolean;
  /** Market orders for an amount of the quote currency. */
  readonly byValue: boolean;
  /** A stop and a target of which one cancels the other, living on the venue. */
  readonly exits: boolean;
  /** Orders can be asked for by client id. */
  readonly clientIds: boolean;
}

/** Stop and target that protect a holding; either may be missing. On the venue one cancels the other. */
export interface ProtectiveExits {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly stopLoss?: { readonly clientId: string; readonly price: Decimal };
  readonly takeProfit?: { readonly clientId: string; readonly price: Decimal };
}

/**
 * A venue that sessions can be trusted to: besides the reference's port, whatever it takes to learn what became of an
 * order. Of a failed `placeOrder`, the code tells: GEO-ORDER-REFUSED, it is not there and never was; GEO-ORDER-UNKNOWN,
 * it may be there: ask `findOrder`, and never send it again before that. Every method throws ConnectionError when the
 * venue cannot be asked.
 */
export interface TradingAdapter extends ExecutionAdapter {
  readonly abilities: VenueAbilities;
  /** With the venue's tick, lot and smallest value. @throws ConnectionError GEO-VENUE-UNSUPPORTED for a symbol it lacks */
  instrument(symbol: string): Promise<Instrument>;
  /** By our client id, open or ended; null when the venue knows none of that name. */
  findOrder(symbol: string, clientId: string): Promise<Order | null>;
  /** False when there was nothing left to cancel. */
  cancelByClientId(symbol: string, clientId: string): Promise<boolean>;
  openOrders(symbol: string): Promise<readonly Order[]>;
  /** Oldest first, from that trade (exclusive) or time (inclusive) on, without a hole. */
  ownTrades(
    symbol: string,
    since: { readonly id: string } | { readonly time: Millis },
  ): Promise<readonly OwnTrade[]>;
  /** Both orders as they stand. */
  placeExits(exits: ProtectiveExits): Promise<readonly Order[]>;
  /** One consumer. Ends with `disconnect`; never throws for a lost connection: it comes back, and a gap is told. */
  updates(): AsyncIterable<AccountUpdate>;
}
