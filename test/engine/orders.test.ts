/** From a request to its quantity, its fill or its refusal. DESIGN, section 4. */
import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import {
  type BarRow,
  bars,
  fillsOf,
  fixed,
  type RunOptions,
  reasonsOf,
  run,
  script,
  table,
} from "../support/market.ts";

type Act = (ctx: Context) => void;
type Actions = Readonly<Record<number, Act>>;

const margin = { account: "margin" } as const;
const flat = (price: number, count = 6): BarRow[] => Array(count).fill(price);
/** A market that stands at `before` and opens at `after` from the given bar on. */
const jump = (before: number, after: number, at = 1, count = 5): BarRow[] =>
  Array.from({ length: count }, (_, index) => (index < at ? before : after));

interface Case {
  readonly actions: Actions;
  readonly rows: readonly BarRow[];
  readonly options?: RunOptions;
  readonly fills: readonly string[];
  readonly reasons: Readonly<Record<string, number>>;
}

const check = async (_: string, { actions, rows, options = {}, fills, reasons }: Case) => {
  const result = await run(script(actions), bars(rows), options);
  expect(fillsOf(result)).toEqual(fills);
  expect(reasonsOf(result)).toEqual(reasons);
};

describe("buy and sell on a cash account", () => {
  it.each<[string, Case]>([
    [
      "buy adds",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: "1.5" }),
          1: (ctx) => void ctx.buy({ notional: 250 }),
        },
        rows: flat(100),
        fills: ["buy 1.5 A @ 100, 1", "buy 2.5 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell clips to the holding",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 2 }), 1: (ctx) => void ctx.sell({ quantity: 5 }) },
        rows: flat(100),
        fills: ["buy 2 A @ 100, 1", "sell 2 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell of half a holding by value",
      {
        actions: { 0: (ctx) => void ctx.buy({ fraction: 1 }), 1: (ctx) => void ctx.sell({ fraction: 0.5 }) },
        rows: flat(100),
        fills: ["buy 100 A @ 100, 1", "sell 50 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell is refused when flat: there are no shorts",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 1 }) },
        rows: flat(100),
        fills: [],
        reasons: { "refused:no-position": 1 },
      },
    ],
    [
      "close does nothing when flat",
      { actions: { 0: (ctx) => expect(ctx.close()).toBeNull() }, rows: flat(100), fills: [], reasons: {} },
    ],
    [
      "close sells all there is",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 3 }), 2: (ctx) => void ctx.close() },
        rows: flat(100),
        fills: ["buy 3 A @ 100, 1", "sell 3 A @ 100, 3"],
        reasons: { filled: 2 },
      },
    ],
    [
      "a fraction of 1 spends everything and no more, fee and slippage included",
      {
        actions: { 0: (ctx) => void ctx.buy({ fraction: 1 }) },
        rows: flat(100),
        options: { takerFee: fixed("0.001"), slippage: fixed("0.0005") },
        // 10000 / (100.05 × 1.001), down to 1e-8.
        fills: ["buy 99.85017481 A @ 100.05, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "below one lot is refused",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: "0.000000001" }) },
        rows: flat(100),
        fills: [],
        reasons: { "refused:below-lot": 1 },
      },
    ],
    [
      "a quantity that is not payable at the reference price is refused at once",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 100 }) },
        rows: flat(100),
        options: { takerFee: fixed("0.001") },
        fills: [],
        reasons: { "refused:insufficient-cash": 1 },
      },
    ],
    [
      "a quantity that is no longer payable at the fill is refused there, not shrunk",
      {
        actions: { 0: (ctx) => void ctx.buy({ quantity: 100 }) },
        rows: jump(100, 101),
        fills: [],
        reasons: { "refused:insufficient-cash": 1 },
      },
    ],
  ])("%s", check);

  it("lots and the smallest order value hold", async () => {
    const instrument = { lot: "0.1", minNotional: "10" };
    const actions: Actions = {
      0: (ctx) => {
        ctx.buy({ quantity: 0.09 });
        ctx.buy({ quantity: 0.1 });
        ctx.buy({ quantity: 1.19 });
        ctx.buy({ notional: 29 });
      },
    };
    const result = await run(script(actions), bars(flat(20), { instrument }));
    expect(fillsOf(result)).toEqual(["buy 1.1 A @ 20, 1", "buy 1.4 A @ 20, 1"]);
    expect(reasonsOf(result)).toEqual({ "refused:below-lot": 1, "refused:min-notional": 1, filled: 2 });
  });
});

describe("on a margin account", () => {
  it.each<[string, Case]>([
    [
      "sell goes short, close buys it back",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 2 }), 2: (ctx) => void ctx.close() },
        rows: flat(100),
        options: margin,
        fills: ["sell 2 A @ 100, 1", "buy 2 A @ 100, 3"],
        reasons: { filled: 2 },
      },
    ],
    [
      "sell by value is sized at the fill",
      {
        actions: { 0: (ctx) => void ctx.sell({ fraction: 0.5 }) },
        rows: jump(100, 125),
        options: margin,
        fills: ["sell 40 A @ 125, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "a buy beyond a short goes long",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 2 }), 1: (ctx) => void ctx.buy({ quantity: 5 }) },
        rows: flat(100),
        options: margin,
        fills: ["sell 2 A @ 100, 1", "buy 5 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "no more than the equity can be short",
      {
        actions: { 0: (ctx) => void ctx.sell({ quantity: 101 }) },
        rows: flat(100),
        options: margin,
        fills: [],
        reasons: { "refused:insufficient-cash": 1 },
      },
    ],
    [
      "a reduce-only sell does not cross zero",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 1 }),
          1: (ctx) => void ctx.sell({ quantity: 3, reduceOnly: true }),
        },
        rows: flat(100),
        options: margin,
        fills: ["buy 1 A @ 100, 1", "sell 1 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
  ])("%s", check);
});

describe("target", () => {
  const to =
    (request: Parameters<Context["target"]>[0]): Act =>
    (ctx) =>
      void ctx.target(request);
  it.each<[string, Case]>([
    [
      "buys and sells the difference to a quantity",
      {
        actions: {
          0: to({ quantity: 5 }),
          1: to({ quantity: 8 }),
          2: to({ quantity: 3 }),
          3: to({ quantity: 3 }),
        },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1", "buy 3 A @ 100, 2", "sell 5 A @ 100, 3"],
        reasons: { filled: 3 },
      },
    ],
    [
      "flips from long to short and back by quantity",
      {
        actions: { 0: to({ quantity: 5 }), 1: to({ quantity: -5 }), 2: to({ quantity: 2 }) },
        rows: flat(100),
        options: margin,
        fills: ["buy 5 A @ 100, 1", "sell 10 A @ 100, 2", "buy 7 A @ 100, 3"],
        reasons: { filled: 3 },
      },
    ],
    [
      "flips with all equity on both sides",
      {
        actions: {
          0: to({ fraction: 1 }),
          1: to({ fraction: -1 }),
          2: to({ fraction: 1 }),
          3: to({ fraction: 0 }),
        },
        rows: flat(100),
        options: margin,
        fills: ["buy 100 A @ 100, 1", "sell 200 A @ 100, 2", "buy 200 A @ 100, 3", "sell 100 A @ 100, 4"],
        reasons: { filled: 4 },
      },
    ],
    [
      "counts open orders: a resting buy is part of the net",
      {
        actions: {
          0: (ctx) => {
            ctx.buy({ quantity: 2, limit: 50 });
            ctx.target({ quantity: 5 });
          },
        },
        rows: flat(100),
        fills: ["buy 3 A @ 100, 1"],
        reasons: { filled: 1, "expired:end-of-data": 1 },
      },
    ],
    [
      "does not count what was cancelled in the same breath",
      {
        actions: {
          0: (ctx) => {
            ctx.cancel(ctx.buy({ quantity: 2, limit: 50 }));
            ctx.target({ quantity: 5 });
          },
        },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1"],
        reasons: { filled: 1, "cancelled:by-strategy": 1 },
      },
    ],
    [
      "asked twice before the fill, orders once",
      {
        actions: {
          0: (ctx) => {
            expect(ctx.target({ quantity: 5 })).not.toBeNull();
            expect(ctx.target({ quantity: 5 })).toBeNull();
          },
        },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "sizes a fraction's difference at the reference price",
      {
        actions: { 0: to({ fraction: 0.5 }), 1: to({ fraction: 0.2 }) },
        rows: flat(100),
        fills: ["buy 50 A @ 100, 1", "sell 30 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
    [
      "leaves the position alone where it already is the fraction",
      {
        actions: { 0: to({ fraction: 0.5 }), 1: (ctx) => expect(ctx.target({ fraction: 0.5 })).toBeNull() },
        rows: flat(100),
        fills: ["buy 50 A @ 100, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "below zero on a cash account is refused when flat",
      {
        actions: { 0: to({ fraction: -1 }) },
        rows: flat(100),
        fills: [],
        reasons: { "refused:no-position": 1 },
      },
    ],
    [
      "below zero on a cash account sells no more than there is",
      {
        actions: { 0: to({ quantity: 5 }), 1: to({ quantity: -5 }) },
        rows: flat(100),
        fills: ["buy 5 A @ 100, 1", "sell 5 A @ 100, 2"],
        reasons: { filled: 2 },
      },
    ],
  ])("%s", check);

  // The default order of the class and vector forms is one by value; asking again before it filled must change nothing.
  it.each([
    ["0.5 twice", [0.5, 0.5], ["buy 50 A @ 100, 1"]],
    ["0.5, then 1", [0.5, 1], ["buy 50 A @ 100, 1", "buy 50 A @ 100, 1"]],
  ])("counts an order by value that is still open at its value: %s", async (_, fractions, fills) => {
    const act: Act = (ctx) => fractions.forEach((fraction) => void ctx.target({ fraction }));
    const result = await run(script({ 0: act }), bars(flat(100)));
    expect(fillsOf(result)).toEqual(fills);
    expect(reasonsOf(result)).toEqual({ filled: fills.length });
  });

  it("to flat sells what an order by value still open is taken to buy", async () => {
    const act: Act = (ctx) => {
      ctx.buy({ fraction: 0.5 });
      ctx.target({ quantity: 0 });
    };
    const result = await run(script({ 0: act }), bars(flat(100)), margin);
    expect(fillsOf(result)).toEqual(["sell 50 A @ 100, 1", "buy 50 A @ 100, 1"]);
  });

  it("to flat is refused on a cash account while nothing is held: a sale cannot net a buy that comes after it", async () => {
    const act: Act = (ctx) => {
      ctx.buy({ quantity: 5 });
      ctx.target({ quantity: 0 });
    };
    const result = await run(script({ 0: act }), bars(flat(100)));
    expect(reasonsOf(result)).toEqual({ "refused:no-position": 1, filled: 1 });
  });

  it("asked at every bar for the fraction there is does not trade its rounding", async () => {
    const strategy = (ctx: Context): Handlers => ({ onBar: () => void ctx.target({ fraction: 1 }) });
    const costs = { takerFee: fixed("0.001"), slippage: fixed("0.0005") };
    const result = await run(strategy, bars(flat(100, 30)), costs);
    expect(reasonsOf(result)).toEqual({ filled: 1 });
  });
});

describe("an order by value", () => {
  const all: Actions = { 0: (ctx) => void ctx.buy({ fraction: 1 }) };
  it.each<[string, Case & { readonly clipped?: number }]>([
    [
      "gets its quantity at the fill: dearer, fewer",
      { actions: all, rows: jump(100, 125), fills: ["buy 80 A @ 125, 1"], reasons: { filled: 1 } },
    ],
    [
      "gets more when it opens lower, within the collar",
      { actions: all, rows: jump(100, 96), fills: ["buy 104.16666666 A @ 96, 1"], reasons: { filled: 1 } },
    ],
    [
      "is cut by the collar when it opens far lower",
      // 10000 / (100 × 0.95), down to 1e-8.
      {
        actions: all,
        rows: jump(100, 80),
        fills: ["buy 105.26315789 A @ 80, 1"],
        reasons: { filled: 1 },
        clipped: 1,
      },
    ],
    [
      "has the collar it is given",
      {
        actions: all,
        rows: jump(100, 80),
        options: { collar: fixed("0.25") },
        fills: ["buy 125 A @ 80, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "is sized at the decision with --sizing decision, and shrinks to what can be paid",
      {
        actions: all,
        rows: jump(100, 125),
        options: { sizing: "decision" },
        fills: ["buy 80 A @ 125, 1"],
        reasons: { filled: 1 },
        clipped: 1,
      },
    ],
    [
      "sized at the decision does not grow",
      {
        actions: all,
        rows: jump(100, 80),
        options: { sizing: "decision" },
        fills: ["buy 100 A @ 80, 1"],
        reasons: { filled: 1 },
      },
    ],
    [
      "keeps the value of its decision, not of its fill: equity that grows meanwhile buys no more",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 50 }),
          1: (ctx) => void ctx.buy({ fraction: 0.4 }),
        },
        rows: [100, 100, 110, 110],
        fills: ["buy 50 A @ 100, 1", "buy 36.36363636 A @ 110, 2"],
        reasons: { filled: 2 },
      },
    ],
  ])("%s", async (name, given) => {
    await check(name, given);
    const result = await run(script(given.actions), bars(given.rows), given.options);
    expect(result.clipped).toBe(given.clipped ?? 0);
  });

  it("leaves at most a lot's worth of cash, and never a debt", async () => {
    const result = await run(script(all), bars([100, 103.37, 99]), {
      takerFee: fixed("0.001"),
      slippage: fixed("0.0005"),
    });
    const cash = result.account.cashNumber;
    expect(cash).toBeGreaterThanOrEqual(0);
    expect(cash).toBeLessThan(2e-6);
  });
});

describe("what is asked in one bar shares one purse", () => {
  it("two buys of 0.6: the second is refused", async () => {
    const act: Act = (ctx) => {
      ctx.buy({ fraction: 0.6 });
      ctx.buy({ fraction: 0.6 });
    };
    const result = await run(script({ 0: act }), bars(flat(100)));
    expect(fillsOf(result)).toEqual(["buy 60 A @ 100, 1"]);
    expect(reasonsOf(result)).toEqual({ "refused:insufficient-cash": 1, filled: 1 });
  });

  it("a resting buy holds its value back until it is cancelled", async () => {
    let resting = "";
    const actions: Actions = {
      0: (ctx) => void (resting = ctx.buy({ notional: 6000, limit: 50 })),
      1: (ctx) => void ctx.buy({ notional: 6000 }),
      2: (ctx) => {
        ctx.cancel(resting);
        ctx.buy({ notional: 6000 });
      },
    };
    const result = await run(script(actions), bars(flat(100)));
    expect(fillsOf(result)).toEqual(["buy 60 A @ 100, 3"]);
    expect(reasonsOf(result)).toEqual({
      "refused:insufficient-cash": 1,
      "cancelled:by-strategy": 1,
      filled: 1,
    });
  });

  const rotation =
    (first: "sell" | "buy") =>
    (ctx: Context): Handlers => ({
      onBar(bar) {
        if (bar.symbol !== "BBB") return;
        if (bar.index === 0) ctx.buy({ symbol: "AAA", fraction: 1 });
        if (bar.index !== 1) return;
        if (first === "sell") ctx.close({ symbol: "AAA" });
        ctx.buy({ symbol: "BBB", fraction: 1 });
        if (first === "buy") ctx.close({ symbol: "AAA" });
      },
    });

  it("rotation: what closing A will bring pays for B in the same instant", async () => {
    const result = await run(rotation("sell"), table({ AAA: flat(100), BBB: flat(20) }));
    expect(fillsOf(result)).toEqual(["buy 100 AAA @ 100, 1", "sell 100 AAA @ 100, 2", "buy 500 BBB @ 20, 2"]);
    expect(reasonsOf(result)).toEqual({ filled: 3 });
  });

  it("rotation with costs buys what the proceeds pay", async () => {
    const result = await run(rotation("sell"), table({ AAA: flat(100), BBB: flat(20) }), {
      takerFee: fixed("0.001"),
    });
    expect(reasonsOf(result)).toEqual({ filled: 3 });
    expect(result.account.cashNumber).toBeGreaterThanOrEqual(0);
    expect(result.account.cashNumber).toBeLessThan(1e-6);
  });

  it("bought before it is sold, B is refused: nothing is free yet", async () => {
    const result = await run(rotation("buy"), table({ AAA: flat(100), BBB: flat(20) }));
    expect(reasonsOf(result)).toEqual({ filled: 2, "refused:insufficient-cash": 1 });
  });
});

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
    ["trail", (ctx) => void ctx.sell({ quantity: 1, trail: { percent: 1 } })],
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
