import type { Exchange } from "ccxt";
import type { Order } from "../domain/order.ts";
import type { VenueAbilities } from "../domain/ports.ts";
import type { ClientIds } from "./ordersApi.ts";
import { isOrderNotFound } from "./ordersMarkets.ts";

export type Params = Readonly<Record<string, unknown>>;

/** What ccxt leaves to its users to know of a venue. */
export interface Dialect {
  readonly abilities: VenueAbilities;
  readonly clientIds: ClientIds;
  /** Beside what all venues take. */
  place(order: Order): Params;
  /** ccxt's picture of the order, or null when there is none. */
  findByClientId(exchange: Exchange, symbol: string, clientId: string): Promise<unknown>;
  findById(exchange: Exchange, symbol: string, id: string): Promise<unknown>;
  /** How to cancel by client id; null: by the venue's id only. */
  cancelParams: ((clientId: string) => Params) | null;
}

const usual: VenueAbilities = {
  types: ["market", "limit", "stop", "stop_limit"],
  timeInForce: ["GTC", "IOC", "FOK"],
  postOnly: true,
  byValue: true,
  exits: false,
  clientIds: true,
};

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
  abilities: usual,
  clientIds: { pattern: /^[A-Za-z0-9_-]{1,36}$/, words: "1 to 36 letters, digits, _ and -" },
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
  // Stops live in a book of their own there (algo orders), with ids and questions of their own.
  abilities: { ...usual, types: ["market", "limit"] },
  clientIds: { pattern: /^[A-Za-z0-9]{1,32}$/, words: "1 to 32 letters and digits" },
  place: (order) => (order.type === "market" && order.quantity === null ? { tgtCcy: "quote_ccy" } : {}),
  findByClientId: (exchange, symbol, clOrdId) => fetchOrder(exchange, symbol, "", { clOrdId }),
  findById: fetchOrder,
  cancelParams: (clOrdId) => ({ clOrdId }),
};

const kraken: Dialect = {
  abilities: { ...usual, timeInForce: ["GTC", "IOC"] },
  clientIds: {
    pattern: /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\x21-\x7e]{1,18})$/i,
    words: "a UUID, or up to 18 characters",
  },
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

const coinbase: Dialect = {
  // Its stops are stop-limits; a market buy is for an amount of the quote currency only.
  abilities: { ...usual, types: ["market", "limit", "stop_limit"] },
  clientIds: { pattern: /^[A-Za-z0-9_-]{1,36}$/, words: "1 to 36 letters, digits, _ and -" },
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

/** A venue that nobody has looked at: what ccxt itself promises. */
const unproven: Dialect = {
  ...coinbase,
  abilities: { ...usual, types: ["market", "limit"], timeInForce: ["GTC"], postOnly: false, byValue: false },
};

const dialects: Readonly<Record<string, Dialect>> = { bybit, okx, kraken, coinbase };

export function dialectOf(venue: string): Dialect {
  return dialects[venue.toLowerCase()] ?? unproven;
}
