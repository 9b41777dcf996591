import { Decimal } from "../domain/decimal.ts";
import type { Execution } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Order } from "../domain/order.ts";
import { type OrderBook, type OrderRecord, orderView } from "./orderBook.ts";

/** What a strategy is to hear: of orders, pictures of one moment; then of fills. */
export interface News {
  readonly orders: readonly { readonly instrument: Instrument; readonly view: Order }[];
  readonly fills: readonly FillNews[];
}

export interface FillNews {
  readonly fill: Execution;
  readonly tag: string | null;
}

/** News whose moment has not come: each order once, however much happens to it until then. */
export class WaitingNews {
  #orders: OrderRecord[] = [];
  #fills: FillNews[] = [];

  get isEmpty(): boolean {
    return this.#orders.length === 0 && this.#fills.length === 0;
  }

  order(record: OrderRecord): void {
    if (record.changed) return;
    record.changed = true;
    this.#orders.push(record);
  }

  fill(fill: Execution, tag: string | null): void {
    this.#fills.push({ fill, tag });
  }

  /** All of it, as it is now. */
  take(): News {
    const [records, fills] = [this.#orders, this.#fills];
    this.#orders = [];
    this.#fills = [];
    const orders = records.map((record) => {
      record.changed = false;
      return { instrument: record.command.instrument, view: orderView(record) };
    });
    return { orders, fills };
  }

  save(): WaitingNewsState {
    return { orders: this.#orders, fills: this.#fills };
  }

  /** @param book whose open orders these are, as far as they are open */
  load({ orders, fills }: WaitingNewsState, book: OrderBook): void {
    this.#orders = orders.map((record) => book.find(record.command.number) ?? record);
    this.#fills = [...fills];
  }
}

export interface WaitingNewsState {
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly FillNews[];
}

const exactMembers = ["quantity", "price", "stopPrice", "filledQuantity", "averagePrice"] as const;

type Exact = (typeof exactMembers)[number];

/** News as plain data. */
export interface NewsState {
  readonly orders: readonly {
    readonly instrument: Instrument;
    readonly view: Omit<Order, Exact>;
    /** Decimals as texts. */
    readonly exact: readonly (string | null)[];
  }[];
  readonly fills: readonly FillNews[];
}

export function savedNews({ orders, fills }: News): NewsState {
  return {
    orders: orders.map(({ instrument, view }) => {
      const { quantity, price, stopPrice, filledQuantity, averagePrice, ...plain } = view;
      const exact = [quantity, price, stopPrice, filledQuantity, averagePrice];
      return { instrument, view: plain, exact: exact.map((value) => value?.toString() ?? null) };
    }),
    fills,
  };
}

export function loadedNews({ orders, fills }: NewsState): News {
  return {
    orders: orders.map(({ instrument, view, exact }) => {
      const members = exactMembers.map((name, i) => [
        name,
        exact[i] === null ? null : new Decimal(exact[i]!),
      ]);
      return { instrument, view: Object.freeze({ ...view, ...Object.fromEntries(members) }) as Order };
    }),
    fills,
  };
}
