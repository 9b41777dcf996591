import { defineStrategy, z } from "geosync";

/**
 * Earns nothing: places, changes and takes back orders of every kind as the dice fall, as often as it can. What
 * `geosync chaos` runs when it is given no strategy. Run on trades as well as bars.
 */
export default defineStrategy({
  name: "restless",
  description: "Trades at random, with orders of every kind. For tests of everything but profit.",
  params: z.object({
    eagerness: z.number().positive().max(1).default(0.5).describe("Chance to do something at an event"),
    size: z.number().positive().default(60).describe("Value of an order, in quote currency"),
    width: z
      .number()
      .positive()
      .default(0.0005)
      .describe("Distance of prices from the market, as a fraction"),
    most: z.int().positive().default(8).describe("Open orders at a time"),
  }),
  create({ eagerness, size, width, most }, ctx) {
    const away = (price: number, by: number) => (price * (1 + by * width * (0.2 + ctx.random()))).toFixed(2);
    const anyOf = <T>(list: readonly T[]) => list[Math.floor(ctx.random() * list.length)];
    const part = (quantity: number) => (quantity * (0.2 + 0.6 * ctx.random())).toFixed(5);

    const buys: readonly ((price: number) => void)[] = [
      () => ctx.buy({ notional: size, tag: "market" }),
      (price) => ctx.buy({ quantity: (size / price).toFixed(5), tag: "amount" }),
      (price) => ctx.buy({ notional: size, limit: away(price, -1), tag: "limit" }),
      (price) => ctx.buy({ quantity: (size / price).toFixed(5), limit: away(price, 1), timeInForce: "IOC" }),
      (price) => ctx.buy({ notional: size, stop: away(price, 1), tag: "stop" }),
      (price) => {
        const one = { quantity: (size / price).toFixed(5), oco: `pair ${ctx.random()}` };
        ctx.buy({ ...one, limit: away(price, -1) });
        ctx.buy({ ...one, stop: away(price, 1) });
      },
      (price) => {
        const exits = { stopLoss: away(price, -2), takeProfit: away(price, 2) };
        ctx.buy({ notional: 3 * size, ...exits, tag: "bracket" });
      },
      (price) => {
        const exits = { stopLoss: away(price, -4), takeProfit: away(price, 2) };
        ctx.buy({ notional: 3 * size, limit: away(price, -0.5), ...exits, tag: "patient bracket" });
      },
    ];
    const sells: readonly ((price: number) => void)[] = [
      () => ctx.sell({ quantity: part(ctx.position.quantity), tag: "some" }),
      (price) => ctx.sell({ quantity: part(ctx.position.quantity), limit: away(price, 1), tag: "limit" }),
      () =>
        ctx.sell({
          quantity: part(ctx.position.quantity),
          trail: { percent: 100 * width },
          reduceOnly: true,
        }),
      () => ctx.close({ tag: "all" }),
    ];
    const changes: readonly ((price: number) => void)[] = [
      () => {
        const order = anyOf(ctx.orders);
        if (order !== undefined) ctx.cancel(order.id);
      },
      (price) => {
        const order = anyOf(ctx.orders.filter((one) => one.price !== null && one.stopPrice === null));
        if (order !== undefined) ctx.amend(order.id, { limit: away(price, order.side === "buy" ? -1 : 1) });
      },
    ];

    function act(price: number): void {
      if (!ctx.ready || ctx.random() > eagerness) return;
      const room = ctx.orders.length < most;
      const choices = [
        ...(room && ctx.cash > 6 * size ? buys : []),
        ...(room && ctx.position.quantity * price > size ? sells : []),
        ...(ctx.orders.length > 0 ? changes : []),
      ];
      anyOf(choices)?.(price);
    }
    // It remembers nothing: chance is the engine's, and that keeps it.
    const save = () => ({});
    return { save, onBar: (bar) => act(bar.close), onTick: (tick) => act(tick.price) };
  },
});
