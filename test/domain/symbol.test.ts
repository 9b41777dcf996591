import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { currenciesOf, normalizeSymbol, normalizeVenue } from "../../src/domain/symbol.ts";

describe("normalizeSymbol", () => {
  it.each([
    ["btcusdt", "BTC/USDT"],
    ["BTC-USDT", "BTC/USDT"],
    ["BTC_USDT", "BTC/USDT"],
    [" btc/usdt ", "BTC/USDT"],
    ["1000PEPEUSDT", "1000PEPE/USDT"],
    // Longest quote first.
    ["BTCBUSD", "BTC/BUSD"],
    ["BTCFDUSD", "BTC/FDUSD"],
    ["ETHTUSD", "ETH/TUSD"],
    // But these are coins that end in B and T, in dollars.
    ["BNBUSD", "BNB/USD"],
    ["DOTUSD", "DOT/USD"],
    ["BNBBUSD", "BNB/BUSD"],
    ["DOTTUSD", "DOT/TUSD"],
    ["ETHBTC", "ETH/BTC"],
    ["BNBETH", "BNB/ETH"],
    ["USDCUSDT", "USDC/USDT"],
    ["EURUSD", "EUR/USD"],
    ["XYZ/ABC", "XYZ/ABC"],
    // A perpetual is no spot market.
    ["BTC/USDT:USDT", "BTC/USDT:USDT"],
    ["BTCUSDT_PERP", "BTC/USDT:USDT"],
    ["XRPUSDT-PERP", "XRP/USDT:USDT"],
    ["BTC-USDT-SWAP", "BTC/USDT:USDT"],
    ["ethusdtperp", "ETH/USDT:USDT"],
    // Shares, funds and indexes.
    ["AAPL", "AAPL"],
    ["ABNB", "ABNB"],
    ["GBTC", "GBTC"],
    ["USDT", "USDT"],
    ["BRK-B", "BRK-B"],
    ["brk.b", "BRK.B"],
    ["^GSPC", "^GSPC"],
    ["EURUSD=X", "EURUSD=X"],
    ["BTC-PERP", "BTC-PERP"],
    // A dated future.
    ["BTCUSDT_240329", "BTCUSDT_240329"],
  ])("%s is %s", (text, symbol) => {
    expect(normalizeSymbol(text)).toBe(symbol);
  });

  it.each([
    "",
    "   ",
    "BTC USDT",
    "/USDT",
    "-BTC",
    "BTC\nUSDT",
    "ÄÖÜ",
    "<script>",
    "A".repeat(41),
    "BTC;USDT",
  ])("refuses %j", (text) => {
    expect(() => normalizeSymbol(text)).toThrow(ValidationError);
    expect(() => normalizeSymbol(text)).toThrow(`found "${text}"`);
  });

  it("leaves its own spelling alone", () => {
    const parts = fc.constantFrom(
      "BTC",
      "B",
      "USDT",
      "USD",
      "PERP",
      "SWAP",
      "BUSD",
      "ETH",
      "/",
      "-",
      "_",
      ":",
      "X1",
    );
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 5 }), (words) => {
        const text = words.join("");
        fc.pre(/^[A-Z0-9]/.test(text));
        const once = normalizeSymbol(text);
        expect(normalizeSymbol(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("currenciesOf", () => {
  it.each([
    ["BTC/USDT", { base: "BTC", quote: "USDT", settle: "USDT" }],
    ["BTC/USDT:USDT", { base: "BTC", quote: "USDT", settle: "USDT" }],
    ["BTC/USD:BTC", { base: "BTC", quote: "USD", settle: "BTC" }],
    ["AAPL", { base: "AAPL", quote: "USD", settle: "USD" }],
  ])("of %s", (symbol, currencies) => {
    expect(currenciesOf(symbol)).toEqual(currencies);
  });
});

describe("normalizeVenue", () => {
  it("has one spelling", () => {
    expect(normalizeVenue(" binance ")).toBe("BINANCE");
  });
  it.each(["", " ", "a b", "-x", "x/y", "V".repeat(41)])("refuses %j", (text) => {
    expect(() => normalizeVenue(text)).toThrow(ValidationError);
  });
});
