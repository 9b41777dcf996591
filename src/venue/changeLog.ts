import type { Millis } from "../domain/time.ts";
import type { FillState } from "./contract.ts";
import type { OrderList } from "./orderList.ts";
import { type ChangeRecord, savedBalance, savedFill, savedList, savedOrder } from "./savedState.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import type { VenueOrder } from "./venueOrder.ts";

/** Gathers what a request does to accounts, and hands it out as one record when it is done. */
export class ChangeLog {
  readonly #listeners = new Set<(record: ChangeRecord) => void>();
  readonly #orders = new Set<VenueOrder>();
  readonly #lists = new Map<OrderList, TradingAccount>();
  readonly #fills = new Map<FillState, TradingAccount>();
  readonly #assets = new Map<TradingAccount, Set<string>>();

  listen(listener: (record: ChangeRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  order(order: VenueOrder): void {
    if (this.#listeners.size > 0) this.#orders.add(order);
  }

  list(account: TradingAccount, list: OrderList): void {
    if (this.#listeners.size > 0) this.#lists.set(list, account);
  }

  fill(account: TradingAccount, fill: FillState): void {
    if (this.#listeners.size > 0) this.#fills.set(fill, account);
  }

  balances(account: TradingAccount, assets: readonly string[]): void {
    if (this.#listeners.size === 0) return;
    const changed = this.#assets.get(account) ?? new Set();
    for (const asset of assets) changed.add(asset);
    this.#assets.set(account, changed);
  }

  flush(time: Millis): void {
    if (this.#orders.size === 0 && this.#assets.size === 0 && this.#lists.size === 0) return;
    const accounts = {
      orders: [...this.#orders].map(savedOrder),
      lists: [...this.#lists].map(([list, account]) => savedList(account, list)),
      fills: [...this.#fills].map(([fill, account]) => savedFill(account, fill)),
      balances: [...this.#assets].flatMap(([account, assets]) =>
        [...assets].map((asset) => savedBalance(account, asset)),
      ),
    };
    for (const one of [this.#orders, this.#lists, this.#fills, this.#assets]) one.clear();
    for (const listener of this.#listeners) listener({ time, accounts });
  }
}
