import { describe, expect, it } from "vitest";
import {
  entropyChange,
  type Indicator,
  permutationEntropy,
  permutationEntropyChange,
  shannonEntropy,
} from "../../src/indicators/index.ts";
import { meanOf, normal, pricesOf, randomWalk, returnsOf } from "./markets.ts";

const lastOf = (indicator: Indicator, prices: readonly number[]) => {
  for (const price of prices) indicator.update(price);
  return indicator.value;
};
/** In bits. */
const bits = (shares: readonly number[]) =>
  shares.reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0);

function directShannon(returns: readonly number[], all: readonly number[], bins: number): number {
  const [least, greatest] = [Math.min(...all), Math.max(...all)];
  const shares = Array.from({ length: bins }, (_, bin) => {
    const inside = returns.filter((value) => {
      const at = ((value - least) / (greatest - least)) * bins;
      return at >= bin && (at < bin + 1 || bin === bins - 1);
    });
    return inside.length / returns.length;
  });
  return bits(shares) / Math.log2(bins);
}

describe("shannonEntropy", () => {
  it.each([
    ["8 returns in 8 bins", [1, 2, 3, 4, 5, 6, 7, 8], 8, 1],
    ["one large return among many small", [0, 0, 0, 0, 0, 0, 0, 9], 8, bits([7 / 8, 1 / 8]) / 3],
    ["halves at both ends", [1, 8, 1, 8], 4, 0.5],
    ["equal returns", [2, 2, 2, 2], 4, 0],
    ["the greatest belongs to the last bin", [0, 1, 2, 2], 2, bits([1 / 4, 3 / 4])],
  ])("of %s", (_, returns, bins, expected) => {
    const indicator = shannonEntropy({ window: returns.length, bins });
    expect(lastOf(indicator, pricesOf(returns.map((one) => one / 1000)))).toBeCloseTo(expected, 12);
  });

  it("equals the definition, computed anew at every step", () => {
    const prices = randomWalk(200, 5);
    const returns = returnsOf(
      prices.map((price) => [price]),
      0,
    );
    const indicator = shannonEntropy({ window: 40, bins: 6 });
    for (const [t, price] of prices.entries()) {
      const value = indicator.update(price);
      const window = returns.slice(t - 40, t);
      if (t >= 40) expect(value).toBeCloseTo(directShannon(window, window, 6), 12);
    }
  });
});

describe("permutationEntropy", () => {
  // Bandt and Pompe's own example: 4 7 9 10 6 11 3 has the patterns 012 ×2, 102 ×2, 120 ×1 (as they write them).
  it("of the example of its authors is 1.522 bits", () => {
    const value = lastOf(permutationEntropy({ window: 5, order: 3 }), [4, 7, 9, 10, 6, 11, 3]);
    expect(value * Math.log2(6)).toBeCloseTo(bits([2 / 5, 2 / 5, 1 / 5]), 12);
    expect(value * Math.log2(6)).toBeCloseTo(1.522, 3);
  });

  it("of the same example at order 2 is 0.918 bits", () => {
    expect(lastOf(permutationEntropy({ window: 6, order: 2 }), [4, 7, 9, 10, 6, 11, 3])).toBeCloseTo(
      0.918,
      3,
    );
  });

  it.each([
    ["a steady rise", (t: number) => t + 1, 0],
    ["a standstill: the earlier of equals is the lower", () => 5, 0],
    ["two prices in turn", (t: number) => 1 + (t % 2), bits([1 / 2, 1 / 2]) / Math.log2(6)],
  ])("of %s", (_, priceAt, expected) => {
    const prices = Array.from({ length: 42 }, (_, t) => priceAt(t));
    expect(lastOf(permutationEntropy({ window: 40, order: 3 }), prices)).toBeCloseTo(expected, 12);
  });

  it("of white noise is 1, of a random walk 0.967 at order 3", () => {
    const draw = normal(3);
    const noise = Array.from({ length: 20_002 }, () => 100 + draw());
    const make = () => permutationEntropy({ window: 20_000, order: 3 });
    expect(lastOf(make(), noise)).toBeGreaterThan(0.999);
    // Two steps of equal size: rising or falling throughout has 1/4 each, the four others 1/8.
    const expected = bits([1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8]) / Math.log2(6);
    expect(expected).toBeCloseTo(0.967, 3);
    expect(lastOf(make(), randomWalk(20_002, 4))).toBeCloseTo(expected, 2);
  });

  it.each([
    [2, 1],
    [3, 2],
    [4, 1],
    [5, 3],
  ])("equals the definition, computed anew at every step (order %i, delay %i)", (order, delay) => {
    const prices = randomWalk(150, 6).map((price) => Math.round(price * 2)); // with ties
    const span = (order - 1) * delay;
    const patternAt = (end: number) => {
      const values = Array.from({ length: order }, (_, i) => prices[end - span + i * delay]!);
      // A stable sort keeps equals in their order.
      return values
        .map((_, i) => i)
        .sort((a, b) => values[a]! - values[b]!)
        .join("");
    };
    const indicator = permutationEntropy({ window: 30, order, delay });
    for (const [t, price] of prices.entries()) {
      const value = indicator.update(price);
      if (t < 29 + span) continue;
      const counts = new Map<string, number>();
      for (let end = t - 29; end <= t; end++)
        counts.set(patternAt(end), (counts.get(patternAt(end)) ?? 0) + 1);
      const possible = Array.from({ length: order }, (_, i) => Math.log2(i + 1)).reduce(
        (sum, one) => sum + one,
        0,
      );
      expect(value).toBeCloseTo(bits([...counts.values()].map((count) => count / 30)) / possible, 12);
    }
  });
});

describe("entropyChange", () => {
  it("equals the definition with bins of both windows together, computed anew at every step", () => {
    const prices = randomWalk(200, 15);
    const returns = returnsOf(
      prices.map((price) => [price]),
      0,
    );
    const indicator = entropyChange({ window: 30, bins: 7 });
    for (const [t, price] of prices.entries()) {
      const value = indicator.update(price);
      if (t < 60) continue;
      const [both, before, now] = [
        returns.slice(t - 60, t),
        returns.slice(t - 60, t - 30),
        returns.slice(t - 30, t),
      ];
      expect(value).toBeCloseTo(directShannon(now, both, 7) - directShannon(before, both, 7), 12);
    }
  });

  it("sees that returns became wider, which bins of each window's own would hide", () => {
    const draw = normal(9);
    const calm = Array.from({ length: 100 }, () => 0.001 * draw());
    const wild = Array.from({ length: 100 }, () => 0.01 * draw());
    const make = () => entropyChange({ window: 100 });
    expect(lastOf(make(), pricesOf([...calm, ...wild]))).toBeGreaterThan(0.4);
    expect(lastOf(make(), pricesOf([...wild, ...calm]))).toBeLessThan(-0.4);
    const own = (returns: number[]) => lastOf(shannonEntropy({ window: 100 }), pricesOf(returns));
    expect(Math.abs(own(wild) - own(calm))).toBeLessThan(0.2);
  });

  it("is about 0 on average for a random walk", () => {
    const indicator = entropyChange({ window: 50 });
    expect(
      meanOf(
        randomWalk(3000, 2)
          .map((price) => indicator.update(price))
          .slice(100),
      ),
    ).toBeCloseTo(0, 1);
  });
});

describe("permutationEntropyChange", () => {
  it("is the entropy now less that of a window ago", () => {
    const options = { window: 25, order: 3, delay: 2 };
    const [change, entropy] = [permutationEntropyChange(options), permutationEntropy(options)];
    const past: number[] = [];
    for (const [t, price] of randomWalk(200, 1).entries()) {
      past.push(entropy.update(price));
      const found = change.update(price);
      if (t >= 53) expect(found).toBe(past[t]! - past[t - 25]!);
    }
  });

  it("falls when disorder gives way to a steady rise", () => {
    const prices = [...randomWalk(60, 2), ...Array.from({ length: 50 }, (_, t) => 200 + t)];
    expect(lastOf(permutationEntropyChange({ window: 50 }), prices)).toBeLessThan(-0.8);
  });
});
