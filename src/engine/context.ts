import { describe } from "../domain/decimal.ts";
import type { Order, OrderId, OrderSide } from "../domain/order.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";
import type {
  BarHistory,
  Context,
  OrderChanges,
  OrderLabel,
  OrderRequest,
  PositionView,
  TargetRequest,
} from "../strategy/contract.ts";
import type { Market } from "./market.ts";
import { illegal } from "./request.ts";

/** What the context asks of the engine. */
export interface Desk {
  readonly mode: Context["mode"];
  readonly accountKind: Context["account"];
  readonly time: Millis;
  readonly ready: boolean;
  readonly symbols: readonly string[];
  readonly cash: number;
  readonly equity: number;
  /** Of the event being handled. */
  readonly current: Market;
  market(symbol: string): Market;
  openOrders(): readonly Order[];
  place(side: OrderSide, market: Market, request: OrderRequest): OrderId;
  close(market: Market, tag: unknown): OrderId | null;
  target(market: Market, request: TargetRequest): OrderId | null;
  cancel(id: OrderId): void;
  amend(id: OrderId, changes: OrderChanges): OrderId;
  cancelAll(market: Market | null): void;
  random(): number;
  after(ms: number, tag: string): void;
  log(message: string, fields: { readonly [key: string]: Json } | undefined): void;
}

/** The one object through which a strategy sees and acts: frozen, its engine out of reach. */
export class StrategyContext implements Context {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
    Object.freeze(this);
  }

  get mode(): Context["mode"] {
    return this.#desk.mode;
  }
  get account(): Context["account"] {
    return this.#desk.accountKind;
  }
  get ready(): boolean {
    return this.#desk.ready;
  }
  get time(): Millis {
    return this.#desk.time;
  }
  get symbol(): string {
    return this.#desk.current.instrument.symbol;
  }
  get symbols(): readonly string[] {
    return this.#desk.symbols;
  }
  get position(): PositionView {
    return this.#desk.current.position;
  }
  get cash(): number {
    return this.#desk.cash;
  }
  get equity(): number {
    return this.#desk.equity;
  }
  get orders(): readonly Order[] {
    return this.#desk.openOrders();
  }
  get prices(): Float64Array {
    return this.#desk.current.closes;
  }

  positionOf(symbol: string): PositionView {
    return this.#desk.market(symbol).position;
  }

  bars(timeframe: string, symbol?: string): BarHistory {
    return this.#market(symbol).barsOf(timeframe);
  }

  buy(request: OrderRequest): OrderId {
    return this.#desk.place("buy", this.#market(request?.symbol), request);
  }

  sell(request: OrderRequest): OrderId {
    return this.#desk.place("sell", this.#market(request?.symbol), request);
  }

  close(request: OrderLabel = {}): OrderId | null {
    return this.#desk.close(this.#market(request?.symbol), request?.tag);
  }

  target(request: TargetRequest): OrderId | null {
    return this.#desk.target(this.#market(request?.symbol), request);
  }

  cancel(id: OrderId): void {
    this.#desk.cancel(id);
  }

  amend(id: OrderId, changes: OrderChanges): OrderId {
    return this.#desk.amend(id, changes);
  }

  cancelAll(symbol?: string): void {
    this.#desk.cancelAll(symbol === undefined ? null : this.#desk.market(symbol));
  }

  random(): number {
    return this.#desk.random();
  }

  after(ms: number, tag: string): void {
    if (typeof ms !== "number" || !(ms >= 0) || ms === Number.POSITIVE_INFINITY) {
      throw illegal(`after: expected milliseconds, 0 or more, found ${describe(ms)}`);
    }
    this.#desk.after(ms, String(tag));
  }

  log(message: string, fields?: { readonly [key: string]: Json }): void {
    this.#desk.log(String(message), fields);
  }

  #market(symbol: string | undefined): Market {
    return symbol === undefined ? this.#desk.current : this.#desk.market(symbol);
  }
}
