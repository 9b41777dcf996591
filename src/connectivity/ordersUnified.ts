import type { Exchange } from "ccxt";
import type { Decimal } from "../domain/decimal.ts";
import { ConnectionError } from "../domain/errors.ts";
import type { Order } from "../domain/order.ts";
import type { OwnTrade, VenueAbilities } from "../domain/ports.ts";
import type { AccountStream, Amounts, OrderApi, OrderKey, OrderRules, TradesSince } from "./ordersApi.ts";
import { type Dialect, dialectOf } from "./ordersDialects.ts";
import { isOrderNotFound, marketOf } from "./ordersMarkets.ts";
import { unifiedRules } from "./ordersRules.ts";
import { tradesAfter } from "./ordersTrades.ts";
import {
  readAccepted,
  readLast,
  readUnifiedBalances,
  readUnifiedOrder,
  readUnifiedTrades,
} from "./ordersUnifiedRead.ts";
import { UnifiedStream } from "./ordersUnifiedStream.ts";
import type { VenueSession } from "./session.ts";
import { venueOf } from "./venues.ts";

/** Any venue of ccxt, through its unified methods and what its dialect adds. */
export class UnifiedOrders implements OrderApi {
  readonly abilities: VenueAbilities;
  readonly clientId: RegExp;
  readonly #session: VenueSession;
  readonly #dialect: Dialect;
  readonly #rules = new Map<string, OrderRules>();

  constructor(session: VenueSession) {
    this.#session = session;
    this.#dialect = dialectOf(session.venue);
    // The session has been opened: its venue is known.
    const { abilities, clientId } = venueOf(session.venue, [session.venue]);
    this.abilities = abilities;
    this.clientId = clientId;
  }

  rules(symbol: string): OrderRules {
    let rules = this.#rules.get(symbol);
    if (rules === undefined) {
      const { venue, exchange } = this.#session;
      rules = unifiedRules(symbol, venue, marketOf(this.#session, symbol), exchange.precisionMode ?? 0);
      this.#rules.set(symbol, rules);
    }
    return rules;
  }

  place(order: Order): Promise<Order> {
    const { symbol, side, type, clientId, timeInForce, postOnly } = order;
    // A text passes through ccxt digit by digit; its type says number.
    const text = (value: Decimal | null | undefined) => value?.toFixed() as unknown as number;
    const params = {
      clientOrderId: clientId,
      ...(timeInForce !== undefined && type !== "market" && { timeInForce }),
      ...(postOnly === true && { postOnly: true }),
      ...(order.quantity === null && { cost: text(order.value) }),
      ...this.#dialect.place(order),
    };
    const form = type === "limit" || type === "stop_limit" ? "limit" : "market";
    const quantity = text(order.quantity ?? order.value);
    const price = order.price === null ? undefined : text(order.price);
    return this.#session.call({
      name: "createOrder",
      repeatable: false,
      send: (exchange) => exchange.createOrder(symbol, form, side, quantity, price, params),
      read: (answer) => readAccepted(answer, order),
    });
  }

  placeExits(): never {
    throw new ConnectionError(`${this.#session.venue}: expected a venue with lists of orders, found none`, {
      code: "GEO-VENUE-UNSUPPORTED",
      hint: "Guard the position with a stop, or from your own side.",
    });
  }

  find(symbol: string, key: OrderKey): Promise<Order | null> {
    const { findById, findByClientId } = this.#dialect;
    return this.#session.call({
      name: "fetchOrder",
      repeatable: true,
      send: (exchange) =>
        "id" in key ? findById(exchange, symbol, key.id) : findByClientId(exchange, symbol, key.clientId),
      read: (answer) => (answer === null ? null : readUnifiedOrder(answer, symbol)),
    });
  }

  async cancel(symbol: string, key: OrderKey): Promise<boolean> {
    const { cancelParams } = this.#dialect;
    if ("clientId" in key && cancelParams === null) {
      const found = await this.find(symbol, key);
      return found !== null && this.cancel(symbol, { id: found.id });
    }
    let attempts = 0;
    const cancelled = await this.#session.call({
      name: "cancelOrder",
      repeatable: true,
      send: async (exchange) => {
        attempts++;
        try {
          if ("id" in key) await exchange.cancelOrder(key.id, symbol);
          else
            await exchange.cancelOrder(undefined as unknown as string, symbol, cancelParams!(key.clientId));
          return true;
        } catch (error) {
          if (isOrderNotFound(error)) return false;
          throw error;
        }
      },
      read: (answer) => answer === true,
    });
    // The answer to an earlier attempt was lost: it may have been that one that cancelled.
    if (cancelled || attempts < 2) return cancelled;
    return (await this.find(symbol, key))?.status === "cancelled";
  }

  openOrders(symbol: string | null): Promise<readonly Order[]> {
    return this.#ask(
      "fetchOpenOrders",
      (exchange) => exchange.fetchOpenOrders(symbol ?? undefined),
      (answer) => {
        if (!Array.isArray(answer)) throw new Error("expected a list of orders");
        return answer.map((one) => readUnifiedOrder(one, symbol));
      },
    );
  }

  trades(symbol: string, since: TradesSince): Promise<readonly OwnTrade[]> {
    const page = (from: number) =>
      this.#ask(
        "fetchMyTrades",
        (exchange) => exchange.fetchMyTrades(symbol, from),
        (answer) => readUnifiedTrades(answer, symbol),
      );
    return tradesAfter(page, since, this.#session.venueTime());
  }

  balances(): Promise<Readonly<Record<string, Amounts>>> {
    return this.#ask("fetchBalance", (exchange) => exchange.fetchBalance(), readUnifiedBalances);
  }

  lastPrice(symbol: string): Promise<Decimal> {
    return this.#ask("fetchTicker", (exchange) => exchange.fetchTicker(symbol), readLast);
  }

  stream(): AccountStream {
    return new UnifiedStream(this.#session);
  }

  #ask<T>(
    name: string,
    send: (exchange: Exchange) => Promise<unknown>,
    read: (answer: unknown) => T,
  ): Promise<T> {
    return this.#session.call({ name, repeatable: true, send, read });
  }
}
