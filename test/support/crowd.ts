/** A strategy that sends, changes and takes back a great many orders by chance, and what it saw. */
import { Decimal } from "../../src/domain/decimal.ts";
import type { Bar } from "../../src/domain/market.ts";
import type { Order } from "../../src/domain/order.ts";
import type { Context, Fill, Handlers, OrderRequest } from "../../src/strategy/contract.ts";

export class Crowd {
  /** Requests by reason; exits count. */
  readonly ended = new Map<string, number>();
  readonly faults: string[] = [];
  /** Most that was filled of one symbol's bar. */
  mostOfBar = 0;
  partialFills = 0;
  readonly #each: number;
  readonly #seen = new Set<string>();
  /** Of orders, the parts so far; of orders that have ended, what they say. */
  readonly #filled = new Map<string, Decimal>();
  readonly #expected = new Map<string, Decimal>();
  #bar = "";
  #ofBar = 0;

  /** @param each requests a bar */
  constructor(each: number) {
    this.#each = each;
  }

  readonly create = (ctx: Context): Handlers => ({
    onBar: (bar) => this.#act(ctx, bar),
    onOrder: (order) => this.#hear(order),
    onFill: (fill) => this.#count(fill),
  });

  #act(ctx: Context, { close, index }: Bar): void {
    this.#compare();
    if (ctx.account === "cash" && (ctx.cash < 0 || ctx.position.quantity < 0)) this.faults.push("overdrawn");
    for (let i = 0; i < this.#each; i++) {
      const request = this.#request(ctx, close);
      if (ctx.random() < 0.55) ctx.buy(request);
      else ctx.sell(swapped(request));
    }
    // Books stay short: an order that waits for long is an order like any other.
    if (index % 4 === 3) ctx.cancelAll(ctx.symbol);
    else if (index % 4 === 1) this.#touch(ctx, close);
  }

  #touch(ctx: Context, close: number): void {
    const { orders } = ctx;
    const open = orders[Math.floor(ctx.random() * orders.length)];
    if (open === undefined) return;
    if (ctx.random() < 0.7) this.#change(ctx, open, close);
    else ctx.cancel(open.id);
  }

  #request(ctx: Context, close: number): OrderRequest {
    const near = (width: number) => Math.round((close + (ctx.random() - 0.5) * width) * 4) / 4;
    const draw = ctx.random();
    const size = draw < 0.8 ? { quantity: 1 + Math.floor(ctx.random() * 8) } : { notional: 500 };
    const kind = Math.floor(ctx.random() * 6);
    const levels =
      kind < 2
        ? { limit: near(4) }
        : kind === 2
          ? { stop: near(4) }
          : kind === 3
            ? { stop: near(4), limit: near(4) }
            : kind === 4
              ? { trail: { amount: 1.5 } }
              : {};
    const exits = ctx.random() < 0.3 ? { stopLoss: close - 2, takeProfit: close + 2 } : {};
    const life = ctx.random() < 0.2 ? { timeInForce: ctx.random() < 0.5 ? "IOC" : "FOK" } : {};
    const group = ctx.random() < 0.1 ? { oco: "group" } : {};
    return { ...size, ...levels, ...exits, ...life, ...group } as OrderRequest;
  }

  #change(ctx: Context, order: Order, close: number): void {
    if (order.type === "limit" || order.type === "stop_limit") ctx.amend(order.id, { limit: close - 0.5 });
    else if (order.quantity !== null && order.type === "market") ctx.amend(order.id, { quantity: 3 });
  }

  #hear({ id, reason, quantity, filledQuantity }: Order): void {
    if (quantity !== null && filledQuantity.gt(quantity)) this.faults.push(`${id} filled beyond its size`);
    if (reason === null) return;
    if (this.#seen.has(id)) this.faults.push(`${id} ended twice`);
    this.#seen.add(id);
    this.ended.set(reason, (this.ended.get(reason) ?? 0) + 1);
    // News of orders come before those of their fills.
    this.#expected.set(id, filledQuantity);
  }

  #compare(): void {
    for (const [id, filled] of this.#expected) {
      const parts = this.#filled.get(id) ?? new Decimal(0);
      if (!parts.eq(filled)) this.faults.push(`${id}: ${filled} filled, its parts are ${parts}`);
      this.#filled.delete(id);
    }
    this.#expected.clear();
  }

  #count({ orderId, symbol, time, quantity }: Fill): void {
    const bar = `${symbol} ${time}`;
    if (bar !== this.#bar) [this.#bar, this.#ofBar] = [bar, 0];
    this.#ofBar += quantity.toNumber();
    this.mostOfBar = Math.max(this.mostOfBar, this.#ofBar);
    const before = this.#filled.get(orderId);
    if (before !== undefined) this.partialFills++;
    this.#filled.set(orderId, before?.plus(quantity) ?? quantity);
  }
}

/** For a sell the exits lie the other way round. */
function swapped({ stopLoss, takeProfit, ...request }: OrderRequest): OrderRequest {
  if (stopLoss === undefined || takeProfit === undefined) return request;
  return { ...request, stopLoss: takeProfit, takeProfit: stopLoss };
}
