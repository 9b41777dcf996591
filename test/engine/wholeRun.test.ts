/** Warm-up, range, reasons, the end of a run. DESIGN, sections 3 and 4. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addFixed, type Fixed, formatFixed, negateFixed } from "../../src/domain/fixed.ts";
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
        let left: Fixed = account.cash;
        let right = initialCash;
        for (const { holding } of result.markets) {
          left = addFixed(left, { units: holding.openCost, scale: holding.notionalScale });
          right = addFixed(right, holding.realised);
        }
        expect(formatFixed(addFixed(left, negateFixed(right)))).toBe("0");
        if (options.account !== "cash") return;
        expect(account.cash.units >= 0n).toBe(true);
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
