/** The strategies by geometric indicators, loaded as a run loads them, on prices whose regime is known. */
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../src/domain/signal.ts";
import {
  type Context,
  createEnvironment,
  parseParams,
  type StrategyDefinition,
  toDefinition,
  warmupOf,
} from "../../src/strategy/index.ts";
import { bundleStrategy, evaluateBundle } from "../../src/strategy/loader.ts";
import { normal, pricesOf, randomWalk, randomWalks } from "../indicators/markets.ts";

const names = ["synchrony", "hurst-curvature"] as const;
type Name = (typeof names)[number];
const definitions = new Map<Name, StrategyDefinition>();

beforeAll(async () => {
  const clock = { now: () => 0, random: () => 0, setTimer: () => 0, clearTimer() {} };
  for (const name of names) {
    const path = fileURLToPath(new URL(`../../strategies/${name}.ts`, import.meta.url));
    const environment = createEnvironment(clock, () => {});
    const plugin = evaluateBundle(await bundleStrategy(path), environment);
    definitions.set(name, toDefinition(plugin, { name }).definition);
  }
});

/** One row an instant, one price a symbol; null: that symbol has no bar then. */
type Rows = readonly (readonly (number | null)[])[];
interface Options {
  readonly symbols?: readonly string[];
  /** Instants before which the strategy is saved as JSON and made anew. */
  readonly restarts?: readonly number[];
}

/** Orders as `instant symbol: request`. */
function trade(name: Name, params: Record<string, unknown>, rows: Rows, options: Options = {}): string[] {
  const { symbols = ["A"], restarts = [] } = options;
  const definition = definitions.get(name)!;
  const parsed = parseParams(definition, params);
  const warmup = warmupOf(definition, parsed);
  const orders: string[] = [];
  let [t, symbol] = [0, symbols[0]!];
  const ctx = {
    account: "cash",
    symbols,
    get ready() {
      return t >= warmup - 1;
    },
    buy: (order: { symbol?: string; fraction: number; tag?: string }) =>
      orders.push(
        `${t} ${order.symbol ?? symbol}: buy ${order.fraction}${order.tag === undefined ? "" : ` ${order.tag}`}`,
      ),
    close: (order?: { symbol?: string }) => orders.push(`${t} ${order?.symbol ?? symbol}: close`),
  } as unknown as Context;
  let handlers = definition.create(parsed, ctx);
  for (const row of rows) {
    if (restarts.includes(t)) {
      const saved = JSON.parse(JSON.stringify(handlers.save?.())) as Json;
      handlers = definition.create(parsed, ctx, saved);
    }
    for (const [i, close] of row.entries()) {
      symbol = symbols[i]!;
      if (close !== null)
        handlers.onBar?.({ symbol, close, time: t } as Parameters<NonNullable<typeof handlers.onBar>>[0]);
    }
    t++;
  }
  return orders;
}

const single = (prices: readonly number[]) => prices.map((price) => [price]);
const draw = normal(5);
/** Returns that take over a share of the one before. */
const autoregressive = (length: number, share: number) => {
  let change = 0;
  return pricesOf(Array.from({ length }, () => (change = share * change + 0.01 * draw())));
};

describe("synchrony", () => {
  const fast = { period: 4, octaves: 2, cycles: 2, mean: 10 };

  it("declares its longest window, or its mean when that is longer, as warm-up", () => {
    const definition = definitions.get("synchrony")!;
    expect(warmupOf(definition, parseParams(definition, {}))).toBe(129);
    expect(warmupOf(definition, parseParams(definition, { ...fast, mean: 99 }))).toBe(99);
  });

  it("follows the mean alone with a limit of 1, and never holds with a limit of 0", () => {
    const prices = randomWalk(300, 3);
    let mean = prices[0]!;
    let long = false;
    const expected: string[] = [];
    for (const [t, price] of prices.entries()) {
      if (t > 0) mean += (2 / 11) * (price - mean);
      if (t < 16 || price > mean === long) continue;
      long = !long;
      expected.push(long ? `${t} A: buy 1` : `${t} A: close`);
    }
    expect(trade("synchrony", { ...fast, limit: 1 }, single(prices))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(20);
    expect(trade("synchrony", { ...fast, limit: 0 }, single(prices))).toEqual([]);
  });

  it("stands aside from a common rise of several symbols, and takes a rise that each has for itself", () => {
    const symbols = ["A", "B", "C", "D"];
    const rising = (share: number) =>
      randomWalks(300, 4, 12, share).map((row, t) => row.map((price) => price * 1.01 ** t));
    const daysHeld = (rows: Rows) => {
      const orders = trade("synchrony", fast, rows, { symbols });
      return orders.reduce((days, order) => {
        const left = 300 - Number.parseInt(order, 10);
        return days + (order.includes("buy") ? left : -left);
      }, 0);
    };
    const locked = rising(0.97);
    expect(daysHeld(locked)).toBe(0);
    expect(daysHeld(rising(0))).toBeGreaterThan(600);
  });

  it("gives symbols equal shares and names them", () => {
    const rows = randomWalks(100, 2, 3).map((row, t) => row.map((price) => price * 1.01 ** t));
    const orders = trade("synchrony", { ...fast, limit: 1 }, rows, { symbols: ["A", "B"] });
    expect(orders.slice(0, 2)).toEqual(["16 A: buy 0.5", "16 B: buy 0.5"]);
  });

  it("goes on when a symbol has no bar for a while, and decides for those that have", () => {
    const rows: Rows = randomWalks(200, 2, 8).map(([a, b], t) => [a!, t >= 100 && t < 150 ? null : b!]);
    const orders = trade("synchrony", { ...fast, limit: 1 }, rows, { symbols: ["A", "B"] });
    const instants = (symbol: string) =>
      orders.filter((order) => order.includes(symbol)).map((order) => Number.parseInt(order, 10));
    expect(instants("B").filter((t) => t > 101 && t < 150)).toEqual([]);
    expect(instants("A").some((t) => t > 101 && t < 150)).toBe(true);
    expect(instants("B").some((t) => t >= 150)).toBe(true);
  });
});

describe("hurst-curvature", () => {
  it("declares two windows as warm-up", () => {
    const definition = definitions.get("hurst-curvature")!;
    expect(warmupOf(definition, parseParams(definition, {}))).toBe(256);
  });

  it.each([
    ["persist", 0.6, "persists"],
    ["revert", -0.6, "reverts"],
  ])("buys prices that %s for that reason", (_, share, tag) => {
    const orders = trade("hurst-curvature", { window: 64 }, single(autoregressive(1500, share)));
    const entries = orders.filter((order) => order.includes("buy"));
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter((order) => order.endsWith(tag)).length / entries.length).toBeGreaterThan(0.9);
  });

  it("does nothing when no exponent is far enough from 0.5", () => {
    expect(trade("hurst-curvature", { window: 64, band: 0.5 }, single(randomWalk(500, 2)))).toEqual([]);
  });

  it("keeps symbols apart and gives them equal shares", () => {
    const prices = randomWalk(600, 9);
    const alone = trade("hurst-curvature", { window: 32 }, single(prices));
    const rows = prices.map((price, t) => [price, 50 + (t % 3)]);
    const beside = trade("hurst-curvature", { window: 32 }, rows, { symbols: ["A", "B"] });
    expect(alone.length).toBeGreaterThan(5);
    const ofA = beside.filter((order) => order.includes(" A:"));
    expect(ofA).toEqual(alone.map((order) => order.replace("buy 1", "buy 0.5")));
  });
});

describe.each(names)("%s", (name) => {
  it.each([
    ["one symbol", ["A"]],
    ["three symbols", ["A", "B", "C"]],
  ])("goes on after restarts as if there had been none (%s)", (_, symbols) => {
    const rows: Rows = randomWalks(500, symbols.length, 41, 0.4).map((row, t) =>
      row.map((price, i) => (t % 37 === 5 && i === 1 ? null : price)),
    );
    const params = name === "synchrony" ? { period: 4, mean: 10 } : { window: 32 };
    const whole = trade(name, params, rows, { symbols });
    expect(whole.length).toBeGreaterThan(10);
    expect(trade(name, params, rows, { symbols, restarts: [0, 3, 50, 79, 200, 201, 450] })).toEqual(whole);
  });

  it("decides the same whatever comes after", () => {
    const prices = randomWalk(500, 6);
    const params = name === "synchrony" ? { period: 4, mean: 10 } : { window: 32 };
    const early = trade(name, params, single(prices.slice(0, 300)));
    const all = trade(name, params, single(prices)).filter((order) => Number.parseInt(order, 10) < 300);
    expect(early.length).toBeGreaterThan(3);
    expect(all).toEqual(early);
  });

  it("decides the same in any unit of money", () => {
    const prices = randomWalk(400, 16);
    const params = name === "synchrony" ? { period: 4, mean: 10 } : { window: 32 };
    const found = trade(name, params, single(prices.map((price) => price * 1000)));
    expect(found).toEqual(trade(name, params, single(prices)));
  });
});
