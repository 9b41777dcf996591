import { unitsToNumber, zero } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import type { FeedOrder } from "../execution/bookFills.ts";
import { type Amount, fixedOf } from "./amount.ts";
import type { OrderState, WireSide, WireStatus, WireTimeInForce, WireType } from "./contract.ts";
import type { Market } from "./market.ts";

/** What is locked for an order, or for both orders of an OCO together. */
export interface Hold {
  readonly asset: string;
  amount: Amount;
}

/** An order as the exchange keeps it. Prices in points, sizes in the quantity's decimals, as its market counts. */
export interface VenueOrder {
  readonly account: string;
  readonly market: Market;
  readonly orderId: number;
  readonly orderListId: number;
  readonly clientOrderId: string;
  readonly side: WireSide;
  readonly type: WireType;
  readonly timeInForce: WireTimeInForce;
  /** 0 without one. */
  readonly price: number;
  readonly stop: number;
  /** Found out at the fill, when it is ordered by value. */
  size: number;
  readonly byValue: Amount;
  readonly time: Millis;
  status: WireStatus;
  executed: number;
  spent: Amount;
  updateTime: Millis;
  /** In the book, or was: of a conditional order, it has been triggered. */
  isWorking: boolean;
  workingTime: Millis;
  /** It stands in the book: what fills it now, it fills as maker. */
  rested: boolean;
  hold: Hold;
}

export function isOpen({ status }: VenueOrder): boolean {
  return status === "NEW" || status === "PARTIALLY_FILLED" || status === "PENDING_NEW";
}

/** Waits for the last price to reach its stop. */
export function isConditional({ type }: { readonly type: WireType }): boolean {
  return type !== "MARKET" && type !== "LIMIT" && type !== "LIMIT_MAKER";
}

/** Has a limit price. */
export function hasLimit({ type }: { readonly type: WireType }): boolean {
  return type !== "MARKET" && type !== "STOP_LOSS" && type !== "TAKE_PROFIT";
}

/**
 * Triggers when the last price is at its stop or above it: stops of buyers, who fear a rise, and targets of sellers,
 * who wait for one.
 */
export function triggersAbove({ type, side }: Pick<VenueOrder, "type" | "side">): boolean {
  const stops = type === "STOP_LOSS" || type === "STOP_LOSS_LIMIT";
  return stops === (side === "BUY");
}

export function remainingOf({ size, executed }: VenueOrder): number {
  return size - executed;
}

/** What must be locked for it: of an order to sell the base asset, of one to buy the price at its limit (or its stop). */
export function neededFor(order: VenueOrder): Amount {
  const { market, side, type, status, price, stop } = order;
  if (!isOpen(order) || status === "PENDING_NEW" || type === "MARKET") return 0n;
  const remaining = remainingOf(order);
  return side === "SELL"
    ? market.baseAmount(remaining)
    : market.value(hasLimit(order) ? price : stop, remaining);
}

/** The order as the rules of execution read it: past its trigger, a stop is a market order or a limit. */
export function feedOrder(order: VenueOrder): FeedOrder {
  const { market, side, price, rested } = order;
  const limit = hasLimit(order) ? market.priceOf(price) : null;
  return {
    command: { side: side === "BUY" ? "buy" : "sell", type: limit === null ? "market" : "limit", limit },
    trigger: null,
    limit: limit === null ? Number.NaN : unitsToNumber(limit.units, limit.scale),
    stop: Number.NaN,
    seen: rested,
    triggered: true,
  };
}

/** Its picture now. */
export function stateOf(order: VenueOrder): OrderState {
  const { market } = order;
  return {
    symbol: market.rules.symbol,
    orderId: order.orderId,
    orderListId: order.orderListId,
    clientOrderId: order.clientOrderId,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    status: order.status,
    price: order.price === 0 ? zero : market.priceOf(order.price),
    stopPrice: order.stop === 0 ? zero : market.priceOf(order.stop),
    origQty: market.sizeOf(order.size),
    origQuoteOrderQty: fixedOf(order.byValue),
    executedQty: market.sizeOf(order.executed),
    cummulativeQuoteQty: fixedOf(order.spent),
    time: order.time,
    updateTime: order.updateTime,
    isWorking: order.isWorking,
    workingTime: order.workingTime,
  };
}
