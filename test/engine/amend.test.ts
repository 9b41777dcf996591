/** Trailing stops, groups and changes of open orders, as a strategy asks for them. */
import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, decisionsOf, fillsOf, fixed, reasonsOf, run, script } from "../support/market.ts";
import { type Act, type Actions, checkOrders, flat, margin, type OrderCase } from "../support/orderCase.ts";

/** 10 of a symbol whose bars have a volume of 100. */
const partly = { volume: 100, instrument: { volumeUnit: "base" } } as const;

describe("ctx.amend", () => {
  it.each<[string, OrderCase]>([
    [
      "moves a limit",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 1, limit: 90 }),
          1: (ctx) => void ctx.amend("1", { limit: 99 }),
        },
        rows: [100, 100, [100, 100, 98, 100]],
        fills: ["buy 1 A @ 99, 2"],
        reasons: { "cancelled:by-strategy": 1, filled: 1 },
      },
    ],
    [
      "moves a stop, and changes a size",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 1, stop: 110 }),
          1: (ctx) => void ctx.amend("1", { stop: 101, quantity: "2.5" }),
        },
        rows: [100, 100, [100, 102, 100, 100]],
        fills: ["buy 2.5 A @ 101, 2"],
        reasons: { "cancelled:by-strategy": 1, filled: 1 },
      },
    ],
    [
      "keeps an order by value one by value",
      {
        actions: {
          0: (ctx) => void ctx.buy({ notional: 1000, limit: 40 }),
          1: (ctx) => void ctx.amend("1", { limit: 50 }),
        },
        rows: [100, 100, [100, 100, 45, 100]],
        fills: ["buy 20 A @ 50, 2"],
        reasons: { "cancelled:by-strategy": 1, filled: 1 },
      },
    ],
    [
      "counts the money of the order it replaces as free",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 100, limit: 90 }),
          1: (ctx) => void ctx.amend("1", { limit: 99 }),
        },
        rows: [100, 100, [100, 100, 98, 100]],
        fills: ["buy 100 A @ 99, 2"],
        reasons: { "cancelled:by-strategy": 1, filled: 1 },
      },
    ],
    [
      "that is refused leaves the old order where it was",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 100, limit: 90, stopLoss: 50 }),
          1: (ctx) => void ctx.amend("1", { quantity: 200 }),
        },
        rows: [100, 100, [100, 100, 89, 100]],
        fills: ["buy 100 A @ 90, 2"],
        reasons: { filled: 1, "refused:insufficient-cash": 1, "cancelled:oco": 1, "expired:end-of-data": 1 },
      },
    ],
    [
      "keeps the exits of an entry",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 1, limit: 90, stopLoss: 80, takeProfit: 120 }),
          1: (ctx) => void ctx.amend("1", { limit: 99 }),
        },
        rows: [100, 100, [100, 100, 98, 100], [100, 125, 100, 120]],
        fills: ["buy 1 A @ 99, 2", "sell 1 A @ 120, 3"],
        reasons: { "cancelled:by-strategy": 1, "cancelled:oco": 3, filled: 2 },
      },
    ],
    [
      "keeps an exit where it was moved to, and leaves out one that was taken back",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 1, limit: 90, stopLoss: 80, takeProfit: 120 }),
          1(ctx) {
            ctx.cancel("3");
            ctx.amend("2", { stop: 97 });
            ctx.amend("1", { limit: 99 });
          },
        },
        rows: [100, 100, [100, 100, 98, 100], [100, 125, 96, 120]],
        fills: ["buy 1 A @ 99, 2", "sell 1 A @ 97, 3"],
        // The target; the stop, then its entry that waits; the moved stop with it.
        reasons: { "cancelled:by-strategy": 3, "cancelled:oco": 1, filled: 2 },
      },
    ],
    [
      "moves the stop-loss of a position",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 3, stopLoss: 80, takeProfit: 120 }),
          1: (ctx) => void ctx.amend("2", { stop: 98 }),
        },
        rows: [100, 100, [100, 100, 97, 100]],
        fills: ["buy 3 A @ 100, 1", "sell 3 A @ 98, 2"],
        reasons: { filled: 2, "cancelled:by-strategy": 1, "cancelled:oco": 1 },
      },
    ],
    [
      "moves a stop-loss again and again",
      {
        actions: {
          0: (ctx) => void ctx.buy({ quantity: 3, stopLoss: 80 }),
          1: (ctx) => expect(ctx.amend("2", { stop: 90 })).toBe("3"),
          2: (ctx) => expect(ctx.amend("3", { stop: 98 })).toBe("4"),
        },
        rows: [100, 100, 100, [100, 100, 97, 100]],
        fills: ["buy 3 A @ 100, 1", "sell 3 A @ 98, 3"],
        reasons: { filled: 2, "cancelled:by-strategy": 2 },
      },
    ],
  ])("%s", checkOrders);

  it("of an order that is partly filled is for the rest", async () => {
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ quantity: 25 }),
      1: (ctx) => void ctx.amend("1", { quantity: 4 }),
    };
    const rows = flat(100);
    expect(fillsOf(await run(script(actions), bars(rows, partly)))).toEqual([
      "buy 10 A @ 100, 1",
      "buy 4 A @ 100, 2",
    ]);
    const limited: Actions = {
      0: (ctx) => void ctx.buy({ notional: 2000, limit: 101 }),
      1: (ctx) => void ctx.amend("1", { limit: 102 }),
    };
    const result = await run(script(limited), bars([100, [100, 100, 100, 100], 100, 100], partly));
    expect(fillsOf(result)).toEqual(["buy 10 A @ 100, 1", "buy 10 A @ 100, 2"]);
  });

  it("is one line of the log that names what it replaces", async () => {
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ quantity: 1, limit: 90, oco: "x", tag: "t" }),
      1: (ctx) => void ctx.amend("1", { limit: "99.5" }),
      2: (ctx) => void ctx.sell({ quantity: 1, trail: { percent: 2.5 } }),
      3: (ctx) => void ctx.sell({ quantity: 1, trail: { amount: "1.5" } }),
    };
    const log = decisionsOf(
      await run(script(actions), bars([100, 100, [100, 100, 99, 100], 100, 100]), margin),
    );
    expect(log.filter(([kind]) => kind === "order").map((line) => line.at(-1))).toEqual([
      { quantity: "1", limit: "90", oco: "x", tag: "t" },
      { quantity: "1", limit: "99.5", oco: "x", replaces: 1, tag: "t" },
      { quantity: "1", stop: "97.5", trailShare: "0.025" },
      { quantity: "1", stop: "98.5", trail: "1.5" },
    ]);
  });
});

describe("an impossible change throws in the strategy's own stack:", () => {
  it.each<[string, Act]>([
    ["expected the id of an open order", (ctx) => void ctx.amend("9", { limit: 5 })],
    [
      "expected quantity, limit or stop, found",
      (ctx) => void ctx.amend(ctx.buy({ quantity: 1, limit: 5 }), {}),
    ],
    ['found "tag"', (ctx) => void ctx.amend(ctx.buy({ quantity: 1, limit: 5 }), { tag: "x" } as never)],
    ["a limit order has no stop", (ctx) => void ctx.amend(ctx.buy({ quantity: 1, limit: 5 }), { stop: 5 })],
    ["a market order has no limit", (ctx) => void ctx.amend(ctx.buy({ quantity: 1 }), { limit: 5 })],
    [
      "a trailing order has no stop",
      (ctx) => void ctx.amend(ctx.buy({ quantity: 1, trail: { amount: 5 } }), { stop: 5 }),
    ],
    [
      "expected a quantity above 0",
      (ctx) => void ctx.amend(ctx.buy({ quantity: 1, limit: 5 }), { quantity: 0 }),
    ],
    [
      "limit: expected a price above 0",
      (ctx) => void ctx.amend(ctx.buy({ quantity: 1, limit: 5 }), { limit: -1 }),
    ],
    [
      "an attached exit has the size of what it protects",
      (ctx) => {
        ctx.buy({ quantity: 1, limit: 5, stopLoss: 4 });
        ctx.amend("2", { quantity: 2 });
      },
    ],
    [
      "trail: expected no stop or limit",
      (ctx) => void ctx.sell({ quantity: 1, stop: 5, trail: { amount: 1 } }),
    ],
    ["trail: expected { amount } or { percent }", (ctx) => void ctx.sell({ quantity: 1, trail: 5 as never })],
    [
      "trail: expected { amount } or { percent }",
      (ctx) => void ctx.sell({ quantity: 1, trail: {} as never }),
    ],
    ["trail.amount: expected more than 0", (ctx) => void ctx.sell({ quantity: 1, trail: { amount: 0 } })],
    [
      "trail.percent: expected less than 100",
      (ctx) => void ctx.sell({ quantity: 1, trail: { percent: 100 } }),
    ],
    ["oco: expected the name of a group", (ctx) => void ctx.buy({ quantity: 1, oco: "" })],
    ["oco: expected the name of a group", (ctx) => void ctx.buy({ quantity: 1, oco: 5 as never })],
  ])("%s", async (message, act) => {
    await expect(run(script({ 0: act }), bars(flat(10)))).rejects.toMatchObject({
      code: "GEO-ORDER-REQUEST",
      message: expect.stringContaining(message),
    });
  });
});

describe("an order that is partly filled", () => {
  it("is shown with its size and what it got", async () => {
    const seen: Order[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onBar({ index }) {
        if (index === 0) ctx.buy({ notional: 2000 });
      },
      onOrder: (order) => void seen.push(order),
    });
    await run(strategy, bars([100, 100, [50, 50, 50, 50], 50], partly));
    expect(
      seen.map(({ status, quantity, filledQuantity, averagePrice }) => [
        status,
        `${quantity}`,
        `${filledQuantity}`,
        `${averagePrice}`,
      ]),
    ).toEqual([
      ["partially_filled", "20", "10", "100"],
      ["filled", "20", "20", "75"],
    ]);
  });

  it("counts in a target with what it has left", async () => {
    // 2000 at 200 are 10, not the 20 that they were taken to come to at 100.
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ notional: 4000 }),
      1: (ctx) => expect(ctx.target({ quantity: 20 })).toBeNull(),
    };
    const result = await run(script(actions), bars([100, 200, 200, 200], partly));
    expect(fillsOf(result)).toEqual(["buy 10 A @ 200, 1", "buy 10 A @ 200, 2"]);
  });

  it("holds back what its rest costs, and no more", async () => {
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ notional: 2000 }),
      // 1000 are spent, 1000 are held back of what is left.
      1(ctx) {
        ctx.buy({ quantity: 80, limit: 100 });
        ctx.buy({ quantity: 1, limit: 100 });
      },
    };
    const result = await run(script(actions), bars(flat(100), partly));
    expect(reasonsOf(result)).toMatchObject({ "refused:insufficient-cash": 1, filled: 1 });
  });
});

describe("orders of one group", () => {
  it.each<[string, OrderCase]>([
    [
      "hold back what the dearest of them costs: only one can fill",
      {
        actions: {
          0(ctx) {
            ctx.buy({ quantity: 100, limit: 90, oco: "entry" });
            ctx.buy({ quantity: 90, stop: 110, oco: "entry" });
            // 9,900 of 10,000 are held back.
            ctx.buy({ quantity: 1, limit: 99, tag: "payable" });
            ctx.buy({ quantity: 1, limit: 99, tag: "one too many" });
          },
        },
        rows: [100, [100, 111, 100, 110]],
        fills: ["buy 90 A @ 110, 1"],
        reasons: { filled: 1, "cancelled:oco": 1, "refused:insufficient-cash": 1, "expired:end-of-data": 1 },
      },
    ],
  ])("%s", checkOrders);
});

describe("a resting order that would close a position", () => {
  it("pays for nothing else before it fills", async () => {
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ quantity: 100 }),
      1(ctx) {
        ctx.sell({ quantity: 100, limit: 200 });
        ctx.buy({ quantity: 1, limit: 90 });
      },
    };
    const result = await run(script(actions), bars(flat(100)), margin);
    expect(reasonsOf(result)).toEqual({
      filled: 1,
      "refused:insufficient-cash": 1,
      "expired:end-of-data": 1,
    });
  });

  it("opens short only what can be backed, however far its trailing stop starts below", async () => {
    const actions: Actions = {
      0(ctx) {
        ctx.sell({ quantity: 2000, trail: { amount: 9 } });
        ctx.sell({ quantity: 200, trail: { amount: 20 } });
      },
    };
    const result = await run(script(actions), bars(flat(10)), margin);
    expect(reasonsOf(result)).toEqual({ "refused:insufficient-cash": 1, "expired:end-of-data": 1 });
  });
});

describe("with latency", () => {
  const still = { ms: 100, jitter: 0 };
  const latency = { latency: { leaves: still, seen: still, answered: still, label: "100 ms" } };

  it("a change is for what is left when it arrives, and so is the change of a change", async () => {
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ quantity: 35, limit: 101 }),
      // 10 are filled in bar 2; then the change is on its way while bar 3 fills 10 more.
      2: (ctx) => void ctx.amend("1", { limit: 102 }),
      3(ctx) {
        expect(ctx.orders.map(({ id, quantity }) => `${id} ${quantity}`)).toEqual(["1 35", "2 15"]);
        ctx.amend("2", { limit: 103 });
      },
    };
    const result = await run(script(actions), bars(flat(100, 8), partly), latency);
    expect(fillsOf(result)).toEqual([
      "buy 10 A @ 100, 2",
      "buy 10 A @ 100, 3",
      "buy 10 A @ 100, 4",
      "buy 5 A @ 100, 5",
    ]);
  });

  it("what is held is sold at the end all the same", async () => {
    const actions: Actions = { 0: (ctx) => void ctx.buy({ quantity: 1 }) };
    const result = await run(script(actions), bars(flat(100)), {
      ...latency,
      atEnd: "close",
      cash: fixed(1000),
    });
    expect(reasonsOf(result)).toEqual({ filled: 2 });
  });
});
