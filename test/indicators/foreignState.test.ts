/** What an indicator does with the saved state of another, or with one that was damaged: it says so, and takes nothing. */
import { describe, expect, it } from "vitest";
import type { Indicator, IndicatorState, Restorable } from "../../src/indicators/index.ts";
import * as indicators from "../../src/indicators/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: they are fed different inputs
type Made = Indicator<any> & Restorable;
interface Case {
  readonly make: () => Made;
  /** The same with other parameters; one for each that its memory depends on. */
  readonly others: readonly (() => Made)[];
  readonly input: (t: number) => unknown;
}

const price = (t: number): number => 100 + ((t * 37) % 23) + t / 7;
const pair = (t: number): readonly number[] => [price(t), price(t + 3)];
const bar = (t: number) => ({ high: price(t) + 1, low: price(t) - 1, close: price(t) });

const { atr, correlationCurvature, dfa, ema, entropyChange, hurst, kuramoto, kuramotoScales, leadLag } =
  indicators;
const {
  permutationEntropy,
  permutationEntropyChange,
  rsi,
  shannonEntropy,
  sma,
  stddev,
  temporalCurvature,
  visibilityCurvature,
} = indicators;

const cases: Readonly<Record<string, Case>> = {
  sma: { make: () => sma(4), others: [() => sma(5)], input: price },
  ema: { make: () => ema(4), others: [() => ema(5)], input: price },
  rsi: { make: () => rsi(4), others: [() => rsi(5)], input: price },
  stddev: { make: () => stddev(4), others: [() => stddev(5)], input: price },
  atr: { make: () => atr(4), others: [() => atr(5)], input: bar },
  hurst: { make: () => hurst(32), others: [() => hurst(33)], input: price },
  dfa: { make: () => dfa(32), others: [() => dfa(33)], input: price },
  visibilityCurvature: {
    make: () => visibilityCurvature(8),
    others: [() => visibilityCurvature(9)],
    input: price,
  },
  shannonEntropy: {
    make: () => shannonEntropy({ window: 20, bins: 4 }),
    others: [() => shannonEntropy({ window: 21, bins: 4 }), () => shannonEntropy({ window: 20, bins: 5 })],
    input: price,
  },
  entropyChange: {
    make: () => entropyChange({ window: 20, bins: 4 }),
    others: [() => entropyChange({ window: 21, bins: 4 }), () => entropyChange({ window: 20, bins: 5 })],
    input: price,
  },
  permutationEntropy: {
    make: () => permutationEntropy({ window: 12 }),
    others: [
      () => permutationEntropy({ window: 13 }),
      () => permutationEntropy({ window: 12, order: 4 }),
      () => permutationEntropy({ window: 12, delay: 2 }),
    ],
    input: price,
  },
  permutationEntropyChange: {
    make: () => permutationEntropyChange({ window: 12 }),
    others: [
      () => permutationEntropyChange({ window: 13 }),
      () => permutationEntropyChange({ window: 12, order: 4 }),
    ],
    input: price,
  },
  leadLag: {
    make: () => leadLag({ window: 10, maxLag: 2 }),
    others: [() => leadLag({ window: 11, maxLag: 2 }), () => leadLag({ window: 10, maxLag: 3 })],
    input: pair,
  },
  kuramoto: {
    make: () => kuramoto({ assets: 2, periods: [4, 8] }),
    others: [
      () => kuramoto({ assets: 3, periods: [4, 8] }),
      () => kuramoto({ assets: 2, periods: [4, 9] }),
      () => kuramoto({ assets: 2, periods: [4, 8], cycles: 3 }),
    ],
    input: pair,
  },
  kuramotoScales: {
    make: () => kuramotoScales({ periods: [4, 8] }),
    others: [() => kuramotoScales({ periods: [4, 9] })],
    input: price,
  },
  correlationCurvature: {
    make: () => correlationCurvature({ assets: 2, window: 6 }),
    others: [
      () => correlationCurvature({ assets: 3, window: 6 }),
      () => correlationCurvature({ assets: 2, window: 7 }),
      () => correlationCurvature({ assets: 2, window: 6, threshold: 0.7 }),
    ],
    input: pair,
  },
  temporalCurvature: {
    make: () => temporalCurvature({ assets: 2, window: 6, lag: 2 }),
    others: [
      () => temporalCurvature({ assets: 2, window: 6, lag: 3 }),
      () => temporalCurvature({ assets: 2, window: 7, lag: 2 }),
    ],
    input: pair,
  },
};

function fed({ make, input }: Case, count: number): Made {
  const indicator = make();
  for (let t = 0; t < count; t++) indicator.update(input(t));
  return indicator;
}

type Path = readonly (string | number)[];

/** Every number and every list of a state, by where it is. */
function* placesOf(state: IndicatorState, path: Path = []): Generator<readonly [Path, IndicatorState]> {
  if (typeof state === "number" || Array.isArray(state)) yield [path, state];
  if (typeof state !== "object" || state === null) return;
  // Of a long list the first is like the others.
  const members = Array.isArray(state) ? [...state.entries()].slice(0, 1) : Object.entries(state);
  for (const [key, value] of members) yield* placesOf(value as IndicatorState, [...path, key]);
}

function replaced(state: IndicatorState, [key, ...rest]: Path, value: unknown): IndicatorState {
  if (key === undefined) return value as IndicatorState;
  const copy = structuredClone(state) as Record<string | number, IndicatorState>;
  copy[key] = replaced(copy[key]!, rest, value);
  return copy as IndicatorState;
}

it("the table has every indicator that can be saved", () => {
  const makers = Object.keys(indicators).filter((name) => name !== "ollivierRicci");
  expect(Object.keys(cases).sort()).toEqual(makers.sort());
});

describe.each(Object.entries(cases))("%s", (name, one) => {
  const state = fed(one, 100).save();

  it("is plain JSON when it is saved", () => {
    const text = JSON.stringify(state);
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
  });

  it("refuses the states of all others, and what is no state", () => {
    const others = Object.entries(cases).filter(([other]) => other !== name);
    const foreign = others.map(([, other]) => fed(other, 100).save());
    for (const wrong of [...foreign, null, undefined, 5, "x", [], {}, [1, 2, 3]]) {
      const load = () => one.make().load(wrong as IndicatorState);
      expect(load).toThrow(TypeError);
      expect(load).toThrow(/^\S.*: expected a state saved with the same parameters, found /);
    }
  });

  it("refuses a state of other parameters, either way", () => {
    for (const other of one.others) {
      const message = /expected a state saved with the same parameters, found one of /;
      expect(() => other().load(state)).toThrow(message);
      expect(() => one.make().load(other().save())).toThrow(message);
    }
  });

  const places = [...placesOf(state)];
  const lists = places.filter(([, value]) => Array.isArray(value));

  it.each(places)("refuses text and fractions that do not fit at %j", (path) => {
    for (const wrong of ["1", true, {}, Number.POSITIVE_INFINITY]) {
      expect(() => one.make().load(replaced(state, path, wrong))).toThrow(TypeError);
    }
  });

  it.runIf(lists.length > 0).each(lists)("refuses a list of another length at %j", (path, list) => {
    const longer = [...(list as number[]), ...new Array(100).fill(1)];
    for (const wrong of [longer, {}, null]) {
      expect(() => one.make().load(replaced(state, path, wrong))).toThrow(TypeError);
    }
  });

  const isSlot = ([path]: readonly [Path, unknown]) =>
    ["next", "seen", "count"].includes(String(path.at(-1)));
  const slots = places.filter(isSlot);
  it.runIf(slots.length > 0).each(slots)("refuses what is no place in its window at %j", (path) => {
    for (const wrong of [null, Number.NaN, -1, 0.5, 2 ** 60]) {
      expect(() => one.make().load(replaced(state, path, wrong))).toThrow(
        /expected a whole number from 0 to/,
      );
    }
  });
});

describe.each(["sma", "ema", "rsi", "stddev", "atr"])("%s", (name) => {
  it("refuses NaN where its sums would keep it for good", () => {
    const one = cases[name]!;
    const young = fed(one, 3).save();
    const places = [...placesOf(young)].filter(([path]) => ["ring", "sum"].includes(String(path.at(-1))));
    expect(places.length).toBeGreaterThan(0);
    for (const [path, value] of places) {
      const wrong = Array.isArray(value) ? value.map(() => null) : null;
      expect(() => one.make().load(replaced(young, path, wrong))).toThrow(/, found /);
    }
  });
});

it("a pattern that its order does not have is refused", () => {
  const state = fed(cases.permutationEntropy!, 100).save() as { patterns: number[] };
  const patterns = state.patterns.map(() => 6);
  const wrong = { ...(state as object), patterns } as IndicatorState;
  expect(() => permutationEntropy({ window: 12 }).load(wrong)).toThrow("numbers below 6 as patterns");
});
