/** When things happen: fills, the events of one instant, handlers, timers. DESIGN, section 3. */
import { describe, expect, it } from "vitest";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import {
  bars,
  fillsOf,
  minute,
  reasonsOf,
  run,
  type Series,
  script,
  start,
  table,
  ticks,
} from "../support/market.ts";

const buyOne = (ctx: Context) => void ctx.buy({ quantity: 1 });

describe("a market order decided at the close of bar t", () => {
  const rows = [
    [100, 110, 90, 105],
    [106, 112, 95, 100],
    [101, 120, 99, 119],
  ];

  it("fills at the open of bar t + 1, stamped with its openTime and index", async () => {
    const result = await run(script({ 0: buyOne }), bars(rows));
    expect(fillsOf(result)).toEqual(["buy 1 A @ 106, 1"]);
    expect(result.details!.fills[0]!.fill.time).toBe(start + minute);
  });

  it("waits over a gap for the next bar there is", async () => {
    const result = await run(script({ 0: buyOne }), bars([rows[0]!, null, null, rows[1]!]));
    expect(fillsOf(result)).toEqual(["buy 1 A @ 106, 1"]);
    expect(result.details!.fills[0]!.fill.time).toBe(start + 3 * minute);
  });

  it("never fills when there is no next bar", async () => {
    const result = await run(script({ 2: buyOne }), bars(rows));
    expect(fillsOf(result)).toEqual([]);
    expect(reasonsOf(result)).toEqual({ "expired:end-of-data": 1 });
  });

  it("pays slippage on top of the open, and fees at entry and exit: 1 BTC at 50000, 10 bps a side", async () => {
    const result = await run(
      script({ 0: buyOne, 1: (ctx) => void ctx.close() }),
      bars([50000, 50000, 50000]),
      { cash: { units: 100000n, scale: 0 }, takerFee: { units: 1n, scale: 3 } },
    );
    expect(result.trades.map(({ fees, pnl, moneyScale }) => [Number(fees), Number(pnl), moneyScale])).toEqual(
      [
        [
          100 * 10 ** result.trades[0]!.moneyScale,
          -100 * 10 ** result.trades[0]!.moneyScale,
          expect.any(Number),
        ],
      ],
    );
  });

  it("is the next print on ticks, never one of the same time", async () => {
    const strategy = (ctx: Context): Handlers => {
      let seen = 0;
      return { onTick: () => void (seen++ === 0 && ctx.buy({ quantity: 1 })) };
    };
    const stream = ticks([
      [0, 100],
      [0, 101],
      [5, 102],
    ]);
    const result = await run(strategy, stream);
    expect(fillsOf(result)).toEqual(["buy 1 A @ 102, -1"]);
  });
});

describe("streams of different timeframes", () => {
  // B's five-minute bar 12:00–12:05 opened long before A's bar of 12:02 closed.
  const one = () => bars([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], { symbol: "AAA" });
  const five = () =>
    bars(
      [
        [50, 60],
        [60, 70],
        [70, 80],
      ],
      { symbol: "BBB", timeframe: "5m" },
    );
  const buysB =
    (index: number) =>
    (ctx: Context): Handlers => ({
      onBar: (bar) =>
        void (bar.symbol === "AAA" && bar.index === index && ctx.buy({ symbol: "BBB", quantity: 1 })),
    });

  it.each([
    ["in the middle of B's first bar: no price known yet", 1, [], { "refused:no-price": 1 }],
    ["at the very close of B's first bar: B's next open", 4, ["buy 1 BBB @ 60, 1"], { filled: 1 }],
    [
      "in the middle of B's second bar: the open after it, not the one gone by",
      6,
      ["buy 1 BBB @ 70, 2"],
      { filled: 1 },
    ],
  ])("a decision on A's bar %s", async (_, index, fills, reasons) => {
    for (const streams of [
      [one(), five()],
      [five(), one()],
    ]) {
      const result = await run(buysB(index), streams);
      expect(fillsOf(result)).toEqual(fills);
      expect(reasonsOf(result)).toEqual(reasons);
    }
  });
});

describe("all events of one time", () => {
  it("match and book before any handler runs, whatever the order of the streams", async () => {
    const seen: string[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onBar(bar) {
        if (bar.index === 0) ctx.buy({ quantity: 1 });
        if (bar.index === 1)
          seen.push(
            `${bar.symbol}: ${ctx.positionOf("AAA").quantity} ${ctx.positionOf("BBB").quantity} ${ctx.equity}`,
          );
      },
    });
    const a = () => bars([10, [20, 21]], { symbol: "AAA" });
    const b = () => bars([30, [40, 42]], { symbol: "BBB" });
    const merged = table({ AAA: [10, [20, 21]], BBB: [30, [40, 42]] });
    for (const streams of [[a(), b()], [b(), a()], [merged]] as Series[][]) {
      seen.length = 0;
      await run(strategy, streams);
      expect([...seen].sort()).toEqual(["AAA: 1 1 10003", "BBB: 1 1 10003"]);
    }
  });

  it("ties show in the order in which the sources were given", async () => {
    const order: string[] = [];
    const strategy = (): Handlers => ({ onBar: (bar) => void order.push(bar.symbol) });
    await run(strategy, [bars([1, 1], { symbol: "BBB" }), bars([1, 1], { symbol: "AAA" })]);
    expect(order).toEqual(["BBB", "AAA", "BBB", "AAA"]);
  });

  it("handlers run as onOrder, onFill, onTimer, then the market's", async () => {
    const heard: string[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onOrder: (order) => void heard.push(`order ${order.id} ${order.status}`),
      onFill: (fill) => void heard.push(`fill ${fill.orderId}`),
      onTimer: (tag) => void heard.push(`timer ${tag}`),
      onTick: (tick) => void heard.push(`tick ${tick.price}`),
      onBar(bar) {
        heard.push(`bar ${bar.symbol} ${bar.index}`);
        if (bar.symbol !== "AAA" || bar.index !== 0) return;
        ctx.after(minute, "due");
        ctx.buy({ quantity: 1 });
        ctx.buy({ symbol: "BBB", quantity: 1 });
      },
    });
    const prints = ticks([[2 * minute, 7]], { symbol: "CCC" });
    await run(strategy, [prints, bars([1, 1], { symbol: "AAA" }), bars([1, 1], { symbol: "BBB" })]);
    expect(heard).toEqual([
      "bar AAA 0",
      "bar BBB 0",
      "order 1 filled",
      "order 2 filled",
      "fill 1",
      "fill 2",
      "timer due",
      "tick 7",
      "bar AAA 1",
      "bar BBB 1",
    ]);
  });

  it("a refusal reaches onOrder at the next instant", async () => {
    const heard: string[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onOrder: ({ status, reason }) => void heard.push(`${(ctx.time - start) / minute} ${status} ${reason}`),
      onBar(bar) {
        heard.push(`${bar.index + 1} bar`);
        if (bar.index === 0) ctx.buy({ quantity: 1_000_000 });
      },
    });
    await run(strategy, bars([1, 1, 1]));
    expect(heard).toEqual(["1 bar", "2 rejected refused:insufficient-cash", "2 bar", "3 bar"]);
  });

  it("what onFill and onOrder decide is dated like the bar they ran with, and fills after it", async () => {
    const strategy = (ctx: Context): Handlers => ({
      onBar: (bar) => void (bar.index === 0 && ctx.buy({ quantity: 1 })),
      onFill: (fill) => void (fill.side === "buy" && ctx.close()),
    });
    const result = await run(strategy, bars([10, 11, 12, 13]));
    expect(fillsOf(result)).toEqual(["buy 1 A @ 11, 1", "sell 1 A @ 12, 2"]);
  });
});

describe("timers", () => {
  interface Timed {
    readonly handlers: (ctx: Context, heard: string[]) => Handlers;
    readonly expected: readonly string[];
  }
  const at = (ctx: Context) => (ctx.time - start) / minute;

  it.each<[string, Timed]>([
    [
      "fire between bars, at their own time, in order of their due time",
      {
        handlers: (ctx, heard) => ({
          onBar(bar) {
            heard.push(`bar ${at(ctx)}`);
            if (bar.index > 0) return;
            ctx.after(0.75 * minute, "late");
            ctx.after(0.25 * minute, "early");
          },
          onTimer: (tag) => void heard.push(`${tag} ${at(ctx)}`),
        }),
        expected: ["bar 1", "early 1.25", "late 1.75", "bar 2", "bar 3"],
      },
    ],
    [
      "of equal time fire in the order they were set, before the bar of that time",
      {
        handlers: (ctx, heard) => ({
          onBar(bar) {
            heard.push(`bar ${at(ctx)}`);
            if (bar.index === 0) for (const tag of ["a", "b", "c"]) ctx.after(minute, tag);
          },
          onTimer: (tag) => void heard.push(`${tag} ${at(ctx)}`),
        }),
        expected: ["bar 1", "a 2", "b 2", "c 2", "bar 2", "bar 3"],
      },
    ],
    [
      "may set the next one: a clock of one's own",
      {
        handlers: (ctx, heard) => ({
          onStart: () => ctx.after(0.5 * minute, "tick"),
          onTimer(tag) {
            heard.push(`${tag} ${at(ctx)}`);
            ctx.after(minute, tag);
          },
        }),
        expected: ["tick 0.5", "tick 1.5", "tick 2.5"],
      },
    ],
    [
      "of 0 ms fire before the next event, at the time they were set",
      {
        handlers: (ctx, heard) => ({
          onBar(bar) {
            heard.push(`bar ${at(ctx)}`);
            if (bar.index === 0) ctx.after(0, "now");
          },
          onTimer: (tag) => void heard.push(`${tag} ${at(ctx)}`),
        }),
        expected: ["bar 1", "now 1", "bar 2", "bar 3"],
      },
    ],
  ])("%s", async (_, { handlers, expected }) => {
    const heard: string[] = [];
    await run((ctx) => handlers(ctx, heard), bars([1, 2, 3]));
    expect(heard).toEqual(expected);
  });

  it("that set each other again at 0 ms are stopped, for time could not go on", async () => {
    const again = run(
      (ctx) => ({ onBar: () => ctx.after(0, "a"), onTimer: () => ctx.after(0, "b") }),
      bars([1, 2, 3]),
    );
    await expect(again).rejects.toThrow("time cannot go on");
  });

  it.each([
    // A bar under way has an open older than the decision: it waits for the next.
    ["a timer within a bar waits for the next open", 0.5, ["buy 1 A @ 30, 2"]],
    ["a timer at a bar's close buys the next open", 1, ["buy 1 A @ 30, 2"]],
    ["a timer at the time of the decision itself buys the next open", 0, ["buy 1 A @ 20, 1"]],
  ])("%s", async (_, minutes, fills) => {
    const strategy = (ctx: Context): Handlers => ({
      onBar: (bar) => void (bar.index === 0 && ctx.after(minutes * minute, "buy")),
      onTimer: () => void ctx.buy({ quantity: 1 }),
    });
    expect(fillsOf(await run(strategy, bars([10, 20, 30])))).toEqual(fills);
  });

  it("in a gap decide at their own time: the first open after it is theirs", async () => {
    const strategy = (ctx: Context): Handlers => ({
      onBar: (bar) => void (bar.index === 0 && ctx.after(2 * minute, "buy")),
      onTimer: () => void ctx.buy({ quantity: 1 }),
    });
    const result = await run(strategy, bars([10, null, null, null, 20]));
    expect(fillsOf(result)).toEqual(["buy 1 A @ 20, 1"]);
    const [order] = result.details!.decisions.map((line) => JSON.parse(line));
    expect(order.slice(0, 3)).toEqual(["order", 1, start + 3 * minute]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "5"])("refuse %s milliseconds", async (ms) => {
    const strategy = script({ 0: (ctx) => ctx.after(ms as number, "x") });
    await expect(run(strategy, bars([1, 2]))).rejects.toMatchObject({ code: "GEO-ORDER-REQUEST" });
  });
});

it.each([0, 2])(
  "a handler that answers with a promise is refused, at bar %s: it would act outside its instant",
  async (index) => {
    const strategy = (): Handlers => ({
      onBar: (bar) => (bar.index === index ? Promise.resolve() : undefined) as undefined,
    });
    await expect(run(strategy, bars([1, 2, 3]))).rejects.toMatchObject({ code: "GEO-STRATEGY-THREW" });
  },
);
