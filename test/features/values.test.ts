/** Features against numbers worked out by hand, by definition, or by an independent library. */
import fc from "fast-check";
import { EMA, MACD } from "trading-signals";
import { describe, expect, it } from "vitest";
import { featureConfig } from "../../src/features/config.ts";
import { type FeatureOptions, FeaturePipeline } from "../../src/features/index.ts";
import { normalShare, Takers } from "../../src/features/takers.ts";
import { Vpin } from "../../src/features/vpin.ts";
import { columnsOf, tradedWalk } from "./series.ts";

const flat = (close: number, volume = 1) => ({ open: close, high: close, low: close, close, volume });

describe("price features", () => {
  it("are what their formulas say", () => {
    const row = columnsOf([{ open: 99, high: 110, low: 95, close: 100, volume: Math.E - 1 }, flat(110)]);
    expect(row.range).toEqual([0.15, 0]);
    expect(row.return1![1]).toBeCloseTo(Math.log(1.1), 15);
    expect(row.logVolume![0]).toBeCloseTo(1, 15);
  });

  it("look back as many bars as asked for", () => {
    const columns = columnsOf(
      [1, 2, 4, 8, 16].map((price) => flat(price)),
      { returnPeriods: [1, 3] },
    );
    expect(columns.return3!.map((value) => value / Math.LN2)).toEqual([NaN, NaN, NaN, 3, 3]);
  });

  it("have the volatility of one bar: the deviation of log returns", () => {
    const { volatility2 } = columnsOf(
      [1, Math.E, 1, Math.E].map((price) => flat(price)),
      {
        volatilityWindows: [2],
      },
    );
    expect(volatility2!.slice(0, 2)).toEqual([Number.NaN, Number.NaN]);
    expect(volatility2![2]).toBeCloseTo(1, 15);
  });

  it("agree with another library on MACD once both have forgotten their start", () => {
    const bars = tradedWalk(2000, 5);
    const other = new MACD(new EMA(12), new EMA(26), new EMA(9));
    const theirs = bars.map(({ close }) => other.update(close, false)).at(-1)!;
    const ours = columnsOf(bars);
    expect(ours.macd!.at(-1)).toBeCloseTo(theirs.macd, 9);
    expect(ours.macdSignal!.at(-1)).toBeCloseTo(theirs.signal, 9);
    expect(ours.macdHistogram!.at(-1)).toBeCloseTo(theirs.histogram, 9);
  });
});

describe("the volume score", () => {
  it("is distance from the mean in deviations, this bar included", () => {
    const { volumeZ4 } = columnsOf(
      [1, 1, 1, 5].map((volume) => flat(10, volume)),
      { volumeZWindow: 4 },
    );
    // Mean 2, deviation √3.
    expect(volumeZ4!.at(-1)).toBeCloseTo(Math.sqrt(3), 12);
  });

  it("is 0 when all volumes are equal", () => {
    expect(
      columnsOf(
        [3, 3].map((volume) => flat(10, volume)),
        { volumeZWindow: 2 },
      ).volumeZ2,
    ).toEqual([NaN, 0]);
  });
});

describe("bought volume", () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1, 0.15865525393145707],
    [1.959963984540054, 0.975],
    [-6, 9.865876450376946e-10],
  ])("of a return of %d deviations has the share Φ = %d", (z, share) => {
    expect(normalShare(z)).toBeCloseTo(share, 6);
    expect(normalShare(-z)).toBeCloseTo(1 - share, 6);
  });

  it("is half where the price never moved", () => {
    const takers = new Takers({ rule: "bulk", window: 2 });
    takers.onBar(0, 10);
    expect(takers.onBar(0, 10)).toEqual({ volume: 10, bought: 5 });
  });

  it.each([
    ["up", [0.1], 10],
    ["down", [-0.1], 0],
    ["unchanged after up", [0.1, 0], 10],
    ["unchanged from the start", [0], 5],
  ] as const)("by the tick rule, after %s", (_, changes, bought) => {
    const takers = new Takers({ rule: "tick", window: 2 });
    expect(changes.map((change) => takers.onBar(change, 10)).at(-1)!.bought).toBe(bought);
  });

  it("is exact where trades name their sides, and follows their prices where not", () => {
    const takers = new Takers({ rule: "bulk", window: 2 });
    const trades = [
      { price: 10, volume: 4, side: "buy" },
      { price: 10, volume: 3, side: "sell" },
      { price: 10, volume: 2 }, // nothing has moved: half of it
      { price: 11, volume: 5 }, // up: bought
      { price: 11, volume: 6 }, // still
      { price: 9, volume: 7 }, // down: sold
    ] as const;
    expect(trades.map((trade) => takers.onTrade(trade))).toEqual([4, 0, 1, 5, 6, 0]);
    expect(takers.onBar(Number.NaN, 27)).toEqual({ volume: 27, bought: 16 });
    // The next bar had no trades: it is estimated again.
    expect(takers.onBar(Number.NaN, 5).bought).toBeNaN();
  });
});

/** Bars whose trades all name their side. */
function ofTrades(bars: readonly { price: number; buys: number; sells: number }[], options: FeatureOptions) {
  const stream = new FeaturePipeline(options).start();
  return bars.map(({ price, buys, sells }) => {
    if (buys > 0) stream.onTrade({ price, volume: buys, side: "buy" });
    if (sells > 0) stream.onTrade({ price, volume: sells, side: "sell" });
    return stream.update(flat(price, buys + sells));
  });
}

describe("order imbalance", () => {
  it("is what was bought less what was sold, of all that was traded in the window", () => {
    const bars = [
      { price: 1, buys: 100, sells: 0 },
      { price: 1, buys: 3, sells: 1 },
      { price: 1, buys: 0, sells: 0 },
      { price: 1, buys: 1, sells: 5 },
    ];
    const rows = ofTrades(bars, { imbalanceWindow: 3 });
    expect(rows.slice(0, 2).map((row) => row.orderImbalance3)).toEqual([NaN, NaN]);
    // A bar without trades is estimated, which takes more returns than there are: it adds nothing to the window.
    expect(rows[3]!.orderImbalance3).toBeCloseTo(98 / 110, 15);
  });

  it("is 1 when all was bought, −1 when all was sold", () => {
    const up = Array.from({ length: 5 }, () => ({ price: 1, buys: 2, sells: 0 }));
    const down = up.map(({ price, buys }) => ({ price, buys: 0, sells: buys }));
    expect(ofTrades(up, { imbalanceWindow: 3 }).at(-1)!.orderImbalance3).toBe(1);
    expect(ofTrades(down, { imbalanceWindow: 3 }).at(-1)!.orderImbalance3).toBe(-1);
  });
});

describe("Kyle's lambda", () => {
  it("finds the impact that prices were made with", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 12, maxLength: 12 }),
        fc.double({ min: 1e-5, max: 1e-3, noNaN: true }),
        (flows, lambda) => {
          fc.pre(new Set(flows.slice(2)).size > 1);
          let log = Math.log(100);
          const bars = flows.map((flow) => {
            log += lambda * flow;
            return { price: Math.exp(log), buys: 50 + Math.max(flow, 0), sells: 50 + Math.max(-flow, 0) };
          });
          const found = ofTrades(bars, { kyleWindow: 10 }).at(-1)!.kyleLambda10!;
          expect(found).toBeCloseTo(lambda, 9);
        },
      ),
    );
  });

  it("is NaN while signed volume does not vary: no slope", () => {
    const bars = [1, 2, 3, 4].map((price) => ({ price, buys: 5, sells: 0 }));
    expect(ofTrades(bars, { kyleWindow: 2 }).at(-1)!.kyleLambda2).toBeNaN();
  });
});

describe("VPIN", () => {
  const make = (buckets: number, bucketVolume: number | "auto", more = {}) =>
    new Vpin(featureConfig({ vpin: { buckets, bucketVolume, ...more } }).vpin!);
  const vpinOf = (vpin: Vpin, volume = 0, bought = 0) => {
    const to = new Float64Array(1);
    vpin.update({ price: 1, high: 1, low: 1, change: 0, volume, bought }, to, 0);
    return to[0]!;
  };

  it("is the mean imbalance of full buckets, trades cut at their borders", () => {
    const vpin = make(2, 10);
    vpin.onTrade(6, 6);
    vpin.onTrade(8, 0); // 4 of it fill the first bucket: 6 bought, 4 sold, imbalance 0.2
    expect(vpinOf(vpin)).toBeNaN();
    vpin.onTrade(6, 6); // 4 sold, 6 bought: again 0.2
    expect(vpinOf(vpin)).toBeCloseTo(0.2, 15);
    vpin.onTrade(10, 10); // 1
    expect(vpinOf(vpin)).toBeCloseTo(0.6, 15);
  });

  it("does not depend on how many trades brought the same flow", () => {
    const trade = fc.record({
      volume: fc.integer({ min: 1, max: 400 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(trade, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        (trades, parts) => {
          const [whole, split] = [make(3, 25), make(3, 25)];
          for (const { volume, share } of trades) {
            whole.onTrade(volume, volume * share);
            for (let i = 0; i < parts; i++) split.onTrade(volume / parts, (volume * share) / parts);
          }
          const [a, b] = [vpinOf(whole), vpinOf(split)];
          if (Number.isNaN(a)) expect(b).toBeNaN();
          else expect(b).toBeCloseTo(a, 9);
        },
      ),
    );
  });

  it("goes through a trade of a million million buckets at once", () => {
    const vpin = make(50, 1);
    vpin.onTrade(1e12, 0.75e12);
    expect(vpinOf(vpin)).toBeCloseTo(0.5, 9);
  });

  it("takes no volume for nothing, and is within 0 and 1", () => {
    const values = columnsOf(tradedWalk(1500, 8), { vpin: { buckets: 5 } }).vpin5!.filter(
      (value) => value >= 0,
    );
    expect(values.length).toBeGreaterThan(1000);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    expect(new Set(values).size).toBeGreaterThan(500);
    const idle = make(1, 5);
    vpinOf(idle, 0, 0);
    expect(vpinOf(idle, 0, 0)).toBeNaN();
  });

  it("finds its bucket in the first bars, and keeps it", () => {
    const vpin = make(1, "auto", { calibrationBars: 2, barsPerBucket: 2 });
    // Mean volume 10, so that a bucket is 20; what calibrates fills none.
    expect(vpinOf(vpin, 5, 5)).toBeNaN();
    expect(vpinOf(vpin, 15, 15)).toBeNaN();
    expect(vpinOf(vpin, 19, 19)).toBeNaN();
    expect(vpinOf(vpin, 1, 0)).toBeCloseTo(0.9, 12);
    expect(vpinOf(vpin, 2000, 2000)).toBe(1);
  });
});

describe("the configuration refuses", () => {
  it.each([
    [{ smaWindows: [0] }, /smaWindows/],
    [{ smaWindow: [5] }, /Unrecognized key: "smaWindow"/],
    [{ smaWindows: [5, 5] }, /smaWindows: expected each window once, found 5, 5/],
    [{ macd: { fast: 26, slow: 12 } }, /macd: expected fast below slow, found fast 26 and slow 12/],
    [{ priceColumn: "price" }, /priceColumn/],
    [{ vpin: { bucketVolume: -1 } }, /bucketVolume/],
    [{ kyleWindow: 1 }, /kyleWindow/],
    [{ volatilityWindows: [Number.NaN] }, /volatilityWindows/],
  ])("%j", (options, message) => {
    const make = () => new FeaturePipeline(options as FeatureOptions);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "GEO-OPTION-VALUE" }));
  });

  it("a misspelt member with the one that was meant", () => {
    const make = () => new FeaturePipeline({ kyleWindo: 5 } as FeatureOptions);
    expect(make).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Did you mean "kyleWindow"?') }),
    );
  });
});

it("features that are switched off are not there", () => {
  const off = { smaWindows: [], emaWindows: [], returnPeriods: [], volatilityWindows: [], rsiWindow: null };
  const more = { macd: null, range: false, logVolume: false, volumeZWindow: null, imbalanceWindow: null };
  const pipeline = new FeaturePipeline({ ...off, ...more, kyleWindow: null, vpin: { buckets: 7 } });
  expect(pipeline.names).toEqual(["vpin7"]);
});

it("a price that is not above 0 is refused: it has no return", () => {
  const stream = new FeaturePipeline().start();
  expect(() => stream.update(flat(0))).toThrow("features: close: expected a price above 0, found 0");
});
