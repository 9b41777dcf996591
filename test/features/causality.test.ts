/** What holds for every feature: nothing of the future, nothing of the currency, no row lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FeatureOptions, FeaturePipeline } from "../../src/features/index.ts";
import { worstRelativeError } from "../indicators/series.ts";
import { columnsOf, tradedWalk } from "./series.ts";

const bars = tradedWalk(400, 3);

const pipelines: readonly (readonly [name: string, options: FeatureOptions])[] = [
  ["as it comes", {}],
  ["by the tick rule", { flow: { rule: "tick" } }],
  ["of opens", { priceColumn: "open" }],
  ["of a bucket of fixed size", { vpin: { bucketVolume: 75, buckets: 10 } }],
  ["of short windows", { returnPeriods: [1, 5], smaWindows: [1], volatilityWindows: [2], kyleWindow: 2 }],
];

/** name → power of k by which it grows when prices, and when volumes, are multiplied by k; log volume is its own. */
const units: Readonly<Record<string, readonly [price: number, volume: number]>> = {
  return1: [0, 0],
  sma5: [1, 0],
  sma20: [1, 0],
  sma50: [1, 0],
  ema12: [1, 0],
  ema26: [1, 0],
  volatility20: [0, 0],
  rsi14: [0, 0],
  macd: [1, 0],
  macdSignal: [1, 0],
  macdHistogram: [1, 0],
  range: [0, 0],
  volumeZ20: [0, 0],
  orderImbalance20: [0, 0],
  kyleLambda50: [0, -1],
  vpin50: [0, 0],
};

/** The bar at which each is ready, from 0. */
const ready: Readonly<Record<string, number>> = {
  return1: 1,
  sma5: 4,
  sma20: 19,
  sma50: 49,
  ema12: 11,
  ema26: 25,
  volatility20: 20,
  rsi14: 14,
  macd: 25,
  macdSignal: 33,
  macdHistogram: 33,
  range: 0,
  logVolume: 0,
  volumeZ20: 19,
  // Twenty returns make the deviation by which volume is split.
  orderImbalance20: 39,
  kyleLambda50: 69,
};

describe.each(pipelines)("the features %s", (_, options) => {
  const whole = columnsOf(bars, options);

  it.each([0, 1, 60, 150, 320])("have at bar %i the value of a series that ends there", (t) => {
    const cut = columnsOf(bars.slice(0, t + 1), options);
    for (const [name, values] of Object.entries(whole)) expect(cut[name]!.at(-1), name).toBe(values[t]);
  });

  it("do not change when the future is another", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 398 }), fc.integer({ min: 1, max: 1000 }), (t, seed) => {
        const other = columnsOf([...bars.slice(0, t + 1), ...tradedWalk(400 - t, seed)], options);
        for (const [name, values] of Object.entries(whole)) expect(other[name]![t], name).toBe(values[t]);
      }),
      { numRuns: 30 },
    );
  });

  it("have one value a bar, whatever it is", () => {
    expect(Object.keys(whole)).toEqual(new FeaturePipeline(options).names);
    for (const values of Object.values(whole)) expect(values).toHaveLength(bars.length);
  });
});

describe("the features", () => {
  const columns = columnsOf(bars);

  it("are all in the tables of this file", () => {
    const names = Object.keys(columns);
    expect(Object.keys(units).concat("logVolume").sort()).toEqual([...names].sort());
    expect(Object.keys(ready).concat("vpin50").sort()).toEqual([...names].sort());
  });

  it.each(Object.entries(ready))("%s is NaN before bar %i, and a number from there on", (name, first) => {
    const known = columns[name]!.map((value) => !Number.isNaN(value));
    expect(known.indexOf(true)).toBe(first);
    expect(known.lastIndexOf(false)).toBe(first - 1);
  });

  it.each([0.01, 100, 3])("keep to their unit of price when prices are multiplied by %d", (k) => {
    const scaled = bars.map(({ open, high, low, close, volume }) => {
      return { open: open * k, high: high * k, low: low * k, close: close * k, volume };
    });
    const found = columnsOf(scaled);
    for (const [name, [power]] of Object.entries({ ...units, logVolume: [0] as const })) {
      const expected = columns[name]!.map((value) => value * k ** power);
      // The lines of MACD are differences of nearly equal averages: they keep fewer digits.
      expect(worstAbsolute(found[name]!, expected), name).toBeLessThan(1e-8 * Math.max(1, k));
    }
  });

  it.each([1e-3, 1000])("keep to their unit of volume when volumes are multiplied by %d", (k) => {
    const found = columnsOf(bars.map((bar) => ({ ...bar, volume: bar.volume * k })));
    for (const [name, [, power]] of Object.entries(units)) {
      const expected = columns[name]!.map((value) => value * k ** power);
      expect(worstRelativeError(found[name]!, expected), name).toBeLessThan(1e-6);
    }
  });

  it("of volume are NaN, and not made of zeros, when the data has no volume", () => {
    const without = columnsOf(bars, {}, { hasVolume: false });
    const ofVolume = ["logVolume", "volumeZ20", "orderImbalance20", "kyleLambda50", "vpin50"];
    for (const [name, values] of Object.entries(without)) {
      if (ofVolume.includes(name)) expect(values.every(Number.isNaN), name).toBe(true);
      else expect(values, name).toEqual(columns[name]);
    }
  });

  it("of two symbols share nothing", () => {
    const pipeline = new FeaturePipeline();
    const [a, b] = [pipeline.start(), pipeline.start()];
    const others = tradedWalk(400, 9);
    const values = bars.map((bar, i) => {
      b.update(others[i]!);
      return a.update(bar).vpin50;
    });
    expect(values).toEqual(columns.vpin50);
  });
});

function worstAbsolute(found: readonly number[], expected: readonly number[]): number {
  return Math.max(
    ...found.map((value, i) => {
      const other = expected[i]!;
      if (Number.isNaN(value) !== Number.isNaN(other)) return Number.POSITIVE_INFINITY;
      return Number.isNaN(value) ? 0 : Math.abs(value - other);
    }),
  );
}
