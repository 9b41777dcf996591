/** `--explain`: which moments are shown, and that looking on changes nothing. */
import { describe, expect, it } from "vitest";
import { formatFixed } from "../../src/domain/fixed.ts";
import type { ExplainedMoment } from "../../src/report/explanation.ts";
import type { Context } from "../../src/strategy/contract.ts";
import { because, explain, flat, lines } from "../support/explained.ts";
import { gambler } from "../support/gambler.ts";
import { bars, fixed, minute, run, start, table, ticks, walk } from "../support/market.ts";

describe("which moments are shown", () => {
  const quiet = Array.from({ length: 60 }, () => flat);

  it("of a quiet time: the last decision, what came of it, the instant itself and the next news", async () => {
    const explanation = await explain(
      {
        3: (ctx) => void ctx.buy({ quantity: 1 }),
        5: (ctx) => void ctx.buy({ quantity: 1 }),
        50: (ctx) => void ctx.close(),
      },
      bars(quiet),
      { explain: start + 30 * minute },
    );
    expect(lines(explanation)).toEqual([
      "+6 decided 2 decided",
      "+7 filled 2 fill:first-price",
      "+30 nothing",
      "+51 decided 3 decided",
    ]);
    expect(explanation).toMatchObject({
      asked: "2024-01-01T00:30:00Z",
      at: "2024-01-01T00:30:00Z",
      leftOut: 0,
    });
  });

  it("the instant next after a time between two", async () => {
    const explanation = await explain({}, bars(quiet), { explain: start + 30 * minute + 1 });
    expect([explanation.asked, explanation.at]).toEqual(["2024-01-01T00:30:00.001Z", "2024-01-01T00:31:00Z"]);
  });

  it("a fill stamped with that time, though its order is older and its bar closes later", async () => {
    const rows = quiet.with(30, [100, 100, 89, 95]);
    const explanation = await explain({ 3: (ctx) => void ctx.buy({ quantity: 1, limit: 90 }) }, bars(rows), {
      explain: start + 30 * minute,
    });
    expect(lines(explanation)).toEqual([
      "+4 decided 1 decided",
      "+30 waited 1 wait:limit",
      "+31 filled 1 fill:limit-through",
    ]);
  });

  it("what the strategy logged, the nearest of it when it was much", async () => {
    const explanation = await run(
      (ctx) => ({
        onBar(bar) {
          ctx.log(`bar ${bar.index}`);
          if (bar.index === 2) ctx.buy({ quantity: 1 });
        },
      }),
      bars(quiet),
      { explain: start + 41 * minute },
    ).then((result) => result.explanation!);
    const told = lines(explanation);
    expect(told.slice(0, 2)).toEqual(["+3 logged bar 2", "+3 decided 1 decided"]);
    expect(told.at(-1)).toBe("+41 logged bar 40");
    // From 3 to 40 there were 38 moments: the first and the last 19 stay.
    expect(told).toHaveLength(22);
    expect(explanation.leftOut).toBe(18);
  });

  it("an order that nothing comes of is named as open", async () => {
    const buy = { 0: (ctx: Context) => void ctx.buy({ quantity: 1, limit: 50, stopLoss: 40 }) };
    const explanation = await explain(buy, bars(quiet.slice(0, 4)));
    // At the end of the data all ends: that is its end.
    expect(lines(explanation).at(-2)).toBe("+4 ended 1 expired:end-of-data");
    expect(explanation.open).toEqual([]);
  });

  it("a cancel with the end it leads to", async () => {
    const actions = {
      0: (ctx: Context) => void ctx.buy({ quantity: 1, limit: 50 }),
      2: (ctx: Context) => ctx.cancel(ctx.orders[0]!.id),
    };
    const explanation = await explain(actions, bars(quiet), { explain: start + 3 * minute });
    expect(lines(explanation)).toEqual([
      "+1 decided 1 decided",
      "+3 cancelling 1 cancelling",
      "+4 ended 1 cancelled:by-strategy",
    ]);
    expect(because(explanation, "ended")).toBe("cancelled by the strategy");
  });

  it("what a timer asked for between two bars, when there was nothing to see", async () => {
    const { explanation } = await run(
      (ctx) => ({
        onStart: () => ctx.after(90_000, "late"),
        onTimer: () => void ctx.buy({ quantity: 1 }),
      }),
      bars(quiet),
      { explain: start + 1.25 * minute },
    );
    expect(lines(explanation!)).toEqual([
      "+1.5 decided 1 decided",
      "+2 waited 1 wait:not-active",
      "+3 filled 1 fill:first-price",
    ]);
    expect(explanation!.moments[0]).toMatchObject({ seen: [], account: { cash: "10000" } });
  });

  it("all symbols of those instants", async () => {
    const both = table({ A: quiet.slice(0, 3), B: quiet.slice(0, 3) });
    const { moments } = await explain({ 0: (ctx) => void ctx.buy({ quantity: 1 }) }, both);
    const [decided, filled] = moments as [ExplainedMoment, ExplainedMoment];
    expect(decided.seen.map(({ symbol, index }) => [symbol, index])).toEqual([
      ["A", 0],
      ["B", 0],
    ]);
    expect(decided.events.map((event) => event.kind)).toEqual(["decided", "decided"]);
    expect(filled.events.map((event) => (event.kind === "logged" ? "" : event.order.symbol))).toEqual([
      "A",
      "B",
    ]);
  });

  it("prints, of which a market order takes the next", async () => {
    const market = ticks([
      [0, 100],
      [10, 101],
      [20, 102],
    ]);
    const { explanation } = await run(
      (ctx) => ({
        onTick(tick) {
          if (tick.price === 100) ctx.buy({ quantity: 1 });
        },
      }),
      market,
      { explain: start },
    );
    expect(lines(explanation!)).toEqual([
      "+0 decided 1 decided",
      `+${10 / minute} filled 1 fill:first-print`,
    ]);
    expect(explanation!.moments[1]!.seen[0]).toMatchObject({
      kind: "tick",
      index: null,
      values: { price: "101" },
    });
  });

  it("the closing of what is held at the end", async () => {
    const explanation = await explain(
      { 0: (ctx) => void ctx.buy({ quantity: 1 }) },
      bars([flat, flat, 104]),
      { atEnd: "close", explain: start + 3 * minute },
    );
    expect(lines(explanation).slice(-2)).toEqual(["+3 decided 2 decided", "+3 filled 2 fill:at-end"]);
    expect(because(explanation, "filled")).toBe("--at-end close closes what is held at the last price, 104");
  });

  it.each([
    ["before", start - 1],
    ["after", start + 60 * minute + 1],
  ])("a time %s the run is refused with its range", async (_, time) => {
    await expect(explain({}, bars(quiet), { explain: time })).rejects.toMatchObject({
      code: "GEO-OPTION-VALUE",
      message: expect.stringContaining("2024-01-01T00:00:00Z to 2024-01-01T01:00:00Z"),
    });
  });
  it("nor is a time of the warm-up before --from a time of the run", async () => {
    const failed = explain({}, bars(quiet), { tradeFrom: start + 30 * minute, explain: start + minute });
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining("2024-01-01T00:30:00Z to 2024-01-01T01:00:00Z"),
    });
  });
});

describe("explaining", () => {
  const streams = (chunk: number) => [
    table({ AAA: walk(3, 200), BBB: walk(4, 200) }, { chunk }),
    bars(walk(5, 40), { symbol: "CCC", timeframe: "5m", chunk: Math.ceil(chunk / 2) }),
  ];
  const options = { account: "margin", slippage: fixed("0.0005"), seed: 9 } as const;

  it("changes nothing in the run, and tells the same however the data is cut", async () => {
    const plain = await run(gambler, streams(1000), options);
    for (const at of [5, 50, 117, 190]) {
      const explained = { ...options, explain: start + at * minute };
      const first = await run(gambler, streams(1000), explained);
      expect(first.decisionsSha256).toBe(plain.decisionsSha256);
      expect(first.recorder.all).toEqual(plain.recorder.all);
      for (const chunk of [1, 2, 7, 65]) {
        expect((await run(gambler, streams(chunk), explained)).explanation).toEqual(first.explanation);
      }
    }
    expect(plain.explanation).toBeNull();
  });

  it("gives every fill a rule, and to every fill the same numbers as the list of fills", async () => {
    const found = new Map<string, string>();
    const { details } = await run(gambler, streams(1000), options);
    for (let at = 1; at < 200; at += 7) {
      const { explanation } = await run(gambler, streams(1000), { ...options, explain: start + at * minute });
      for (const { events } of explanation!.moments) {
        for (const event of events) {
          if (event.kind !== "filled") continue;
          expect(event.because).not.toBe("its terms could be had");
          found.set(event.order.id, event.facts.price!);
        }
      }
    }
    const prices = new Map(details!.fills.map(({ fill }) => [String(fill.number), formatFixed(fill.price)]));
    expect(found.size).toBeGreaterThan(30);
    for (const [id, price] of found) expect(price).toBe(prices.get(id));
  });
});
