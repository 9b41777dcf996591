import type { z } from "zod";
import type { Decimal, Numeric } from "../domain/decimal.ts";
import type { Bar, Book, Quote, Tick } from "../domain/market.ts";
import type { Order, OrderId, OrderSide, TimeInForce } from "../domain/order.ts";
import type { Json, Signal } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";

/**
 * The contract between geosync and a strategy's author. Names and meaning are kept: members are added, never renamed.
 * Times are UTC epoch milliseconds. Numbers are the nearest doubles of exact decimals; `exact` members are exact.
 */

export interface OrderRequest {
  /** @default the symbol of the event being handled */
  readonly symbol?: string;
  /** Exactly one of the three. `quantity` is exact; the other two are orders by value, sized at the fill. */
  readonly quantity?: Numeric;
  /** Share of equity: 1 is all of it. */
  readonly fraction?: number;
  /** Value in quote currency. */
  readonly notional?: Numeric;
  readonly limit?: Numeric;
  readonly stop?: Numeric;
  /** A stop that follows the best price since, so far behind it: money, or per cent of that price. */
  readonly trail?: { readonly amount: Numeric } | { readonly percent: number };
  /** Name of a group: the first of its orders that fills, even in part, cancels the others. */
  readonly oco?: string;
  /** @default "GTC" */
  readonly timeInForce?: TimeInForce;
  /** For GTD. */
  readonly expires?: Millis;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  /** Attached exits, live on the venue; one cancels the other. */
  readonly stopLoss?: Numeric;
  readonly takeProfit?: Numeric;
  readonly tag?: string;
}

/** What of an open order is to change; the rest stays as it is. */
export interface OrderChanges {
  /** What is to be open from now on, not counting what has filled. */
  readonly quantity?: Numeric;
  readonly limit?: Numeric;
  readonly stop?: Numeric;
}

/** What names an order's symbol and tag where nothing else is needed. */
export interface OrderLabel {
  readonly symbol?: string;
  readonly tag?: string;
}

export type TargetRequest = OrderLabel & ({ readonly quantity: Numeric } | { readonly fraction: number });

export interface Fill {
  readonly orderId: OrderId;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly time: Millis;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly fee: { readonly amount: Decimal; readonly currency: string };
  readonly maker: boolean;
  readonly tag: string | null;
}

/** What a strategy sees of its position; authors know it as `Position`. */
export interface PositionView {
  readonly symbol: string;
  /** Below 0 when short. */
  readonly quantity: number;
  readonly entryPrice: number | null;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly isFlat: boolean;
  readonly isLong: boolean;
  readonly isShort: boolean;
  readonly exact: { readonly quantity: Decimal; readonly realizedPnl: Decimal };
}

/** Closed bars, oldest first. */
export interface BarHistory {
  readonly length: number;
  at(index: number): Bar | undefined;
}

export interface Context {
  readonly mode: "backtest" | "paper" | "live";
  /** `cash` has no shorts. */
  readonly account: "cash" | "margin";
  /** False during the declared warm-up and before --from: orders would end as `refused:warmup`. */
  readonly ready: boolean;
  readonly time: Millis;
  /** Of the event being handled. */
  readonly symbol: string;
  readonly symbols: readonly string[];
  /** Of `symbol`. */
  readonly position: PositionView;
  positionOf(symbol: string): PositionView;
  readonly cash: number;
  readonly equity: number;
  /** Open orders. */
  readonly orders: readonly Order[];
  /** Closes of `symbol` up to now, oldest first; what lies beyond now is not there to be reached. */
  readonly prices: Float64Array;
  /** Closed bars of another timeframe, aligned in UTC; the newest closed one last. */
  bars(timeframe: string, symbol?: string): BarHistory;
  /** Adds. */
  buy(request: OrderRequest): OrderId;
  /** On a cash account reduces what is held and is refused when flat; on a margin account it goes short. */
  sell(request: OrderRequest): OrderId;
  /** Market order that flattens what is there, long or short; null when nothing is. */
  close(request?: OrderLabel): OrderId | null;
  /** Brings the net position (open orders counted) to a signed quantity or fraction of equity. */
  target(request: TargetRequest): OrderId | null;
  cancel(id: OrderId): void;
  /**
   * Replaces an open order by one with other terms, in one step: when the old one has filled by then, the new one is
   * refused (`refused:nothing-to-replace`). Returns the id of the new one, which takes its place at the end of the
   * queue.
   */
  amend(id: OrderId, changes: OrderChanges): OrderId;
  cancelAll(symbol?: string): void;
  /** Seeded, in [0, 1). */
  random(): number;
  /** `onTimer(tag)` once, at or after `time + ms`. */
  after(ms: number, tag: string): void;
  log(message: string, fields?: { readonly [key: string]: Json }): void;
}

/** What a strategy listens to. Synchronous: an answer that comes later belongs to a later event. */
export interface Handlers {
  onStart?(): void;
  onBar?(bar: Bar): void;
  onTick?(tick: Tick): void;
  onQuote?(quote: Quote): void;
  onBook?(book: Book): void;
  onOrder?(order: Order): void;
  onFill?(fill: Fill): void;
  onTimer?(tag: string): void;
  onStop?(): void;
  /** State worth keeping; lets a long session start from a checkpoint instead of its first event. */
  save?(): Json;
}

export interface StrategyDefinition<P extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description?: string;
  readonly params?: P;
  /** n: the first decision counts at bar index n - 1 (from 0). Bars before --from feed it. @default 0 */
  readonly warmup?: number | WarmupOf<P>;
  readonly timeframes?: readonly string[];
  /** Called once a run, with fresh state. */
  create(params: z.output<P>, ctx: Context, saved?: Json): Handlers;
}

/** Written as a method, so that a definition of certain parameters is also a definition of any. */
type WarmupOf<P extends z.ZodType> = { of(params: z.output<P>): number }["of"];

/** The definition itself; gives `create` and `warmup` the types that `params` promises. */
export function defineStrategy<P extends z.ZodType>(
  definition: StrategyDefinition<P>,
): StrategyDefinition<P> {
  return definition;
}

/**
 * The integration reference's contract; one instance a symbol. `prices`: closes up to now. `indicators`: sma20, ema20,
 * rsi14, atr14 and stddev20 of the bars up to now, NaN until they are ready.
 */
export interface Strategy {
  generateSignal(prices: Float64Array, indicators: { readonly [name: string]: number }): Signal;
}

/**
 * Score at t: above 0 long, below 0 short (flat on a cash account), 0 flat, NaN no opinion. Only f(prices[0..t])[t]
 * counts; checked on prefixes.
 */
export type VectorStrategy = (prices: Float64Array) => ArrayLike<number>;

/**
 * What a plugin file exports by default. A class or a vector decides by direction: buy or a score > 0 → target
 * fraction 1; sell or < 0 → target fraction -1 on a margin account, else close; exit or 0 → close; hold or NaN →
 * nothing; and only when the direction changes. `warmup`: as in a definition.
 */
export type Plugin =
  | StrategyDefinition
  | ((new () => Strategy) & { warmup?: number })
  | (VectorStrategy & { warmup?: number });
