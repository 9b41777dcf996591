/** Equity over a run: days, drawdown, exposure. DESIGN, sections 8 and 9. */
import { describe, expect, it } from "vitest";
import { formatFixed } from "../../src/domain/fixed.ts";
import { type BarRow, bars, minute, run, script, start } from "../support/market.ts";

const hour = 60 * minute;
const day = 24 * hour;

describe("equity", () => {
  const buyAll = script({ 0: (ctx) => void ctx.buy({ fraction: 1 }) });

  it("has one point a day, that of time - 1 ms: a bar that closes at midnight belongs to the day it was traded on", async () => {
    const from = start + 22 * hour;
    const rows = [100, [100, 110], [110, 120], 130, ...Array<BarRow>(23).fill(140)];
    const { recorder } = await run(buyAll, bars(rows, { timeframe: "1h", from }));
    expect(recorder.points.map(({ time, equity }) => [(time - start) / day, formatFixed(equity)])).toEqual([
      [1, "11000"],
      [2, "14000"],
      [2 + 1 / 24, "14000"],
    ]);
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
