/** What a strategy sees is the past and nothing else. DESIGN, sections 3 and 6. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bar } from "../../src/domain/market.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { type BarRow, bars, fillsOf, minute, run, start, table, ticks, walk } from "../support/market.ts";

describe("ctx.prices", () => {
  /** At every bar: the closes shown, and what lies behind them in the buffer. */
  async function shown(rows: readonly BarRow[], chunk: number) {
    const pictures: { readonly prices: number[]; readonly beyond: number[] }[] = [];
    await run(
      (ctx) => ({
        onBar() {
          const { prices } = ctx;
          const all = new Float64Array(prices.buffer);
          const beyond = all.slice(prices.byteOffset / 8 + prices.length);
          pictures.push({ prices: [...prices], beyond: [...beyond] });
        },
      }),
      bars(rows, { chunk }),
    );
    return pictures;
  }

  it.each([1, 2, 7, 64, 65, 1000])("holds exactly the closes up to now, in chunks of %i", async (chunk) => {
    const closes = Array.from({ length: 130 }, (_, index) => index + 0.25);
    const pictures = await shown(closes, chunk);
    expect(pictures.length).toBe(130);
    for (const [index, { prices }] of pictures.entries()) expect(prices).toEqual(closes.slice(0, index + 1));
  });

  it("has no price of the future in the buffer behind it", async () => {
    const pictures = await shown(
      Array.from({ length: 1100 }, (_, index) => index + 1),
      300,
    );
    for (const { beyond } of pictures) expect(beyond.every((value) => value === 0)).toBe(true);
  });

  it("grows right when it is asked for now and then, across chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 50 }),
        async (chunk, every) => {
          const closes = Array.from({ length: 200 }, (_, index) => index + 1);
          await run(
            (ctx) => ({
              onBar({ index }) {
                if (index % every === 0) expect([...ctx.prices]).toEqual(closes.slice(0, index + 1));
              },
            }),
            bars(closes, { chunk }),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it("is that of the event's own symbol, also where rows of several symbols alternate", async () => {
    const last = new Map<string, number[]>();
    const strategy = (ctx: Context): Handlers => ({
      onBar: (bar) => void last.set(bar.symbol, [...ctx.prices]),
    });
    for (const chunk of [1, 3, 100]) {
      await run(strategy, table({ AAA: [1, 2, 3, 4], BBB: [10, null, 30, 40] }, { chunk }));
      expect([...last]).toEqual([
        ["AAA", [1, 2, 3, 4]],
        ["BBB", [10, 30, 40]],
      ]);
    }
  });

  it("may be written to without harm: neither equity nor fills nor bars change", async () => {
    const seen: number[] = [];
    const result = await run(
      (ctx) => ({
        onBar(bar) {
          ctx.prices.fill(1e9);
          seen.push(bar.close);
          if (bar.index === 0) ctx.buy({ fraction: 1 });
        },
      }),
      bars([100, 100, 110]),
    );
    expect(seen).toEqual([100, 100, 110]);
    expect(fillsOf(result)).toEqual(["buy 100 A @ 100, 1"]);
    expect(result.recorder.maxDrawdown).toBe(0);
    expect(Number(result.account.equity())).toBe(11_000);
  });

  it("is the prints themselves in a run on ticks", async () => {
    let last: number[] = [];
    await run(
      (ctx) => ({ onTick: () => void (last = [...ctx.prices]) }),
      ticks([
        [0, 1],
        [0, 2],
        [3, 4],
      ]),
    );
    expect(last).toEqual([1, 2, 4]);
  });
});

describe("the bar", () => {
  it("shows its own row", async () => {
    const seen: object[] = [];
    await run(
      () => ({ onBar: (bar) => void seen.push(JSON.parse(JSON.stringify(bar))) }),
      bars([["1.5", "2.25", "1.25", "2"], null, 3], { symbol: "BTCUSDT" }),
    );
    const common = { symbol: "BTC/USDT", timeframe: "1m", volume: 1 };
    expect(seen).toEqual([
      {
        ...common,
        index: 0,
        openTime: "2024-01-01T00:00:00Z",
        time: "2024-01-01T00:01:00Z",
        open: 1.5,
        high: 2.25,
        low: 1.25,
        close: 2,
      },
      {
        ...common,
        index: 1,
        openTime: "2024-01-01T00:02:00Z",
        time: "2024-01-01T00:03:00Z",
        open: 3,
        high: 3,
        low: 3,
        close: 3,
      },
    ]);
  });

  it("cannot be turned to a later row: nothing on it or its class reaches the data", async () => {
    const close = "close";
    await run(
      () => ({
        onBar(bar) {
          const before = bar.close;
          const open = bar as unknown as Record<string, unknown>;
          for (const key of ["row", "index", "chunk", "_row", "#row", close]) {
            try {
              open[key] = 2;
            } catch {
              // A getter without a setter.
            }
          }
          const own = Reflect.ownKeys(bar).filter(
            (key) => !["row", "chunk", "_row", "#row"].includes(String(key)),
          );
          expect(own.every((key) => typeof open[key as string] !== "object")).toBe(true);
          const methods = Reflect.ownKeys(Object.getPrototypeOf(bar) as object);
          expect(methods).not.toContain("point");
          for (const key of methods) {
            const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(bar), key)!;
            expect(set).toBeUndefined();
          }
          expect(bar.close).toBe(before);
        },
      }),
      bars([1, 2, 3]),
    );
  });

  it("has exact decimals beside its doubles", async () => {
    let exact: Bar["exact"] | undefined;
    const close = "12345678901234567.123456789";
    await run(() => ({ onBar: (bar) => void (exact = bar.exact) }), bars([["1", close, "1", close]]));
    expect(exact!.close.toFixed()).toBe(close);
    expect(exact!.open.toFixed()).toBe("1");
  });
});

describe("ctx.random", () => {
  const draws = async (seed?: number) => {
    const drawn: number[] = [];
    await run(
      (ctx) => ({ onBar: () => void drawn.push(ctx.random()) }),
      bars(walk(1, 20)),
      seed === undefined ? {} : { seed },
    );
    return drawn;
  };

  it("depends on the seed alone and lies in [0, 1)", async () => {
    const [first, again, other] = [await draws(7), await draws(7), await draws(8)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first).size).toBe(20);
    expect(first.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it("has a seed by default", async () => {
    expect(await draws()).toEqual(await draws());
  });
});

it("ctx is frozen and keeps the engine to itself", async () => {
  await run(
    (ctx) => {
      expect(Object.isFrozen(ctx)).toBe(true);
      expect(Reflect.ownKeys(ctx)).toEqual([]);
      return { onStart() {} };
    },
    bars([1]),
  );
});

it("ctx.time, symbol, cash, equity and position are those of the moment", async () => {
  const seen: unknown[] = [];
  await run(
    (ctx) => ({
      onBar(bar) {
        const { quantity, entryPrice, unrealizedPnl, isLong } = ctx.position;
        seen.push([
          (ctx.time - start) / minute,
          ctx.symbol,
          ctx.cash,
          ctx.equity,
          quantity,
          entryPrice,
          unrealizedPnl,
          isLong,
        ]);
        if (bar.index === 0) ctx.buy({ quantity: 10 });
      },
    }),
    bars([100, [100, 110]]),
  );
  expect(seen).toEqual([
    [1, "A", 10_000, 10_000, 0, null, 0, false],
    [2, "A", 9_000, 10_100, 10, 100, 100, true],
  ]);
});
