import { describe, expect, it } from "vitest";
import { leadLag } from "../../src/indicators/index.ts";
import { normal, pearson, pricesOf, randomWalks, returnsOf } from "./markets.ts";

/** Rows of two prices: the second repeats the first's returns `lag` updates later, times `factor`, with some noise. */
function followed(lag: number, factor: number, noise: number): number[][] {
  const draw = normal(7);
  const returns = Array.from({ length: 320 }, () => 0.01 * draw());
  const [a, b] = [
    returns.slice(20, 300),
    returns.slice(20, 300).map((_, i) => factor * returns[20 + i - lag]! + noise * draw()),
  ];
  const [leader, follower] = [pricesOf(a), pricesOf(b)];
  return leader.map((price, t) => [price, follower[t]!]);
}

describe("leadLag", () => {
  it.each([
    [0, 1, 0],
    [3, 1, 0],
    [-4, 2, 0],
    [5, 0.5, 0.003],
    [-1, -1, 0.005],
  ])("finds a lag of %i (factor %d, noise %d)", (lag, factor, noise) => {
    const indicator = leadLag({ window: 100, maxLag: 5 });
    for (const row of followed(lag, factor, noise)) indicator.update(row);
    expect(indicator.value).toBe(lag);
    expect(Math.sign(indicator.correlation)).toBe(Math.sign(factor));
    expect(Math.abs(indicator.correlation)).toBeGreaterThan(noise === 0 ? 1 - 1e-12 : 0.7);
  });

  it("changes its sign, not its size, when the two change places", () => {
    const [one, other] = [leadLag({ window: 60, maxLag: 4 }), leadLag({ window: 60, maxLag: 4 })];
    for (const [a, b] of followed(2, 1, 0.004)) {
      one.update([a!, b!]);
      other.update([b!, a!]);
    }
    expect([one.value, other.value]).toEqual([2, -2]);
    expect(other.correlation).toBeCloseTo(one.correlation, 12);
  });

  it("equals Pearson's correlation at each lag, computed anew at every step", () => {
    const rows = randomWalks(150, 2, 5, 0.3);
    const indicator = leadLag({ window: 20, maxLag: 3 });
    for (const [t, row] of rows.entries()) {
      const value = indicator.update(row);
      if (t < 23) continue;
      const [a, b] = [0, 1].map((column) => returnsOf(rows.slice(0, t + 1), column)) as [number[], number[]];
      const at = (lag: number) => {
        const newest = (returns: readonly number[], back: number) => returns.slice(t - 20 - back, t - back);
        return pearson(newest(a, Math.max(lag, 0)), newest(b, Math.max(-lag, 0)));
      };
      const strongest = [-3, -2, -1, 0, 1, 2, 3].toSorted((x, y) => Math.abs(at(y)) - Math.abs(at(x)))[0]!;
      expect(value).toBe(strongest);
      expect(indicator.correlation).toBeCloseTo(at(strongest), 9);
    }
  });

  it("takes the shortest of equally strong lags", () => {
    // A wave of period 4: lags 1 and -3 are as good as each other, and so are -1 and 3 with the other sign.
    const indicator = leadLag({ window: 40, maxLag: 3 });
    const waves = [0, 1].map((shift) => {
      const steps = [0.01, 0.02, -0.01, -0.02];
      return pricesOf(Array.from({ length: 60 }, (_, t) => steps[(t + 4 - shift) % 4]!));
    });
    for (const [t, price] of waves[0]!.entries()) indicator.update([price, waves[1]![t]!]);
    expect(indicator.value).toBe(1);
  });

  it("is no larger in noise than noise is", () => {
    const indicator = leadLag({ window: 400, maxLag: 5 });
    for (const row of randomWalks(3000, 2, 19)) indicator.update(row);
    expect(Math.abs(indicator.correlation)).toBeLessThan(4 / Math.sqrt(400));
  });
});
