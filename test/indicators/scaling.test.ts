/** hurst and dfa: walks of known exponents, and the definitions computed directly. */
import { describe, expect, it } from "vitest";
import { dfa, hurst, type Indicator } from "../../src/indicators/index.ts";
import { meanOf, normal, pricesOf, randomWalk } from "./markets.ts";

const lastOf = (indicator: Indicator, prices: readonly number[]) => {
  for (const price of prices) indicator.update(price);
  return indicator.value;
};
const averageOf = (make: () => Indicator, pricesBy: (seed: number) => number[], runs: number) =>
  meanOf(Array.from({ length: runs }, (_, run) => lastOf(make(), pricesBy(1000 * run + 1))));

/** Slope by the normal equations, written out. */
function slopeThrough(points: readonly (readonly [number, number])[]): number {
  const sum = (term: (x: number, y: number) => number) =>
    points.reduce((total, [x, y]) => total + term(x, y), 0);
  const [n, x, y] = [points.length, sum((x) => x), sum((_, y) => y)];
  return (n * sum((a, b) => a * b) - x * y) / (n * sum((a) => a * a) - x * x);
}

function noise(length: number, seed: number): number[] {
  const draw = normal(seed);
  return Array.from({ length }, () => Math.exp(5 + 0.01 * draw()));
}

/** Each return takes over this share of the one before. */
function autoregressive(length: number, seed: number, share: number): number[] {
  const draw = normal(seed);
  let change = 0;
  return pricesOf(Array.from({ length: length - 1 }, () => (change = share * change + 0.01 * draw())));
}

const drifting = (length: number, seed: number) =>
  randomWalk(length, seed).map((price, t) => price * 1.01 ** t);

describe.each([
  ["hurst", () => hurst(256), 0.02, 0.05],
  ["dfa", () => dfa(256), 0.03, 0.22],
] as const)("%s", (_, make, error, noiseAtMost) => {
  it.each([
    ["a random walk", randomWalk],
    ["a random walk with a strong drift, which alone is no persistence", drifting],
  ])("is 0.5 on average for %s", (_, walk) => {
    expect(Math.abs(averageOf(make, (seed) => walk(257, seed), 150) - 0.5)).toBeLessThan(error);
  });

  it("is near 0 for white noise around a level, from above", () => {
    const found = averageOf(make, (seed) => noise(257, seed), 40);
    expect(found).toBeGreaterThan(-0.02);
    expect(found).toBeLessThan(noiseAtMost);
  });

  it("is above 0.5 for returns that persist, below for returns that revert", () => {
    expect(averageOf(make, (seed) => autoregressive(257, seed, 0.5), 40)).toBeGreaterThan(0.58);
    expect(averageOf(make, (seed) => autoregressive(257, seed, -0.5), 40)).toBeLessThan(0.42);
  });

  it("is 1 or more for a smooth swing", () => {
    const swing = Array.from({ length: 257 }, (_, t) => Math.exp(Math.sin((2 * Math.PI * t) / 257)));
    expect(lastOf(make(), swing)).toBeGreaterThan(0.95);
  });

  it("has no value for a price that only grows evenly", () => {
    expect(
      lastOf(
        make(),
        Array.from({ length: 300 }, (_, t) => 1.01 ** t),
      ),
    ).toBeNaN();
  });
});

describe("hurst", () => {
  it("equals the definition, computed anew at every step", () => {
    const n = 70;
    const prices = autoregressive(200, 3, 0.3);
    const logs = prices.map(Math.log);
    const indicator = hurst(n);
    for (const [t, price] of prices.entries()) {
      const value = indicator.update(price);
      if (t < n) continue;
      const window = logs.slice(t - n, t + 1);
      const drift = (window[n]! - window[0]!) / n;
      const points = [1, 2, 4, 8].map((lag) => {
        const excess = window.slice(lag).map((log, i) => log - window[i]! - lag * drift);
        const divisor = (n - lag + 1) * (1 - lag / n);
        return [Math.log(lag), Math.log(excess.reduce((sum, one) => sum + one * one, 0) / divisor)] as const;
      });
      expect(value).toBeCloseTo(slopeThrough(points) / 2, 9);
    }
  });
});

describe("dfa", () => {
  const sizes = [4, 6, 8, 11, 16];

  /** Squares that the best line leaves, by least squares on the points themselves. */
  function leftOver(ys: readonly number[]): number {
    const b = slopeThrough(ys.map((y, x) => [x, y]));
    const a = meanOf(ys) - (b * (ys.length - 1)) / 2;
    return ys.reduce((sum, y, x) => sum + (y - a - b * x) ** 2, 0);
  }

  const boxesOf = (ys: readonly number[], size: number) => {
    const firsts = Array.from({ length: Math.floor(ys.length / size) }, (_, box) => box * size);
    const fromEnd = firsts.map((first) => ys.length - first - size);
    return [...firsts, ...fromEnd].map((first) => ys.slice(first, first + size));
  };

  it("equals the definition with direct least squares, computed anew at every step", () => {
    const n = 70;
    const prices = randomWalk(150, 8);
    const indicator = dfa(n);
    for (const [t, price] of prices.entries()) {
      const value = indicator.update(price);
      if (t < n - 1) continue;
      const profile = prices.slice(t - n + 1, t + 1).map(Math.log);
      const points = sizes.map((size) => {
        const square = meanOf(boxesOf(profile, size).map(leftOver)) / size;
        return [Math.log((size * size - 4) / size), Math.log(square) / 2] as const;
      });
      expect(value).toBeCloseTo(slopeThrough(points), 8);
    }
  });

  it("rests on F² of uncorrelated returns being proportional to (s² - 4) / s", () => {
    const profile = randomWalk(200_000, 77).map(Math.log);
    for (const size of [4, 8, 32]) {
      const square = meanOf(boxesOf(profile, size).map(leftOver)) / size;
      const expected = (1e-4 * (size * size - 4)) / (15 * size);
      expect(square / expected).toBeGreaterThan(0.95);
      expect(square / expected).toBeLessThan(1.05);
    }
  });
});
