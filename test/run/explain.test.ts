/** `--explain`: why what happened did, in hand-computed numbers. */
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/strategy/contract.ts";
import { type Actions, because, explain, factsOf, flat, lines } from "../support/explained.ts";
import { type BarRow, bars, fixed, minute, type RunOptions, start } from "../support/market.ts";

const delay = (ms: number) => ({ ms, jitter: 0 });

describe("a market order", () => {
  const costs = { takerFee: fixed("0.001"), slippage: fixed("0.0005") };
  const market = bars([flat, [100, 102, 99, 101], [101, 103, 101, 103]]);

  it("is followed from its decision at a close to its fill at the next open, with every number", async () => {
    const explanation = await explain({ 0: (ctx) => void ctx.buy({ quantity: 1 }) }, market, costs);
    expect(lines(explanation)).toEqual(["+1 decided 1 decided", "+2 filled 1 fill:first-price"]);
    expect(factsOf(explanation, "decided")).toEqual({
      reference: "100",
      activeFrom: "2024-01-01T00:01:00Z",
    });
    expect(factsOf(explanation, "filled")).toMatchObject({
      time: "2024-01-01T00:01:00Z",
      bar: "1",
      base: "100",
      slippage: "0.05",
      price: "100.05",
      quantity: "1",
      fee: "0.10005",
      feeCurrency: "USD",
      liquidity: "taker",
    });
    expect(because(explanation, "filled")).toBe(
      "a market order fills at the first price after it became active: the open of the bar, 100",
    );
    expect(explanation.open).toEqual([]);
  });

  it("is shown with what was seen and what the account held before and after", async () => {
    const { moments } = await explain({ 0: (ctx) => void ctx.buy({ quantity: 1 }) }, market, costs);
    expect(moments.map(({ seen }) => seen[0])).toMatchObject([
      { kind: "bar", symbol: "A", index: 0, openTime: "2024-01-01T00:00:00Z", timeframe: "1m" },
      { index: 1, values: { open: "100", high: "102", low: "99", close: "101", volume: "1" } },
    ]);
    // 10000 - 100.05 - 0.10005, and one A at the close of 101.
    expect(moments.map(({ account }) => account)).toEqual([
      { cash: "10000", equity: "10000", positions: [] },
      { cash: "9899.84995", equity: "10000.84995", positions: [{ symbol: "A", quantity: "1" }] },
    ]);
  });

  it("on its way for a while waits for a price formed after it arrived", async () => {
    const latency = { leaves: delay(20), seen: delay(30), answered: delay(30), label: "" };
    const explanation = await explain({ 0: (ctx) => void ctx.buy({ quantity: 1 }) }, market, { latency });
    expect(lines(explanation)).toEqual([
      "+1 decided 1 decided",
      "+2 waited 1 wait:not-active",
      "+3 filled 1 fill:first-price",
    ]);
    expect(because(explanation, "waited")).toBe(
      "what was seen began at 2024-01-01 00:01, before the order was active at 2024-01-01 00:01:00.050",
    );
  });
});

describe("a refusal", () => {
  it.each<[string, (ctx: Context) => void, RunOptions, string]>([
    [
      "what it needed and what was free",
      (ctx) => void ctx.buy({ quantity: 1 }),
      { cash: fixed("99.80"), takerFee: fixed("0.001") },
      "it needed 100.1, and 99.8 was free",
    ],
    [
      "what open orders held back, too",
      (ctx) => {
        ctx.buy({ quantity: 1, limit: 90 });
        ctx.buy({ quantity: 1 });
      },
      { cash: fixed(150) },
      "it needed 100, open orders held back 90, and 150 was free",
    ],
    ["what was held", (ctx) => void ctx.sell({ quantity: 1 }), {}, "0 was held"],
    [
      "the bars of the warm-up",
      (ctx) => void ctx.buy({ quantity: 1 }),
      { warmup: 30 },
      "the strategy had seen 1 of the 30 bars of its warm-up",
    ],
  ])("says %s", async (_, ask, options, text) => {
    const explanation = await explain({ 0: ask }, bars([flat, flat, flat]), options);
    expect(because(explanation, "refused")).toContain(text);
  });

  it.each<[string, object, string]>([
    ["the smallest step", { lot: "0.1" }, "the smallest quantity step is 0.1"],
    ["the smallest value", { minNotional: "10" }, "it was worth 5, and the smallest order value is 10"],
  ])("says %s", async (_, instrument, text) => {
    const buy = { 0: (ctx: Context) => void ctx.buy({ quantity: "0.05" }) };
    const explanation = await explain(buy, bars([flat, flat], { instrument }));
    expect(because(explanation, "refused")).toBe(text);
  });

  it("at the fill says what the gap made of the price", async () => {
    const buy = { 0: (ctx: Context) => void ctx.buy({ quantity: 99 }) };
    const explanation = await explain(buy, bars([flat, 102, 102]));
    expect(lines(explanation)).toEqual(["+1 decided 1 decided", "+2 refused 1 refused:insufficient-cash"]);
    expect(because(explanation, "refused")).toBe("it needed 10098, and 10000 was free");
  });
});

describe("orders at a price", () => {
  const sellStop = (ctx: Context) => void ctx.sell({ quantity: 1, stop: 95 });
  it.each<[string, Actions, readonly BarRow[], RunOptions, string, string]>([
    [
      "a limit that was not reached",
      { 0: (ctx) => void ctx.buy({ quantity: 1, limit: 99 }) },
      [flat, [100, 101, 99.5, 100], flat],
      {},
      "waited",
      "limit 99 against low 99.5: not reached",
    ],
    [
      "a limit that was only touched",
      { 0: (ctx) => void ctx.buy({ quantity: 1, limit: 99 }) },
      [flat, [100, 101, 99, 100], flat],
      {},
      "waited",
      "limit 99 against low 99: reached, not traded through",
    ],
    [
      "a limit that was touched, where that is enough",
      { 0: (ctx) => void ctx.buy({ quantity: 1, limit: 99 }) },
      [flat, [100, 101, 99, 100]],
      { fillLimit: "touch" },
      "filled",
      "the market reached the limit 99, which is enough with --fill-limit touch",
    ],
    [
      "a limit that was traded through",
      { 0: (ctx) => void ctx.buy({ quantity: 1, limit: 99 }) },
      [flat, [100, 101, 98.5, 100]],
      {},
      "filled",
      "the market went through the limit 99, to 98.5",
    ],
    [
      "a limit below which the market opened",
      { 0: (ctx) => void ctx.buy({ quantity: 1, limit: 99 }) },
      [flat, [97, 98, 96, 97]],
      {},
      "filled",
      "the market opened beyond the limit 99, at 97",
    ],
    [
      "a stop that was not reached",
      { 0: (ctx) => void ctx.buy({ quantity: 1, stop: 105 }) },
      [flat, [100, 104, 100, 104], flat],
      {},
      "waited",
      "stop 105 against high 104: not reached",
    ],
    [
      "a stop that was reached",
      { 0: (ctx) => void ctx.buy({ quantity: 1 }), 1: sellStop },
      [flat, flat, [98, 99, 94, 96], flat],
      { explain: start + 2 * minute },
      "filled",
      "the market reached the stop 95, going to 94",
    ],
    [
      "a stop that was gapped over",
      { 0: (ctx) => void ctx.buy({ quantity: 1 }), 1: sellStop },
      [flat, flat, [93, 94, 92, 93], flat],
      { explain: start + 2 * minute },
      "filled",
      "the market opened at or beyond the stop 95, at 93",
    ],
    [
      "a trailing stop",
      {
        0: (ctx) => void ctx.buy({ quantity: 1 }),
        1: (ctx) => void ctx.sell({ quantity: 1, trail: { amount: 5 } }),
      },
      [flat, flat, [100, 110, 100, 110], [108, 108, 104, 104], flat],
      { explain: start + 2 * minute },
      "filled",
      "the market came back to the trailing stop, which stood at 105",
    ],
    [
      "a good-till order that ran out",
      {
        0: (ctx) => void ctx.buy({ quantity: 1, limit: 90, timeInForce: "GTD", expires: start + 2 * minute }),
      },
      [flat, flat, flat],
      {},
      "ended",
      "it was good till 2024-01-01 00:02",
    ],
  ])("%s", async (_, actions, rows, options, kind, text) => {
    expect(because(await explain(actions, bars(rows), options), kind)).toContain(text);
  });

  it("exits are followed to the end of the last, with the entry they belong to", async () => {
    const buy = { 0: (ctx: Context) => void ctx.buy({ quantity: 1, stopLoss: 90, takeProfit: 120 }) };
    const rows: BarRow[] = [flat, flat, flat, flat, [100, 125, 100, 124], flat];
    const explanation = await explain(buy, bars(rows));
    // The quiet bars between entry and exit are no news.
    expect(lines(explanation)).toEqual([
      "+1 decided 1 decided",
      "+2 filled 1 fill:first-price",
      "+5 filled 3 fill:limit-through",
      "+5 ended 2 cancelled:oco",
    ]);
    const events = explanation.moments.flatMap((moment) => moment.events);
    expect(events.map((event) => (event.kind === "logged" ? null : event.order.exitOf))).toEqual([
      null,
      null,
      "1",
      "1",
    ]);
  });

  it("a stop of the entry's own bar fills no better than its entry", async () => {
    const buy = { 0: (ctx: Context) => void ctx.buy({ quantity: 1, limit: 95, stopLoss: 98 }) };
    const explanation = await explain(buy, bars([flat, [97, 97, 94, 95], flat]));
    expect(lines(explanation)).toContain("+2 filled 2 fill:stop-entry");
  });
});

describe("a moved exit", () => {
  it("is still the exit of its entry", async () => {
    const actions: Actions = {
      0: (ctx) => void ctx.buy({ quantity: 1, stopLoss: 90 }),
      2: (ctx) => void ctx.amend("2", { stop: 95 }),
    };
    const rows: readonly BarRow[] = [flat, flat, flat, [100, 100, 94, 96]];
    const explanation = await explain(actions, bars(rows), { explain: start + 3 * minute });
    expect(lines(explanation).slice(-4)).toEqual([
      "+3 decided 3 decided",
      "+3 waited 2 wait:stop",
      "+4 ended 2 cancelled:by-strategy",
      "+4 filled 3 fill:stop",
    ]);
    const moved = explanation.moments.flatMap(({ events }) => events).at(-1);
    expect(moved).toMatchObject({ order: { id: "3", exitOf: "1", replaces: "2", stop: "95" } });
  });
});
