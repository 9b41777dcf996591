import type { Equity, Frame, Order, Position, Signal, Status, Tick, Trade } from "./wire.ts";

/** Trades and signals that are shown. */
const shown = 100;

/** What the page knows of the session: snapshots replace, updates go on from there. */
export class Model {
  status: Status | null = null;
  equity: Equity | null = null;
  positions: readonly Position[] = [];
  /** Newest first. */
  trades: readonly Trade[] = [];
  /** Newest first. */
  signals: readonly Signal[] = [];
  readonly #orders = new Map<string, Order>();
  readonly #ticks = new Map<string, Tick>();

  /** Newest first. */
  get openOrders(): readonly Order[] {
    return [...this.#orders.values()].sort((a, b) => Number(b.order_id) - Number(a.order_id));
  }

  tick(symbol: string): Tick | null {
    return this.#ticks.get(symbol) ?? null;
  }

  apply({ type, channel, data }: Frame): void {
    const isWhole = type === "snapshot";
    switch (channel) {
      case "status":
        this.status = data as Status;
        break;
      case "equity":
        this.equity = data as Equity;
        break;
      case "positions":
        this.positions = (data as { positions: readonly Position[] }).positions;
        break;
      case "trades":
        this.trades = isWhole
          ? (data as { trades: readonly Trade[] }).trades
          : [data as Trade, ...this.trades].slice(0, shown);
        break;
      case "signals":
        this.signals = isWhole
          ? (data as { signals: readonly Signal[] }).signals
          : [data as Signal, ...this.signals].slice(0, shown);
        break;
      case "orders":
        if (isWhole) this.#orders.clear();
        for (const order of isWhole ? (data as { orders: readonly Order[] }).orders : [data as Order])
          this.#take(order);
        break;
      case "ticks":
        if (isWhole) this.#ticks.clear();
        for (const tick of isWhole ? (data as { ticks: readonly Tick[] }).ticks : [data as Tick])
          this.#ticks.set(tick.symbol, tick);
    }
  }

  #take(order: Order): void {
    if (isOpen(order)) this.#orders.set(order.order_id, order);
    else this.#orders.delete(order.order_id);
  }
}

function isOpen({ status }: Pick<Order, "status">): boolean {
  return status === "pending" || status === "open" || status === "partially_filled";
}
