import { z } from "zod";
import { Decimal } from "../domain/decimal.ts";
import type { Order, OrderSide, OrderType, TimeInForce } from "../domain/order.ts";
import type { AccountUpdate, OwnTrade } from "../domain/ports.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import type { Amounts } from "./ordersApi.ts";
import {
  amount,
  type Ending,
  expiryReason,
  identifier,
  millis,
  nonZero,
  orderOf,
  refusedByVenue,
} from "./ordersRead.ts";

/** ccxt's unified pictures of orders, trades and balances, its numbers as texts. */

const maybe = amount.nullish().transform((value) => value ?? null);

const order = z.object({
  id: identifier,
  clientOrderId: z.string().nullish(),
  symbol: z.string().nullish(),
  side: z.enum(["buy", "sell"]),
  type: z.string().nullish(),
  timeInForce: z.string().nullish(),
  postOnly: z.boolean().nullish(),
  status: z.string(),
  price: maybe,
  triggerPrice: maybe,
  amount: maybe,
  filled: maybe,
  average: maybe,
  cost: maybe,
});
type UnifiedOrder = z.output<typeof order>;

const none = new Decimal(0);

export function readUnifiedOrder(answer: unknown, symbol: string | null): Order {
  const one = order.parse(answer);
  const name = symbol ?? one.symbol;
  if (name === null || name === undefined) throw new Error("expected the order's symbol");
  const filled = one.filled ?? none;
  const timeInForce = timeInForceOf(one.timeInForce);
  const stopPrice = one.triggerPrice === null ? null : nonZero(one.triggerPrice);
  const type = typeOf(one.type ?? "limit", stopPrice !== null);
  const quantity = one.amount === null ? nonZero(filled) : one.amount;
  return orderOf({
    id: one.id,
    clientId: one.clientOrderId ?? null,
    symbol: name,
    side: one.side as OrderSide,
    type,
    timeInForce,
    postOnly: one.postOnly === true || one.timeInForce === "PO",
    quantity,
    value: quantity === null ? (one.cost === null ? null : nonZero(one.cost)) : null,
    price: one.price,
    stopPrice,
    filled,
    averagePrice: filled.gt(0) ? one.average : null,
    ending: endingOf(one, filled, timeInForce, type),
  });
}

/** ccxt's words for the states of all venues; `docs/adapters.md` has what each venue's own become. */
function endingOf(
  { status, amount: ordered }: UnifiedOrder,
  filled: Decimal,
  timeInForce: TimeInForce | null,
  type: OrderType,
): Ending {
  switch (status) {
    case "open":
    case "canceling":
      return { status: "live" };
    case "closed":
      // Closed with less than was ordered: the rest was cancelled (Bybit's PartiallyFilledCanceled).
      if (ordered === null || filled.gte(ordered)) return { status: "filled" };
      return { status: "cancelled", reason: expiryReason(timeInForce, type) };
    case "canceled":
      return { status: "cancelled", reason: "cancelled:by-user" };
    case "expired":
      return { status: "cancelled", reason: expiryReason(timeInForce, type) };
    case "rejected":
      return { status: "rejected", reason: refusedByVenue };
    default:
      throw new Error(`expected a status of an order, found ${status}`);
  }
}

function typeOf(type: string, isStop: boolean): OrderType {
  const limit = type.includes("limit");
  if (isStop) return limit ? "stop_limit" : "stop";
  return limit ? "limit" : "market";
}

function timeInForceOf(text: string | null | undefined): TimeInForce | null {
  const known = ["GTC", "IOC", "FOK", "GTD", "DAY"] as const;
  return known.find((one) => one === text) ?? (text === "PO" ? "GTC" : null);
}

const accepted = z.object({
  id: identifier,
  clientOrderId: z.string().nullish(),
  status: z.string().nullish(),
});

/** Many venues answer a new order with its id alone: it is open then, and what it becomes is told later. */
export function readAccepted(answer: unknown, sent: Order): Order {
  const { id, clientOrderId, status } = accepted.parse(answer);
  if (
    clientOrderId !== null &&
    clientOrderId !== undefined &&
    clientOrderId !== "" &&
    clientOrderId !== sent.clientId
  )
    throw new Error(`expected the order ${sent.clientId}, found ${clientOrderId}`);
  const full = status === null || status === undefined ? null : order.safeParse(answer);
  if (full?.success === true && full.data.amount !== null) {
    const { status: now, filledQuantity, averagePrice, reason } = readUnifiedOrder(answer, sent.symbol);
    return Object.freeze({ ...sent, id, status: now, filledQuantity, averagePrice, reason });
  }
  return Object.freeze({ ...sent, id, status: "open" as const });
}

const trade = z.object({
  id: identifier,
  order: identifier.nullish(),
  symbol: z.string().nullish(),
  side: z.enum(["buy", "sell"]),
  timestamp: millis,
  price: amount,
  amount,
  takerOrMaker: z.string().nullish(),
  fee: z.object({ cost: amount.nullish(), currency: z.string().nullish() }).nullish(),
});

export function readUnifiedTrades(answer: unknown, symbol: string | null): readonly OwnTrade[] {
  return z
    .array(trade)
    .parse(answer)
    .map((one) => ({
      id: one.id,
      orderId: one.order ?? "",
      clientId: null,
      symbol: symbol ?? normalizeSymbol(one.symbol ?? ""),
      side: one.side,
      time: one.timestamp,
      price: one.price,
      quantity: one.amount,
      fee: one.fee?.cost && one.fee.currency ? { amount: one.fee.cost, currency: one.fee.currency } : null,
      maker: one.takerOrMaker === "maker",
    }));
}

const account = z.looseObject({
  // A cut answer comes back as a balance without currencies; the venue's own words are then no object.
  info: z.union([z.looseObject({}), z.array(z.unknown())]),
  total: z.record(z.string(), maybe),
  free: z.record(z.string(), maybe),
  used: z.record(z.string(), maybe),
});

export function readUnifiedBalances(answer: unknown): Readonly<Record<string, Amounts>> {
  const { total, free, used } = account.parse(answer);
  const amounts = Object.keys(total).map((currency): [string, Amounts] => {
    const whole = total[currency] ?? none;
    const open = free[currency] ?? whole.minus(used[currency] ?? none);
    return [currency, { free: open, locked: used[currency] ?? whole.minus(open) }];
  });
  return Object.fromEntries(amounts);
}

export function readLast(answer: unknown): Decimal {
  const { last, close } = z.object({ last: maybe, close: maybe }).parse(answer);
  const price = last ?? close;
  if (price === null) throw new Error("expected the last price");
  return price;
}

export function readUnifiedFree(answer: unknown): AccountUpdate {
  const { free } = z.looseObject({ free: z.record(z.string(), maybe) }).parse(answer);
  const known = Object.entries(free).filter((entry): entry is [string, Decimal] => entry[1] !== null);
  return { kind: "balance", free: Object.fromEntries(known) };
}
