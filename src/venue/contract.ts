import type { Fixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";

/**
 * What stands between the local exchange itself (`exchange.ts`, which knows no network) and its protocol (REST, streams,
 * WebSocket API): plain values in, plain values out, synchronous, in Binance Spot's terms. Symbols as `BTCUSDT`.
 */

/** As Binance numbers and words its refusals. */
export class VenueError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Binance's filters, all of which are enforced: names as in exchangeInfo. */
export interface SymbolRules {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Decimals of both assets. */
  readonly precision: number;
  readonly tickSize: Fixed;
  readonly minPrice: Fixed;
  readonly maxPrice: Fixed;
  readonly stepSize: Fixed;
  readonly minQty: Fixed;
  readonly maxQty: Fixed;
  readonly marketMaxQty: Fixed;
  readonly minNotional: Fixed;
  readonly maxNotional: Fixed;
  /** PERCENT_PRICE_BY_SIDE. */
  readonly bidMultiplierUp: Fixed;
  readonly bidMultiplierDown: Fixed;
  readonly askMultiplierUp: Fixed;
  readonly askMultiplierDown: Fixed;
  readonly maxNumOrders: number;
  readonly maxNumAlgoOrders: number;
  readonly maxNumOrderLists: number;
}

export type WireSide = "BUY" | "SELL";
export type WireType =
  | "MARKET"
  | "LIMIT"
  | "LIMIT_MAKER"
  | "STOP_LOSS"
  | "STOP_LOSS_LIMIT"
  | "TAKE_PROFIT"
  | "TAKE_PROFIT_LIMIT";
export type WireTimeInForce = "GTC" | "IOC" | "FOK";
export type WireStatus =
  | "NEW"
  | "PENDING_NEW"
  | "PARTIALLY_FILLED"
  | "FILLED"
  | "CANCELED"
  | "REJECTED"
  | "EXPIRED";

export interface NewOrder {
  readonly symbol: string;
  readonly side: WireSide;
  readonly type: WireType;
  readonly timeInForce: WireTimeInForce | null;
  readonly quantity: Fixed | null;
  readonly quoteOrderQty: Fixed | null;
  readonly price: Fixed | null;
  readonly stopPrice: Fixed | null;
  /** Null: the exchange makes one. */
  readonly newClientOrderId: string | null;
  /** Checks everything and places nothing. */
  readonly test: boolean;
}

/** A picture of an order at one moment. */
export interface OrderState {
  readonly symbol: string;
  readonly orderId: number;
  /** -1 when it is in no list. */
  readonly orderListId: number;
  readonly clientOrderId: string;
  readonly side: WireSide;
  readonly type: WireType;
  readonly timeInForce: WireTimeInForce;
  readonly status: WireStatus;
  readonly price: Fixed;
  readonly stopPrice: Fixed;
  readonly origQty: Fixed;
  readonly origQuoteOrderQty: Fixed;
  readonly executedQty: Fixed;
  readonly cummulativeQuoteQty: Fixed;
  readonly time: Millis;
  readonly updateTime: Millis;
  /** Of a conditional order: it has been triggered and is in the book (isWorking). */
  readonly isWorking: boolean;
  readonly workingTime: Millis;
}

export interface FillState {
  readonly symbol: string;
  readonly id: number;
  readonly orderId: number;
  readonly orderListId: number;
  readonly price: Fixed;
  readonly qty: Fixed;
  readonly quoteQty: Fixed;
  readonly commission: Fixed;
  readonly commissionAsset: string;
  readonly time: Millis;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
}

export interface OrderAnswer {
  readonly order: OrderState;
  /** Of this request alone. */
  readonly fills: readonly FillState[];
}

export interface OrderListState {
  readonly orderListId: number;
  readonly contingencyType: "OCO" | "OTO";
  readonly listStatusType: "EXEC_STARTED" | "ALL_DONE" | "RESPONSE";
  readonly listOrderStatus: "EXECUTING" | "ALL_DONE" | "REJECT";
  readonly listClientOrderId: string;
  readonly transactionTime: Millis;
  readonly symbol: string;
  readonly orders: readonly OrderState[];
}

/** An order list: `above`/`below` of an OCO; an OTO has working and pending, an OTOCO working and two pending. */
export type NewOrderList =
  | {
      readonly kind: "OCO";
      readonly listClientOrderId: string | null;
      readonly orders: readonly [NewOrder, NewOrder];
    }
  | {
      readonly kind: "OTO";
      readonly listClientOrderId: string | null;
      readonly working: NewOrder;
      readonly pending: NewOrder;
    }
  | {
      readonly kind: "OTOCO";
      readonly listClientOrderId: string | null;
      readonly working: NewOrder;
      readonly pending: readonly [NewOrder, NewOrder];
    };

export type OrderKey = { readonly orderId: number } | { readonly origClientOrderId: string };

export interface Balance {
  readonly asset: string;
  readonly free: Fixed;
  readonly locked: Fixed;
}

export interface PublicTrade {
  readonly symbol: string;
  readonly id: number;
  readonly price: Fixed;
  readonly qty: Fixed;
  readonly time: Millis;
  /** The seller took. */
  readonly isBuyerMaker: boolean;
}

export interface Kline {
  readonly openTime: Millis;
  readonly closeTime: Millis;
  readonly open: Fixed;
  readonly high: Fixed;
  readonly low: Fixed;
  readonly close: Fixed;
  readonly volume: Fixed;
  readonly quoteVolume: Fixed;
  readonly trades: number;
  readonly takerBuyVolume: Fixed;
  readonly takerBuyQuoteVolume: Fixed;
  readonly closed: boolean;
}

export interface Level {
  readonly price: Fixed;
  /** 0 in a diff: gone. */
  readonly qty: Fixed;
}

/**
 * What happens in the market, in order; the protocol makes streams of it. `depth` comes every 100 ms while the book
 * changes, and before each snapshot; `kline` each second while it changes, and when it closes.
 */
export type MarketNews =
  | { readonly kind: "trade"; readonly trade: PublicTrade }
  | {
      readonly kind: "depth";
      readonly symbol: string;
      readonly time: Millis;
      readonly firstUpdateId: number;
      readonly lastUpdateId: number;
      readonly bids: readonly Level[];
      readonly asks: readonly Level[];
    }
  | {
      readonly kind: "bookTicker";
      readonly symbol: string;
      readonly updateId: number;
      readonly bid: Level;
      readonly ask: Level;
    }
  | {
      readonly kind: "kline";
      readonly symbol: string;
      readonly interval: string;
      readonly time: Millis;
      readonly kline: Kline;
    };

export type ExecutionType = "NEW" | "CANCELED" | "REPLACED" | "REJECTED" | "TRADE" | "EXPIRED";

/** What happens to an account, in order. */
export type AccountNews =
  | {
      readonly kind: "executionReport";
      readonly time: Millis;
      readonly executionType: ExecutionType;
      readonly order: OrderState;
      /** With TRADE. */
      readonly fill: FillState | null;
      /** With CANCELED and REPLACED: the id of the request, which is then the order's `c`, its own being `C`. */
      readonly requestClientOrderId: string | null;
    }
  | { readonly kind: "outboundAccountPosition"; readonly time: Millis; readonly balances: readonly Balance[] }
  | { readonly kind: "listStatus"; readonly time: Millis; readonly list: OrderListState }
  | { readonly kind: "balanceUpdate"; readonly time: Millis; readonly asset: string; readonly delta: Fixed };

export interface Page {
  readonly fromId?: number;
  readonly startTime?: Millis;
  readonly endTime?: Millis;
  readonly limit: number;
}

export interface CancelReplace {
  readonly cancel: OrderKey;
  readonly cancelNewClientOrderId: string | null;
  readonly mode: "STOP_ON_FAILURE" | "ALLOW_FAILURE";
  readonly order: NewOrder;
}

/** Every method throws VenueError for what Binance would refuse. Accounts are named by the protocol (an API key's owner). */
export interface Exchange {
  /** The exchange's own clock. */
  time(): Millis;
  readonly symbols: readonly SymbolRules[];

  trades(symbol: string, page: Page): readonly PublicTrade[];
  aggTrades(
    symbol: string,
    page: Page,
  ): readonly (PublicTrade & { readonly firstId: number; readonly lastId: number })[];
  klines(symbol: string, interval: string, page: Page): readonly Kline[];
  depth(
    symbol: string,
    limit: number,
  ): {
    readonly lastUpdateId: number;
    readonly bids: readonly Level[];
    readonly asks: readonly Level[];
  };
  bookTicker(symbol: string): { readonly bid: Level; readonly ask: Level; readonly updateId: number };
  lastPrice(symbol: string): Fixed;
  /** Weighted by volume over 5 minutes. */
  averagePrice(symbol: string): Fixed;
  /** Klines of this interval are news from now on; those of no one's interest are not made. */
  watchKlines(symbol: string, interval: string): void;

  balances(account: string): readonly Balance[];
  commission(account: string, symbol: string): { readonly maker: Fixed; readonly taker: Fixed };
  place(account: string, order: NewOrder): OrderAnswer;
  cancel(account: string, symbol: string, key: OrderKey, newClientOrderId: string | null): OrderState;
  cancelAll(account: string, symbol: string): readonly (OrderState | OrderListState)[];
  cancelReplace(
    account: string,
    request: CancelReplace,
  ): { readonly cancelled: OrderState | VenueError; readonly placed: OrderAnswer | VenueError | null };
  placeList(
    account: string,
    list: NewOrderList,
  ): { readonly list: OrderListState; readonly fills: readonly FillState[] };
  cancelList(
    account: string,
    symbol: string,
    key: { readonly orderListId: number } | { readonly listClientOrderId: string },
  ): OrderListState;
  order(account: string, symbol: string, key: OrderKey): OrderState;
  openOrders(account: string, symbol: string | null): readonly OrderState[];
  allOrders(
    account: string,
    symbol: string,
    page: Page & { readonly orderId?: number },
  ): readonly OrderState[];
  list(
    account: string,
    key: { readonly orderListId: number } | { readonly listClientOrderId: string },
  ): OrderListState;
  openLists(account: string): readonly OrderListState[];
  myTrades(account: string, symbol: string, page: Page & { readonly orderId?: number }): readonly FillState[];

  /**
   * Moves the market on to its clock's time: what is due of the price source happens, orders match. The other methods
   * do so first, and it costs next to nothing when nothing is due: call it often, so that news come in time.
   */
  advance(): void;
  onMarket(listener: (news: MarketNews) => void): () => void;
  onAccount(account: string, listener: (news: AccountNews) => void): () => void;
}
