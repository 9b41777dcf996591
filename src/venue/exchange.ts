import type { Fixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import { AccountRegister } from "./accountRegister.ts";
import { amountOf, amountScale } from "./amount.ts";
import { ChangeLog } from "./changeLog.ts";
import {
  type AccountNews,
  type CancelReplace,
  type Exchange,
  type MarketNews,
  type NewOrder,
  type OrderAnswer,
  type OrderKey,
  type OrderState,
  VenueError,
} from "./contract.ts";
import type { ExchangeOptions } from "./exchangeOptions.ts";
import { Ids } from "./ids.ts";
import { klineInterval } from "./klines.ts";
import { ListDesk, listOf } from "./listDesk.ts";
import type { Market } from "./market.ts";
import { MarketFloor } from "./marketFloor.ts";
import { openMarkets } from "./openMarkets.ts";
import { OrderDesk } from "./orderDesk.ts";
import { checkedId } from "./orderDraft.ts";
import { listStateOf } from "./orderList.ts";
import { pointsOf } from "./priceSource.ts";
import { noSuchOrder, unknownOrder } from "./refusals.ts";
import { restoreAccounts } from "./restoreAccounts.ts";
import {
  type ChangeRecord,
  type ExchangeState,
  type SavedExchange,
  savedAccount,
  together,
} from "./savedState.ts";
import { pageOf } from "./tape.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import { isOpen, stateOf, type VenueOrder } from "./venueOrder.ts";

/** What a local exchange can do besides what Binance's users see of it. */
export interface LocalExchange extends Exchange {
  /** All of it, as plain data. */
  exportState(): ExchangeState;
  /** Told after each request or move of the market that changed an account, before the request is answered. */
  onChange(listener: (record: ChangeRecord) => void): () => void;
  /** Every level's size times so much, from now on: thin books fill orders in parts. */
  setLiquidity(share: number): void;
  /** Gives an account so much of an asset, or takes it (below 0). @throws VenueError -2010 when it has less */
  deposit(account: string, asset: string, amount: Fixed): void;
  /** The market trades at this price now; a random walk goes on from it, a file's prices do not. */
  setPrice(symbol: string, price: Fixed): void;
  /** Prices stand still from now on, until the exchange is opened again. */
  freeze(): void;
}

/**
 * A Binance-Spot-like exchange in memory: synchronous, exact, with no other clock than the one it is given.
 * @param saved of an exchange with the same options: it goes on from there, through the time that it was away
 */
export function createExchange(options: ExchangeOptions, saved?: SavedExchange): LocalExchange {
  return new MemoryExchange(options, saved);
}

class MemoryExchange implements LocalExchange {
  readonly #clock: () => Millis;
  readonly #markets: ReadonlyMap<string, Market>;
  readonly #floor: MarketFloor;
  readonly #accounts: AccountRegister;
  readonly #ids: Ids;
  readonly #opened: Millis;
  readonly #log = new ChangeLog();
  readonly #orders: OrderDesk;
  readonly #lists: ListDesk;
  readonly #listeners = new Set<(news: MarketNews) => void>();

  constructor(options: ExchangeOptions, saved?: SavedExchange) {
    this.#clock = options.clock;
    this.#accounts = new AccountRegister(options.accounts, options.defaultAccount);
    this.#opened = saved?.state.opened ?? options.clock();
    this.#ids = new Ids(saved?.state.ids);
    const news = {
      isHeard: () => this.#listeners.size > 0,
      tell: (one: MarketNews) => {
        for (const listener of this.#listeners) listener(one);
      },
    };
    this.#markets = openMarkets(options, this.#opened, news, saved);
    this.#orders = new OrderDesk({
      markets: this.#markets,
      accountOf: (name) => this.#accounts.of(name),
      ids: this.#ids,
      log: this.#log,
    });
    this.#lists = new ListDesk(this.#orders, this.#ids);
    this.#floor = new MarketFloor(this.#markets, this.#orders);
    if (saved !== undefined) this.#restoreAccounts(saved);
    this.advance();
  }

  #restoreAccounts({ state, changes = [] }: SavedExchange): void {
    const accounts = together([state.accounts, ...changes.map((record) => record.accounts)]);
    restoreAccounts(accounts, this.#accounts, this.#markets, this.#orders);
    for (const { orderId } of accounts.orders) this.#ids.order = Math.max(this.#ids.order, orderId);
    for (const { orderListId } of accounts.lists) this.#ids.list = Math.max(this.#ids.list, orderListId);
    for (const { symbol, id } of accounts.fills) {
      const market = this.#markets.get(symbol);
      if (market !== undefined) market.tradeId = Math.max(market.tradeId, id);
    }
  }

  exportState(): ExchangeState {
    this.advance();
    return {
      version: 1,
      opened: this.#opened,
      time: this.#orders.now,
      ids: { order: this.#ids.order, list: this.#ids.list },
      markets: [...this.#markets.values()].map((market) => market.save()),
      accounts: together([...this.#accounts.all].map(savedAccount)),
    };
  }

  onChange(listener: (record: ChangeRecord) => void): () => void {
    return this.#log.listen(listener);
  }

  time(): Millis {
    return this.#clock();
  }

  get symbols() {
    return [...this.#markets.values()].map(({ rules }) => rules);
  }

  setLiquidity(share: number): void {
    for (const market of this.#markets.values()) {
      market.ladder.thin(share);
      this.#floor.afterTrading(market);
    }
  }

  deposit(name: string, asset: string, amount: Fixed): void {
    this.advance();
    this.#orders.transfer(this.#accounts.of(name), asset, amountOf(amount));
  }

  freeze(): void {
    this.advance();
    this.#floor.isFrozen = true;
  }

  setPrice(symbol: string, price: Fixed): void {
    const market = this.#marketNow(symbol);
    const points = pointsOf(price, market.grid);
    const taker = points >= market.last ? "BUY" : "SELL";
    market.source.moveTo?.(points);
    this.#floor.trade(market, { time: this.#orders.now, price: points, size: market.grid.step, taker });
  }

  // The market

  trades: Exchange["trades"] = (symbol, page) => this.#marketNow(symbol).tape.trades(page);

  aggTrades: Exchange["aggTrades"] = (symbol, page) => this.#marketNow(symbol).tape.aggregates(page);

  klines: Exchange["klines"] = (symbol, interval, page) =>
    this.#marketNow(symbol).klines.page(klineInterval(interval), this.time(), page);

  depth: Exchange["depth"] = (symbol, limit) => {
    const market = this.#marketNow(symbol);
    market.tellDepth(this.time());
    const { ladder } = market;
    const levels = (side: "bids" | "asks") => ladder.top(side, limit).map((level) => market.levelOf(level));
    return { lastUpdateId: ladder.updateId, bids: levels("bids"), asks: levels("asks") };
  };

  bookTicker: Exchange["bookTicker"] = (symbol) => this.#marketNow(symbol).bookTicker();

  lastPrice: Exchange["lastPrice"] = (symbol) => {
    const market = this.#marketNow(symbol);
    return market.priceOf(market.last);
  };

  averagePrice: Exchange["averagePrice"] = (symbol) => {
    const average = this.#marketNow(symbol).average(this.time());
    return { units: BigInt(Math.floor(average)), scale: amountScale };
  };

  watchKlines: Exchange["watchKlines"] = (symbol, interval) =>
    this.#marketNow(symbol).klineNews.watch(interval, this.time());

  advance(): void {
    this.#floor.advance(this.#clock());
  }

  onMarket(listener: (news: MarketNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // Accounts

  balances: Exchange["balances"] = (name) => {
    this.advance();
    const account = this.#accounts.of(name);
    return account.wallet.assets.map((asset) => account.balance(asset));
  };

  commission: Exchange["commission"] = (name, symbol) => {
    this.#floor.marketOf(symbol);
    const { maker, taker } = this.#accounts.of(name).rates;
    return { maker, taker };
  };

  onAccount(name: string, listener: (news: AccountNews) => void): () => void {
    const { listeners } = this.#accounts.of(name);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  place(name: string, order: NewOrder): OrderAnswer {
    const market = this.#marketNow(order.symbol);
    const answer = this.#orders.place(this.#accounts.of(name), market, order);
    this.#floor.afterTrading(market);
    return answer;
  }

  cancel(name: string, symbol: string, key: OrderKey, newClientOrderId: string | null): OrderState {
    const market = this.#marketNow(symbol);
    const account = this.#accounts.of(name);
    const order = this.#cancel(account, market, key, newClientOrderId);
    this.#orders.settle();
    return stateOf(order);
  }

  cancelAll: Exchange["cancelAll"] = (name, symbol) => {
    this.#marketNow(symbol);
    const account = this.#accounts.of(name);
    const orders = account.openIn(symbol);
    if (orders.length === 0) throw unknownOrder();
    const ended = new Set<VenueOrder | number>();
    for (const order of orders) {
      ended.add(order.orderListId < 0 ? order : order.orderListId);
      if (isOpen(order)) this.#orders.end(account, order, "CANCELED");
    }
    this.#orders.settle();
    return [...ended].map((one) => {
      if (typeof one !== "number") return stateOf(one);
      return listStateOf(account.lists.get(one)!, this.#orders.now);
    });
  };

  cancelReplace(name: string, request: CancelReplace): ReturnType<Exchange["cancelReplace"]> {
    const market = this.#marketNow(request.order.symbol);
    const account = this.#accounts.of(name);
    const cancelled = attempt(() => {
      return stateOf(this.#cancel(account, market, request.cancel, request.cancelNewClientOrderId));
    });
    this.#orders.settle();
    if (cancelled instanceof VenueError && request.mode === "STOP_ON_FAILURE") {
      return { cancelled, placed: null };
    }
    return { cancelled, placed: attempt(() => this.place(name, request.order)) };
  }

  placeList: Exchange["placeList"] = (name, list) => {
    const { symbol } = list.kind === "OCO" ? list.orders[0] : list.working;
    const market = this.#marketNow(symbol);
    const answer = this.#lists.place(this.#accounts.of(name), market, list);
    this.#floor.afterTrading(market);
    return answer;
  };

  cancelList: Exchange["cancelList"] = (name, symbol, key) => {
    this.#marketNow(symbol);
    return this.#lists.cancel(this.#accounts.of(name), symbol, key);
  };

  order: Exchange["order"] = (name, symbol, key) => {
    this.#marketNow(symbol);
    const order = this.#accounts.of(name).find(symbol, key);
    if (order === null) throw noSuchOrder();
    return stateOf(order);
  };

  openOrders: Exchange["openOrders"] = (name, symbol) => {
    if (symbol !== null) this.#floor.marketOf(symbol);
    this.advance();
    return this.#accounts.of(name).openIn(symbol).map(stateOf);
  };

  allOrders: Exchange["allOrders"] = (name, symbol, page) => {
    this.#marketNow(symbol);
    const orders = [...this.#accounts.of(name).orders.values()].filter(
      ({ market }) => market.rules.symbol === symbol,
    );
    const rows = orders.map((order) => ({ id: order.orderId, time: order.time, order }));
    const { orderId, ...rest } = page;
    const paged = pageOf(rows, orderId === undefined ? rest : { ...rest, fromId: orderId });
    return paged.map(({ order }) => stateOf(order));
  };

  list: Exchange["list"] = (name, key) => {
    this.advance();
    return listStateOf(listOf(this.#accounts.of(name), key));
  };

  openLists: Exchange["openLists"] = (name) => {
    this.advance();
    const lists = [...this.#accounts.of(name).lists.values()];
    return lists.filter(({ done }) => !done).map((list) => listStateOf(list));
  };

  myTrades: Exchange["myTrades"] = (name, symbol, { orderId, ...page }) => {
    this.#marketNow(symbol);
    const fills = this.#accounts.of(name).fillsOf(symbol);
    return pageOf(orderId === undefined ? fills : fills.filter((fill) => fill.orderId === orderId), page);
  };

  #cancel(
    account: TradingAccount,
    { rules }: Market,
    key: OrderKey,
    newClientOrderId: string | null,
  ): VenueOrder {
    const order = account.find(rules.symbol, key);
    if (order === null || !isOpen(order)) throw unknownOrder();
    const requestId =
      checkedId(newClientOrderId, "newClientOrderId") ?? this.#ids.nameOf(order.orderId, "request");
    this.#orders.end(account, order, "CANCELED", requestId);
    return order;
  }

  /** The market as it stands by the clock. */
  #marketNow(symbol: string): Market {
    const market = this.#floor.marketOf(symbol);
    this.advance();
    return market;
  }
}

function attempt<T>(action: () => T): T | VenueError {
  try {
    return action();
  } catch (error) {
    if (error instanceof VenueError) return error;
    throw error;
  }
}
