import type { SessionHandle } from "../run/session/handle.ts";
import type { HistoricOrder } from "../run/session/orderHistory.ts";
import type { OrderView, SignalView, TradeView } from "./contract.ts";
import { type Page, type PageRequest, pageOf } from "./pages.ts";
import { instrumentNamed } from "./symbols.ts";
import * as views from "./views.ts";

export interface SymbolFilter {
  readonly symbol?: string | undefined;
}

export interface OrderFilter extends SymbolFilter {
  readonly status?: "open" | "closed" | "all" | undefined;
}

/** What a session has done, newest first, page by page. All methods throw GEO-VALUE and GEO-NOT-FOUND of a symbol. */
export class Lists {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  orders({ symbol, status = "all", ...page }: OrderFilter & PageRequest = {}): Page<OrderView> {
    const { core } = this.#handle;
    const isIt = ({ reason }: HistoricOrder) => status === "all" || (status === "open") === (reason === null);
    const orders = this.#of(core.history.orders(), symbol).filter(isIt);
    const viewOf = (order: HistoricOrder) => views.orderView(core, order);
    return pageOf(orders, ({ id }) => id, spelled(viewOf, symbol), page);
  }

  trades({ symbol, ...page }: SymbolFilter & PageRequest = {}): Page<TradeView> {
    const fills = this.#of(this.#handle.core.history.fills.all(), symbol);
    return pageOf(fills, ({ seq }) => seq, spelled(views.tradeView, symbol), page);
  }

  signals({ symbol, ...page }: SymbolFilter & PageRequest = {}): Page<SignalView> {
    const signals = this.#of(this.#handle.core.history.signals.all(), symbol);
    return pageOf(signals, ({ seq }) => seq, spelled(views.signalView, symbol), page);
  }

  #of<R extends { readonly symbol: string }>(
    records: readonly R[],
    symbol: string | undefined,
  ): readonly R[] {
    if (symbol === undefined) return records;
    const { symbol: name } = instrumentNamed(symbol, this.#handle.instruments);
    return records.filter((record) => record.symbol === name);
  }
}

/** In the caller's spelling. */
function spelled<R, T extends object>(viewOf: (record: R) => T, symbol: string | undefined) {
  return (record: R): T => (symbol === undefined ? viewOf(record) : { ...viewOf(record), symbol });
}
