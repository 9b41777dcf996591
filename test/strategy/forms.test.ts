import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GeoSyncError } from "../../src/domain/errors.ts";
import type { Signal } from "../../src/domain/signal.ts";
import { defineStrategy, type Plugin, type StrategyDefinition } from "../../src/strategy/contract.ts";
import { warmupOf } from "../../src/strategy/definition.ts";
import { toDefinition } from "../../src/strategy/forms.ts";
import { fakeContext } from "./fakes.ts";

const name = "mine";
const series = (closes: readonly number[]) => new Map([["A", Float64Array.from(closes)]]);
const walk = (length: number, seed = 1) => {
  let [price, state] = [1000, seed];
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (price += (state >>> 16) % 2 === 0 ? 1 : -1);
  });
};
const lastMove = (prices: Float64Array) => prices.map((price, i) => (i === 0 ? 0 : price - prices[i - 1]!));
/** Knows tomorrow's price: what must never pay. */
const peek = (prices: Float64Array) => prices.map((price, i) => (prices[i + 1] ?? price) - price);

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof GeoSyncError ? error.code : String(error);
  }
  return undefined;
}

describe("a definition", () => {
  const create = () => ({ onBar() {} });

  it("passes through with its fields", () => {
    const plugin = defineStrategy({ name: "own", warmup: 5, timeframes: ["1h"], create });
    const { definition, form, notes } = toDefinition(plugin, { name });
    expect([definition.name, form, notes, warmupOf(definition, {})]).toEqual(["own", "definition", [], 5]);
    expect(definition.create({}, fakeContext().ctx)).toHaveProperty("onBar");
  });

  it("gives its author the types of its parameters, and is a definition of any", () => {
    const typed = defineStrategy({
      name: "typed",
      params: z.object({ fast: z.number().default(2) }),
      warmup: ({ fast }) => fast * 2,
      create({ fast }) {
        // @ts-expect-error a number has no such method
        return { onBar: () => fast.toUpperCase() };
      },
    });
    const any: StrategyDefinition = typed;
    const plugin: Plugin = typed;
    expect(any).toBe(plugin);
    expect(warmupOf(toDefinition(plugin, { name }).definition, { fast: 3 })).toBe(6);
  });

  it.each<[string, object, RegExp]>([
    ["an empty name", { name: " ", create }, /name: expected a text, found " "/],
    ["no create", { name: "x" }, /create: expected a function .*, found undefined/],
    ["a text as warmup", { name: "x", create, warmup: "5" }, /warmup: expected a whole number .*, found "5"/],
    ["half a bar of warmup", { name: "x", create, warmup: 0.5 }, /warmup.*found 0.5/],
    ["a foreign timeframe", { name: "x", create, timeframes: ["1 hour"] }, /timeframe such as 1m.*"1 hour"/],
    [
      "params that are no schema",
      { name: "x", create, params: { fast: 10 } },
      /params: expected a zod schema/,
    ],
    ["a misspelt field", { name: "x", create, warmUp: 5 }, /"warmUp". Did you mean "warmup"\?/],
  ])("with %s is refused", (_, plugin, message) => {
    expect(() => toDefinition(plugin, { name })).toThrow(message);
    expect(codeOf(() => toDefinition(plugin, { name }))).toBe("GEO-STRATEGY-LOAD");
  });

  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /expected an object of handlers.*found undefined/],
    ["no handler", {}, /at least one of onStart, onBar/],
    ["a misspelt handler", { onbar() {}, onTick() {} }, /"onbar". Did you mean "onBar"\?/],
    ["an async handler", { async onBar() {} }, /onBar: expected a function that answers at once/],
    ["a promise", Promise.resolve({}), /create must not be async/],
  ])("whose create returns %s is refused", (_, handlers, message) => {
    const { definition } = toDefinition({ name: "x", create: () => handlers }, { name });
    expect(() => definition.create({}, fakeContext().ctx)).toThrow(message);
  });

  it("may be and return instances of classes", () => {
    class Handling {
      seen = 0;
      onBar() {
        this.seen++;
      }
    }
    class Definition {
      name = "classy";
      create() {
        return new Handling();
      }
    }
    const handlers = toDefinition(new Definition(), { name }).definition.create({}, fakeContext().ctx);
    fakeContext().feed((bar) => handlers.onBar?.(bar), [1, 2]);
    expect(handlers).toMatchObject({ seen: 2 });
  });

  it("must compute its warm-up as a count of bars", () => {
    const { definition } = toDefinition({ name: "x", create, warmup: () => Number.NaN }, { name });
    expect(() => warmupOf(definition, {})).toThrow(/x: warmup: expected a whole number of bars.*found NaN/);
  });
});

describe("anything else", () => {
  it.each<[string, unknown, RegExp]>([
    ["no default export", undefined, /found no default export/],
    ["a text", "momentum", /found "momentum"/],
    ["an array", [1], /found an array of 1/],
    ["an object of something else", { run() {} }, /found an object with run/],
    ["an instance of a class", { generateSignal() {} }, /an instance: export the class itself/],
    ["an async function", async () => [], /found an async function/],
  ])("%s is refused, and the three forms are shown", (_, plugin, message) => {
    try {
      toDefinition(plugin, { name });
      expect.unreachable();
    } catch (error) {
      expect((error as GeoSyncError).message).toMatch(message);
      expect((error as GeoSyncError).hint).toMatch(/defineStrategy.*generateSignal.*\(prices\) => scores/s);
    }
  });
});

/** A class that says what each price stands for: 1 buy, 2 sell, 3 hold, 4 exit. */
class Spelt {
  generateSignal(prices: Float64Array): Signal {
    const action = (["buy", "sell", "hold", "exit"] as const)[prices.at(-1)! - 1]!;
    return { action, confidence: 1, metadata: {} };
  }
}

describe("a class", () => {
  it.each<["cash" | "margin", readonly number[], readonly string[]]>([
    ["cash", [1, 1, 1], ["target A 1"]],
    ["cash", [1, 3, 1, 2, 2], ["target A 1", "close A"]],
    ["cash", [2, 4, 3], []],
    ["margin", [1, 2, 2, 3, 4], ["target A 1", "target A -1", "close A"]],
    ["margin", [2, 3, 1], ["target A -1", "target A 1"]],
  ])("on a %s account acts on %j only when the direction changes", (account, closes, expected) => {
    const fake = fakeContext({ account });
    fake.feed(toDefinition(Spelt, { name }).definition.create({}, fake.ctx).onBar, closes);
    expect(fake.requests).toEqual(expected);
  });

  it("has one instance and one direction a symbol", () => {
    class Counting {
      bars = 0;
      generateSignal(): Signal {
        return { action: ++this.bars === 2 ? "buy" : "hold", confidence: 1, metadata: {} };
      }
    }
    const fake = fakeContext();
    const { onBar } = toDefinition(Counting, { name }).definition.create({}, fake.ctx);
    for (const symbol of ["A", "B", "C"]) fake.feed(onBar, [1], symbol);
    expect(fake.requests).toEqual([]);
    for (const symbol of ["A", "B", "C"]) fake.feed(onBar, [1], symbol);
    expect(fake.requests).toEqual(["target A 1", "target B 1", "target C 1"]);
  });

  it("still long when the warm-up is over buys then, not never", () => {
    const fake = fakeContext({ readyFrom: 2 });
    fake.feed(toDefinition(Spelt, { name }).definition.create({}, fake.ctx).onBar, [1, 1, 1, 1]);
    expect(fake.requests).toEqual(["target A 1"]);
  });

  it("gets indicators that are NaN until they are ready", () => {
    const seen: number[] = [];
    class Reading {
      generateSignal(_: Float64Array, indicators: { readonly [name: string]: number }): Signal {
        seen.push(indicators.sma20!);
        return { action: "hold", confidence: 0, metadata: {} };
      }
    }
    const fake = fakeContext();
    const closes = Array.from({ length: 20 }, (_, i) => i + 1);
    fake.feed(toDefinition(Reading, { name }).definition.create({}, fake.ctx).onBar, closes);
    expect(seen.slice(0, 19).every(Number.isNaN)).toBe(true);
    expect(seen[19]).toBe(10.5);
  });

  it.each<[string, unknown, RegExp]>([
    ["an action in capitals", { action: "BUY", confidence: 1, metadata: {} }, /action/],
    ["a confidence of 2", { action: "buy", confidence: 2, metadata: {} }, /confidence/],
    ["a confidence of NaN", { action: "buy", confidence: Number.NaN, metadata: {} }, /confidence/],
    ["an action that objects inherit", { action: "toString", confidence: 1, metadata: {} }, /action/],
    ["nothing", undefined, /Signal/],
    ["a promise", Promise.resolve(), /Signal/],
  ])("that returns %s is stopped, with the bar", (_, signal, message) => {
    class Wrong {
      generateSignal() {
        return signal;
      }
    }
    const fake = fakeContext();
    const { onBar } = toDefinition(Wrong, { name }).definition.create({}, fake.ctx);
    const run = () => fake.feed(onBar, [1]);
    expect(run).toThrow(/strategy mine: bar 0 of A \(1970-01-01T00:01:00Z\): Signal/);
    expect(run).toThrow(message);
    expect(codeOf(run)).toBe("GEO-STRATEGY-THREW");
  });

  it("without generateSignal is refused when the run begins", () => {
    const { definition } = toDefinition(class Empty {}, { name });
    expect(() => definition.create({}, fakeContext().ctx)).toThrow(/generateSignal.*found none in "Empty"/);
  });
});

describe("a vectorised strategy", () => {
  const run = (plugin: unknown, closes: readonly number[], whole: boolean, account?: "cash" | "margin") => {
    const fake = fakeContext(account === undefined ? {} : { account });
    const options = whole ? { name, series: series(closes) } : { name };
    fake.feed(toDefinition(plugin, options).definition.create({}, fake.ctx).onBar, closes);
    return fake.requests;
  };

  it("decides by the sign of its score; NaN and nothing are no opinion", () => {
    const scores = [0.5, Number.NaN, 0.1, -3, undefined, 0, Number.POSITIVE_INFINITY];
    const plugin = (prices: Float64Array) => [...prices].map((price) => scores[price]);
    expect(run(plugin, [0, 1, 2, 3, 4, 5, 6], false, "margin")).toEqual([
      "target A 1",
      "target A -1",
      "close A",
      "target A 1",
    ]);
  });

  it("does the same whether scored at once or bar by bar", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 60 }), (closes) => {
        expect(run(lastMove, closes, true, "margin")).toEqual(run(lastMove, closes, false, "margin"));
      }),
      { numRuns: 50 },
    );
  });

  it("ignores scores before its warm-up, then acts", () => {
    const always = Object.assign((prices: Float64Array) => prices.map(() => 1), { warmup: 3 });
    const fake = fakeContext();
    const { onBar } = toDefinition(always, { name }).definition.create({}, fake.ctx);
    fake.feed(onBar, [1, 2]);
    expect(fake.requests).toEqual([]);
    fake.feed(onBar, [3]);
    expect(fake.requests).toEqual(["target A 1"]);
  });

  it("is refused when it peeks at the next bar", () => {
    const load = () => toDefinition(peek, { name, series: series(walk(400)) });
    expect(load).toThrow(
      /strategy mine: bar \d+ of A: the score is 0 .*, and -?1 when later prices are known/,
    );
    expect(codeOf(load)).toBe("GEO-STRATEGY-LOOKAHEAD");
  });

  it.each<[string, (prices: Float64Array) => ArrayLike<number>]>([
    [
      "scales by the whole series",
      (prices) => prices.map((p) => p - prices.reduce((a, b) => a + b, 0) / prices.length),
    ],
    ["peeks only late", (prices) => prices.map((_, i) => (i > 900 ? (prices[i + 1] ?? 0) - prices[i]! : 1))],
    ["takes the last price as known", (prices) => prices.map((p) => prices.at(-1)! - p)],
    [
      "is not a function of the prices",
      (() => {
        let calls = 0;
        return (prices: Float64Array) => prices.map(() => (calls++ % 7 === 0 ? 1 : -1));
      })(),
    ],
  ])("is refused when it %s", (_, plugin) => {
    expect(codeOf(() => toDefinition(plugin, { name, series: series(walk(2000)) }))).toBe(
      "GEO-STRATEGY-LOOKAHEAD",
    );
  });

  it("gains nothing by peeking in a short series, every bar of which is scored on its own past", () => {
    const { notes } = toDefinition(peek, { name, series: series(walk(50)) });
    expect(notes[0]).toMatch(/early scores knew later prices and were replaced/);
  });

  it("of the reference, padded with its first mean, is scored on the past alone, with or without a warm-up", () => {
    const momentum = (prices: Float64Array) => {
      const mean = (end: number) => prices.slice(end - 9, end + 1).reduce((a, b) => a + b, 0) / 10;
      const padding = prices.length < 10 ? Number.NaN : mean(9);
      return prices.map((price, i) => (price >= (i < 9 ? padding : mean(i)) ? 1 : -1));
    };
    const load = () => toDefinition(momentum, { name, series: series(walk(100)) });
    expect(load().notes[0]).toMatch(/checked on 100 prefixes of A/);
    Object.assign(momentum, { warmup: 10 });
    expect(load().notes[0]).toMatch(/not causal by construction, checked on 91 prefixes of A/);
  });

  it("is checked on the first 256 bars and a sample of the rest", () => {
    const count = (length: number) => {
      const closes = walk(length);
      return Number(/on (\d+)/.exec(toDefinition(lastMove, { name, series: series(closes) }).notes[0]!)?.[1]);
    };
    expect(count(0)).toBe(0);
    expect(count(256)).toBe(256);
    expect(count(20_000)).toBeGreaterThan(256 + 25);
  });

  it("cannot rewrite the history of the run", () => {
    const closes = Float64Array.of(1, 2, 3);
    toDefinition((prices: Float64Array) => prices.fill(0), { name, series: new Map([["A", closes]]) });
    expect([...closes]).toEqual([1, 2, 3]);
  });

  it.each<[string, (prices: Float64Array) => unknown, RegExp]>([
    ["too few scores", () => [1], /expected 3 scores for 3 prices of A, found 1 scores/],
    ["nothing", () => undefined, /found undefined/],
    ["a text", () => "abc", /found "abc"/],
    ["a signal", () => ({ action: "buy" }), /found an object/],
    ["texts as scores", () => ["buy", "sell", "hold"], /bar 0 of A: expected a number as score, found "buy"/],
  ])("that returns %s is stopped", (_, plugin, message) => {
    const load = () => toDefinition(plugin, { name, series: series([1, 2, 3]) });
    expect(load).toThrow(message);
    expect(codeOf(load)).toBe("GEO-STRATEGY-THREW");
  });

  it("that fails on short prefixes is told to declare a warm-up", () => {
    const needsThree = (prices: Float64Array) => {
      if (prices.length < 3) throw new RangeError("too short");
      return prices;
    };
    const load = () => toDefinition(needsThree, { name, series: series([1, 2, 3, 4]) });
    expect(load).toThrow(/failed on the first 1 prices of A, though not on all of them: too short/);
    expect(() =>
      toDefinition(Object.assign(needsThree, { warmup: 3 }), { name, series: series([1, 2, 3, 4]) }),
    ).not.toThrow();
  });

  it("is never joined to prices it was not scored on", () => {
    const fake = fakeContext();
    const { onBar } = toDefinition(lastMove, { name, series: series([1, 2, 3]) }).definition.create(
      {},
      fake.ctx,
    );
    expect(codeOf(() => fake.feed(onBar, [1, 9]))).toBe("GEO-INTERNAL");
  });
});
