import type { Millis } from "../domain/time.ts";
import type { SavedBars } from "./barSeries.ts";
import type { FillState } from "./contract.ts";
import type { OrderList } from "./orderList.ts";
import type { SourcePosition } from "./priceSource.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import type { VenueOrder } from "./venueOrder.ts";

/** An exchange as plain data, exact: money and other large numbers as texts. Made for JSON. */
export interface ExchangeState {
  readonly version: 1;
  /** When the exchange opened, which its markets' past depends on. */
  readonly opened: Millis;
  readonly time: Millis;
  readonly ids: { readonly order: number; readonly list: number };
  readonly markets: readonly SavedMarket[];
  /** Everything of every account. */
  readonly accounts: AccountChanges;
}

/** What one request, or one move of the market, did to accounts; complete: all of it or nothing has happened. */
export interface ChangeRecord {
  readonly time: Millis;
  readonly accounts: AccountChanges;
}

/** What an exchange goes on from: a state, and the records since, in order. */
export interface SavedExchange {
  readonly state: ExchangeState;
  readonly changes?: readonly ChangeRecord[];
}

export interface AccountChanges {
  readonly orders: readonly SavedOrder[];
  readonly lists: readonly SavedList[];
  readonly fills: readonly SavedFill[];
  readonly balances: readonly SavedBalance[];
}

export interface SavedMarket {
  readonly symbol: string;
  readonly source: SourcePosition;
  readonly last: number;
  readonly turn: number;
  readonly tradeId: number;
  readonly updateId: number;
  readonly seconds: SavedBars;
  readonly minutes: SavedBars;
}

export type SavedOrder = Omit<VenueOrder, "market" | "hold" | "byValue" | "spent"> & {
  readonly symbol: string;
  readonly byValue: string;
  readonly spent: string;
};

export interface SavedList {
  readonly account: string;
  readonly orderListId: number;
  readonly listClientOrderId: string;
  readonly symbol: string;
  readonly time: Millis;
  /** Order ids. */
  readonly first: number | null;
  readonly legs: readonly number[];
  readonly done: boolean;
}

/** Price and size as the market counts them. */
export interface SavedFill {
  readonly account: string;
  readonly symbol: string;
  readonly id: number;
  readonly orderId: number;
  readonly price: number;
  readonly size: number;
  readonly commission: string;
  readonly asset: string;
  readonly time: Millis;
  readonly isMaker: boolean;
}

export interface SavedBalance {
  readonly account: string;
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

export function savedOrder(order: VenueOrder): SavedOrder {
  const { market, hold, byValue, spent, ...rest } = order;
  void hold;
  return { ...rest, symbol: market.rules.symbol, byValue: `${byValue}`, spent: `${spent}` };
}

export function savedList(account: TradingAccount, list: OrderList): SavedList {
  const { orderListId, listClientOrderId, symbol, time, first, legs, done } = list;
  return {
    account: account.name,
    orderListId,
    listClientOrderId,
    symbol,
    time,
    first: first?.orderId ?? null,
    legs: legs.map(({ orderId }) => orderId),
    done,
  };
}

export function savedFill(account: TradingAccount, fill: FillState): SavedFill {
  return {
    account: account.name,
    symbol: fill.symbol,
    id: fill.id,
    orderId: fill.orderId,
    price: Number(fill.price.units),
    size: Number(fill.qty.units),
    commission: `${fill.commission.units}`,
    asset: fill.commissionAsset,
    time: fill.time,
    isMaker: fill.isMaker,
  };
}

export function savedBalance({ name, wallet }: TradingAccount, asset: string): SavedBalance {
  return { account: name, asset, free: `${wallet.free(asset)}`, locked: `${wallet.locked(asset)}` };
}

/** Everything of an account. */
export function savedAccount(account: TradingAccount): AccountChanges {
  return {
    orders: [...account.orders.values()].map(savedOrder),
    lists: [...account.lists.values()].map((list) => savedList(account, list)),
    fills: [...account.fills.values()].flatMap((fills) => fills.map((fill) => savedFill(account, fill))),
    balances: account.wallet.assets.map((asset) => savedBalance(account, asset)),
  };
}

export function together(parts: readonly AccountChanges[]): AccountChanges {
  return {
    orders: parts.flatMap(({ orders }) => orders),
    lists: parts.flatMap(({ lists }) => lists),
    fills: parts.flatMap(({ fills }) => fills),
    balances: parts.flatMap(({ balances }) => balances),
  };
}

/** Orders and lists as they ended up: of several pictures the last. */
export function latest(changes: AccountChanges): AccountChanges {
  const orders = new Map(changes.orders.map((order) => [order.orderId, order]));
  const lists = new Map(changes.lists.map((list) => [list.orderListId, list]));
  const fills = new Map(changes.fills.map((fill) => [`${fill.symbol} ${fill.id}`, fill]));
  const balances = new Map(changes.balances.map((one) => [`${one.account} ${one.asset}`, one]));
  return {
    orders: [...orders.values()],
    lists: [...lists.values()],
    fills: [...fills.values()],
    balances: [...balances.values()],
  };
}
