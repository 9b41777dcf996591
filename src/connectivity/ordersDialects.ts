import type { Exchange } from "ccxt";
import type { Order } from "../domain/order.ts";
import { isOrderNotFound } from "./ordersMarkets.ts";

export type Params = Readonly<Record<string, unknown>>;

/** What ccxt leaves to its users to know of a venue. */
export interface Dialect {
  /** Beside what all venues take. */
  place(order: Order): Params;
  /** ccxt's picture of the order, or null when there is none. */
  findByClientId(exchange: Exchange, symbol: string, clientId: string): Promise<unknown>;
  findById(exchange: Exchange, symbol: string, id: string): Promise<unknown>;
  /** How to cancel by client id; null: by the venue's id only. */
  cancelParams: ((clientId: string) => Params) | null;
}

function fetchOrder(exchange: Exchange, symbol: string, id: string, params: Params = {}): Promise<unknown> {
  return exchange.fetchOrder(id, symbol, params).catch(nullWhenNotFound);
}

/** The one of that name among `orders`. */
async function pick(orders: Promise<readonly unknown[]>, clientId: string): Promise<unknown> {
  return (
    (await orders).find((one) => (one as { clientOrderId?: unknown }).clientOrderId === clientId) ?? null
  );
}

function nullWhenNotFound(error: unknown): null {
  if (isOrderNotFound(error)) return null;
  throw error;
}

/** Of a stop, ccxt wants the trigger; which of its names, the venue decides. */
function trigger(order: Order, name: "triggerPrice" | "stopLossPrice"): Params {
  return order.stopPrice === null ? {} : { [name]: order.stopPrice.toFixed() };
}

const bybit: Dialect = {
  place: (order) => trigger(order, "triggerPrice"),
  // Open and just ended orders are asked for in one place, older ones in another.
  async findByClientId(exchange, symbol, orderLinkId) {
    const query = { orderLinkId };
    return (
      (await pick(exchange.fetchOpenOrders(symbol, undefined, undefined, query), orderLinkId)) ??
      pick(exchange.fetchCanceledAndClosedOrders(symbol, undefined, undefined, query), orderLinkId)
    );
  },
  findById: (exchange, symbol, id) => fetchOrder(exchange, symbol, id, { acknowledged: true }),
  cancelParams: (orderLinkId) => ({ orderLinkId }),
};

const okx: Dialect = {
  place: (order) => (order.type === "market" && order.quantity === null ? { tgtCcy: "quote_ccy" } : {}),
  findByClientId: (exchange, symbol, clOrdId) => fetchOrder(exchange, symbol, "", { clOrdId }),
  findById: fetchOrder,
  cancelParams: (clOrdId) => ({ clOrdId }),
};

const kraken: Dialect = {
  place: (order) => ({
    cl_ord_id: order.clientId,
    ...(order.stopPrice !== null && { stopLossPrice: order.stopPrice.toFixed() }),
  }),
  async findByClientId(exchange, symbol, clientId) {
    const query = { cl_ord_id: clientId };
    return (
      (await pick(exchange.fetchOpenOrders(symbol, undefined, undefined, query), clientId)) ??
      pick(exchange.fetchClosedOrders(symbol, undefined, undefined, query), clientId)
    );
  },
  findById: fetchOrder,
  cancelParams: (clientOrderId) => ({ clientOrderId }),
};

/** What ccxt itself promises of all. */
const unified: Dialect = {
  place: (order) => trigger(order, "triggerPrice"),
  async findByClientId(exchange, symbol, clientId) {
    return (
      (await pick(exchange.fetchOpenOrders(symbol), clientId)) ??
      pick(exchange.fetchOrders(symbol, undefined, 100), clientId)
    );
  },
  findById: fetchOrder,
  cancelParams: null,
};

const coinbase: Dialect = {
  ...unified,
  // Named otherwise, ccxt drops it and sends an id of its own, by which no order of ours is ever found.
  place: (order) => ({ client_order_id: order.clientId, ...unified.place(order) }),
};

const dialects: Readonly<Record<string, Dialect>> = { bybit, okx, kraken, coinbase };

export function dialectOf(venue: string): Dialect {
  // Of a venue that nobody has looked at.
  return dialects[venue.toLowerCase()] ?? unified;
}
