import type { Fixed } from "../domain/fixed.ts";
import type { FeeTerms } from "../execution/costs/feeTerms.ts";
import { freeTerms } from "../execution/costs/feeTerms.ts";
import { fixedOf } from "./amount.ts";
import type { AccountNews, Balance, FillState, OrderKey } from "./contract.ts";
import { type OrderList, ordersOf } from "./orderList.ts";
import { isOpen, type VenueOrder } from "./venueOrder.ts";
import { Wallet } from "./wallet.ts";

export interface FeeRates {
  /** Fractions of the traded value. */
  readonly maker: Fixed;
  readonly taker: Fixed;
  /** Commissions are taken in BNB, 25 % off, as long as there is some. */
  readonly payInBnb: boolean;
}

/** Closed orders and fills (of a market) that can still be asked for; twice as many are there at times. */
const kept = 50_000;

/** Everything of one account. */
export class TradingAccount {
  readonly name: string;
  readonly rates: FeeRates;
  readonly wallet = new Wallet();
  /** Every order, by id, in order of creation. */
  readonly orders = new Map<number, VenueOrder>();
  readonly open = new Set<VenueOrder>();
  readonly lists = new Map<number, OrderList>();
  readonly fills = new Map<string, FillState[]>();
  readonly listeners = new Set<(news: AccountNews) => void>();
  /** The latest order of each name: a name is free again once its order is closed. */
  readonly #named = new Map<string, VenueOrder>();
  readonly #terms: { readonly maker: FeeTerms; readonly taker: FeeTerms };

  constructor(name: string, rates: FeeRates) {
    this.name = name;
    this.rates = rates;
    // Spot: in what is received.
    const terms = (rate: Fixed): FeeTerms => ({ ...freeTerms, rate, currency: "base" });
    this.#terms = { maker: terms(rates.maker), taker: terms(rates.taker) };
  }

  terms(maker: boolean): FeeTerms {
    return maker ? this.#terms.maker : this.#terms.taker;
  }

  keep(order: VenueOrder): void {
    this.orders.set(order.orderId, order);
    this.#named.set(order.clientOrderId, order);
    if (isOpen(order)) this.open.add(order);
    if (this.orders.size > 2 * kept) this.#forget();
  }

  keepFill(fill: FillState): void {
    const fills = this.fillsOf(fill.symbol);
    fills.push(fill);
    if (fills.length > 2 * kept) fills.splice(0, kept);
  }

  /** Names are unique among open orders only. */
  isTaken(clientOrderId: string): boolean {
    const order = this.#named.get(clientOrderId);
    return order !== undefined && isOpen(order);
  }

  /** Null when this account never had such an order in that market. */
  find(symbol: string, key: OrderKey): VenueOrder | null {
    const order = "orderId" in key ? this.orders.get(key.orderId) : this.#named.get(key.origClientOrderId);
    return order !== undefined && order.market.rules.symbol === symbol ? order : null;
  }

  openIn(symbol: string | null): readonly VenueOrder[] {
    const orders = [...this.open];
    return symbol === null ? orders : orders.filter(({ market }) => market.rules.symbol === symbol);
  }

  fillsOf(symbol: string): FillState[] {
    let fills = this.fills.get(symbol);
    if (fills === undefined) this.fills.set(symbol, (fills = []));
    return fills;
  }

  /** The oldest closed orders, and the lists that are done: an exchange runs for weeks. */
  #forget(): void {
    for (const order of this.orders.values()) {
      if (this.orders.size <= kept) break;
      if (isOpen(order)) continue;
      this.orders.delete(order.orderId);
      if (this.#named.get(order.clientOrderId) === order) this.#named.delete(order.clientOrderId);
    }
    for (const list of this.lists.values()) {
      if (list.done && !ordersOf(list).some(({ orderId }) => this.orders.has(orderId))) {
        this.lists.delete(list.orderListId);
      }
    }
  }

  balance(asset: string): Balance {
    const { wallet } = this;
    return { asset, free: fixedOf(wallet.free(asset)), locked: fixedOf(wallet.locked(asset)) };
  }

  tell(news: AccountNews): void {
    for (const listener of this.listeners) listener(news);
  }
}
