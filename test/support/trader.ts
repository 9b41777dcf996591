/** A strategy that uses whatever a context has, by chance, and writes down all that it hears and sees. */
import type { Json } from "../../src/domain/signal.ts";
import type { Context, Handlers, OrderRequest } from "../../src/strategy/contract.ts";

/** What it remembers from one event to the next, and saves. */
interface Memory {
  events: number;
  prices: { [symbol: string]: number };
}

export function trader(ctx: Context, saved: Json | undefined, trace: string[]): Handlers {
  const memory = (saved ?? { events: 0, prices: {} }) as unknown as Memory;
  // Drawn and set at the first start and at each one after it: a run must not notice.
  if (ctx.random() < 2) ctx.after(1000, "born");
  const say = (...words: readonly unknown[]) => void trace.push(words.map(text).join(" "));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(ctx.random() * values.length)]!;
  const near = (price: number, width: number) =>
    Math.round(price * (1 + (ctx.random() - 0.5) * width) * 100) / 100;

  function request(price: number, side: "buy" | "sell"): OrderRequest {
    const up = side === "buy" ? 1 : -1;
    const size = pick([
      { quantity: 1.5 },
      { quantity: 7 },
      { fraction: 0.2 },
      { fraction: 1 },
      { fraction: 2 },
      { notional: 500 },
    ]);
    const levels = pick<Partial<OrderRequest>>([
      {},
      {},
      { limit: near(price, 0.02) },
      { limit: near(price, 0.02), postOnly: true },
      { stop: near(price, 0.02) },
      { stop: near(price, 0.02), limit: near(price, 0.02) },
      { trail: { amount: near(price, 0.1) / 100 } },
      { trail: { percent: 0.7 } },
    ]);
    const life = pick<Partial<OrderRequest>>([
      {},
      {},
      {},
      { timeInForce: "IOC" },
      { timeInForce: "FOK" },
      { timeInForce: "DAY" },
      { timeInForce: "GTD", expires: ctx.time + 5 * 3_600_000 },
    ]);
    const exits = pick<Partial<OrderRequest>>([
      {},
      {},
      { stopLoss: price * (1 - 0.01 * up), takeProfit: price * (1 + 0.01 * up) },
      { stopLoss: price * (1 - 0.02 * up) },
    ]);
    const group = ctx.random() < 0.1 ? { oco: "pair" } : {};
    return {
      ...size,
      ...levels,
      ...life,
      ...exits,
      ...group,
      reduceOnly: ctx.random() < 0.1,
      tag: pick(["a", "#b"]),
    };
  }

  function touch(price: number): void {
    const { orders } = ctx;
    if (orders.length === 0) return;
    const { id, type, quantity } = pick(orders);
    if (ctx.random() < 0.4) ctx.cancel(id);
    else if (type === "limit" || type === "stop_limit") ctx.amend(id, { limit: near(price, 0.02) });
    else if (quantity !== null && orders.find((order) => order.id === id)!.tag !== "#b" && type === "market")
      ctx.amend(id, { quantity: 3 });
  }

  function act(price: number): void {
    const draw = ctx.random();
    if (draw < 0.3) ctx.buy(request(price, "buy"));
    else if (draw < 0.5) ctx.sell(request(price, "sell"));
    else if (draw < 0.55) ctx.close();
    else if (draw < 0.6) ctx.target({ fraction: pick([-1, -0.5, 0, 0.5, 1]) });
    else if (draw < 0.65) ctx.target({ quantity: pick([-3, 0, 3]) });
    else if (draw < 0.8) touch(price);
    else if (draw < 0.82) ctx.cancelAll(ctx.random() < 0.5 ? ctx.symbol : undefined);
    else if (draw < 0.9) ctx.after(pick([0, 30_000, 3_700_000]), pick(["x", "y"]));
    else if (draw < 0.92) ctx.log("note", { price });
  }

  function meet(kind: string, price: number): void {
    memory.events++;
    memory.prices[ctx.symbol] = price;
    say(kind, memory.events, ctx.time, ctx.symbol, price, ctx.cash, ctx.equity, ctx.ready);
    const { prices, position } = ctx;
    say(prices.length, prices[0] ?? "", prices.at(-1) ?? "", position.quantity, position.entryPrice);
    say(position.unrealizedPnl, position.exact.realizedPnl, ctx.symbols.join(), ctx.orders);
    if (kind === "bar") {
      const longer = ctx.bars("4h");
      say(longer.length, longer.at(-1) ?? null, longer.at(0)?.exact.volume ?? null);
    }
    act(price);
  }

  return {
    onStart: () => say("start"),
    onBar: (bar) => meet("bar", bar.close),
    onTick: (tick) => meet("tick", tick.price),
    onQuote: (quote) => meet("quote", quote.bid),
    onBook(book) {
      const [best] = book.bids(1);
      if (best !== undefined) meet("book", best[0]);
    },
    onOrder: (order) => say("order", ctx.time, ctx.symbol, order),
    onFill(fill) {
      say(
        "fill",
        ctx.time,
        fill.symbol,
        fill.time,
        fill.price,
        fill.quantity,
        fill.fee.amount,
        fill.maker,
        fill.tag,
      );
      if (ctx.random() < 0.2) act(fill.price.toNumber());
    },
    onTimer(tag) {
      say("timer", ctx.time, tag, ctx.symbol);
      const price = memory.prices[ctx.symbol];
      if (price !== undefined) act(price);
    },
    onStop: () => say("stop", ctx.time),
    save: () => memory as unknown as Json,
  };
}

function text(word: unknown): string {
  return typeof word === "string" ? word : JSON.stringify(word);
}
