import { z } from "zod";
import { Decimal, type Numeric, toDecimal } from "./decimal.ts";
import { OrderError, ValidationError } from "./errors.ts";
import { normalizeSymbol } from "./symbol.ts";
import type { Millis } from "./time.ts";

export type OrderId = string;

const endings = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, "0"));
let thousands = 0;
let beginning = "0";

/** The number as text. A run asks for millions: joined of two that are there already, each is cheaper by far. */
export function orderIdOf(number: number): OrderId {
  if (number < 1000) return String(number);
  const rest = number % 1000;
  if (number - rest !== thousands) {
    thousands = number - rest;
    beginning = String(thousands / 1000);
  }
  return beginning + endings[rest]!;
}

export type OrderSide = "buy" | "sell";
export type OrderType = "market" | "limit" | "stop" | "stop_limit";
export type OrderStatus = "pending" | "open" | "partially_filled" | "filled" | "cancelled" | "rejected";
export type TimeInForce = "GTC" | "IOC" | "FOK" | "GTD" | "DAY";

/** What a venue or the risk policy can report of an order. */
export type OrderChange =
  | { readonly kind: "accepted"; readonly id?: OrderId }
  | { readonly kind: "filled"; readonly quantity: Decimal; readonly price: Decimal }
  | { readonly kind: "cancelled"; readonly reason: string }
  | { readonly kind: "rejected"; readonly reason: string };

export interface Order {
  readonly id: OrderId;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly status: OrderStatus;
  /** True while the venue's answer is unknown. */
  readonly inDoubt: boolean;
  /** Null while an order by value is not sized yet. */
  readonly quantity: Decimal | null;
  /** Limit price. */
  readonly price: Decimal | null;
  readonly stopPrice: Decimal | null;
  readonly filledQuantity: Decimal;
  readonly averagePrice: Decimal | null;
  readonly reason: string | null;
  readonly tag: string | null;
  /** Our own name for it, fixed before it is sent, so that a venue can be asked what became of it. */
  readonly clientId?: string;
  /** @default GTC */
  readonly timeInForce?: TimeInForce;
  /** Of a GTD order. */
  readonly expires?: Millis;
  /** Refused rather than filled at once. */
  readonly postOnly?: boolean;
  /** A market order for so much of the quote currency, in place of a quantity. */
  readonly value?: Decimal;
}

export interface OrderInput {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type?: OrderType;
  /** Null (with `value`) for a market order by value. */
  readonly quantity: Numeric | null;
  /** Limit price: for limit and stop_limit. */
  readonly price?: Numeric | null;
  /** Trigger: for stop and stop_limit. */
  readonly stopPrice?: Numeric | null;
  readonly id?: OrderId;
  readonly tag?: string | null;
  readonly clientId?: string;
  readonly timeInForce?: TimeInForce;
  readonly expires?: Millis;
  readonly postOnly?: boolean;
  readonly value?: Numeric;
}

const shape = z.strictObject({
  symbol: z.string(),
  side: z.enum(["buy", "sell"]),
  type: z.enum(["market", "limit", "stop", "stop_limit"]).default("market"),
  quantity: z.unknown(),
  price: z.unknown().optional(),
  stopPrice: z.unknown().optional(),
  id: z.string().default(""),
  tag: z.string().nullish(),
  clientId: z.string().min(1).max(36).optional(),
  timeInForce: z.enum(["GTC", "IOC", "FOK", "GTD", "DAY"]).optional(),
  expires: z.number().optional(),
  postOnly: z.boolean().optional(),
  value: z.unknown().optional(),
});

/** A pending order. @throws ValidationError GEO-VALUE naming the field that is missing, not positive or out of place. */
export function createOrder(input: OrderInput): Order {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw new ValidationError("GEO-VALUE", `Order: ${z.prettifyError(parsed.error)}`);
  const { symbol, side, type, id, tag, clientId, timeInForce, expires, postOnly } = parsed.data;
  const byValue = input.quantity === null;
  if (byValue !== (input.value !== undefined) || (byValue && type !== "market")) {
    const expected = "a quantity, or null and the value of a market order";
    throw new ValidationError("GEO-VALUE", `Order.quantity: expected ${expected}, found ${input.quantity}`);
  }
  return Object.freeze({
    id,
    symbol: normalizeSymbol(symbol),
    side,
    type,
    status: "pending",
    inDoubt: false,
    quantity: input.quantity === null ? null : positive(input.quantity, "Order.quantity"),
    price: priceFor(type === "limit" || type === "stop_limit", type, input.price, "Order.price"),
    stopPrice: priceFor(type === "stop" || type === "stop_limit", type, input.stopPrice, "Order.stopPrice"),
    filledQuantity: new Decimal(0),
    averagePrice: null,
    reason: null,
    tag: tag ?? null,
    ...(clientId !== undefined && { clientId }),
    ...(timeInForce !== undefined && { timeInForce }),
    ...(expires !== undefined && { expires }),
    ...(postOnly !== undefined && { postOnly }),
    ...(input.value !== undefined && { value: positive(input.value, "Order.value") }),
  });
}

function priceFor(
  needed: boolean,
  type: OrderType,
  value: Numeric | null | undefined,
  field: string,
): Decimal | null {
  const absent = value === undefined || value === null;
  if (needed === absent) {
    const expected = needed ? `a price for a ${type} order` : `no price for a ${type} order`;
    throw new ValidationError("GEO-VALUE", `${field}: expected ${expected}, found ${String(value)}`);
  }
  return absent ? null : positive(value, field);
}

function positive(value: Numeric, field: string): Decimal {
  const exact = toDecimal(value, field);
  if (exact.lte(0))
    throw new ValidationError("GEO-VALUE", `${field}: expected more than 0, found ${exact.toFixed()}`);
  return exact;
}

/** What happened to an order, as far as its status is concerned. */
export type StatusChange = "accepted" | "partially_filled" | "filled" | "cancelled" | "rejected";

/**
 * The one transition table. `stale`: repeated or overtaken news, to be counted and ignored. Fills always count, also
 * those that arrive after a cancel: what was traded was traded.
 */
export function nextStatus(status: OrderStatus, change: StatusChange): OrderStatus | "stale" {
  switch (change) {
    case "accepted":
      return status === "pending" ? "open" : "stale";
    case "partially_filled":
      if (status === "filled") return "stale";
      return status === "cancelled" || status === "rejected" ? status : "partially_filled";
    case "filled":
      return status === "filled" ? "stale" : "filled";
    case "cancelled":
      return isFinal(status) ? "stale" : "cancelled";
    case "rejected":
      return isFinal(status) ? "stale" : "rejected";
  }
}

export function isFinal(status: OrderStatus): boolean {
  return status === "filled" || status === "cancelled" || status === "rejected";
}

/**
 * The order after `change`, no longer in doubt; the same object when the news is stale.
 * @throws OrderError GEO-ORDER-TRANSITION for an overfill (more was filled than was ordered) and a fill of nothing.
 */
export function applyChange(order: Order, change: OrderChange): Order {
  if (change.kind !== "filled") {
    const status = nextStatus(order.status, change.kind);
    if (status === "stale") return order;
    const id = change.kind === "accepted" ? (change.id ?? order.id) : order.id;
    const reason = "reason" in change ? change.reason : order.reason;
    return Object.freeze({ ...order, id, status, inDoubt: false, reason });
  }
  if (!change.quantity.gt(0)) {
    throw new OrderError(
      "GEO-ORDER-TRANSITION",
      `order ${order.id}: expected a fill of more than 0, found ${change.quantity}`,
    );
  }
  const filled = order.filledQuantity.plus(change.quantity);
  if (order.quantity !== null && filled.gt(order.quantity)) {
    throw new OrderError("GEO-ORDER-TRANSITION", `order ${order.id}: filled ${filled} of ${order.quantity}`);
  }
  const complete = order.quantity !== null && filled.eq(order.quantity);
  const status = nextStatus(order.status, complete ? "filled" : "partially_filled");
  if (status === "stale") return order;
  const cost = (order.averagePrice ?? new Decimal(0)).times(order.filledQuantity);
  const averagePrice = cost.plus(change.price.times(change.quantity)).dividedBy(filled);
  return Object.freeze({
    ...order,
    status,
    inDoubt: false,
    filledQuantity: filled,
    averagePrice,
    reason: complete ? "filled" : order.reason,
  });
}
