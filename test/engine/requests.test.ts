/** Open orders, cancels, and requests that are refused where they are written. DESIGN, section 4. */
import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, reasonsOf, run, script, table } from "../support/market.ts";
import { type Act, type Actions, flat } from "../support/orderCase.ts";

describe("open orders", () => {
  it("are shown to the strategy, as pictures it cannot change", async () => {
    const seen: (readonly Order[])[] = [];
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ quantity: 2, limit: "90.5", stopLoss: 80, tag: "dip" }),
      1: (ctx) => void seen.push(ctx.orders),
    };
    await run(script(actions), bars(flat(100)));
    const [entry, exit] = seen[0]!;
    expect(entry).toMatchObject({
      id: "1",
      symbol: "A",
      side: "buy",
      type: "limit",
      status: "open",
      inDoubt: false,
      reason: null,
      tag: "dip",
    });
    expect([entry!.quantity!.toFixed(), entry!.price!.toFixed(), entry!.filledQuantity.toFixed()]).toEqual([
      "2",
      "90.5",
      "0",
    ]);
    expect(exit).toMatchObject({ id: "2", side: "sell", type: "stop", status: "pending" });
    expect(Object.isFrozen(entry)).toBe(true);
  });

  it("end by cancel, together with the exits attached to them", async () => {
    let id = "";
    const news: string[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onOrder: ({ id, status, reason }) => void news.push(`${id} ${status} ${reason}`),
      onBar({ index }) {
        if (index === 0) id = ctx.buy({ quantity: 1, limit: 50, stopLoss: 40, takeProfit: 60 });
        if (index === 1) {
          ctx.cancel(id);
          ctx.cancel(id);
        }
        if (index === 3) expect(ctx.orders).toEqual([]);
      },
    });
    const result = await run(strategy, bars(flat(100)));
    expect(reasonsOf(result)).toEqual({ "cancelled:by-strategy": 1, "cancelled:oco": 2 });
    expect(news).toEqual([
      "1 open null",
      "1 cancelled cancelled:by-strategy",
      "2 cancelled cancelled:oco",
      "3 cancelled cancelled:oco",
    ]);
  });

  it("cancelAll ends those of one symbol, or all", async () => {
    const strategy = (ctx: Context): Handlers => ({
      onBar({ symbol, index }) {
        if (index === 0) ctx.buy({ quantity: 1, limit: 5 });
        if (symbol !== "BBB") return;
        if (index === 1) ctx.cancelAll("AAA");
        if (index === 2) expect(ctx.orders.map((order) => order.symbol)).toEqual(["BBB"]);
        if (index === 2) ctx.cancelAll();
      },
    });
    const result = await run(strategy, table({ AAA: flat(100), BBB: flat(100) }));
    expect(reasonsOf(result)).toEqual({ "cancelled:by-strategy": 2 });
  });

  it("cancelling what has ended already is no error, what never was is one", async () => {
    const ended: Actions = { 0: (ctx) => void ctx.buy({ quantity: 1 }), 2: (ctx) => ctx.cancel("1") };
    expect(reasonsOf(await run(script(ended), bars(flat(1))))).toEqual({ filled: 1 });
    for (const id of ["7", "abc", ""]) {
      const unknown = run(script({ 0: (ctx) => ctx.cancel(id) }), bars(flat(1)));
      await expect(unknown).rejects.toMatchObject({
        code: "GEO-ORDER-REQUEST",
        message: expect.stringContaining("cancel"),
      });
    }
  });
});

describe("an illegal request throws in the strategy's own stack and names the member:", () => {
  const nothing = undefined as never;
  it.each<[string, Act]>([
    ["expected exactly one of quantity, fraction and notional", (ctx) => void ctx.buy({})],
    [
      "expected exactly one of quantity, fraction and notional",
      (ctx) => void ctx.buy({ quantity: 1, fraction: 1 }),
    ],
    ["quantity: ", (ctx) => void ctx.buy({ quantity: 0 })],
    ["quantity: ", (ctx) => void ctx.sell({ quantity: -1 })],
    ["quantity", (ctx) => void ctx.buy({ quantity: Number.NaN })],
    ["quantity", (ctx) => void ctx.buy({ quantity: "many" })],
    ["notional", (ctx) => void ctx.buy({ notional: Number.POSITIVE_INFINITY })],
    ["fraction", (ctx) => void ctx.buy({ fraction: 0 })],
    ["limit", (ctx) => void ctx.buy({ quantity: 1, limit: -5 })],
    ["stop", (ctx) => void ctx.buy({ quantity: 1, stop: 0 })],
    ["stopLoss", (ctx) => void ctx.buy({ quantity: 1, stopLoss: Number.NaN })],
    [
      "takeProfit must be above its stopLoss",
      (ctx) => void ctx.buy({ quantity: 1, stopLoss: 10, takeProfit: 9 }),
    ],
    [
      "takeProfit must be below its stopLoss",
      (ctx) => void ctx.sell({ quantity: 1, stopLoss: 9, takeProfit: 10 }),
    ],
    ['"quantty". Did you mean "quantity"', (ctx) => void ctx.buy({ quantty: 1 } as never)],
    ["timeInForce", (ctx) => void ctx.buy({ quantity: 1, timeInForce: "GTX" as never })],
    ["expires", (ctx) => void ctx.buy({ quantity: 1, timeInForce: "GTD" })],
    ["expires", (ctx) => void ctx.buy({ quantity: 1, expires: 5 })],
    ["postOnly", (ctx) => void ctx.buy({ quantity: 1, postOnly: true })],
    ["reduceOnly", (ctx) => void ctx.buy({ quantity: 1, reduceOnly: 1 as never })],
    ["tag", (ctx) => void ctx.buy({ quantity: 1, tag: 5 as never })],
    ["tag", (ctx) => void ctx.buy({ quantity: 1, tag: "x".repeat(201) })],
    ['unknown symbol "B"', (ctx) => void ctx.buy({ symbol: "B", quantity: 1 })],
    ["expected an object", (ctx) => void ctx.buy(nothing)],
    ["expected an object", (ctx) => void ctx.sell(null as never)],
    ["target", (ctx) => void ctx.target({} as never)],
    ["target", (ctx) => void ctx.target({ notional: 5 } as never)],
    ["target", (ctx) => void ctx.target({ fraction: Number.NaN })],
    ["target", (ctx) => void ctx.target(nothing)],
    ["unknown symbol", (ctx) => void ctx.positionOf(nothing)],
  ])("%s", async (message, act) => {
    const strategy = script({ 0: act });
    const failed = run(strategy, bars(flat(10)));
    await expect(failed).rejects.toMatchObject({
      code: "GEO-ORDER-REQUEST",
      message: expect.stringContaining(message),
    });
  });
});
