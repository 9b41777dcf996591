/** Warm-up, range, reasons, the end of a run, its equity. DESIGN, sections 3, 4 and 8. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addFixed, compareFixed, type Fixed, formatFixed, negateFixed } from "../../src/domain/fixed.ts";
import type { SimulationResult } from "../../src/run/simulate.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { defineStrategy } from "../../src/strategy/contract.ts";
import { gambler } from "../support/gambler.ts";
import {
  type BarRow,
  bars,
  decisionsOf,
  equityOf,
  fillsOf,
  fixed,
  minute,
  reasonsOf,
  run,
  script,
  start,
  table,
  ticks,
  walk,
} from "../support/market.ts";

const hour = 60 * minute;
const day = 24 * hour;

describe("warm-up", () => {
  const eager = (ctx: Context): Handlers => ({
    onBar: () => void (ctx.position.isFlat && ctx.buy({ fraction: 1 })),
  });

  it.each([
    [0, "buy 100 A @ 100, 1", {}],
    [1, "buy 100 A @ 100, 1", {}],
    [3, "buy 100 A @ 100, 3", { "refused:warmup": 2 }],
  ])("of %i: the first decision that counts is at index n - 1", async (warmup, fill, refused) => {
    const result = await run(eager, bars(Array(6).fill(100)), { warmup });
    expect(fillsOf(result)).toEqual([fill]);
    expect(reasonsOf(result)).toEqual({ filled: 1, ...refused });
  });

  it("is each symbol's own, and ctx.ready tells", async () => {
    const ready: string[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onBar: ({ symbol, index }) => void (ctx.ready && ready.push(`${symbol} ${index}`)),
    });
    await run(strategy, table({ AAA: [1, 1, 1], BBB: [null, 1, 1] }), { warmup: 2 });
    expect(ready).toEqual(["AAA 1", "AAA 2", "BBB 1"]);
  });

  it("counts ticks where there are no bars", async () => {
    const ready: number[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onTick: ({ price }) => void (ctx.ready && ready.push(price)),
    });
    await run(
      strategy,
      ticks([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
      { warmup: 2 },
    );
    expect(ready).toEqual([2, 3]);
  });

  it("comes from the definition and its parameters", async () => {
    const definition = defineStrategy({ name: "eager", warmup: 4, create: (_, ctx) => eager(ctx) });
    expect(reasonsOf(await run(definition, bars(Array(6).fill(100))))).toEqual({
      "refused:warmup": 3,
      filled: 1,
    });
  });

  it("bars before --from feed it, but nothing there is traded or measured", async () => {
    const tradeFrom = start + 3 * minute;
    const seen: number[] = [];
    const strategy = (ctx: Context): Handlers => ({
      onBar(bar) {
        seen.push(bar.index);
        if (ctx.position.isFlat) ctx.buy({ fraction: 1 });
      },
    });
    const result = await run(strategy, bars([100, 100, 100, 100, 100, 50]), { tradeFrom, warmup: 2 });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    // Bar 3 opens at --from: its close is the first decision of the range.
    expect(fillsOf(result)).toEqual(["buy 100 A @ 100, 4"]);
    expect(reasonsOf(result)).toEqual({ "refused:warmup": 3, filled: 1 });
    expect([result.recorder.bars, result.recorder.from]).toEqual([3, start + 4 * minute]);
  });
});

describe("every request ends with exactly one reason", () => {
  /** Numbers of all requests, those of attached exits included. */
  function requestsOf(result: SimulationResult): readonly number[] {
    return decisionsOf(result).flatMap(([kind, number, , , , , details]) => {
      if (kind !== "order") return [];
      const exits = ["stopLoss", "takeProfit"].filter((role) => role in (details as object));
      return [number, ...exits.map((_, index) => number + 1 + index)];
    });
  }

  const settings = fc.record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    account: fc.constantFrom("cash" as const, "margin" as const),
    sizing: fc.constantFrom("fill" as const, "decision" as const),
    entryBar: fc.constantFrom("pessimistic" as const, "skip" as const),
    fillLimit: fc.constantFrom("through" as const, "touch" as const),
    atEnd: fc.constantFrom("mark" as const, "close" as const),
    takerFee: fc.constantFrom(fixed(0), fixed("0.00075")),
    slippage: fc.constantFrom(fixed(0), fixed("0.0005")),
    warmup: fc.integer({ min: 0, max: 30 }),
  });

  it("whatever a strategy does", async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (options) => {
        const result = await run(
          gambler,
          table({ AAA: walk(options.seed, 120), BBB: walk(options.seed + 1, 120) }),
          options,
        );
        const ends = decisionsOf(result).filter(([kind]) => kind === "end" || kind === "fill");
        const ended = ends.map(([, number]) => number).sort((a, b) => a - b);
        expect(ended).toEqual([...requestsOf(result)].sort((a, b) => a - b));
        const total = [...result.reasons.values()].reduce((sum, count) => sum + count, 0);
        expect(total).toBe(ended.length);
        expect(result.reasons.get("filled") ?? 0).toBe(result.fills);
      }),
      { numRuns: 60 },
    );
  });

  it("and the money adds up to the last digit: cash + open cost = initial + gross realised - fees", async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (options) => {
        const result = await run(
          gambler,
          table({ AAA: walk(options.seed, 120), BBB: walk(options.seed + 1, 120) }),
          options,
        );
        const { account, initialCash } = result;
        let left: Fixed = { units: account.cash, scale: account.moneyScale };
        let right = initialCash;
        for (const { holding } of result.markets) {
          left = addFixed(left, { units: holding.openCost, scale: holding.notionalScale });
          right = addFixed(right, holding.realised);
        }
        expect(formatFixed(addFixed(left, negateFixed(right)))).toBe("0");
        if (options.account !== "cash") return;
        expect(account.cash >= 0n).toBe(true);
        for (const { holding } of result.markets) expect(holding.quantity >= 0n).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("and fills use no price formed before their decision", async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (options) => {
        const streams = [
          bars(walk(options.seed, 100), { symbol: "AAA" }),
          bars(walk(options.seed + 1, 20), { symbol: "BBB", timeframe: "5m" }),
        ];
        const result = await run(gambler, streams, options);
        const decided = new Map(
          decisionsOf(result).flatMap(([kind, number, time]) =>
            kind === "order" ? [[number, time] as const] : [],
          ),
        );
        for (const [kind, number, , stamp] of decisionsOf(result)) {
          if (kind !== "fill" || !decided.has(number)) continue;
          expect(stamp as number).toBeGreaterThanOrEqual(decided.get(number)!);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("at the end", () => {
  const rows: readonly BarRow[] = [100, 100, [100, 120]];
  const buy = script({ 0: (ctx) => void ctx.buy({ quantity: 10 }) });

  it("what is held is marked, not traded", async () => {
    const result = await run(buy, bars(rows));
    expect([result.trades.length, equityOf(result)]).toEqual([0, "10200"]);
  });

  it("--at-end close sells it at the last price, with costs", async () => {
    const result = await run(buy, bars(rows), {
      atEnd: "close",
      takerFee: fixed("0.001"),
      slippage: fixed("0.01"),
    });
    expect(fillsOf(result)).toEqual(["buy 10 A @ 101, 1", "sell 10 A @ 118.8, 2"]);
    // 10000 − 1010 − 1.01 + 1188 − 1.188
    expect(equityOf(result)).toBe("10175.802");
    expect(result.trades[0]!.exitTag).toBe("end");
    expect(formatFixed(result.recorder.points.at(-1)!.equity)).toBe("10175.802");
  });

  it("--at-end close buys shorts back, of every symbol", async () => {
    const strategy = (ctx: Context): Handlers => ({
      onBar: ({ index }) => void (index === 0 && ctx.sell({ quantity: 1 })),
    });
    const result = await run(strategy, table({ AAA: rows, BBB: rows }), {
      atEnd: "close",
      account: "margin",
    });
    expect(fillsOf(result).slice(2)).toEqual(["buy 1 AAA @ 120, 2", "buy 1 BBB @ 120, 2"]);
    expect(result.account.hasPosition).toBe(false);
  });

  it("--at-end close names no bar where there are none", async () => {
    const strategy = (ctx: Context): Handlers => ({
      onTick: () => void (ctx.position.isFlat && ctx.buy({ quantity: 1 })),
    });
    const result = await run(
      strategy,
      ticks([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
      { atEnd: "close" },
    );
    expect(fillsOf(result)).toEqual(["buy 1 A @ 2, -1", "sell 1 A @ 3, -1"]);
  });

  it("open orders, attached exits and those of onStop expire", async () => {
    const strategy = (ctx: Context): Handlers => ({
      onBar: ({ index }) => void (index === 0 && ctx.buy({ quantity: 1, limit: 50, stopLoss: 40 })),
      onStop: () => void ctx.buy({ quantity: 1 }),
    });
    const result = await run(strategy, bars(rows));
    const { "cancelled:oco": exits = 0, "expired:end-of-data": expired = 0 } = reasonsOf(result);
    expect(exits + expired).toBe(3);
    expect(expired).toBeGreaterThanOrEqual(2);
  });

  it("a run without a single event has no points and the initial cash", async () => {
    const result = await run(buy, bars([]));
    expect([equityOf(result), result.recorder.points, result.fills]).toEqual(["10000", [], 0]);
  });
});

describe("equity", () => {
  const buyAll = script({ 0: (ctx) => void ctx.buy({ fraction: 1 }) });

  it("has one point a day, that of time - 1 ms: a bar that closes at midnight belongs to the day it was traded on", async () => {
    const from = start + 22 * hour;
    const rows = [100, [100, 110], [110, 120], 130, ...Array<BarRow>(23).fill(140)];
    const { recorder } = await run(buyAll, bars(rows, { timeframe: "1h", from }));
    expect(recorder.points.map(({ time, equity }) => [(time - start) / day, formatFixed(equity)])).toEqual(
      [
        [1, "11000"],
        [2, "14000"],
        [2 + 1 / 8, "14000"],
      ].slice(0, 3),
    );
  });

  it("leaves out days without data", async () => {
    const rows = [[100, 100], [100, 110], null, null, [90, 90]] as (BarRow | null)[];
    const { recorder } = await run(buyAll, bars(rows, { timeframe: "1d" }));
    expect(recorder.points.map(({ time, equity }) => [(time - start) / day, formatFixed(equity)])).toEqual([
      [1, "10000"],
      [2, "11000"],
      [5, "9000"],
    ]);
  });

  it.each<[string, readonly BarRow[], { drawdown: number; minutes: number; exposure: number }]>([
    ["rises only", [100, 100, [100, 110]], { drawdown: 0, minutes: 0, exposure: 2 / 3 }],
    [
      "falls from the initial capital",
      [100, [100, 80], [80, 90]],
      { drawdown: -0.2, minutes: 2, exposure: 2 / 3 },
    ],
    [
      "falls twice: the deepest counts, and the longest",
      [100, [100, 120], [120, 90], [90, 130], [130, 65]],
      { drawdown: -0.5, minutes: 2, exposure: 4 / 5 },
    ],
    [
      "recovers to the very peak",
      [100, [100, 120], [120, 60], [60, 80], [80, 120], 120],
      { drawdown: -0.5, minutes: 3, exposure: 5 / 6 },
    ],
    [
      "is under water to the end",
      [100, 100, [100, 50], 60, 60, 60],
      { drawdown: -0.5, minutes: 4, exposure: 5 / 6 },
    ],
  ])("that %s", async (_, rows, expected) => {
    const { recorder } = await run(buyAll, bars(rows));
    expect(recorder.maxDrawdown).toBeCloseTo(expected.drawdown, 12);
    expect(recorder.maxDrawdownDuration).toBe(expected.minutes * minute);
    expect(recorder.exposedBars / recorder.bars).toBeCloseTo(expected.exposure, 12);
  });

  it("the drawdown looks at every bar, also within a day", async () => {
    const { recorder } = await run(buyAll, bars([100, [100, 60], [60, 100]]));
    expect(recorder.points.length).toBe(1);
    expect(recorder.maxDrawdown).toBeCloseTo(-0.4, 12);
  });

  it("below zero is told: a short that lost more than there was", async () => {
    const short = script({ 0: (ctx) => void ctx.sell({ fraction: 1 }) });
    const { recorder } = await run(short, bars([100, [100, 250]]), { account: "margin" });
    expect(recorder.ruined).toBe(true);
    expect(recorder.maxDrawdown).toBeCloseTo(-1.5, 12);
  });

  it("remembers the first price of the measured range, for buy and hold", async () => {
    const { markets } = await run(buyAll, bars([100, 200, [200, 300]]));
    expect(markets[0]!.firstPrice).toBe(100);
    const later = await run(buyAll, bars([100, 200, [200, 300]]), { tradeFrom: start + minute });
    expect(later.markets[0]!.firstPrice).toBe(200);
  });
});

describe("the log of decisions", () => {
  const streams = (chunk: number) => [
    table({ AAA: walk(3, 300), BBB: walk(4, 300) }, { chunk }),
    bars(walk(5, 60), { symbol: "CCC", timeframe: "5m", chunk: Math.ceil(chunk / 2) }),
  ];
  const options = {
    account: "margin",
    takerFee: fixed("0.001"),
    slippage: fixed("0.0005"),
    seed: 9,
  } as const;

  it("is the same bytes for the same run, however the data is cut", async () => {
    const first = await run(gambler, streams(1000), options);
    expect(first.fills).toBeGreaterThan(100);
    for (const chunk of [1000, 1, 2, 7, 64, 65]) {
      const again = await run(gambler, streams(chunk), options);
      expect(again.details!.decisions).toEqual(first.details!.decisions);
      expect(again.decisionsSha256).toBe(first.decisionsSha256);
      expect(equityOf(again)).toBe(equityOf(first));
      expect(again.recorder.all).toEqual(first.recorder.all);
    }
  });

  it("a lone stream, which takes the engine's short way, gives what the same events give among others", async () => {
    const lone = await run(gambler, bars(walk(3, 400), { chunk: 50 }), { seed: 2 });
    const among = await run(gambler, [bars(walk(3, 400), { chunk: 50 }), ticks([], { symbol: "ZZZ" })], {
      seed: 2,
    });
    expect(among.details!.decisions).toEqual(lone.details!.decisions);
    expect([among.recorder.maxDrawdown, among.recorder.exposedBars, among.recorder.points]).toEqual([
      lone.recorder.maxDrawdown,
      lone.recorder.exposedBars,
      lone.recorder.points,
    ]);
  });

  it("differs with the seed, and with a parameter that changes a decision", async () => {
    const hashes = new Set<string>();
    for (const seed of [1, 2])
      hashes.add((await run(gambler, streams(100), { ...options, seed })).decisionsSha256);
    for (const quantity of [1, 2]) {
      const buy = script({ 0: (ctx) => void ctx.buy({ quantity }) });
      hashes.add((await run(buy, bars([1, 1, 1]))).decisionsSha256);
    }
    expect(hashes.size).toBe(4);
  });

  it("is the same with and without details kept", async () => {
    const kept = await run(gambler, streams(100), options);
    const bare = await run(gambler, streams(100), { ...options, details: false, equityOfEveryBar: false });
    expect(bare.details).toBeNull();
    expect(bare.decisionsSha256).toBe(kept.decisionsSha256);
    expect(compareFixed(bare.finalEquity, kept.finalEquity)).toBe(0);
  });

  it("tells a run's story in exact decimals and epoch milliseconds", async () => {
    const actions = {
      0: (ctx: Context) => void ctx.buy({ fraction: 0.1, limit: "99.50", stopLoss: 90, tag: 'a "b"' }),
      1: (ctx: Context) => ctx.cancelAll(),
      2: (ctx: Context) => void ctx.buy({ quantity: "0.50" }),
    };
    const { details } = await run(script(actions), bars([100, 100, 100, 100]));
    expect(details!.decisions).toEqual([
      `["order",1,${start + minute},"A","buy","limit",{"value":"1000","limit":"99.5","stopLoss":"90","tag":"a \\"b\\""}]`,
      `["cancel",1,${start + 2 * minute}]`,
      `["cancel",2,${start + 2 * minute}]`,
      `["end",1,${start + 2 * minute},"cancelled:by-strategy"]`,
      `["end",2,${start + 2 * minute},"cancelled:oco"]`,
      `["order",3,${start + 3 * minute},"A","buy","market",{"quantity":"0.5"}]`,
      `["fill",3,${start + 4 * minute},${start + 3 * minute},3,"100","0.5","taker"]`,
    ]);
  });
});
