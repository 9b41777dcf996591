import { z } from "zod";
import { Decimal, numericText } from "../domain/decimal.ts";
import {
  createOrder,
  type Order,
  type OrderSide,
  type OrderStatus,
  type OrderType,
  type TimeInForce,
} from "../domain/order.ts";

/** A decimal as venues write it: a text, or a JSON number, which stands for its shortest text. */
export const amount = z
  .union([z.string(), z.number()])
  .transform((value) => new Decimal(numericText(value, "amount")));
export const identifier = z.union([z.string().min(1), z.number()]).transform(String);
export const millis = z.union([z.string(), z.number()]).transform(Number).pipe(z.number().int().min(0));

/** An order as a venue pictures it, before it is one of ours. */
export interface OrderPicture {
  readonly id: string;
  readonly clientId: string | null;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce | null;
  readonly postOnly: boolean;
  readonly quantity: Decimal | null;
  /** Amount of the quote currency asked for; null for orders by quantity. */
  readonly value: Decimal | null;
  readonly price: Decimal | null;
  readonly stopPrice: Decimal | null;
  readonly filled: Decimal;
  readonly averagePrice: Decimal | null;
  readonly ending: Ending;
}

/** `live`: open or partially filled, as the quantities say. */
export type Ending =
  | { readonly status: "live" | "filled" }
  | { readonly status: "cancelled" | "rejected"; readonly reason: string };

/** @throws ValidationError for what is no order: prices or quantities of 0 where there must be some */
export function orderOf(picture: OrderPicture): Order {
  const { type, quantity, value, timeInForce, clientId, filled, ending } = picture;
  const byValue = quantity === null;
  const order = createOrder({
    id: picture.id,
    symbol: picture.symbol,
    side: picture.side,
    type,
    quantity,
    price: type === "limit" || type === "stop_limit" ? picture.price : null,
    stopPrice: type === "stop" || type === "stop_limit" ? picture.stopPrice : null,
    // Orders that others placed may have longer names than we give.
    ...(clientId !== null && clientId !== "" && clientId.length <= 36 && { clientId }),
    ...(timeInForce !== null && type !== "market" && { timeInForce }),
    ...(picture.postOnly && { postOnly: true }),
    ...(byValue && value !== null && { value }),
  });
  return Object.freeze({
    ...order,
    status: statusOf(ending, filled),
    ...(value !== null && { value }),
    filledQuantity: filled,
    averagePrice: picture.averagePrice,
    reason: "reason" in ending ? ending.reason : ending.status === "filled" ? "filled" : null,
  });
}

function statusOf({ status }: Ending, filled: Decimal): OrderStatus {
  if (status !== "live") return status;
  return filled.gt(0) ? "partially_filled" : "open";
}

/** Why an order ended that the venue calls expired. */
export function expiryReason(timeInForce: TimeInForce | null, type: OrderType): string {
  if (timeInForce === "FOK") return "expired:fok";
  // A market order that expires found no more offers: it is immediate-or-cancel by nature.
  if (timeInForce === "IOC" || type === "market") return "expired:ioc";
  if (timeInForce === "GTD") return "expired:gtd";
  return timeInForce === "DAY" ? "expired:day" : "cancelled:by-venue";
}

/** Of an order that a venue took, and rejected afterwards. */
export const refusedByVenue = "refused:by-venue";

export function nonZero(value: Decimal): Decimal | null {
  return value.gt(0) ? value : null;
}
