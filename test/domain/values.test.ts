import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { ValidationError } from "../../src/domain/errors.ts";
import { createPosition, type PositionInput } from "../../src/domain/position.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { createSignal } from "../../src/domain/signal.ts";
import { didYouMean, nearest } from "../../src/domain/suggest.ts";
import { Ticker, type TickerInput } from "../../src/domain/ticker.ts";

describe("Ticker", () => {
  const input: TickerInput = {
    symbol: "btcusdt",
    venue: "binance",
    price: "42283.58",
    timestamp: 1704067200000,
  };

  it("is exact, normalised, in UTC and frozen", () => {
    const ticker = Ticker.create({ ...input, volume: "0.10000000000000000001" });
    expect(ticker).toMatchObject({ symbol: "BTC/USDT", venue: "BINANCE", kind: "tick", time: 1704067200000 });
    expect(ticker.price.toFixed()).toBe("42283.58");
    expect(ticker.volume.toFixed()).toBe("0.10000000000000000001");
    expect(Object.isFrozen(ticker)).toBe(true);
    ticker.timestamp.setFullYear(1999);
    expect(ticker.timestamp.toISOString()).toBe("2024-01-01T00:00:00.000Z");
  });

  it.each<[unknown]>([
    [new Date(1704067200000)],
    ["2024-01-01"],
    [" 2024-01-01T01:00:00+01:00 "],
    [1704067200000],
  ])("takes the time %s", (timestamp) => {
    expect(Ticker.create({ ...input, timestamp: timestamp as string }).time).toBe(1704067200000);
  });

  it("has no volume unless it is told", () => {
    expect(Ticker.create(input).volume.toFixed()).toBe("0");
  });

  it.each<[string, Record<string, unknown>]>([
    ["Ticker.price", { price: 0 }],
    ["Ticker.price", { price: "-1" }],
    ["Ticker.price", { price: Number.NaN }],
    ["Ticker.price", { price: undefined }],
    ["Ticker.volume", { volume: -1 }],
    ["Ticker.volume", { volume: "lots" }],
    ["Ticker.timestamp", { timestamp: "yesterday" }],
    ["Ticker.timestamp", { timestamp: new Date(Number.NaN) }],
    ["Ticker.timestamp", { timestamp: undefined }],
    // Microseconds taken for milliseconds.
    ["Ticker.timestamp", { timestamp: 1704067200000000 }],
    ["symbol", { symbol: "" }],
    ["venue", { venue: "" }],
    ["symbol", { symbol: 1 }],
    ["bid", { bid: 1 }],
  ])("refuses a bad %s: %j", (field, change) => {
    const create = (): Ticker => Ticker.create({ ...input, ...change } as TickerInput);
    expect(create).toThrow(ValidationError);
    expect(create).toThrow(field);
  });
});

describe("createPosition", () => {
  const input: PositionInput = { symbol: "btcusdt", quantity: "-2", entryPrice: "100.5", currentPrice: 90 };

  it("values a short by its sign", () => {
    const position = createPosition(input);
    expect(position.symbol).toBe("BTC/USDT");
    // (90 − 100.5) × −2
    expect(position.unrealizedPnl.toFixed()).toBe("21");
    expect(position.realizedPnl.toFixed()).toBe("0");
  });

  it("takes the venue's own figures where it has them", () => {
    const position = createPosition({ ...input, unrealizedPnl: "20.5", realizedPnl: new Decimal(-3) });
    expect([position.unrealizedPnl.toFixed(), position.realizedPnl.toFixed()]).toEqual(["20.5", "-3"]);
  });

  it.each(["quantity", "entryPrice", "currentPrice", "unrealizedPnl", "realizedPnl"])(
    "refuses a bad %s",
    (field) => {
      const create = (): unknown => createPosition({ ...input, [field]: "x" });
      expect(create).toThrow(ValidationError);
      expect(create).toThrow(`Position.${field}`);
    },
  );
});

describe("createSignal", () => {
  it("is sure of itself unless it says otherwise", () => {
    expect(createSignal({ action: "buy" })).toEqual({ action: "buy", confidence: 1, metadata: {} });
  });

  it.each(["buy", "sell", "hold", "exit"])("knows %s", (action) => {
    expect(createSignal({ action, confidence: 0.5, metadata: { why: ["x", null, 1] } })).toMatchObject({
      action,
    });
  });

  it.each<[string, unknown]>([
    ["action", { action: "short" }],
    ["action", {}],
    ["confidence", { action: "buy", confidence: 1.01 }],
    ["confidence", { action: "buy", confidence: -0.1 }],
    ["confidence", { action: "buy", confidence: Number.NaN }],
    ["metadata", { action: "buy", metadata: { f: () => 1 } }],
    ["Signal", null],
  ])("refuses a bad %s", (field, input) => {
    expect(() => createSignal(input)).toThrow(ValidationError);
    expect(() => createSignal(input)).toThrow(field);
  });
});

describe("suggestions", () => {
  const names = ["momentum", "mean-reversion", "buy-and-hold", "sma-cross"];

  it.each<[string, string | undefined]>([
    ["momentun", "momentum"],
    ["momentmu", "momentum"],
    ["omentum", "momentum"],
    ["MOMENTUM", "momentum"],
    ["sma-crossing", "sma-cross"],
    ["breakout", undefined],
    ["", undefined],
  ])("nearest to %j is %s", (word, name) => {
    expect(nearest(word, names)).toBe(name);
  });

  it("prefers the nearer, then the first", () => {
    expect(nearest("cat", ["bat", "cut", "cats"])).toBe("bat");
    expect(nearest("stop", ["shop", "stop"])).toBe("stop");
  });

  it("ends a message, or adds nothing", () => {
    expect(didYouMean("momentun", names)).toBe(' Did you mean "momentum"?');
    expect(didYouMean("zzz", names)).toBe("");
  });
});

describe("seededRandom", () => {
  // First three draws and the thousandth, as 32-bit integers, from an sfc32 written apart from this one.
  it.each<[number, readonly number[]]>([
    [0, [1042467279, 43268146, 720511638, 1362792573]],
    [1, [1930539107, 2003999907, 2883482671, 1649237205]],
    [42, [695857468, 3046671632, 1167015482, 3242526848]],
    [4294967295, [3948599743, 3125754026, 3912479616, 355072320]],
  ])("draws the same from seed %i on every machine", (seed, draws) => {
    const random = seededRandom(seed);
    const integers = Array.from({ length: 1000 }, () => random() * 2 ** 32);
    expect([...integers.slice(0, 3), integers[999]]).toEqual(draws);
  });

  it("is uniform in [0, 1), and independent between neighbouring seeds", () => {
    const [a, b] = [seededRandom(7), seededRandom(8)];
    const pairs = Array.from({ length: 20_000 }, () => [a(), b()] as const);
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(pairs.flat().every((x) => x >= 0 && x < 1)).toBe(true);
    // Deviations of the means: 0.002 and 0.0006; five of them.
    expect(Math.abs(mean(pairs.map(([x]) => x)) - 0.5)).toBeLessThan(0.0105);
    expect(Math.abs(mean(pairs.map(([x, y]) => (x - 0.5) * (y - 0.5))))).toBeLessThan(0.003);
  });
});
