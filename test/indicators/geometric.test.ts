/** What all geometric indicators promise: causal, of no unit, restored to the last bit, closed to what is no price. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correlationCurvature,
  dfa,
  entropyChange,
  hurst,
  type Indicator,
  kuramoto,
  kuramotoScales,
  leadLag,
  permutationEntropy,
  permutationEntropyChange,
  type Restorable,
  shannonEntropy,
  temporalCurvature,
  visibilityCurvature,
} from "../../src/indicators/index.ts";
import { randomWalk, randomWalks } from "./markets.ts";

type Input = number | readonly number[];
interface Case {
  readonly name: string;
  readonly make: () => Indicator<Input> & Restorable;
  readonly inputs: readonly Input[];
  /** Inputs needed for the first value. */
  readonly first: number;
}

const one = randomWalk(400, 11);
const several = randomWalks(400, 4, 5, 0.6);
const six = randomWalks(400, 6, 31, 0.5);
const pair = randomWalks(400, 2, 9, 0.5);
const of = (make: () => unknown) => make as Case["make"];

const cases: readonly Case[] = [
  {
    name: "kuramoto",
    make: of(() => kuramoto({ assets: 4, periods: [5, 10], cycles: 3 })),
    inputs: several,
    first: 31,
  },
  { name: "kuramotoScales", make: of(() => kuramotoScales({ periods: [4, 8, 16] })), inputs: one, first: 65 },
  { name: "visibilityCurvature", make: of(() => visibilityCurvature(30)), inputs: one, first: 30 },
  {
    name: "correlationCurvature",
    make: of(() => correlationCurvature({ assets: 6, window: 30, threshold: 0.4 })),
    inputs: six,
    first: 31,
  },
  {
    name: "temporalCurvature",
    make: of(() => temporalCurvature({ assets: 4, window: 30, lag: 5 })),
    inputs: several,
    first: 36,
  },
  { name: "shannonEntropy", make: of(() => shannonEntropy({ window: 30 })), inputs: one, first: 31 },
  {
    name: "permutationEntropy",
    make: of(() => permutationEntropy({ window: 30, order: 4, delay: 2 })),
    inputs: one,
    first: 36,
  },
  { name: "entropyChange", make: of(() => entropyChange({ window: 20, bins: 5 })), inputs: one, first: 41 },
  {
    name: "permutationEntropyChange",
    make: of(() => permutationEntropyChange({ window: 20 })),
    inputs: one,
    first: 42,
  },
  { name: "hurst", make: of(() => hurst(64)), inputs: one, first: 65 },
  { name: "dfa", make: of(() => dfa(64)), inputs: one, first: 64 },
  { name: "leadLag", make: of(() => leadLag({ window: 30, maxLag: 3 })), inputs: pair, first: 34 },
];
const feed = (indicator: Indicator<Input>, inputs: readonly Input[]) =>
  inputs.map((input) => indicator.update(input));
const scaled = (input: Input, k: number): Input =>
  typeof input === "number" ? input * k : input.map((x) => x * k);

describe.each(cases)("$name", ({ name, make, inputs, first }) => {
  const whole = feed(make(), inputs);

  it("is NaN and not ready until enough inputs have come, and moves after that", () => {
    const indicator = make();
    expect(indicator.value).toBeNaN();
    for (const [i, input] of inputs.entries()) {
      const value = indicator.update(input);
      expect(indicator.value).toBe(value);
      expect([i, indicator.ready]).toEqual([i, i + 1 >= first]);
      expect(Number.isNaN(value)).toBe(!indicator.ready);
    }
    expect(new Set(whole.slice(first - 1)).size).toBeGreaterThan(2);
  });

  it("has at t the same value whether the series ends there or goes on, whatever comes", () => {
    for (const t of [first - 1, 150, 398]) {
      expect(feed(make(), inputs.slice(0, t + 1)).at(-1)).toBe(whole[t]);
      const scrambled = [
        ...inputs.slice(0, t + 1),
        ...inputs
          .slice(t + 1)
          .map((input) => scaled(input, 3))
          .reverse(),
      ];
      expect(feed(make(), scrambled)[t]).toBe(whole[t]);
    }
  });

  it.each([0.01, 1e-6, 7, 100, 1e6])("is the same for prices × %d", (k) => {
    const found = feed(
      make(),
      inputs.map((input) => scaled(input, k)),
    );
    for (const [t, value] of found.entries()) {
      if (t >= first - 1) expect(Math.abs(value - whole[t]!)).toBeLessThan(1e-9);
    }
  });

  it("goes on from a saved state as one that was never interrupted, to the last bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 399 }), (cut) => {
        const [before, after] = [make(), make()];
        feed(before, inputs.slice(0, cut));
        const text = JSON.stringify(before.save());
        after.update(inputs[17]!); // what was in it is forgotten
        after.load(JSON.parse(text));
        expect([after.value, after.ready]).toEqual([before.value, before.ready]);
        expect(JSON.stringify(after.save())).toBe(text);
        expect(feed(after, inputs.slice(cut))).toEqual(whole.slice(cut));
      }),
      { numRuns: 12, examples: [[0], [1], [first - 1], [first]] },
    );
  });

  it("refuses states of others, and damaged ones", () => {
    const others = cases.filter((other) => other.name !== name).map((other) => other.make().save());
    for (const state of [...others, null, 5, "x", [], {}]) {
      expect(() => make().load(state)).toThrow(/: expected a state saved with the same parameters, found/);
    }
    const state = make().save() as Record<string, never>;
    for (const key of Object.keys(state).filter((key) => key !== "of")) {
      expect(() => make().load({ ...state, [key]: "damaged" })).toThrow(TypeError);
    }
  });

  const unfit = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e151, "5", undefined, null];
  it.each(unfit)("refuses the price %s and stays as it was", (price) => {
    const [disturbed, calm] = [make(), make()];
    const wrong = (input: Input) => (typeof input === "number" ? price : [...input.slice(1), price]) as Input;
    for (const input of inputs.slice(0, 120)) {
      expect(() => disturbed.update(wrong(input))).toThrow(TypeError);
      expect(() => disturbed.update(wrong(input))).toThrow(`${name}: expected a`);
      expect(disturbed.update(input)).toBe(calm.update(input));
    }
  });

  it("has no value, or a constant one, while prices stand still, and recovers", () => {
    const indicator = make();
    const still = Array<Input>(200).fill(inputs[0]!);
    const values = new Set(feed(indicator, still).slice(first - 1));
    expect(values.size).toBe(1);
    const after = feed(indicator, inputs).slice(150);
    for (const [i, value] of after.entries()) expect(Math.abs(value - whole[150 + i]!)).toBeLessThan(1e-9);
  });
});

describe("lists of prices", () => {
  const indicators = cases.filter(({ inputs }) => typeof inputs[0] !== "number");

  it.each(indicators)("$name wants one for each asset", ({ name, make, inputs }) => {
    const row = inputs[0] as readonly number[];
    for (const [input, found] of [
      [row.slice(1), `${row.length - 1} of them`],
      [[...row, 1], `${row.length + 1} of them`],
      [5, "5"],
      [undefined, "undefined"],
    ] as const) {
      const message = `${name}: expected a list of ${row.length} prices, one for each asset, found ${found}`;
      expect(() => make().update(input as Input)).toThrow(message);
    }
  });
});

describe("parameters", () => {
  const wrong = (options: object) => options as never;

  it.each<[string, () => unknown]>([
    [
      "kuramoto: assets must be an integer of at least 2, found 1",
      () => kuramoto({ assets: 1, periods: [8] }),
    ],
    [
      "kuramoto: periods must be a list of one or more, found 8",
      () => kuramoto(wrong({ assets: 2, periods: 8 })),
    ],
    [
      "kuramoto: each of periods must be an integer of at least 3, found 2",
      () => kuramoto({ assets: 2, periods: [8, 2] }),
    ],
    [
      "kuramoto: cycles must be an integer of at least 1, found 0.5",
      () => kuramoto({ assets: 2, periods: [8], cycles: 0.5 }),
    ],
    [
      "kuramotoScales: periods must be two or more different ones, found 8, 8",
      () => kuramotoScales({ periods: [8, 8] }),
    ],
    ["visibilityCurvature: n must be an integer of at least 3, found 2", () => visibilityCurvature(2)],
    [
      "correlationCurvature: assets must be an integer of at least 2, found 1",
      () => correlationCurvature({ assets: 1, window: 9 }),
    ],
    [
      "correlationCurvature: window must be an integer of at least 3, found 2",
      () => correlationCurvature({ assets: 2, window: 2 }),
    ],
    [
      "correlationCurvature: threshold must be above 0 and at most 1, found 0",
      () => correlationCurvature({ assets: 2, window: 9, threshold: 0 }),
    ],
    [
      "temporalCurvature: lag must be an integer of at least 1, found 0",
      () => temporalCurvature({ assets: 2, window: 9, lag: 0 }),
    ],
    [
      "shannonEntropy: window must be an integer of at least 2, found undefined",
      () => shannonEntropy(wrong({})),
    ],
    [
      "shannonEntropy: bins must be an integer of at least 2, found 1",
      () => shannonEntropy({ window: 9, bins: 1 }),
    ],
    [
      "permutationEntropy: order must be an integer from 2 to 6, found 7",
      () => permutationEntropy({ window: 9, order: 7 }),
    ],
    [
      "entropyChange: bins must be an integer of at least 2, found NaN",
      () => entropyChange({ window: 9, bins: Number.NaN }),
    ],
    ["hurst: n must be an integer of at least 16, found 15", () => hurst(15)],
    ["dfa: n must be an integer of at least 32, found 31", () => dfa(31)],
    ["leadLag: maxLag must be an integer of at least 1, found 0", () => leadLag({ window: 9, maxLag: 0 })],
  ])("%s", (message, make) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
