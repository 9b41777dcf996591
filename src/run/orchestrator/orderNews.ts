import type { Order, OrderId } from "../../domain/order.ts";
import type { ExecutionAdapter, TradingAdapter } from "../../domain/ports.ts";

export interface OrderNewsOptions {
  readonly adapter: ExecutionAdapter;
  /** Between two looks at open orders, in ms; null: nobody need ask. */
  readonly pollMs: number | null;
  readonly open: () => readonly OrderId[];
  readonly take: (order: Order) => void;
  /** What went wrong while asking; it is tried again. */
  readonly problem: (error: unknown) => void;
}

/** Can it be asked for news, and by client id? */
export function isTrading(adapter: ExecutionAdapter): adapter is TradingAdapter {
  const { updates, findOrder } = adapter as Partial<TradingAdapter>;
  return typeof updates === "function" && typeof findOrder === "function";
}

/** Keeps news of orders coming: from the venue's stream where it has one, else by asking while orders are open. */
export class OrderNews {
  readonly #options: OrderNewsOptions;
  #running = false;
  #streams = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: OrderNewsOptions) {
    this.#options = options;
  }

  start(): void {
    const { adapter } = this.#options;
    this.#running = true;
    if (isTrading(adapter)) void this.#listen(adapter);
    // Orders of an earlier start may have gone on.
    else void this.ask().then(() => this.wake());
  }

  stop(): void {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** There is an order to look after. */
  wake(): void {
    const { pollMs, open } = this.#options;
    if (!this.#running || this.#streams || pollMs === null || this.#timer !== null) return;
    if (open().length === 0) return;
    const timer = setTimeout(() => void this.#poll(timer), pollMs);
    this.#timer = timer;
  }

  /** Asks for every open order. */
  async ask(): Promise<void> {
    const { adapter, open, take, problem } = this.#options;
    for (const id of open()) {
      try {
        take(await adapter.getOrderStatus(id));
      } catch (error) {
        problem(error);
      }
    }
  }

  async #poll(timer: NodeJS.Timeout): Promise<void> {
    await this.ask();
    // Stopped meanwhile, and perhaps started again, with a timer of its own.
    if (this.#timer !== timer) return;
    this.#timer = null;
    this.wake();
  }

  async #listen(adapter: TradingAdapter): Promise<void> {
    this.#streams = true;
    try {
      for await (const update of adapter.updates()) {
        if (!this.#running) return;
        if (update.kind === "order") this.#options.take(update.order);
        else if (update.kind === "gap") await this.ask();
      }
    } catch (error) {
      if (this.#running) this.#options.problem(error);
    }
    // A stream that ended by itself: what it would have told is asked for from now on.
    this.#streams = false;
    this.wake();
  }
}
