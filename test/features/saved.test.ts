/** A restart in the middle: features go on from their saved state as if there had been none. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FeatureOptions, FeaturePipeline, type FeatureTrade } from "../../src/features/index.ts";
import type { IndicatorState } from "../../src/indicators/index.ts";
import { tradedWalk } from "./series.ts";

const small: FeatureOptions = {
  returnPeriods: [1, 3],
  smaWindows: [1, 4],
  emaWindows: [3],
  volatilityWindows: [2, 5],
  rsiWindow: 3,
  macd: { fast: 2, slow: 4, signal: 3 },
  volumeZWindow: 3,
  imbalanceWindow: 4,
  kyleWindow: 3,
  vpin: { buckets: 3, calibrationBars: 5 },
  flow: { rule: "bulk", window: 4 },
};
const options = fc.constantFrom<FeatureOptions>(
  {},
  small,
  { ...small, flow: { rule: "tick", window: 4 } },
  { ...small, vpin: { buckets: 4, bucketVolume: 30 }, priceColumn: "open" },
  { ...small, vpin: null, kyleWindow: null, macd: null },
);

const bars = tradedWalk(160, 5);
const trade: fc.Arbitrary<FeatureTrade> = fc.record({
  price: fc.integer({ min: 90, max: 110 }),
  volume: fc.double({ min: 0.001, max: 50, noNaN: true }),
  side: fc.constantFrom("buy" as const, "sell" as const, undefined),
});
/** Null is the next bar. */
const steps = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: trade }),
  {
    maxLength: 150,
  },
);

describe("the features", () => {
  it("go on from what was saved, between trades too, as those that were never interrupted", () => {
    fc.assert(
      fc.property(options, steps, fc.boolean(), fc.nat(), (chosen, all, hasVolume, at) => {
        const start = () => new FeaturePipeline(chosen).start({ hasVolume });
        const cut = at % (all.length + 1);
        const [whole, loaded] = [start(), start()];
        let bar = 0;
        const feed = (stream: typeof whole, step: FeatureTrade | null) => {
          if (step === null) return [...Object.values(stream.update(bars[bar]!))];
          stream.onTrade(step);
          return [];
        };
        loaded.update(bars[99]!); // what was in it is forgotten
        for (const [i, step] of all.entries()) {
          if (i === cut) {
            const text = JSON.stringify(whole.save());
            loaded.load(JSON.parse(text));
            expect(JSON.stringify(loaded.save())).toBe(text);
            expect(loaded.row()).toEqual(whole.row());
          }
          const row = feed(whole, step);
          if (i >= cut) expect(feed(loaded, step)).toEqual(row);
          if (step === null) bar++;
        }
      }),
      { numRuns: 150 },
    );
  });

  const stateOf = (chosen: FeatureOptions, hasVolume = true): IndicatorState => {
    const stream = new FeaturePipeline(chosen).start({ hasVolume });
    for (const bar of bars) stream.update(bar);
    return stream.save();
  };

  const vpin = { buckets: 3, calibrationBars: 6 };
  it.each<readonly [string, IndicatorState]>([
    ["of other windows", stateOf({ ...small, smaWindows: [1, 5] })],
    ["of one feature less", stateOf({ ...small, range: false })],
    ["of another price", stateOf({ ...small, priceColumn: "open" })],
    ["of other lines of MACD", stateOf({ ...small, macd: { fast: 2, slow: 5, signal: 3 } })],
    ["of other buckets", stateOf({ ...small, vpin })],
    ["of another rule of flow", stateOf({ ...small, flow: { rule: "tick", window: 4 } })],
    ["of another window of flow", stateOf({ ...small, flow: { rule: "bulk", window: 5 } })],
    ["of data without volumes", stateOf(small, false)],
    ["of nothing", null],
    ["that is a list", [1, 2]],
  ])("refuse a state %s", (_, state) => {
    const stream = new FeaturePipeline(small).start();
    expect(() => stream.load(state)).toThrow(TypeError);
    expect(() => stream.load(state)).toThrow(/: expected a state saved with the same parameters, found/);
  });

  it.each([
    ["values", [1, 2], "a list of 17 numbers as values"],
    ["previous", "1", "a number as previous"],
    ["features", [], "a list of 15 states as features"],
    ["takers", null, "flow by bulk, window 4: expected a state"],
  ])("refuse a state whose %s are damaged", (name, damaged, message) => {
    const state = { ...(stateOf(small) as object), [name]: damaged } as IndicatorState;
    expect(() => new FeaturePipeline(small).start().load(state)).toThrow(message);
  });
});
