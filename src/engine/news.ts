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

/** News as plain data: decimals as texts, members in their order. */
export interface NewsState {
  readonly orders: readonly { readonly instrument: Instrument; readonly view: object }[];
  readonly fills: readonly FillNews[];
}

export function savedNews({ orders, fills }: News): NewsState {
  const saved = orders.map(({ instrument, view }) => ({
    instrument,
    view: withExact(view, (value) => value.toString()),
  }));
  return { orders: saved, fills };
}

export function loadedNews({ orders, fills }: NewsState): News {
  const loaded = orders.map(({ instrument, view }) => ({
    instrument,
    view: Object.freeze(withExact(view, (text) => new Decimal(text as string))) as Order,
  }));
  return { orders: loaded, fills };
}

function withExact(view: object, convert: (value: Decimal | string) => unknown): object {
  const copy: Record<string, unknown> = { ...view };
  for (const name of exactMembers)
    if (copy[name] !== null) copy[name] = convert(copy[name] as Decimal | string);
  return copy;
}
