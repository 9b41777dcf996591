import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { tradedValue } from "../../src/domain/execution.ts";
import { divideUp, formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import {
  baseFee,
  createInstrument,
  isTooSmall,
  snapQuantity,
  unitValue,
} from "../../src/domain/instrument.ts";

describe("an instrument knows what it is by its name", () => {
  it.each([
    ["BTC/USDT", { contract: false, inverse: false, settle: "USDT" }],
    ["AAPL", { contract: false, inverse: false, settle: "USD" }],
    ["BTC/USDT:USDT", { contract: true, inverse: false, settle: "USDT" }],
    ["XRPUSDT_PERP", { contract: true, inverse: false, settle: "USDT" }],
    ["BTC/USD:BTC", { contract: true, inverse: true, settle: "BTC" }],
    // A share as charting sites write it.
    ["NASDAQ:AAPL", { contract: false, inverse: false, settle: "USD" }],
  ])("%s", (symbol, expected) => {
    expect(createInstrument(symbol)).toMatchObject(expected);
  });

  it.each([
    [{ multiplier: "50" }, { contract: true, inverse: false, settle: "USD" }],
    [{ multiplier: "1.0" }, { contract: false, inverse: false, settle: "USD" }],
    [{ contract: true }, { contract: true, inverse: false, settle: "USD" }],
    [{ inverse: true }, { contract: true, inverse: true, settle: "BTC" }],
  ])("unless it is told: %o", (options, expected) => {
    expect(createInstrument("BTC/USD", options)).toMatchObject(expected);
  });
});

describe("quantities finer than the lot", () => {
  it("leave the lot what it is", () => {
    const coarse = createInstrument("BTC/USDT", { lot: "0.001" });
    const fine = createInstrument("BTC/USDT", { lot: "0.001", quantityScale: 8 });
    expect(fine.lot).toEqual({ units: 100_000n, scale: 8 });
    expect([coarse, fine].map((each) => snapQuantity(each, parseFixed("0.0019999")))).toEqual([1n, 100_000n]);
  });

  it.each([2, 19, 3.5, Number.NaN])("have no %s decimals", (quantityScale) => {
    expect(() => createInstrument("BTC/USDT", { lot: "0.001", quantityScale })).toThrow(ValidationError);
  });

  it.each([
    ["0.5", "0.001", "0.0005"],
    // 0.00000003 × 0.1 % and nothing at all
    ["0.00000003", "0.001", "0.00000001"],
    ["0.5", "0", "0"],
    // 0.00012345 × 0.075 % = 0.0000000925875
    ["0.00012345", "0.00075", "0.0000001"],
  ])("of %s, a commission of %s takes %s: a part of a unit counts as one", (quantity, rate, fee) => {
    const btc = createInstrument("BTC/USDT");
    expect(formatFixed(baseFee(btc, snapQuantity(btc, parseFixed(quantity)), parseFixed(rate)))).toBe(fee);
  });
});

describe("an inverse contract's value", () => {
  const usd = createInstrument("BTC/USD:BTC", { lot: "1", minNotional: "5" });

  it("is its face over the price", () => {
    expect(formatFixed(tradedValue(usd, parseFixed("8000"), 10_000n))).toBe("1.25");
    expect(formatFixed(unitValue(usd, parseFixed("8000")))).toBe("0.000125");
  });

  it("is rounded for what we give, and down for what we get", () => {
    const value = (side?: "buy" | "sell") => formatFixed(tradedValue(usd, parseFixed("3"), 1n, side));
    expect([value("buy"), value("sell"), value()]).toEqual(["0.33333333", "0.33333334", "0.33333334"]);
    expect(formatFixed(unitValue(usd, parseFixed("3")))).toBe("0.333333333333333334");
  });

  it("is in quote currency what its smallest order is measured by", () => {
    const value = unitValue(usd, parseFixed("60000"));
    expect([isTooSmall(usd, 4n, value), isTooSmall(usd, 5n, value)]).toEqual([true, false]);
  });

  it.each(["0", "-1"])("does not exist at %s", (price) => {
    expect(() => unitValue(usd, parseFixed(price))).toThrow(ValidationError);
    expect(() => tradedValue(usd, parseFixed(price), 1n)).toThrow(`expected more than 0, found ${price}`);
  });
});

it.each([
  ["1", "3", 2, 34n],
  ["0.06", "3", 2, 2n],
  ["0", "7", 5, 0n],
  ["123.456", "1", 1, 1235n],
  ["123.4", "1", 1, 1234n],
  ["1", "0.0003", 0, 3334n],
])("%s / %s at %s decimals is raised to %s", (a, b, scale, units) => {
  expect(divideUp(parseFixed(a), parseFixed(b), scale)).toBe(units);
});
