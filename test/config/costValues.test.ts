import { describe, expect, it } from "vitest";
import * as values from "../../src/config/costValues.ts";
import { costPresetNames } from "../../src/domain/costs.ts";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";

const still = { ms: 0, jitter: 0 };

describe("presets", () => {
  it.each(costPresetNames)("%s is known, in any case", (name) => {
    expect(values.readCostPreset(` ${name.toUpperCase()} `, "--costs")).toBe(name);
  });
  it("a misspelt one is refused with what was meant", () => {
    expect(() => values.readCostPreset("binance-sport", "--costs")).toThrow(
      expect.objectContaining({
        code: "GEO-OPTION-VALUE",
        message: '--costs: expected the name of a cost preset, such as binance-spot, found "binance-sport"',
        hint: expect.stringContaining('Did you mean "binance-spot"?'),
      }),
    );
  });
});

describe("the currency of fees", () => {
  it.each([
    ["quote", "quote"],
    ["Base", "base"],
    ["BNB@600", { token: "BNB", price: parseFixed("600"), label: "BNB@600" }],
    ["okb@ 45.5", { token: "OKB", price: parseFixed("45.5"), label: "OKB@45.5" }],
  ])("%s", (text, expected) => {
    expect(values.readFeeCurrency(text, "--fee-currency")).toEqual(expected);
  });
  it.each([
    ["BNB", "a token and its price such as BNB@600"],
    ["BNB@", "a token and its price"],
    ["BNB@0", "above 0"],
    ["BNB@cheap", "above 0"],
    ["@600", "a token and its price"],
    ["", "a token and its price"],
  ])("%j is refused", (text, message) => {
    expect(() => values.readFeeCurrency(text, "--fee-currency")).toThrow(message);
  });
});

describe("spreads", () => {
  it.each([
    ["2bps", "share", "0.0002"],
    ["0.05%", "share", "0.0005"],
    ["1tick", "ticks", "1"],
    ["2.5 Ticks", "ticks", "2.5"],
    ["0", "share", "0"],
  ])("%s", (text, kind, amount) => {
    const spread = values.readSpread(text, "--spread");
    expect([spread.kind, formatFixed(spread.kind === "share" ? spread.share : spread.ticks)]).toEqual([
      kind,
      amount,
    ]);
    expect(spread.label).toBe(text);
  });
  it.each([
    ["2", "to name the unit"],
    ["-1tick", "0 or more"],
    ["ticks", "a share such as"],
    ["two ticks", "0 or more"],
    ["-1bps", "0 or more"],
  ])("%j is refused", (text, message) => {
    expect(() => values.readSpread(text, "--spread")).toThrow(`--spread: expected`);
    expect(() => values.readSpread(text, "--spread")).toThrow(message);
  });
});

describe("impact", () => {
  it.each([
    ["sqrt", "squareRoot", 1],
    ["SQRT:0.8", "squareRoot", 0.8],
    ["vol:0.5", "volatility", 0.5],
    ["vol: 2", "volatility", 2],
  ])("%s", (text, kind, factor) => {
    expect(values.readImpact(text, "--impact")).toEqual({ kind, factor, label: text.toLowerCase() });
  });
  it.each([
    ["vol", "sqrt, sqrt:0.8 or vol:0.5"],
    ["linear:1", "sqrt, sqrt:0.8 or vol:0.5"],
    ["sqrt:0", "above 0"],
    ["sqrt:-1", "above 0"],
    ["sqrt:much", "above 0"],
    ["vol:101", "a factor of 100 at most"],
  ])("%j is refused", (text, message) => {
    expect(() => values.readImpact(text, "--impact")).toThrow(message);
  });
});

describe("latency", () => {
  const fifty = { ms: 50, jitter: 20 };
  it.each([
    ["50ms", still, { ms: 50, jitter: 0 }, { ms: 50, jitter: 0 }],
    ["50ms±20ms", still, fifty, fifty],
    ["50ms +- 20ms", still, fifty, fifty],
    ["0.05s±20000us", still, fifty, fifty],
    ["250µs", still, { ms: 0.25, jitter: 0 }, { ms: 0.25, jitter: 0 }],
    ["1ms/50ms±20ms/30ms", { ms: 1, jitter: 0 }, fifty, { ms: 30, jitter: 0 }],
  ])("%s", (text, leaves, seen, answered) => {
    expect(values.readLatency(text, "--latency")).toEqual({ leaves, seen, answered, label: text });
  });
  it.each([
    ["50", "a delay such as 50ms"],
    ["-5ms", "a delay such as 50ms"],
    ["5ms/5ms", "or three"],
    ["5ms/5ms/5ms/5ms", "or three"],
    ["20ms±21ms", "a jitter no larger than the delay"],
    ["2h", "a delay such as 50ms"],
    ["3601s", "an hour at most"],
    ["5ms±", "a delay such as 50ms"],
    ["", "a delay such as 50ms"],
  ])("%j is refused", (text, message) => {
    expect(() => values.readLatency(text, "--latency")).toThrow(message);
  });
});

it("amounts of fees may be nothing, not less", () => {
  expect(formatFixed(values.readFeeAmount("0", "--min-fee"))).toBe("0");
  expect(formatFixed(values.readFeeAmount("4.95", "--fee-per-order"))).toBe("4.95");
  expect(() => values.readFeeAmount("-1", "--min-fee")).toThrow("--min-fee: expected a number, 0 or more");
});
