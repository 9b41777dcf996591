import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atr, ema, rsi, type SavableIndicator, sma, stddev } from "../../src/indicators/index.ts";

/** Prices with few decimals, with many, and far too large to be summed as integers. */
const price = fc.oneof(
  fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100),
  fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  fc.constantFrom(1e18, 5e-324, 0.1),
);

interface Case {
  readonly name: string;
  readonly make: (n: number) => SavableIndicator;
}

const cases: readonly Case[] = [
  { name: "sma", make: sma },
  { name: "ema", make: ema },
  { name: "rsi", make: rsi },
  { name: "stddev", make: stddev },
  { name: "atr", make: atrOfCloses },
];

function atrOfCloses(n: number): SavableIndicator {
  const whole = atr(n);
  return {
    update: (close) => whole.update({ high: close * 1.01, low: close * 0.99, close }),
    get value() {
      return whole.value;
    },
    get ready() {
      return whole.ready;
    },
    save: () => whole.save(),
    load: (state) => whole.load(state),
  };
}

describe.each(cases)("$name", ({ make }) => {
  it("goes on exactly as one that was never interrupted, wherever it was saved", () => {
    const runs = { n: fc.integer({ min: 1, max: 12 }), before: fc.array(price), after: fc.array(price) };
    fc.assert(
      fc.property(fc.record(runs), ({ n, before, after }) => {
        const whole = make(n);
        for (const one of before) whole.update(one);
        const loaded = make(n);
        loaded.update(3); // what was in it is forgotten
        loaded.load(JSON.parse(JSON.stringify(whole.save())));
        expect([loaded.value, loaded.ready]).toEqual([whole.value, whole.ready]);
        for (const one of after) expect(loaded.update(one)).toBe(whole.update(one));
      }),
      { numRuns: 300 },
    );
  });

  it("saves what does not change afterwards, and changes nothing by it", () => {
    const indicator = make(3);
    for (const one of [1, 2, 4]) indicator.update(one);
    const state = indicator.save();
    const text = JSON.stringify(state);
    expect(JSON.stringify(indicator.save())).toBe(text);
    indicator.update(9);
    expect(JSON.stringify(state)).toBe(text);
  });
});
