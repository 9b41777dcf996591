import { randomUUID } from "node:crypto";
import { ordersOf } from "../connectivity/orders.ts";
import type { OrderApi, OrderKey } from "../connectivity/ordersApi.ts";
import type { VenueSession } from "../connectivity/session.ts";
import type { Decimal } from "../domain/decimal.ts";
import { ConnectionError, OrderError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Order, OrderId } from "../domain/order.ts";
import type {
  AccountUpdate,
  Credentials,
  OwnTrade,
  ProtectiveExits,
  TradingAdapter,
  VenueAbilities,
} from "../domain/ports.ts";
import type { Position } from "../domain/position.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import type { Millis } from "../domain/time.ts";
import { exitOrders } from "./exchangeExits.ts";
import { OrderGate } from "./exchangeGate.ts";
import { Holdings, type HoldingsOptions } from "./exchangeHoldings.ts";
import { KnownOrders } from "./exchangeOrders.ts";
import { freshOrder, NamedOnce } from "./exchangeRequest.ts";
import { accountUpdates } from "./exchangeUpdates.ts";

export interface ExchangeAdapterOptions extends HoldingsOptions {
  /** For messages: `binance`. */
  readonly venue: string;
  /** Opens the session that everything goes through; closed by `disconnect`. */
  readonly open: (credentials: Credentials) => Promise<VenueSession>;
  /** Silence of the account's stream, while orders are open, after which they are asked for. @default 30 s, in ms */
  readonly silenceMs?: number;
  /** Before the stream connects again; doubled while it fails. @default 1 s, in ms */
  readonly reconnectMs?: number;
}

interface Connection {
  readonly session: VenueSession;
  readonly api: OrderApi;
  readonly gate: OrderGate;
  readonly holdings: Holdings;
  readonly stop: AbortController;
}

/**
 * A spot venue through ccxt. An order is checked exactly against the venue's rules, then sent once: when its fate is
 * unknown, that is said, and nothing is sent again.
 *
 *     const venue = new ExchangeAdapter({ venue: "binance", open: (credentials) => openSession({ … }) });
 *     await venue.connect(credentials);
 *     const order = await venue.placeOrder(createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.001" }));
 */
export class ExchangeAdapter implements TradingAdapter {
  readonly #options: ExchangeAdapterOptions;
  #orders = new KnownOrders();
  #names = new NamedOnce();
  #connection: Promise<Connection> | null = null;
  #connected: Connection | null = null;

  constructor(options: ExchangeAdapterOptions) {
    this.#options = options;
  }

  /** Does nothing when connected. @throws ConnectionError GEO-CONNECTION, GEO-CREDENTIALS */
  async connect(credentials: Credentials): Promise<void> {
    this.#connection ??= this.#connect(credentials);
    try {
      await this.#connection;
    } catch (error) {
      this.#connection = null;
      throw error;
    }
  }

  async #connect(credentials: Credentials): Promise<Connection> {
    checkCredentials(credentials, this.#options.venue);
    const session = await this.#options.open(credentials);
    try {
      const api = ordersOf(session);
      // A private question: keys that the venue does not take are found here, not by the first order.
      await api.balances();
      const holdings = new Holdings(api, this.#options);
      const gate = new OrderGate(session.venue, api);
      this.#connected = { session, api, gate, holdings, stop: new AbortController() };
      return this.#connected;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    const connection = this.#connected;
    this.#connection = null;
    this.#connected = null;
    connection?.stop.abort();
    await connection?.session.close();
  }

  get abilities(): VenueAbilities {
    return this.#now().api.abilities;
  }

  async instrument(symbol: string): Promise<Instrument> {
    return this.#now().api.rules(normalizeSymbol(symbol)).instrument;
  }

  /**
   * Sends it once. @returns the order with the venue's id and its status
   * @throws OrderError GEO-ORDER-REFUSED: it is not there and never was; GEO-ORDER-UNKNOWN: it may be there, ask
   * `findOrder` by the client id that the message names; GEO-ORDER-REQUEST: a client id was used before.
   * ConnectionError when nothing could be sent.
   */
  async placeOrder(order: Order): Promise<Order> {
    const { api, gate } = this.#now();
    const request = freshOrder(order, () => madeName(api.clientId));
    await gate.check(request);
    this.#names.use(request.clientId!);
    const placed = await this.#send([request], () => api.place(request));
    return this.#seen({ ...placed, tag: request.tag, clientId: request.clientId! });
  }

  /** By symbol and client id where there is a choice: ids are unique within a symbol only. */
  async cancelOrder(id: OrderId): Promise<boolean> {
    const symbol = await this.#symbolOf(id);
    return symbol !== null && this.#cancel(symbol, { id });
  }

  async cancelByClientId(symbol: string, clientId: string): Promise<boolean> {
    return this.#cancel(normalizeSymbol(symbol), { clientId });
  }

  #cancel(symbol: string, key: OrderKey): Promise<boolean> {
    return this.#now().api.cancel(symbol, key);
  }

  /** @throws OrderError GEO-ORDER-REQUEST for an id that is neither open nor was seen since connecting */
  async getOrderStatus(id: OrderId): Promise<Order> {
    const symbol = await this.#symbolOf(id);
    const order = symbol === null ? null : await this.#now().api.find(symbol, { id });
    if (order !== null) return this.#seen(order);
    throw new OrderError("GEO-ORDER-REQUEST", `order ${id}: expected an order of this account, found none`, {
      hint: "Orders that ended before this connection are found by symbol and client id: findOrder.",
    });
  }

  async findOrder(symbol: string, clientId: string): Promise<Order | null> {
    const order = await this.#now().api.find(normalizeSymbol(symbol), { clientId });
    return order === null ? null : this.#seen(order);
  }

  async openOrders(symbol: string): Promise<readonly Order[]> {
    const orders = await this.#now().api.openOrders(normalizeSymbol(symbol));
    return orders.map((order) => this.#seen(order));
  }

  async ownTrades(
    symbol: string,
    since: { readonly id: string } | { readonly time: Millis },
  ): Promise<readonly OwnTrade[]> {
    const trades = await this.#now().api.trades(normalizeSymbol(symbol), since);
    return trades.map((trade) => {
      return trade.clientId === null ? { ...trade, clientId: this.#orders.clientIdOf(trade) } : trade;
    });
  }

  async placeExits(exits: ProtectiveExits): Promise<readonly Order[]> {
    const { api, gate, session } = this.#now();
    const orders = exitOrders(exits, api.abilities, session.venue);
    for (const order of orders) await gate.check(order);
    for (const order of orders) this.#names.use(order.clientId!);
    const placed = await this.#send(orders, async () => {
      return orders.length === 1 ? [await api.place(orders[0]!)] : api.placeExits(exits);
    });
    return placed.map((order) => this.#seen(order));
  }

  /** Spot balances as positions; see `TradeHistory` for their entry prices. Less than a lot is dust, no position. */
  async getPositions(): Promise<Position[]> {
    return this.#now().holdings.positions();
  }

  /** Free and locked together, by currency; what is 0 is left out. */
  async getBalance(): Promise<Record<string, Decimal>> {
    return this.#now().holdings.balances();
  }

  updates(): AsyncIterable<AccountUpdate> {
    const { api, stop } = this.#now();
    const { silenceMs = 30_000, reconnectMs = 1_000 } = this.#options;
    return accountUpdates({
      stream: api.stream(),
      orders: this.#orders,
      ask: ({ symbol, id }) => api.find(symbol, { id }),
      options: { silenceMs, reconnectMs },
      signal: stop.signal,
    });
  }

  /** Failures name the order, by which it can be asked for. */
  async #send<T>(orders: readonly Order[], send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (isSurelyNotThere(error)) for (const { clientId } of orders) this.#names.release(clientId!);
      throw naming(orders[0]!, error);
    }
  }

  /** The order at its latest: an answer may be overtaken by news. */
  #seen(order: Order): Order {
    return this.#orders.seen(order);
  }

  async #symbolOf(id: OrderId): Promise<string | null> {
    const known = this.#orders.symbolOf(id);
    if (known !== undefined) return known;
    for (const order of await this.#now().api.openOrders(null)) this.#seen(order);
    return this.#orders.symbolOf(id) ?? null;
  }

  #now(): Connection {
    if (this.#connected !== null) return this.#connected;
    throw new ConnectionError(
      `${this.#options.venue}: expected a connected adapter, found it not connected`,
      {
        hint: "Call connect(credentials) first.",
      },
    );
  }
}

/** Chance enough that no two orders ever share a name, as long as the venue takes. */
function madeName(accepted: RegExp): string {
  const name = randomUUID().replaceAll("-", "");
  return accepted.test(name) ? name : name.slice(0, 18);
}

function checkCredentials({ apiKey, apiSecret }: Credentials, venue: string): void {
  if (typeof apiKey === "string" && apiKey !== "" && typeof apiSecret === "string" && apiSecret !== "")
    return;
  throw new ConnectionError(`${venue}: expected an API key and its secret, found one of them empty`, {
    code: "GEO-CREDENTIALS",
    hint: "Put EXCHANGE_API_KEY and EXCHANGE_API_SECRET into .env or the environment.",
  });
}

function isSurelyNotThere(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof OrderError && error.code === "GEO-ORDER-REFUSED";
}

function naming({ symbol, clientId }: Order, cause: unknown): unknown {
  if (!(cause instanceof OrderError)) return cause;
  const { code, message, hint } = cause;
  const unknown = `Ask findOrder("${symbol}", "${clientId}") what became of it; never send it again before that.`;
  return new OrderError(code, `${symbol} order ${clientId}: ${message}`, {
    hint: code === "GEO-ORDER-UNKNOWN" ? unknown : hint,
    cause,
  });
}
