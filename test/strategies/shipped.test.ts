/** The shipped strategies, loaded as a run loads them, on closes worked by hand. */
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Context,
  createEnvironment,
  describeParams,
  parseParams,
  type StrategyDefinition,
  toDefinition,
  warmupOf,
} from "../../src/strategy/index.ts";
import { bundleStrategy, evaluateBundle } from "../../src/strategy/loader.ts";

const names = ["sma-cross", "momentum", "buy-and-hold", "synchrony", "hurst-curvature"] as const;
type Name = (typeof names)[number];
const definitions = new Map<Name, StrategyDefinition>();

beforeAll(async () => {
  const clock = { now: () => 0, random: () => 0, setTimer: () => 0, clearTimer() {} };
  for (const name of names) {
    const path = fileURLToPath(new URL(`../../strategies/${name}.ts`, import.meta.url));
    const plugin = evaluateBundle(
      await bundleStrategy(path),
      createEnvironment(clock, () => {}),
    );
    definitions.set(name, toDefinition(plugin, { name }).definition);
  }
});

interface Market {
  readonly account?: "cash" | "margin";
  readonly symbols?: readonly string[];
  /** Index of the first bar on which orders count. */
  readonly readyFrom?: number;
}

/** Orders as `index: request`; each fills before the next bar, as market orders do. */
function trade(name: Name, params: Record<string, unknown>, closes: readonly number[], market: Market = {}) {
  const { account = "cash", symbols = ["A"], readyFrom = 0 } = market;
  const orders: string[] = [];
  let [held, index] = [0, 0];
  const order = (text: string, holds: number) => {
    orders.push(`${Math.floor(index / symbols.length)}: ${text}`);
    if (index >= readyFrom) held = holds;
    return "1";
  };
  const ctx = {
    account,
    symbols,
    get symbol() {
      return symbols[index % symbols.length];
    },
    get ready() {
      return index >= readyFrom;
    },
    get position() {
      return { isFlat: held === 0, isLong: held > 0, isShort: held < 0 };
    },
    buy: ({ fraction }: { fraction: number }) => order(`buy ${fraction}`, 1),
    close: () => (held === 0 ? null : order("close", 0)),
    target: ({ fraction }: { fraction: number }) => order(`target ${fraction}`, fraction),
  } as unknown as Context;
  const definition = definitions.get(name)!;
  const handlers = definition.create(parseParams(definition, params), ctx);
  for (const close of closes) {
    for (const symbol of symbols) {
      handlers.onBar?.({ symbol, close } as Parameters<NonNullable<typeof handlers.onBar>>[0]);
      index++;
    }
  }
  return orders;
}

describe.each(names)("%s", (name) => {
  it("explains itself and each parameter, all of which have defaults", () => {
    const definition = definitions.get(name)!;
    expect(definition.name).toBe(name);
    expect(definition.description).toMatch(/\.$/);
    for (const param of describeParams(definition)) {
      expect(param.description, param.name).not.toBe("");
      expect(param.required, param.name).toBe(false);
    }
  });
});

describe("sma-cross", () => {
  const params = { fast: 1, slow: 2 };

  it.each([
    ["buys above, closes below", params, [5, 6, 7, 6, 5, 6], ["1: buy 1", "3: close", "5: buy 1"]],
    ["does nothing on a tie, flat or long", params, [5, 5, 6, 6, 6, 5], ["2: buy 1", "5: close"]],
    ["does nothing below while flat", params, [5, 4, 3], []],
    ["waits for the slow mean", { fast: 1, slow: 4 }, [1, 2, 3, 4, 5], ["3: buy 1"]],
    ["has 10 and 30 as defaults", {}, Array.from({ length: 40 }, (_, i) => i), ["29: buy 1"]],
    ["sees no crossing in flat prices", {}, Array(100).fill(100.1), []],
  ])("%s", (_, given, closes, expected) => {
    expect(trade("sma-cross", given, closes)).toEqual(expected);
  });

  it("goes short instead of out with allowShort", () => {
    const closes = [5, 6, 7, 6, 6, 5, 6];
    const orders = trade("sma-cross", { ...params, allowShort: true }, closes, { account: "margin" });
    expect(orders).toEqual(["1: target 1", "3: target -1", "6: target 1"]);
  });

  it("declares its slow mean as warm-up", () => {
    expect(warmupOf(definitions.get("sma-cross")!, { fast: 2, slow: 7 })).toBe(7);
  });

  it.each([
    [{ fast: 30, slow: 30 }, "expected fast to be smaller than slow"],
    [{ fast: 40 }, "expected fast to be smaller than slow"],
    [{ fast: 0 }, "parameter fast"],
    [{ slow: 2.5 }, "parameter slow"],
    [{ fats: 5 }, 'Did you mean "fast"'],
  ])("refuses %o", (given, message) => {
    expect(() => trade("sma-cross", given, [])).toThrow(message);
  });
});

describe("momentum", () => {
  it.each([
    [
      "buys after a rise, closes after a fall",
      { lookback: 2 },
      [5, 9, 6, 8, 7],
      ["2: buy 1", "3: close", "4: buy 1"],
    ],
    ["does nothing when unchanged", { lookback: 1 }, [5, 6, 6, 6], ["1: buy 1"]],
    [
      "keeps its position within the threshold",
      { lookback: 1, threshold: 0.1 },
      [100, 109, 120, 109, 98],
      ["2: buy 1", "4: close"],
    ],
    ["has a lookback of 20 by default", {}, Array.from({ length: 30 }, (_, i) => i + 1), ["20: buy 1"]],
  ])("%s", (_, given, closes, expected) => {
    expect(trade("momentum", given, closes)).toEqual(expected);
  });

  it("goes short instead of out with allowShort", () => {
    const orders = trade("momentum", { lookback: 1, allowShort: true }, [5, 4, 4, 6], { account: "margin" });
    expect(orders).toEqual(["1: target -1", "3: target 1"]);
  });

  it("declares one bar more than its lookback as warm-up", () => {
    expect(warmupOf(definitions.get("momentum")!, { lookback: 20 })).toBe(21);
  });

  it.each([[{ lookback: 0 }], [{ threshold: -0.1 }]])("refuses %o", (given) => {
    expect(() => trade("momentum", given, [])).toThrow(`parameter ${Object.keys(given)[0]}`);
  });
});

describe.each(["sma-cross", "momentum"] as const)("%s", (name) => {
  it("keeps symbols apart and gives them equal shares", () => {
    const params = name === "momentum" ? { lookback: 1 } : { fast: 1, slow: 2 };
    const orders = trade(name, params, [5, 6, 7], { symbols: ["A", "B"] });
    expect(orders).toEqual(["1: buy 0.5", "1: buy 0.5"]);
  });

  it("refuses allowShort on a cash account", () => {
    expect(() => trade(name, { allowShort: true }, [])).toThrow("allowShort: expected a margin account");
  });
});

describe("buy-and-hold", () => {
  it.each<[string, readonly number[], Market, readonly string[]]>([
    ["buys once, at the first bar", [5, 6, 4], {}, ["0: buy 1"]],
    ["waits for the first bar that counts", [5, 6, 4, 5], { readyFrom: 2 }, ["2: buy 1"]],
    ["divides its equity between symbols", [5, 6], { symbols: ["A", "B"] }, ["0: buy 0.5", "0: buy 0.5"]],
  ])("%s", (_, closes, market, expected) => {
    expect(trade("buy-and-hold", {}, closes, market)).toEqual(expected);
  });
});
