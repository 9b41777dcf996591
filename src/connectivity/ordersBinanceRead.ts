import { z } from "zod";
import { Decimal } from "../domain/decimal.ts";
import type { Order, OrderType, TimeInForce } from "../domain/order.ts";
import type { AccountUpdate, OwnTrade } from "../domain/ports.ts";
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

/** Binance Spot's own answers: their texts are exact, and they say more than ccxt's unified pictures of them. */

const types = {
  MARKET: "market",
  LIMIT: "limit",
  LIMIT_MAKER: "limit",
  STOP_LOSS: "stop",
  STOP_LOSS_LIMIT: "stop_limit",
  TAKE_PROFIT: "stop",
  TAKE_PROFIT_LIMIT: "stop_limit",
} as const satisfies Record<string, OrderType>;

const none = new Decimal(0);

const order = z.object({
  orderId: identifier,
  orderListId: z.coerce.number().default(-1),
  clientOrderId: z.string(),
  side: z.enum(["BUY", "SELL"]),
  type: z.enum(Object.keys(types) as [keyof typeof types]),
  timeInForce: z.enum(["GTC", "IOC", "FOK"]),
  status: z.string(),
  price: amount,
  stopPrice: amount.optional(),
  origQty: amount,
  origQuoteOrderQty: amount.optional(),
  executedQty: amount,
  cummulativeQuoteQty: amount,
});
type WireOrder = z.output<typeof order>;

/** An answer of `order`, `openOrders` and the like, or an order report of a list. */
export function readOrder(answer: unknown, symbol: string): Order {
  return orderFrom(order.parse(answer), symbol);
}

function orderFrom(wire: WireOrder, symbol: string): Order {
  const type = types[wire.type];
  const byValue = (wire.origQuoteOrderQty ?? none).gt(0);
  const { executedQty: filled, cummulativeQuoteQty: paid } = wire;
  return orderOf({
    id: wire.orderId,
    clientId: wire.clientOrderId,
    symbol,
    side: wire.side === "BUY" ? "buy" : "sell",
    type,
    timeInForce: wire.timeInForce,
    postOnly: wire.type === "LIMIT_MAKER",
    // Of an order by value, what was bought is its quantity.
    quantity: byValue ? nonZero(filled) : wire.origQty,
    value: byValue ? wire.origQuoteOrderQty! : null,
    price: wire.price,
    stopPrice: wire.stopPrice ?? null,
    filled,
    averagePrice: filled.gt(0) && paid.gt(0) ? paid.dividedBy(filled) : null,
    ending: endingOf(wire, type),
  });
}

function endingOf({ status, timeInForce, orderListId }: WireOrder, type: OrderType): Ending {
  switch (status) {
    case "NEW":
    case "PENDING_NEW":
    case "PARTIALLY_FILLED":
    case "PENDING_CANCEL":
      return { status: "live" };
    case "FILLED":
      return { status: "filled" };
    case "CANCELED":
      return { status: "cancelled", reason: "cancelled:by-user" };
    case "EXPIRED":
    case "EXPIRED_IN_MATCH":
      // The order of a list whose sibling was taken ends as expired, too.
      return {
        status: "cancelled",
        reason: orderListId >= 0 ? "cancelled:oco" : expiryReason(timeInForce as TimeInForce, type),
      };
    case "REJECTED":
      return { status: "rejected", reason: refusedByVenue };
    default:
      throw new Error(`expected a status of an order, found ${status}`);
  }
}

const orderList = z.object({
  orderReports: z.array(z.unknown()).min(2),
});

export function readOrderList(answer: unknown, symbol: string): readonly Order[] {
  return orderList.parse(answer).orderReports.map((report) => readOrder(report, symbol));
}

const trade = z.object({
  id: identifier,
  orderId: identifier,
  price: amount,
  qty: amount,
  commission: amount,
  commissionAsset: z.string(),
  time: millis,
  isBuyer: z.boolean(),
  isMaker: z.boolean(),
});

export function readTrades(answer: unknown, symbol: string): readonly OwnTrade[] {
  return z
    .array(trade)
    .parse(answer)
    .map((wire) => ({
      id: wire.id,
      orderId: wire.orderId,
      clientId: null,
      symbol,
      side: wire.isBuyer ? "buy" : "sell",
      time: wire.time,
      price: wire.price,
      quantity: wire.qty,
      fee: { amount: wire.commission, currency: wire.commissionAsset },
      maker: wire.isMaker,
    }));
}

const account = z.object({
  balances: z.array(z.object({ asset: z.string().min(1), free: amount, locked: amount })),
});

export function readBalances(answer: unknown): Readonly<Record<string, Amounts>> {
  const { balances } = account.parse(answer);
  return Object.fromEntries(balances.map(({ asset, free, locked }) => [asset, { free, locked }]));
}

export function readPrice(answer: unknown): Decimal {
  return z.object({ price: amount }).parse(answer).price;
}

const report = z.object({
  s: z.string(),
  c: z.string(),
  C: z.string().nullish(),
  S: z.enum(["BUY", "SELL"]),
  o: order.shape.type,
  f: order.shape.timeInForce,
  q: amount,
  p: amount,
  P: amount.optional(),
  Q: amount.optional(),
  x: z.string(),
  X: z.string(),
  i: identifier,
  g: z.coerce.number().default(-1),
  z: amount,
  Z: amount,
  t: identifier,
  l: amount,
  L: amount,
  n: amount.nullish(),
  N: z.string().nullish(),
  m: z.boolean(),
  T: millis,
});

const positions = z.object({ B: z.array(z.object({ a: z.string().min(1), f: amount })) });

/**
 * An event of the user data stream: an execution report is news of an order and, of a trade, of that too.
 * @param symbolOf our name of a market
 */
export function readEvent(event: unknown, symbolOf: (id: string) => string): readonly AccountUpdate[] {
  const { e } = z.object({ e: z.string() }).parse(event);
  if (e === "outboundAccountPosition") {
    const { B } = positions.parse(event);
    return [{ kind: "balance", free: Object.fromEntries(B.map(({ a, f }) => [a, f])) }];
  }
  if (e !== "executionReport") return [];
  const wire = report.parse(event);
  const symbol = symbolOf(wire.s);
  // Of a cancelled order, `c` names the request that cancelled it and `C` the order.
  const clientId = wire.C ? wire.C : wire.c;
  const news: AccountUpdate = {
    kind: "order",
    order: orderFrom(
      {
        orderId: wire.i,
        orderListId: wire.g,
        clientOrderId: clientId,
        side: wire.S,
        type: wire.o,
        timeInForce: wire.f,
        status: wire.X,
        price: wire.p,
        stopPrice: wire.P,
        origQty: wire.q,
        origQuoteOrderQty: wire.Q,
        executedQty: wire.z,
        cummulativeQuoteQty: wire.Z,
      },
      symbol,
    ),
  };
  if (wire.x !== "TRADE") return [news];
  const own: OwnTrade = {
    id: wire.t,
    orderId: wire.i,
    clientId,
    symbol,
    side: wire.S === "BUY" ? "buy" : "sell",
    time: wire.T,
    price: wire.L,
    quantity: wire.l,
    fee: wire.N ? { amount: wire.n ?? none, currency: wire.N } : null,
    maker: wire.m,
  };
  // The trade first: whoever sums fills up has it when the order is said to be done.
  return [{ kind: "trade", trade: own }, news];
}
