import type { Decimal } from "./decimal.ts";
import type { Approved, ExecutionEvent } from "./execution.ts";
import type { Fixed } from "./fixed.ts";
import type { Instrument } from "./instrument.ts";
import type { MarketChunk, MarketEvent } from "./market.ts";
import type { Order, OrderId, OrderSide } from "./order.ts";
import type { Position } from "./position.ts";
import type { Ticker } from "./ticker.ts";
import type { Millis } from "./time.ts";

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
  /** What happened since; call until it returns nothing, booking as you go: a sell's proceeds may pay the next buy. */
  drain(): readonly ExecutionEvent[];
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
