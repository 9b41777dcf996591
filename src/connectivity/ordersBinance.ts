import type { Exchange } from "ccxt";
import type { Decimal } from "../domain/decimal.ts";
import type { Order } from "../domain/order.ts";
import type { OwnTrade, ProtectiveExits, VenueAbilities } from "../domain/ports.ts";
import { dayMs, type Millis } from "../domain/time.ts";
import type { AccountStream, Amounts, OrderApi, OrderKey, OrderRules, TradesSince } from "./ordersApi.ts";
import { readBalances, readOrder, readOrderList, readPrice, readTrades } from "./ordersBinanceRead.ts";
import { BinanceStream } from "./ordersBinanceStream.ts";
import { exitListOf, orderParams, type Params } from "./ordersBinanceWrite.ts";
import { isOrderNotFound, marketOf } from "./ordersMarkets.ts";
import { binanceRules } from "./ordersRules.ts";
import type { VenueSession } from "./session.ts";
import { venueOf } from "./venues.ts";

/** ccxt's implicit methods: they sign, throttle and turn errors into its own, and hand the answer on as it came. */
interface Endpoints {
  privatePostOrder(params: Params): Promise<unknown>;
  privatePostOrderListOco(params: Params): Promise<unknown>;
  privateGetOrder(params: Params): Promise<unknown>;
  privateDeleteOrder(params: Params): Promise<unknown>;
  privateGetOpenOrders(params: Params): Promise<unknown>;
  privateGetAccount(params: Params): Promise<unknown>;
  privateGetMyTrades(params: Params): Promise<unknown>;
  publicGetTickerPrice(params: Params): Promise<unknown>;
}

/** Most trades that one answer holds. */
const page = 1000;
/** `myTrades` by time looks at no more than a day at once; further back the ids are the shorter way. */
const daysByTime = 7;

/** Binance Spot. https://developers.binance.com/docs/binance-spot-api-docs/rest-api */
export class BinanceOrders implements OrderApi {
  readonly abilities: VenueAbilities = venueOf("binance", []).abilities;
  readonly clientId = venueOf("binance", []).clientId;
  readonly #session: VenueSession;
  readonly #rules = new Map<string, OrderRules>();

  constructor(session: VenueSession) {
    this.#session = session;
  }

  rules(symbol: string): OrderRules {
    let rules = this.#rules.get(symbol);
    if (rules === undefined) {
      rules = binanceRules(symbol, marketOf(this.#session, symbol).info);
      this.#rules.set(symbol, rules);
    }
    return rules;
  }

  place(order: Order): Promise<Order> {
    const { symbol, clientId } = order;
    const params = orderParams(order, this.#id(symbol));
    return this.#session.call({
      name: "createOrder",
      repeatable: false,
      send: (exchange) => endpoints(exchange).privatePostOrder(params),
      read: (answer) => named(readOrder(answer, symbol), clientId),
    });
  }

  async placeExits(exits: ProtectiveExits): Promise<readonly Order[]> {
    const params = exitListOf(exits, this.#id(exits.symbol));
    return this.#session.call({
      name: "createOrderList",
      repeatable: false,
      send: (exchange) => endpoints(exchange).privatePostOrderListOco(params),
      read: (answer) => readOrderList(answer, exits.symbol),
    });
  }

  find(symbol: string, key: OrderKey): Promise<Order | null> {
    const params = { symbol: this.#id(symbol), ...keyParams(key) };
    return this.#session.call({
      name: "fetchOrder",
      repeatable: true,
      send: (exchange) => endpoints(exchange).privateGetOrder(params).catch(nullWhenNotFound),
      read: (answer) => (answer === null ? null : readOrder(answer, symbol)),
    });
  }

  async cancel(symbol: string, key: OrderKey): Promise<boolean> {
    const params = { symbol: this.#id(symbol), ...keyParams(key) };
    let attempts = 0;
    const found = await this.#session.call({
      name: "cancelOrder",
      repeatable: true,
      send: (exchange) => {
        attempts++;
        return endpoints(exchange).privateDeleteOrder(params).catch(nullWhenNotFound);
      },
      read: (answer) => answer !== null && readOrder(answer, symbol).status === "cancelled",
    });
    // The answer to an earlier attempt was lost: it may have been that one that cancelled.
    if (found || attempts < 2) return found;
    return (await this.find(symbol, key))?.status === "cancelled";
  }

  openOrders(symbol: string | null): Promise<readonly Order[]> {
    const params: Params = symbol === null ? {} : { symbol: this.#id(symbol) };
    return this.#session.call({
      name: "fetchOpenOrders",
      repeatable: true,
      send: (exchange) => endpoints(exchange).privateGetOpenOrders(params),
      read: (answer) => {
        if (!Array.isArray(answer)) throw new Error("expected a list of orders");
        return answer.map((one) => readOrder(one, symbol ?? this.#symbolOf(String(one?.symbol))));
      },
    });
  }

  async trades(symbol: string, since: TradesSince): Promise<readonly OwnTrade[]> {
    if ("id" in since) return this.#tradesFrom(symbol, BigInt(since.id) + 1n);
    const now = this.#session.venueTime();
    if (now - since.time > daysByTime * dayMs) {
      return (await this.#tradesFrom(symbol, 0n)).filter(({ time }) => time >= since.time);
    }
    for (let startTime = since.time; startTime <= now; startTime += dayMs) {
      const found = await this.#tradesPage(symbol, { startTime, endTime: startTime + dayMs - 1 });
      const first = found[0];
      // From the first one on, by id: no time may hide a trade then, nor a page end within a millisecond.
      if (first !== undefined) return this.#tradesFrom(symbol, BigInt(first.id), since.time);
    }
    return [];
  }

  async #tradesFrom(symbol: string, first: bigint, notBefore: Millis = 0): Promise<readonly OwnTrade[]> {
    const all: OwnTrade[] = [];
    for (let fromId = first; ; ) {
      const found = await this.#tradesPage(symbol, { fromId: fromId.toString() });
      for (const trade of found) if (trade.time >= notBefore) all.push(trade);
      if (found.length < page) return all;
      fromId = BigInt(found.at(-1)!.id) + 1n;
    }
  }

  #tradesPage(symbol: string, query: Params): Promise<readonly OwnTrade[]> {
    const params = { symbol: this.#id(symbol), limit: page, ...query };
    return this.#session.call({
      name: "fetchMyTrades",
      repeatable: true,
      send: (exchange) => endpoints(exchange).privateGetMyTrades(params),
      read: (answer) => [...readTrades(answer, symbol)].sort(byId),
    });
  }

  balances(): Promise<Readonly<Record<string, Amounts>>> {
    return this.#session.call({
      name: "fetchBalance",
      repeatable: true,
      send: (exchange) => endpoints(exchange).privateGetAccount({ omitZeroBalances: true }),
      read: readBalances,
    });
  }

  lastPrice(symbol: string): Promise<Decimal> {
    const params = { symbol: this.#id(symbol) };
    return this.#session.call({
      name: "fetchTicker",
      repeatable: true,
      send: (exchange) => endpoints(exchange).publicGetTickerPrice(params),
      read: readPrice,
    });
  }

  stream(): AccountStream {
    return new BinanceStream(this.#session, (id) => this.#symbolOf(id));
  }

  #id(symbol: string): string {
    return marketOf(this.#session, symbol).id;
  }

  /** Markets we were not told of (a fresh listing) keep the venue's own name. */
  #symbolOf(id: string): string {
    return this.#session.exchange.markets_by_id?.[id]?.[0]?.symbol ?? id;
  }
}

function endpoints(exchange: Exchange): Endpoints {
  return exchange as unknown as Endpoints;
}

function nullWhenNotFound(error: unknown): null {
  if (isOrderNotFound(error)) return null;
  throw error;
}

function keyParams(key: OrderKey): Params {
  return "id" in key ? { orderId: key.id } : { origClientOrderId: key.clientId };
}

/** An answer about another order says nothing about this one. */
function named(order: Order, clientId: string | undefined): Order {
  if (order.clientId === clientId) return order;
  throw new Error(`expected the order ${clientId}, found ${order.clientId}`);
}

function byId(a: OwnTrade, b: OwnTrade): number {
  const [x, y] = [BigInt(a.id), BigInt(b.id)];
  return x < y ? -1 : x > y ? 1 : 0;
}
