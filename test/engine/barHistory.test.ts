/** Bars of longer timeframes: aligned, and shown once they closed. DESIGN, section 3. */
import { describe, expect, it } from "vitest";
import type { Bar } from "../../src/domain/market.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { type BarRow, bars, minute, run, script, start, table } from "../support/market.ts";

describe("ctx.bars", () => {
  const describeBar = ({ index, openTime, time, open, high, low, close, volume }: Bar) =>
    `${index}: ${(openTime - start) / minute}–${(time - start) / minute} ${open} ${high} ${low} ${close} v${volume}`;

  /** What `bars(timeframe)` holds at each bar's close: its length and its newest. */
  async function histories(timeframe: string, rows: readonly (BarRow | null)[], options = {}) {
    const seen: string[] = [];
    await run(
      (ctx) => {
        const history = ctx.bars(timeframe);
        return {
          onBar(bar) {
            const newest = history.at(-1);
            expect(newest === undefined || newest.time <= bar.time).toBe(true);
            expect(history.at(history.length)).toBeUndefined();
            seen.push(newest === undefined ? "none" : describeBar(newest));
          },
        };
      },
      bars(rows, options),
    );
    return seen;
  }

  it("shows a longer bar from the moment it closed, and not before", async () => {
    const rows = [
      [10, 15, 9, 11],
      [11, 12, 8, 12],
      [12, 13],
      [13, 14],
      [14, 20, 14, 18],
      [1, 2],
    ];
    const seen = await histories("5m", rows);
    expect(seen).toEqual(["none", "none", "none", "none", "0: 0–5 10 20 8 18 v5", "0: 0–5 10 20 8 18 v5"]);
  });

  it("is aligned in UTC wherever the run starts", async () => {
    const seen = await histories("5m", [1, 2, 3, 4, 5, 6, 7, 8], { from: start + 3 * minute });
    // The first interval began before the run: it is left out, for no venue would show it so.
    expect(seen.at(-1)).toBe("0: 5–10 3 7 3 7 v5");
  });

  it("closes over a gap when the next bar comes, and leaves out intervals without bars", async () => {
    const seen = await histories("2m", [1, null, null, null, null, 6, 7]);
    expect(seen).toEqual(["none", "1: 4–6 6 6 6 6 v1", "1: 4–6 6 6 6 6 v1"]);
  });

  it.each([
    ["1h", "1m", 60],
    ["1d", "1h", 24],
  ])("%s of %s", async (timeframe, own, count) => {
    const seen = await histories(
      timeframe,
      Array.from({ length: count + 1 }, (_, index) => index + 1),
      { timeframe: own },
    );
    expect(seen.slice(0, count - 1)).toEqual(Array(count - 1).fill("none"));
    expect(seen.at(-1)).toMatch(new RegExp(`^0: .* 1 ${count} 1 ${count} v${count}$`));
  });

  it("weeks start on Monday, months on their first day", async () => {
    // 2023-12-28 is a Thursday.
    const from = Date.UTC(2023, 11, 28);
    const days = Array.from({ length: 40 }, (_, index) => index + 1);
    const opens: Record<string, string[]> = { "1w": [], "1M": [] };
    await run(
      (ctx) => {
        const histories = Object.keys(opens).map((timeframe) => [timeframe, ctx.bars(timeframe)] as const);
        return {
          onStop() {
            for (const [timeframe, history] of histories) {
              for (let i = 0; i < history.length; i++)
                opens[timeframe]!.push(new Date(history.at(i)!.openTime).toISOString().slice(0, 10));
            }
          },
        };
      },
      bars(days, { timeframe: "1d", from }),
    );
    expect(opens["1w"]).toEqual(["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29"]);
    expect(opens["1M"]).toEqual(["2024-01-01"]);
  });

  it("keeps what it gave: bars of the past stay as they were", async () => {
    const kept: Bar[] = [];
    await run(
      (ctx) => {
        const history = ctx.bars("2m");
        return { onBar: () => void (history.length > kept.length && kept.push(history.at(-1)!)) };
      },
      bars([1, 2, 3, 4, 5, 6], { chunk: 1 }),
    );
    expect(kept.map(({ close }) => close)).toEqual([2, 4, 6]);
  });

  it("of another symbol is that symbol's", async () => {
    let closes: (number | undefined)[] = [];
    await run(
      (ctx) => ({
        onBar: () => void (closes = ["AAA", "BBB"].map((symbol) => ctx.bars("2m", symbol).at(-1)?.close)),
      }),
      table({ AAA: [1, 2], BBB: [3, 4] }),
      { timeframes: ["2m"] },
    );
    expect(closes).toEqual([2, 4]);
  });

  it.each([
    ["undeclared and asked for late", "5m", 2, /bars\("5m"\).*its past is gone/s],
    [
      "shorter than the run's own",
      "30s",
      -1,
      /bars\("30s"\): expected a multiple of the run's own bars, which are 1m/,
    ],
    ["no multiple of the run's own", "90s", -1, /bars\("90s"\): expected a multiple/],
    ["no timeframe", "5x", 0, /bars: expected a timeframe/],
  ])("refuses what is %s", async (_, timeframe, index, message) => {
    const strategy = (ctx: Context): Handlers => {
      if (index < 0) ctx.bars(timeframe);
      return { onBar: (bar) => void (bar.index === index && ctx.bars(timeframe)) };
    };
    await expect(run(strategy, bars([1, 2, 3]))).rejects.toThrow(message);
  });

  it("declared, is there from the first bar on even when asked for late", async () => {
    let length = 0;
    await run(script({ 3: (ctx) => void (length = ctx.bars("2m").length) }), bars([1, 2, 3, 4]), {
      timeframes: ["2m"],
    });
    expect(length).toBe(2);
  });
});
