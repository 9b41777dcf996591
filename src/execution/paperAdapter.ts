import type { OrderRules } from "../connectivity/ordersApi.ts";
import { Decimal } from "../domain/decimal.ts";
import { ConnectionError, OrderError, ValidationError } from "../domain/errors.ts";
import { formatUnits } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketEvent } from "../domain/market.ts";
import { isFinal, type Order, type OrderId } from "../domain/order.ts";
import type {
  AccountUpdate,
  Credentials,
  OwnTrade,
  ProtectiveExits,
  TradingAdapter,
  VenueAbilities,
} from "../domain/ports.ts";
import { createPosition, type Position } from "../domain/position.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import type { Millis } from "../domain/time.ts";
import { checkOrder } from "./exchangeChecks.ts";
import { exitOrders } from "./exchangeExits.ts";
import { freshOrder, NamedOnce } from "./exchangeRequest.ts";
import { PaperDesk, type PaperOptions } from "./paperDesk.ts";
import { decimalOf } from "./paperOrders.ts";
import { PaperUpdates } from "./paperUpdates.ts";

const abilities: VenueAbilities = {
  types: ["market", "limit", "stop", "stop_limit"],
  timeInForce: ["GTC", "IOC", "FOK", "GTD", "DAY"],
  postOnly: true,
  byValue: true,
  exits: true,
  clientIds: true,
};

const clientId = /^[\x21-\x7e]{1,36}$/;

/**
 * Real market data, simulated orders: fills, costs and refusals are those of a backtest. Feed it by `onMarket`; time is
 * the data's, so that the same data and orders give the same fills.
 *
 *     const paper = new PaperAdapter({ instruments: [bitcoin], cash: parseFixed("10000") });
 *     await paper.connect({ apiKey: "", apiSecret: "" });
 *     paper.onMarket(event);
 *     const order = await paper.placeOrder(createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.01" }));
 *     paper.onMarket(next); // fills it
 */
export class PaperAdapter implements TradingAdapter {
  readonly abilities = abilities;
  readonly #desk: PaperDesk;
  readonly #news = new PaperUpdates();
  readonly #names = new NamedOnce();
  readonly #trades: OwnTrade[] = [];
  readonly #waiting = new Map<OrderId, () => void>();
  #connected = false;
  #serial = 0;

  constructor(options: PaperOptions) {
    this.#desk = new PaperDesk(options, (update, time) => {
      if (update.kind === "trade") this.#trades.push(update.trade);
      if (update.kind === "order" && isFinal(update.order.status)) this.#waiting.get(update.order.id)?.();
      this.#news.add(update, time);
    });
  }

  /** No one is asked for anything: any credentials will do. */
  async connect(_credentials: Credentials): Promise<void> {
    if (this.#connected) return;
    this.#connected = true;
    this.#news.open();
  }

  async disconnect(): Promise<void> {
    this.#connected = false;
    this.#news.close();
  }

  /** Market data, in order of time: orders placed before it may fill on it. */
  onMarket(event: MarketEvent): void {
    this.#desk.onMarket(event);
    this.#news.advance(this.#desk.time!);
  }

  /** One more to trade, that must settle in the account's currency. @throws ValidationError GEO-VALUE */
  add(instrument: Instrument): void {
    const { account, markets } = this.#desk;
    if (instrument.settle !== account.currency) {
      const expected = `an instrument that settles in ${account.currency}, as the account does`;
      const found = `${instrument.symbol}, which settles in ${instrument.settle}`;
      throw new ValidationError("GEO-VALUE", `paper: expected ${expected}, found ${found}`, {
        hint: "Make another PaperAdapter for it.",
      });
    }
    markets.add(instrument);
  }

  async instrument(symbol: string): Promise<Instrument> {
    return this.#desk.markets.instrument(normalizeSymbol(symbol));
  }

  /**
   * Returns when the venue has the order; it fills on market data that comes later, a market order, too.
   * @throws OrderError GEO-ORDER-REFUSED with the reason's code; ValidationError GEO-VALUE naming the field
   */
  async placeOrder(order: Order): Promise<Order> {
    this.#checkConnected();
    // Names by number, not by chance: a run can be repeated.
    const request = freshOrder(order, () => `paper-${++this.#serial}`);
    this.#check(request);
    return this.#place([request])[0]!;
  }

  #place(orders: readonly Order[]): readonly Order[] {
    for (const { clientId } of orders) this.#names.use(clientId!);
    try {
      const placed = this.#desk.place(orders);
      if (this.#desk.time !== null) this.#news.advance(this.#desk.time);
      return placed;
    } catch (error) {
      for (const { clientId } of orders) this.#names.release(clientId!);
      throw error;
    }
  }

  #check(order: Order): void {
    const rules = rulesOf(this.#desk.markets.instrument(order.symbol));
    checkOrder(order, { venue: "paper", abilities, clientId, rules });
  }

  /** With latency: once market data has shown what became of it. */
  async cancelOrder(id: OrderId): Promise<boolean> {
    this.#checkConnected();
    const order = this.#desk.order(id);
    if (order === null || isFinal(order.status)) return false;
    const ended = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
    this.#desk.cancel(id);
    await ended;
    this.#waiting.delete(id);
    if (this.#desk.time !== null) this.#news.advance(this.#desk.time);
    return this.#desk.order(id)!.status === "cancelled";
  }

  async cancelByClientId(symbol: string, clientId: string): Promise<boolean> {
    const order = await this.findOrder(symbol, clientId);
    return order !== null && this.cancelOrder(order.id);
  }

  /** @throws OrderError GEO-ORDER-REQUEST for an id that it never gave */
  async getOrderStatus(id: OrderId): Promise<Order> {
    this.#checkConnected();
    const order = this.#desk.order(id);
    if (order !== null) return order;
    throw new OrderError("GEO-ORDER-REQUEST", `order ${id}: expected an order of this account, found none`, {
      hint: "Use the id of the order that placeOrder returned.",
    });
  }

  async findOrder(symbol: string, clientId: string): Promise<Order | null> {
    this.#checkConnected();
    const order = this.#desk.named(clientId);
    return order?.symbol === normalizeSymbol(symbol) ? order : null;
  }

  async openOrders(symbol: string): Promise<readonly Order[]> {
    this.#checkConnected();
    const name = normalizeSymbol(symbol);
    return this.#desk.open.filter((order) => order.symbol === name);
  }

  async ownTrades(
    symbol: string,
    since: { readonly id: string } | { readonly time: Millis },
  ): Promise<readonly OwnTrade[]> {
    this.#checkConnected();
    const name = normalizeSymbol(symbol);
    return this.#trades.filter((trade) => {
      if (trade.symbol !== name) return false;
      return "id" in since ? Number(trade.id) > Number(since.id) : trade.time >= since.time;
    });
  }

  async placeExits(exits: ProtectiveExits): Promise<readonly Order[]> {
    this.#checkConnected();
    const orders = exitOrders({ ...exits, symbol: normalizeSymbol(exits.symbol) }, abilities, "paper");
    for (const order of orders) this.#check(order);
    return this.#place(orders);
  }

  async getPositions(): Promise<Position[]> {
    this.#checkConnected();
    return this.#desk.account.open
      .filter(({ isFlat }) => !isFlat)
      .map((holding) => {
        const { instrument, quantity, openCost, notionalScale, realised } = holding;
        const held = new Decimal(formatUnits(quantity, instrument.lot.scale));
        const each = held.times(decimalOf(instrument.multiplier));
        return createPosition({
          symbol: instrument.symbol,
          quantity: held,
          entryPrice: new Decimal(formatUnits(openCost, notionalScale)).dividedBy(each),
          currentPrice: decimalOf(holding.exactMark()),
          realizedPnl: decimalOf(realised),
        });
      });
  }

  async getBalance(): Promise<Record<string, Decimal>> {
    this.#checkConnected();
    return { ...this.#desk.balances() };
  }

  updates(): AsyncIterable<AccountUpdate> {
    this.#checkConnected();
    return this.#news;
  }

  #checkConnected(): void {
    if (this.#connected) return;
    throw new ConnectionError("paper: expected a connected adapter, found it not connected", {
      hint: "Call connect() first.",
    });
  }
}

function rulesOf(instrument: Instrument): OrderRules {
  return {
    instrument,
    minPrice: null,
    maxPrice: null,
    minQuantity: null,
    maxQuantity: null,
    maxMarketQuantity: null,
    maxNotional: null,
    valueScale: 18,
    mostStops: null,
  };
}
