import { describe, expect, it } from "vitest";
import { ValidationError } from "../../../src/domain/errors.ts";
import {
  MarketDataSource,
  type MarketDataSourceOptions,
  type StrategyInput,
  sma,
} from "../../../src/index.ts";
import { backtest } from "../../../src/run/backtest.ts";
import { defineStrategy } from "../../../src/strategy/index.ts";
import { barsText, dataFolder, minute, orchestrators, start } from "./support.ts";

const folder = dataFolder();
const bars = folder.write("BTCUSDT_bars.csv", barsText(300));

const orchestrator = orchestrators(folder.path);
const run = (strategy: StrategyInput, source: Partial<MarketDataSourceOptions> = {}) =>
  orchestrator().runStrategy({ path: bars, venue: "binance", ...source }, strategy);

const vector = (prices: Float64Array) => {
  const mean = sma(5);
  return Float64Array.from(prices, (price) => Math.sign(price - mean.update(price)));
};

class ByClass {
  generateSignal(_: Float64Array, { rsi14 }: { readonly [name: string]: number }) {
    const action = rsi14! > 51 ? ("buy" as const) : rsi14! < 49 ? ("exit" as const) : ("hold" as const);
    return { action, confidence: 0.5, metadata: { rsi: Number.isNaN(rsi14) ? null : rsi14! } };
  }
}

const trader = defineStrategy({
  name: "trader",
  create(_, ctx) {
    return {
      onBar(bar) {
        if (bar.index % 10 === 2) ctx.buy({ quantity: "0.5", tag: "in" });
        if (bar.index % 10 === 7) ctx.close();
      },
    };
  },
});

describe("the result", () => {
  it.each([
    [
      "a function",
      vector,
      "(prices) => prices.map((p, i) => { let s = 0; for (let k = Math.max(0, i - 4); k <= i; k++) s += prices[k]; return i < 4 ? NaN : Math.sign(Math.round((p - s / 5) * 1e9)); })",
    ],
    ["a class", ByClass, `class { ${ByClass.prototype.generateSignal.toString()} }`],
    [
      "a definition",
      trader,
      `({ name: "trader", create(_, ctx) { return { ${trader.create(undefined as never, {} as never).onBar!.toString()} }; } })`,
    ],
  ] as const)("of %s is that of the same strategy in a file", async (name, strategy, text) => {
    const file = folder.write(`${name.replace(" ", "-")}.mjs`, `export default ${text};\n`);
    const { result } = await run(strategy as StrategyInput);
    const { document } = await backtest({ files: [bars], strategy: file, venue: "BINANCE" });
    expect(result.run.decisionsSha256).toBe(document.run.decisionsSha256);
    expect(result.metrics).toEqual(document.metrics);
    expect(result.metrics.trades).toBeGreaterThan(5);
    expect(result.schema).toBe("geosync.backtest/1");
    // And the file itself may be named.
    expect((await run(file)).result.trades).toEqual(document.trades);
  });

  it("is under the risk policy and the costs of the system", async () => {
    const system = { risk: { symbols: ["ETH/USDT"] }, simulation: { cash: { units: 500n, scale: 0 } } };
    const { result } = await orchestrator(system).runStrategy({ path: bars }, trader);
    expect(result.run.cash).toBe("500");
    expect(result.reasons).toMatchObject({ "refused:symbol": 30 });
  });

  it("takes parameters, a period and a timeframe", async () => {
    const source = {
      path: bars,
      timeframe: "1m",
      from: new Date(start + 10 * minute),
      to: start + 200 * minute,
    };
    const finished = await orchestrator().runStrategy(source, "sma-cross", { params: { fast: 2, slow: 4 } });
    expect(finished.result.run.strategy.params).toMatchObject({ fast: 2, slow: 4 });
    expect(finished.result.run.from).toBe(new Date(start + 10 * minute).toISOString().replace(".000", ""));
    expect(finished.marketFrame.column("openTime").at(-1)).toBe(start + 199 * minute);
  });
});

describe("the signals", () => {
  it("of a function are its scores' directions", async () => {
    const { signals, marketFrame } = await run(vector);
    const scores = vector(marketFrame.column("close"));
    const actions = Array.from(scores, (score) =>
      Number.isNaN(score) ? "hold" : score > 0 ? "buy" : score < 0 ? "sell" : "exit",
    );
    expect(signals.map(({ action }) => action)).toEqual(actions);
    expect(new Set(actions).size).toBeGreaterThan(2);
  });

  it("of a class are what it said, and stay so", async () => {
    const one = { action: "buy" as const, confidence: 0.25, metadata: { n: 1 } };
    class Reuses {
      generateSignal(prices: Float64Array) {
        one.metadata.n = prices.length;
        return one;
      }
    }
    const { signals } = await run(Reuses);
    expect(signals.slice(0, 3).map(({ metadata }) => metadata.n)).toEqual([1, 2, 3]);
    expect(Object.isFrozen(signals[0])).toBe(true);
  });

  it("of a definition are its orders: the last up to the bar's close", async () => {
    const { signals } = await run(trader);
    const told = signals.slice(0, 10).map(({ action }) => action);
    expect(told).toEqual(["hold", "hold", "buy", "hold", "hold", "hold", "hold", "exit", "hold", "hold"]);
    expect(signals[2]!.metadata).toEqual({ tag: "in" });
  });

  it("of orders between two bars belong to the bar that comes", async () => {
    const late = defineStrategy({
      name: "late",
      create: (_, ctx) => ({
        onBar: (bar) => void (bar.index === 3 && ctx.after(minute / 2, "now")),
        onTimer: () => void ctx.buy({ quantity: 1, symbol: "BTC/USDT" }),
      }),
    });
    const { signals } = await run(late);
    expect(signals.map(({ action }) => action).slice(0, 6)).toEqual([
      "hold",
      "hold",
      "hold",
      "hold",
      "buy",
      "hold",
    ]);
  });
});

describe("a class is given", () => {
  it("the usual indicators and the features of its bar", async () => {
    const seen: { readonly [name: string]: number }[] = [];
    class Looks {
      generateSignal(_: Float64Array, indicators: { readonly [name: string]: number }) {
        seen.push(indicators);
        return { action: "hold" as const, confidence: 1, metadata: {} };
      }
    }
    const { featureFrame } = await run(Looks);
    expect(Object.keys(seen[0]!)).toEqual(
      expect.arrayContaining(["atr14", "stddev20", "sma20", "vpin50", "macd"]),
    );
    for (const name of ["sma20", "vpin50", "macdSignal", "return1"])
      expect(
        Float64Array.from(seen, (row) => row[name]!),
        name,
      ).toEqual(featureFrame.column(name));
  });
});

describe("handlers of a class with private state", () => {
  it("are called as its methods", async () => {
    class Handling {
      #bars = 0;
      stopped = -1;
      onBar() {
        this.#bars++;
      }
      onStop() {
        this.stopped = this.#bars;
      }
    }
    const handling = new Handling();
    await run(defineStrategy({ name: "handling", create: () => handling }));
    expect(handling.stopped).toBe(300);
  });

  it("must answer at once, here as elsewhere", async () => {
    const slow = defineStrategy({
      name: "slow",
      create: () => ({ onBar: () => Promise.resolve() as never }),
    });
    await expect(run(slow)).rejects.toThrow(/a handler returned a promise/);
  });
});

describe("refused is", () => {
  it.each([
    ["a file outside", { path: "/etc/hostname" }, vector, /found one outside/],
    ["a strategy that is none", {}, { foo: 1 } as never, /expected a strategy/],
    ["nothing as a strategy", {}, undefined as never, /expected a strategy/],
    [
      "a function that looks ahead",
      {},
      (prices: Float64Array) => prices.map((_, i) => (prices[i + 1] ?? 0) - prices[i]!),
      /looks ahead/,
    ],
    ["an unknown name", {}, "momentun", /Did you mean "momentum"/],
    ["an unknown member", { pathh: "x" } as never, vector, /unknown member "pathh". Did you mean "path"/],
    ["a timeframe that is none", { timeframe: "1 moon" }, vector, /MarketDataSource\.timeframe/],
    ["a time that is none", { from: "yesterday" }, vector, /MarketDataSource\.from: expected epoch ms/],
  ] as const)("%s", async (_, source, strategy, message) => {
    await expect(run(strategy, source)).rejects.toThrow(message);
    await expect(run(strategy, source)).rejects.toBeInstanceOf(ValidationError);
  });

  it("a file of several symbols, unless one is named", async () => {
    const rows = ["AAA", "BBB"].flatMap((symbol) =>
      [1, 2, 3].map((bar) => `${start + bar * minute},${symbol},${bar}`),
    );
    const path = folder.write("both.csv", `time,symbol,close\n${rows.sort().join("\n")}\n`);
    await expect(run(vector, { path })).rejects.toThrow(/expected one symbol a run, found AAA, BBB/);
    const { symbol, marketFrame } = await run(trader, { path, symbol: "bbb" });
    expect([symbol, marketFrame.length]).toEqual(["BBB", 3]);
  });
});

it("a source is frozen, in one spelling, and refuses what is no name", () => {
  const source = new MarketDataSource({ path: "a.csv", symbol: "btcusdt", venue: "binance" });
  expect([source.symbol, source.venue, Object.isFrozen(source)]).toEqual(["BTC/USDT", "BINANCE", true]);
  expect(() => new MarketDataSource({ path: "a.csv", symbol: "" })).toThrow(/symbol/);
  expect(() => new MarketDataSource({ path: "a.csv", venue: "a b" })).toThrow(/venue/);
});

describe("a system refuses", () => {
  it.each([
    [{ allowedRoots: ["data"] }, /unknown member "allowedRoots"/],
    [{ features: { rsi: 3 } }, /features: .*"rsi"/s],
    [{ risk: { maxPositions: 2 } }, /risk: unknown key "maxPositions"/],
    [{ limits: { maxRows: 0 } }, /maxRows: expected a whole number above 0, found 0/],
    [{ pollMs: Number.NaN }, /pollMs/],
    [
      { venues: { binance: { adaptor: {} } } },
      /venues\.binance: unknown member "adaptor". Did you mean "adapter"/,
    ],
    [
      { venues: { binance: { adapter: {} } } },
      /venues\.binance\.adapter: expected an object with a method connect/,
    ],
    [{ venues: { binance: {}, BINANCE: {} } }, /each venue once/],
    [{ venues: { binance: { account: "spot" } } }, /account: expected cash or margin, found spot/],
  ])("%j", (options, message) => {
    expect(() => orchestrator(options as never)).toThrow(message);
  });
});
