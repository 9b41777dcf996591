/** Long runs, spikes, ties and awkward magnitudes: where a plain running sum lies. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ema, sma, stddev } from "../../src/indicators/index.ts";
import { directDeviation, directMean, feed, uniform, worstRelativeError } from "./series.ts";

describe("sma", () => {
  it.each([
    ["two-decimal prices", (random: () => number) => Math.round(random() * 1e6) / 100 + 0.01],
    ["doubles", (random: () => number) => random() * 1e4 + 1 / 3],
  ])("stays within 1e-12 of the direct mean for 10 million %s", (_, draw) => {
    const n = 30;
    const random = uniform(1);
    const indicator = sma(n);
    const recent = new Float64Array(n);
    let worst = 0;
    for (let i = 0; i < 1e7; i++) {
      const input = draw(random);
      recent[i % n] = input;
      const value = indicator.update(input);
      if (i % 9_973 === 0 && i >= n) {
        const mean = directMean(recent, n - 1, n);
        worst = Math.max(worst, Math.abs(value - mean) / mean);
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  it("is the same to the last bit wherever a series of decimals began", () => {
    const random = uniform(3);
    const prices = Array.from({ length: 500 }, () => Math.round(random() * 1e6) / 1e4);
    const long = feed(sma(30), prices);
    for (let start = 1; start <= 60; start++) {
      expect(feed(sma(30), prices.slice(start)).at(-1)).toBe(long.at(-1));
    }
  });

  it("rounds once: the mean of decimals is the double nearest to the true mean", () => {
    const cents = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 40 }), (values) => {
        const n = values.length;
        const sum = values.reduce((total, value) => total + value, 0);
        expect(
          feed(
            sma(n),
            values.map((value) => value / 100),
          ).at(-1)! + 0,
        ).toBe(sum / (100 * n) + 0);
      }),
    );
  });

  it("ties where decimals tie: averages of 10 and 30 inputs with equal means on paper are equal", () => {
    const random = uniform(5);
    for (let round = 0; round < 500; round++) {
      // Three runs of ten in shuffled order: the mean of the last ten is the mean of all thirty.
      const run = Array.from({ length: 10 }, () => Math.round(random() * 1e6) / 100);
      const inputs = [...run, ...run.toReversed(), ...run.toSorted((a, b) => a - b)];
      expect(feed(sma(10), inputs).at(-1)).toBe(feed(sma(30), inputs).at(-1));
    }
  });

  it("keeps the older inputs when a finer one arrives", () => {
    const inputs = [5, 7, 0.5, 0.25, 100.12345678, 3, 0.1, 9];
    const expected = inputs.map((_, i) => (i < 2 ? Number.NaN : directMean(inputs, i, 3)));
    expect(worstRelativeError(feed(sma(3), inputs), expected)).toBeLessThan(1e-15);
  });

  it("goes on when the inputs stop being decimals, with the window half full or full", () => {
    for (const decimals of [0, 1, 2, 3, 4, 5, 7, 9]) {
      const inputs = Array.from({ length: 20 }, (_, i) => (i < decimals ? i + 0.1 : (i * i) / 7));
      const expected = inputs.map((_, i) => (i < 3 ? Number.NaN : directMean(inputs, i, 4)));
      expect(worstRelativeError(feed(sma(4), inputs), expected)).toBeLessThan(1e-14);
    }
  });

  it("takes integers up to the edge of what it sums exactly, and beyond", () => {
    for (const n of [1, 3, 7]) {
      const edge = Math.floor(2 ** 51 / n);
      for (const input of [edge - 1, edge, edge + 1, edge - 0.125, 2 ** 53, -edge, 1e150]) {
        expect(feed(sma(n), Array(n).fill(input)).at(-1)).toBe(input);
      }
    }
  });
});

describe.each([
  ["sma", sma, directMean],
  ["stddev", stddev, directDeviation],
] as const)("%s", (_, make, direct) => {
  it.each([1e12, -1e12, 1e100, 123456789.123456])(
    "forgets a spike of %d once it has left the window",
    (spike) => {
      const n = 20;
      const random = uniform(9);
      for (let at = 0; at < n; at++) {
        const inputs = Array.from({ length: 90 }, () => Math.round(random() * 1e4) / 100 + 1);
        inputs[30 + at] = spike;
        const found = feed(make(n), inputs).slice(30 + at + n);
        const expected = inputs.map((_, i) => direct(inputs, i, n)).slice(30 + at + n);
        expect(worstRelativeError(found, expected)).toBeLessThan(1e-12);
      }
    },
  );

  it.each([1 / 3, 0.1, 49.0000000001, 1e9 + 1 / 3, 1e150])(
    "of equal inputs %d is exact at every step",
    (input) => {
      const indicator = make(7);
      feed(indicator, [1, 2, 3, 4, 5]); // so that the equal inputs begin inside a block
      const values = feed(indicator, Array(30).fill(input)).slice(6);
      expect(values).toEqual(Array(24).fill(make === sma ? input : 0));
    },
  );
});

describe("stddev", () => {
  it("does not lose the deviation of 1e9 ± 1", () => {
    const inputs = Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2 === 0 ? 1 : -1));
    for (const value of feed(stddev(10), inputs).slice(9)) expect(value).toBe(1);
  });

  it("equals the two-pass formula, and so is never NaN once ready, whatever the magnitudes", () => {
    const input = fc.oneof(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 1e9 - 1, max: 1e9 + 1, noNaN: true }),
      fc.constantFrom(0, 1e-9, 1e12, -1e12),
    );
    fc.assert(
      fc.property(
        fc.array(input, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (inputs, n) => {
          const found = feed(stddev(n), inputs);
          for (let i = n - 1; i < inputs.length; i++) {
            const expected = directDeviation(inputs, i, n);
            expect(Math.abs(found[i]! - expected)).toBeLessThanOrEqual(1e-12 * expected + 1e-150);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("ema", () => {
  it("of equal inputs is exact, seed included", () => {
    for (const input of [0.1, 1 / 3, 49.01]) {
      expect(feed(ema(10), Array(50).fill(input)).slice(9)).toEqual(Array(41).fill(input));
    }
  });
});
