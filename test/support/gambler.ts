/** A strategy that does anything a strategy may do, by chance: food for invariants. */
import type { Context, Handlers, OrderRequest } from "../../src/strategy/contract.ts";

/** Orders of every kind and size, exits, cancels, targets and timers, drawn from the run's own generator. */
export function gambler(ctx: Context): Handlers {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(ctx.random() * values.length)]!;
  const near = (price: number, spread: number) =>
    Math.round(price * (1 + (ctx.random() - 0.5) * spread) * 100) / 100;

  function request(price: number, side: "buy" | "sell"): OrderRequest {
    const size = pick([
      { quantity: 1.5 },
      { quantity: 400 },
      { fraction: 0.3 },
      { fraction: 1 },
      { notional: 777 },
    ]);
    const levels = pick([
      {},
      { limit: near(price, 0.02) },
      { stop: near(price, 0.02) },
      { limit: near(price, 0.02), stop: near(price, 0.02) },
    ]);
    const life = pick([
      {},
      {},
      { timeInForce: "IOC" },
      { timeInForce: "DAY" },
      { timeInForce: "GTD", expires: ctx.time + 180_000 },
    ] as const);
    const [below, above] = [near(price, 0) * 0.995, near(price, 0) * 1.005];
    const exits = pick([
      {},
      {},
      side === "buy" ? { stopLoss: below, takeProfit: above } : { stopLoss: above, takeProfit: below },
    ]);
    return { ...size, ...levels, ...life, ...exits, reduceOnly: ctx.random() < 0.1, tag: pick(["a", "ü"]) };
  }

  function act(price: number): void {
    const draw = ctx.random();
    if (draw < 0.3) ctx.buy(request(price, "buy"));
    else if (draw < 0.6) ctx.sell(request(price, "sell"));
    else if (draw < 0.7) ctx.close();
    else if (draw < 0.8) ctx.target({ fraction: pick([-1, -0.5, 0, 0.5, 1]) });
    else if (draw < 0.85) ctx.target({ quantity: pick([-3, 0, 3]) });
    else if (draw < 0.9 && ctx.orders.length > 0) ctx.cancel(pick(ctx.orders).id);
    else if (draw < 0.92) ctx.cancelAll();
    else ctx.after(30_000, "again");
  }

  return {
    onBar: (bar) => act(bar.close),
    onTimer: () => act(ctx.prices.at(-1)!),
    onFill: (fill) => void (ctx.random() < 0.1 && act(fill.price.toNumber())),
  };
}
