import { describe, expect, it } from "vitest";
import { toDecimal } from "../../src/domain/decimal.ts";
import { GeoSyncError, ValidationError } from "../../src/domain/errors.ts";
import { createPluginApi } from "../../src/strategy/api.ts";
import { createEnvironment } from "../../src/strategy/environment.ts";
import { fakeClock } from "./fakes.ts";

/** The value of an expression in the world of a plugin. */
function world() {
  const clock = fakeClock();
  const lines: string[] = [];
  const { bindings } = createEnvironment(clock, (level, text) => lines.push(`${level} ${text}`));
  const evaluate = (expression: string): unknown =>
    new Function(...Object.keys(bindings), `"use strict"; return (${expression});`)(
      ...Object.values(bindings),
    );
  return { clock, lines, evaluate };
}

describe("the time of a plugin", () => {
  it.each<[string, unknown]>([
    ["Date.now()", Date.UTC(2024, 0, 1)],
    ["new Date().toISOString()", "2024-01-01T00:00:00.000Z"],
    ["Date()", "Mon Jan 01 2024 00:00:00 GMT+0000 (Coordinated Universal Time)"],
    ["String(new Date())", "Mon Jan 01 2024 00:00:00 GMT+0000 (Coordinated Universal Time)"],
    ["performance.now()", Date.UTC(2024, 0, 1)],
    ["new globalThis.Date().getTime()", Date.UTC(2024, 0, 1)],
    ["new Date() instanceof Date", true],
    ["new Date().constructor.now()", Date.UTC(2024, 0, 1)],
    ["Date.UTC(2024, 1)", Date.UTC(2024, 1)],
    ["Date.name", "Date"],
    ["new Date(5).getTime()", 5],
    ["new Date(new Date(5)).getTime()", 5],
    ["new Date(null).getTime()", 0],
    ["new Date(undefined).getTime()", Number.NaN],
    ["String(new Date(NaN))", "Invalid Date"],
    ["JSON.stringify(new Date(0))", '"1970-01-01T00:00:00.000Z"'],
    ["Date.parse('2024-06-01T12:00:00+02:00')", Date.UTC(2024, 5, 1, 10)],
    ["Date.parse('nonsense')", Number.NaN],
  ])("%s is %s", (expression, value) => {
    expect(world().evaluate(expression)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ["new Date(2024, 5, 1, 12).getTime()", Date.UTC(2024, 5, 1, 12)],
    ["Date.parse('2024-06-01T12:00:00')", Date.UTC(2024, 5, 1, 12)],
    ["Date.parse('2024-06-01 12:00')", Date.UTC(2024, 5, 1, 12)],
    ["Date.parse('Jun 1, 2024')", Date.UTC(2024, 5, 1)],
    ["new Date('2024-06-01T12:00:00Z').getHours()", 12],
    ["new Date('2024-06-01T12:00:00Z').getDay()", 6],
    ["new Date('2024-06-01T12:00:00Z').getTimezoneOffset()", 0],
    ["new Date(0).setHours(3)", 3 * 3_600_000],
    ["new Date(0).toLocaleTimeString('en-GB')", "00:00:00"],
  ])("%s is the same in every zone", (expression, value) => {
    const zone = process.env.TZ;
    try {
      for (const TZ of ["America/New_York", "Asia/Tokyo", "UTC"]) {
        process.env.TZ = TZ;
        expect(world().evaluate(expression)).toEqual(value);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it("passes only in timers of the engine", () => {
    const { clock, evaluate } = world();
    const seen = evaluate(`(() => {
      const seen = [];
      setTimeout((text) => seen.push(text), 100, "once");
      clearTimeout(setTimeout(() => seen.push("never"), 100));
      setImmediate(() => seen.push("immediate"));
      queueMicrotask(() => seen.push("microtask"));
      let rounds = 0;
      const handle = setInterval(() => { seen.push("round"); if (++rounds === 2) clearInterval(handle); }, 40);
      return seen;
    })()`);
    expect(seen).toEqual([]);
    for (let i = 0; i < 20; i++) clock.advance(10);
    expect(seen).toEqual(["immediate", "microtask", "round", "round", "once"]);
    expect(clock.pending()).toBe(0);
  });
});

describe("the world of a plugin", () => {
  it.each<[string, unknown]>([
    ["[Math.random(), Math.random()]", [0, 0.1]],
    ["globalThis.Math.random()", 0],
    ["Math.max(1, 2) + Math.PI", 2 + Math.PI],
    ["process.env.PATH", undefined],
    ["Object.keys(global.process.env)", []],
    ["globalThis.globalThis === self && self === global", true],
    ["new globalThis.Array(3).length", 3],
    ["'Array' in globalThis && !('nonsense' in globalThis)", true],
    ["typeof globalThis.Buffer", "function"],
  ])("%s is %s", (expression, value) => {
    expect(world().evaluate(expression)).toEqual(value);
  });

  it("keeps what is written to its global object to itself", () => {
    const { evaluate } = world();
    const before = [process, Buffer];
    evaluate("Object.assign(globalThis, { process: 1, Buffer: 2, leaked: 3 })");
    expect(evaluate("globalThis.leaked")).toBe(3);
    expect([process, Buffer]).toEqual(before);
    expect(world().evaluate("globalThis.leaked")).toBeUndefined();
    expect(globalThis).not.toHaveProperty("leaked");
  });

  it.each([
    "fetch('https://example.com')",
    "new WebSocket('wss://example.com')",
    "crypto.randomUUID()",
    "globalThis.fetch('https://example.com')",
    "require('fs')",
  ])("%s is refused", (expression) => {
    expect(() => world().evaluate(expression)).toThrow(/I\/O reaches a strategy only through the engine/);
  });

  it("writes its console to the log", () => {
    const { evaluate, lines } = world();
    evaluate(`[
      console.log("bar", 1, { price: NaN, big: 1n }, null), console.warn([1, 2]), console.error(new Float64Array([1])),
      console.assert(true, "a"), console.assert(false, "b"), console.time(),
    ]`);
    expect(lines).toEqual([
      'info bar 1 {"price":"NaN","big":"1n"} null',
      "warn [1,2]",
      "error [1]",
      "error Assertion failed: b",
    ]);
  });
});

describe("what a plugin gets from geosync", () => {
  it("is complete", () => {
    for (const name of [
      "defineStrategy",
      "sma",
      "ema",
      "rsi",
      "atr",
      "stddev",
      "z",
      "Decimal",
      "OrderError",
    ]) {
      expect(createPluginApi()).toHaveProperty(name);
    }
    expect(createPluginApi().ValidationError).toBe(ValidationError);
  });

  it("refuses every other name, also in the copy that a bundler makes", () => {
    const api = createPluginApi();
    const copy = Object.create(Object.getPrototypeOf(api), Object.getOwnPropertyDescriptors(api));
    for (const given of [api, copy]) {
      expect(() => given.CsvDataSource).toThrow(/"geosync" gives strategies no "CsvDataSource"/);
      expect(() => given.smaa).toThrow(/Did you mean "sma"\?/);
      expect(() => given.smaa).toThrow(GeoSyncError);
      expect([given.then, given.__esModule, given.default]).toEqual([undefined, undefined, undefined]);
      expect(typeof given.hasOwnProperty).toBe("function");
    }
  });

  it("cannot be changed", () => {
    expect(() => Object.assign(createPluginApi(), { sma: 1 })).toThrow(TypeError);
  });

  it("has a Decimal of its own, whose settings never reach the ledger", () => {
    const { Decimal } = createPluginApi() as {
      Decimal: { set(options: object): unknown; new (text: string): never };
    };
    Decimal.set({ precision: 3 });
    expect(toDecimal("1.23456789", "x").times("1.00000001").toString()).toBe("1.2345679023456789");
    expect(toDecimal(new Decimal("1.5"), "x").toString()).toBe("1.5");
    expect((createPluginApi().Decimal as { precision: number }).precision).toBe(50);
  });
});
