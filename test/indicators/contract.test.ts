import { describe, expect, it } from "vitest";
import { atr, ema, type Indicator, rsi, sma, stddev } from "../../src/indicators/index.ts";
import { type Candle, feed, walk, worstRelativeError } from "./series.ts";

interface Case {
  readonly name: string;
  readonly make: (n: number) => Indicator<Candle>;
  /** Inputs needed for the first value. */
  readonly first: (n: number) => number;
  /** value(k × prices) = k^degree × value(prices) */
  readonly degree: number;
}

const ofCloses = (make: (n: number) => Indicator): Case["make"] => {
  return (n) => {
    const indicator = make(n);
    return {
      update: (candle) => indicator.update(candle.close),
      get value() {
        return indicator.value;
      },
      get ready() {
        return indicator.ready;
      },
    };
  };
};

const cases: readonly Case[] = [
  { name: "sma", make: ofCloses(sma), first: (n) => n, degree: 1 },
  { name: "ema", make: ofCloses(ema), first: (n) => n, degree: 1 },
  { name: "stddev", make: ofCloses(stddev), first: (n) => n, degree: 1 },
  { name: "rsi", make: ofCloses(rsi), first: (n) => n + 1, degree: 0 },
  { name: "atr", make: atr, first: (n) => n, degree: 1 },
];
const periods = [1, 2, 3, 14, 50];

describe.each(cases)("$name", ({ make, first, degree }) => {
  const candles = walk(400, 7);

  it.each(periods)("is NaN and not ready until enough inputs have come (n = %i)", (n) => {
    const indicator = make(n);
    expect(indicator.value).toBeNaN();
    for (const [i, candle] of candles.entries()) {
      const value = indicator.update(candle);
      const due = i + 1 >= first(n);
      expect(indicator.ready).toBe(due);
      expect(Number.isNaN(value)).toBe(!due);
    }
  });

  it.each(periods)("keeps the value that update returned until the next update (n = %i)", (n) => {
    const indicator = make(n);
    for (const candle of candles) {
      const value = indicator.update(candle);
      expect(indicator.value).toBe(value);
      expect(indicator.value).toBe(value);
    }
  });

  it.each(periods)("has at t the value of a fresh one fed only the inputs up to t (n = %i)", (n) => {
    const indicator = make(n);
    const early = feed(indicator, candles);
    for (const t of [n, 100, 250, 399]) {
      expect(feed(make(n), candles.slice(0, t + 1)).at(-1)).toBe(early[t]);
    }
  });

  it("shares nothing with another instance", () => {
    const [a, b] = [make(5), make(5)];
    const alone = feed(make(5), candles);
    const interleaved = candles.map((candle, i) => {
      b.update(candles[candles.length - 1 - i]!);
      return a.update(candle);
    });
    expect(interleaved).toEqual(alone);
  });

  it.each([0.01, 1e-6, 7, 100, 1e6])("follows prices × %d", (k) => {
    const scaled = candles.map(({ open, high, low, close }) => {
      return { open: open * k, high: high * k, low: low * k, close: close * k };
    });
    const expected = feed(make(14), candles).map((value) => value * k ** degree);
    expect(worstRelativeError(feed(make(14), scaled), expected)).toBeLessThan(1e-8);
  });
});

const makers = { sma, ema, rsi, atr, stddev };

describe.each(Object.entries(makers))("%s refuses", (name, make) => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3", undefined, 2 ** 53])("n = %s", (n) => {
    expect(() => make(n as number)).toThrow(RangeError);
    expect(() => make(n as number)).toThrow(`${name}: n must be a positive integer, found`);
  });
});

describe.each([
  ["sma", sma],
  ["ema", ema],
  ["rsi", rsi],
  ["stddev", stddev],
] as const)("%s refuses", (name, make) => {
  const unfit = [undefined, null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "5", 1e151];

  it.each(unfit)("the input %s and stays as it was", (input) => {
    const [disturbed, calm] = [make(2), make(2)];
    for (const good of [3, 1 / 3, 4, 6, 5]) {
      expect(() => disturbed.update(input as number)).toThrow(TypeError);
      expect(() => disturbed.update(input as number)).toThrow(`${name}: expected a finite number`);
      expect(disturbed.update(good)).toBe(calm.update(good));
    }
  });
});

describe("atr refuses", () => {
  const bar = { high: 3, low: 1, close: 2 };

  it.each([
    ["no bar", undefined, "atr: expected a bar { high, low, close } as input, found undefined"],
    ["a bare number", 5, "atr: expected a bar { high, low, close } as input, found 5"],
    ["a missing high", { low: 1, close: 2 }, "atr: high: expected a finite number"],
    ["a NaN low", { ...bar, low: Number.NaN }, "atr: low: expected a finite number"],
    [
      "a close that is text",
      { ...bar, close: "2" },
      'atr: close: expected a finite number of at most 1e+150 in size as input, found the string "2"',
    ],
    [
      "a high below the low",
      { ...bar, high: 0 },
      "atr: expected a high not below the low, found high 0, low 1",
    ],
  ])("%s and stays as it was", (_, input, message) => {
    const [disturbed, calm] = [atr(2), atr(2)];
    for (const close of [2, 1, 3, 2]) {
      expect(() => disturbed.update(input as typeof bar)).toThrow(message);
      expect(disturbed.update({ ...bar, close })).toBe(calm.update({ ...bar, close }));
    }
  });
});
