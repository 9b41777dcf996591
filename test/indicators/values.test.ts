/** Values: rows worked by hand, the trading-signals package, the definitions computed directly. */
import { ATR, RSI, SMA } from "trading-signals";
import { describe, expect, it } from "vitest";
import { atr, ema, rsi, sma, stddev } from "../../src/indicators/index.ts";
import { type Candle, directDeviation, feed, sharedFiles, walk, worstRelativeError } from "./series.ts";

const none = Number.NaN;

describe("values worked by hand", () => {
  it.each([
    ["sma", sma(3), [1, 2, 6, 4], [none, none, 3, 4]],
    ["sma of one", sma(1), [5, 0.1, -2], [5, 0.1, -2]],
    [
      "ema: seed 2, then 2 + 1/2 × (6 - 2), 4 + 1/2 × (2 - 4)",
      ema(3),
      [1, 2, 3, 6, 2],
      [none, none, 2, 4, 3],
    ],
    ["ema of one", ema(1), [5, 0.25, -2], [5, 0.25, -2]],
    ["stddev of (2 4 4 4 5 5 7 9)", stddev(8), [2, 4, 4, 4, 5, 5, 7, 9], [...Array(7).fill(none), 2]],
    ["stddev divides by n", stddev(2), [1, 3, 3, 9], [none, 1, 0, 3]],
    ["stddev of one", stddev(1), [5, 0.1], [0, 0]],
    // Changes +2, -1, +3: seed G = 1, L = 0.5; then G = 2, L = 0.25.
    ["rsi", rsi(2), [10, 12, 11, 14], [none, none, 100 / 1.5, (100 * 2) / 2.25]],
    ["rsi of one", rsi(1), [10, 12, 11], [none, 100, 0]],
    ["rsi when only gains", rsi(3), [0.1, 0.2, 0.3, 0.7, 1.1], [none, none, none, 100, 100]],
    ["rsi when only losses", rsi(2), [4, 3, 1, 0.5], [none, none, 0, 0]],
    ["rsi when nothing moved", rsi(2), [4, 4, 4, 4], [none, none, 50, 50]],
  ])("%s", (_, indicator, inputs, expected) => {
    expect(worstRelativeError(feed(indicator, inputs), expected)).toBeLessThan(1e-15);
  });

  it("atr: the first range is high - low, gaps count, then Wilder's average", () => {
    const bars = [
      { high: 10, low: 8, close: 9 }, // 2
      { high: 12, low: 11, close: 11 }, // gap up: 12 - 9 = 3
      { high: 10, low: 9, close: 10 }, // gap down: 11 - 9 = 2
      { high: 15, low: 9, close: 9 }, // 6
    ];
    expect(feed(atr(2), bars)).toEqual([none, 2.5, 2.25, 4.125]);
  });

  it("rsi keeps its value through a standstill of any length", () => {
    const indicator = rsi(2);
    feed(indicator, [10, 12, 11]);
    const before = indicator.value;
    for (let i = 0; i < 5000; i++) indicator.update(11);
    expect(indicator.value).toBe(before);
    expect(indicator.update(11.01)).toBeCloseTo(100, 9);
  });
});

const sources = [{ name: "a random walk", present: true, candles: () => walk(5000, 42) }, ...sharedFiles];

describe.each(sources)("on $name", ({ present, candles }) => {
  describe.skipIf(!present).each([1, 2, 10, 14, 200])("n = %i", (n) => {
    const bars: readonly Candle[] = present ? candles() : [];
    const closes = bars.map((bar) => bar.close);

    it("sma equals trading-signals", () => {
      expect(worstRelativeError(feed(sma(n), closes), theirs(new SMA(n), closes))).toBeLessThan(1e-9);
    });

    // Theirs has no value for n = 1, and is 100 where ours is 50: when nothing moved for n inputs.
    it.skipIf(n === 1)("rsi equals trading-signals, where the price moved", () => {
      const moved = closes.filter((close, i) => close !== closes[i - 1]);
      // Theirs is 100 - 100 / (1 + G / L), which loses its digits next to 0: compare on 1 to 101.
      const found = feed(rsi(n), moved).map((value) => value + 1);
      const expected = theirs(new RSI(n), moved).map((value) => value + 1);
      expect(worstRelativeError(found, expected)).toBeLessThan(1e-9);
    });

    it("atr equals trading-signals", () => {
      expect(worstRelativeError(feed(atr(n), bars), theirs(new ATR(n), bars))).toBeLessThan(1e-9);
    });

    it("ema equals its formula, written the other way round", () => {
      const alpha = 2 / (n + 1);
      let mean = closes.slice(0, n).reduce((sum, close) => sum + close, 0) / n;
      const expected = closes.map((close, i) => {
        if (i >= n) mean = alpha * close + (1 - alpha) * mean;
        return i < n - 1 ? none : mean;
      });
      expect(worstRelativeError(feed(ema(n), closes), expected)).toBeLessThan(1e-9);
    });

    it("stddev equals the two-pass formula", () => {
      const expected = closes.map((_, i) => (i < n - 1 ? none : directDeviation(closes, i, n)));
      expect(worstRelativeError(feed(stddev(n), closes), expected)).toBeLessThan(1e-9);
    });
  });
});

function theirs<I>(indicator: { update(input: I, replace: boolean): number | null }, inputs: readonly I[]) {
  return inputs.map((input) => indicator.update(input, false) ?? none);
}
