import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import {
  createInstrument,
  isTooSmall,
  marketMetadata,
  snapPrice,
  snapQuantity,
  unitValue,
} from "../../src/domain/instrument.ts";

describe("createInstrument", () => {
  it("without data: a lot of 1e-8, no tick, no minimum, multiplier 1", () => {
    const instrument = createInstrument("btcusdt");
    expect(instrument).toMatchObject({
      symbol: "BTC/USDT",
      venue: "SIMULATED",
      base: "BTC",
      quote: "USDT",
      settle: "USDT",
      lot: { units: 1n, scale: 8 },
      tick: null,
      minNotional: null,
      multiplier: { units: 1n, scale: 0 },
      volumeUnit: "unknown",
    });
    expect(Object.isFrozen(instrument)).toBe(true);
  });

  it.each([
    ["lot", { lot: "0" }],
    ["lot", { lot: "-1" }],
    ["lot", { lot: "abc" }],
    ["tick", { tick: "0" }],
    ["minNotional", { minNotional: "-0.01" }],
    ["multiplier", { multiplier: "0" }],
    ["venue", { venue: "" }],
  ])("refuses a bad %s", (field, options) => {
    expect(() => createInstrument("AAPL", options)).toThrow(ValidationError);
    expect(() => createInstrument("AAPL", options)).toThrow(field);
  });
});

describe("quantities", () => {
  it.each([
    ["0.001", "1.23456", 1234n],
    ["0.001", "-1.23456", -1234n],
    ["0.001", "0.0009", 0n],
    ["1", "9.99", 9n],
    ["1", "10", 10n],
    ["0.5", "1.7", 15n],
    ["0.5", "-1.7", -15n],
    ["100", "250", 200n],
    ["1e-8", "0.1", 10_000_000n],
  ])("on a lot of %s, %s snaps to %s units", (lot, quantity, units) => {
    expect(snapQuantity(createInstrument("AAPL", { lot }), parseFixed(quantity))).toBe(units);
  });

  it.each([
    ["10", "0.1", "99.99", true],
    ["10", "0.1", "100", false],
    ["10", "0.1", "100.01", false],
    [undefined, "0.00000001", "0.01", false],
  ])("with a minimum of %s, %s at %s is too small: %s", (minNotional, quantity, price, small) => {
    const instrument = createInstrument("AAPL", { minNotional });
    const units = snapQuantity(instrument, parseFixed(quantity));
    expect(isTooSmall(instrument, units, parseFixed(price))).toBe(small);
  });
});

describe("prices", () => {
  it.each([
    ["0.01", "10.001", true, "10.01"],
    ["0.01", "10.009", false, "10"],
    ["0.01", "10.01", true, "10.01"],
    ["0.25", "100.3", true, "100.5"],
    ["0.25", "100.3", false, "100.25"],
    ["5", "12.5", false, "10"],
    ["1e-20", "0.3", true, "0.3"],
    [undefined, "10.123456789", true, "10.123456789"],
  ])("on a tick of %s, %s snaps (up: %s) to %s", (tick, price, up, snapped) => {
    expect(formatFixed(snapPrice(createInstrument("AAPL", { tick }), parseFixed(price), up))).toBe(snapped);
  });

  it("snap less than a tick, to the side asked for", () => {
    const instrument = createInstrument("AAPL", { tick: "0.05" });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.boolean(), (thousandths, up) => {
        const price = { units: BigInt(thousandths), scale: 3 };
        const snapped = Number(formatFixed(snapPrice(instrument, price, up)));
        const difference = (snapped - thousandths / 1000) * (up ? 1 : -1);
        expect(difference).toBeGreaterThan(-1e-6);
        expect(difference).toBeLessThan(0.05);
        expect(Math.abs((snapped * 20) % 1)).toBeLessThan(1e-6);
      }),
    );
  });

  it("value a unit through the multiplier", () => {
    expect(formatFixed(unitValue(createInstrument("ES", { multiplier: "50" }), parseFixed("4000.25")))).toBe(
      "200012.5",
    );
    expect(formatFixed(unitValue(createInstrument("AAPL"), parseFixed("187.2")))).toBe("187.2");
  });
});

it("marketMetadata spells symbol and venue one way, and refuses what is neither", () => {
  expect(marketMetadata({ symbol: "btc-usdt", venue: "binance" })).toEqual({
    symbol: "BTC/USDT",
    venue: "BINANCE",
  });
  expect(() => marketMetadata({ symbol: "BTCUSDT" } as never)).toThrow(ValidationError);
});
