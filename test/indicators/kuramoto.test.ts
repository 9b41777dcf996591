import { describe, expect, it } from "vitest";
import { kuramoto, kuramotoScales } from "../../src/indicators/index.ts";
import { meanOf, normal, pricesOf, randomWalks, returnsOf } from "./markets.ts";

/** Straight from the definition: phase of the last n = period × cycles returns, less their mean, at 1 / period. */
function directPhase(returns: readonly number[], period: number, cycles: number): number {
  const window = returns.slice(-period * cycles);
  const mean = meanOf(window);
  let [re, im] = [0, 0];
  for (const [i, value] of window.reverse().entries()) {
    re += (value - mean) * Math.cos((2 * Math.PI * i) / period);
    im += (value - mean) * Math.sin((2 * Math.PI * i) / period);
  }
  return Math.atan2(im, re);
}

const orderOf = (phases: readonly number[]) =>
  Math.hypot(meanOf(phases.map(Math.cos)), meanOf(phases.map(Math.sin)));

describe("kuramoto", () => {
  it("equals the definition, computed anew at every step, drift and all", () => {
    const rows = randomWalks(300, 5, 3, 0.4).map((row, t) => row.map((price, i) => price * 1.002 ** (t * i)));
    const indicator = kuramoto({ assets: 5, periods: [6, 10], cycles: 3 });
    for (const [t, row] of rows.entries()) {
      const value = indicator.update(row);
      if (t < 30) continue;
      const byPeriod = [6, 10].map((period) => {
        const seen = rows.slice(0, t + 1);
        return orderOf(row.map((_, i) => directPhase(returnsOf(seen, i), period, 3)));
      });
      expect(value).toBeCloseTo(meanOf(byPeriod), 9);
      expect(indicator.byPeriod[1]).toBeCloseTo(byPeriod[1]!, 9);
    }
  });

  it.each([2, 5, 10])("of %i independent random walks is near √(π / 4N), not near 1", (assets) => {
    const indicator = kuramoto({ assets, periods: [8, 16], cycles: 4 });
    const values = randomWalks(8000, assets, 21).map((row) => indicator.update(row));
    expect(meanOf(values.slice(100))).toBeCloseTo(Math.sqrt(Math.PI / 4 / assets), 1);
  });

  it("is 1 for copies of one price in other units, and falls with the share that is their own", () => {
    const averageAt = (share: number) => {
      const indicator = kuramoto({ assets: 6, periods: [10] });
      const rows = randomWalks(3000, 6, 8, share).map((row) => row.map((price, i) => price * 10 ** (i - 3)));
      return meanOf(rows.map((row) => indicator.update(row)).slice(41));
    };
    const averages = [0, 0.3, 0.6, 0.9].map(averageAt);
    expect(averages).toEqual(averages.toSorted((a, b) => a - b));
    expect(averageAt(1)).toBeCloseTo(1, 9);
  });

  it.each([
    ["two halves in opposite phase", [0, 0, Math.PI, Math.PI], 0],
    ["phases spread evenly", [0, Math.PI / 2, Math.PI, (3 * Math.PI) / 2], 0],
    ["a quarter turn between two", [0, Math.PI / 2], Math.SQRT1_2],
    ["all in phase", [1, 1, 1], 1],
  ])("of %s is what it must be", (_, shifts, expected) => {
    const indicator = kuramoto({ assets: shifts.length, periods: [20], cycles: 2 });
    const waves = shifts.map((shift, i) => {
      const height = 0.01 * (i + 1); // how far it swings does not matter
      return pricesOf(
        Array.from({ length: 100 }, (_, t) => height * Math.cos((2 * Math.PI * t) / 20 + shift)),
      );
    });
    const rows = waves[0]!.map((_, t) => waves.map((wave) => wave[t]!));
    const values = rows.map((row) => indicator.update(row));
    for (const value of values.slice(40)) expect(value).toBeCloseTo(expected, 9);
  });

  it("leaves out what does not move, and has no value when one asset is left", () => {
    const [all, moving] = [kuramoto({ assets: 3, periods: [5] }), kuramoto({ assets: 2, periods: [5] })];
    const alone = kuramoto({ assets: 2, periods: [5] });
    for (const [a, b] of randomWalks(100, 2, 4) as [number, number][]) {
      all.update([a, 42, b]);
      moving.update([a, b]);
      alone.update([a, 42]);
    }
    expect(all.value).toBe(moving.value);
    expect(alone.ready).toBe(false);
  });

  // dθi/dt = ωi + K/N Σ sin(θj - θi); for a Lorentz distribution of half width γ the critical coupling is 2γ.
  it("tells coupled oscillators below the critical coupling from those above", () => {
    const gamma = 0.01;
    const averageAt = (coupling: number) => {
      const N = 40;
      const own = Array.from({ length: N }, (_, i) => {
        return (2 * Math.PI) / 20 + gamma * Math.tan(Math.PI * ((i + 0.5) / N - 0.5));
      });
      let phases = own.map((_, i) => (i * 2.399963) % (2 * Math.PI));
      const logs = new Array<number>(N).fill(0);
      const indicator = kuramoto({ assets: N, periods: [20], cycles: 4 });
      const values: number[] = [];
      for (let t = 0; t < 1500; t++) {
        const re = meanOf(phases.map(Math.cos));
        const im = meanOf(phases.map(Math.sin));
        phases = phases.map((phase, i) => {
          return phase + own[i]! + coupling * (im * Math.cos(phase) - re * Math.sin(phase));
        });
        for (const [i, phase] of phases.entries()) logs[i]! += 0.01 * Math.cos(phase);
        values.push(indicator.update(logs.map(Math.exp)));
      }
      return meanOf(values.slice(700));
    };
    expect(averageAt(0.5 * 2 * gamma)).toBeLessThan(0.35);
    // Theory: R = √(1 - Kc / K) = 0.82 at 3 Kc.
    const strong = averageAt(3 * 2 * gamma);
    expect(strong).toBeGreaterThan(0.7);
    expect(strong).toBeLessThan(0.95);
  });
});

describe("kuramotoScales", () => {
  it("equals the definition, computed anew at every step", () => {
    const prices = randomWalks(300, 1, 6).map(([price]) => price!);
    const indicator = kuramotoScales({ periods: [4, 9, 25], cycles: 2 });
    for (const [t, price] of prices.entries()) {
      const value = indicator.update(price);
      if (t < 50) continue;
      const returns = returnsOf(
        prices.slice(0, t + 1).map((one) => [one]),
        0,
      );
      const phases = [4, 9, 25].map((period) => directPhase(returns, period, 2));
      expect(value).toBeCloseTo(orderOf(phases), 9);
      const mean = Math.atan2(meanOf(phases.map(Math.sin)), meanOf(phases.map(Math.cos)));
      expect(Math.cos(indicator.phase - mean)).toBeCloseTo(1, 9);
    }
  });

  it("is 1 where short and long waves crest together, and knows that they crest", () => {
    const indicator = kuramotoScales({ periods: [8, 16, 32] });
    const wave = (t: number) =>
      [8, 16, 32].reduce((sum, period) => sum + Math.cos((2 * Math.PI * t) / period), 0);
    const prices = pricesOf(Array.from({ length: 161 }, (_, t) => 0.01 * wave(t)));
    for (const price of prices) indicator.update(price);
    expect(indicator.value).toBeCloseTo(1, 9);
    expect(indicator.phase).toBeCloseTo(0, 9);
  });

  it("of white noise is near √(π / 4S)", () => {
    const indicator = kuramotoScales({ periods: [8, 16, 32, 64] });
    const draw = normal(2);
    const values = pricesOf(Array.from({ length: 20_000 }, () => 0.01 * draw())).map((price) =>
      indicator.update(price),
    );
    expect(Math.abs(meanOf(values.slice(300)) - Math.sqrt(Math.PI / 16))).toBeLessThan(0.05);
  });
});
