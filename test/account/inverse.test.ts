import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { formatFixed, formatUnits, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { Books } from "../support/books.ts";

/** A dollar a contract, paid in bitcoin. */
const usd = createInstrument("BTC/USD:BTC", { lot: "1" });
const hundred = createInstrument("BTC/USD:BTC", { lot: "1", multiplier: "100" });

class CoinBooks extends Books {
  constructor(cash: string, leverage = "1", maintenance = "0.12") {
    super("margin", cash, {
      currency: "BTC",
      leverage: parseFixed(leverage),
      maintenance: parseFixed(maintenance),
    });
  }
  trade(fills: string, instrument = usd, fee = "0"): this {
    for (const fill of fills.split(", ")) this.fill(fill, { instrument, fee });
    return this;
  }
}

describe("an inverse contract", () => {
  it.each([
    // 10,000 / 8,000 − 10,000 / 12,500 = 1.25 − 0.8
    ["a long", "buy 10000@8000, sell 10000@12500", usd, "long 10000 8000→12500 fees 0 pnl 0.45", "2.45"],
    [
      "a long that loses",
      "buy 10000@8000, sell 10000@6400",
      usd,
      "long 10000 8000→6400 fees 0 pnl -0.3125",
      "1.6875",
    ],
    ["a short", "sell 10000@8000, buy 10000@6400", usd, "short 10000 8000→6400 fees 0 pnl 0.3125", "2.3125"],
    [
      "a hundred dollars each",
      "buy 100@8000, sell 100@12500",
      hundred,
      "long 100 8000→12500 fees 0 pnl 0.45",
      "2.45",
    ],
  ])(
    "pays quantity × multiplier × (1 / entry − 1 / exit) in coins: %s",
    (_, fills, instrument, closed, cash) => {
      const books = new CoinBooks("2").trade(fills, instrument);
      expect(books.closed).toEqual([closed]);
      expect(books.cash).toBe(cash);
      const holding = books.account.holdingOf(instrument);
      expect(formatFixed(holding.grossRealised)).toBe(closed.split("pnl ")[1]);
      expect([holding.isFlat, holding.openCost]).toEqual([true, 0n]);
    },
  );

  it("is a debt in coins while long, and what is free is less its value", () => {
    const books = new CoinBooks("2").trade("buy 10000@8000").mark("8000", usd);
    expect([books.cash, books.equity, books.free]).toEqual(["3.25", "2", "0.75"]);
    expect([books.mark("12500", usd).equity, books.free]).toEqual(["2.45", "1.65"]);
    expect(books.account.equity()).toBe(2.45);
    // What is held of a contract is no balance of its coin.
    expect([...books.account.balances].map(([currency, amount]) => [currency, formatFixed(amount)])).toEqual([
      ["BTC", "3.25"],
    ]);
    const holding = books.account.holdingOf(usd);
    expect(holding.unrealised).toBeCloseTo(0.45, 12);
    expect([formatFixed(holding.exactWorth()), formatFixed(holding.exactValue())]).toEqual(["-0.8", "0.8"]);
  });

  it("is coins owned while short", () => {
    const books = new CoinBooks("2").trade("sell 10000@8000").mark("6400", usd);
    expect([books.cash, books.equity, books.free]).toEqual(["0.75", "2.3125", "0.75"]);
    expect(books.account.equity()).toBe(2.3125);
    expect(books.account.holdingOf(usd).entryPrice).toBe(8000);
  });

  it("has the harmonic mean of its entries as entry price", () => {
    const books = new CoinBooks("2").trade("buy 1000@5000, buy 2000@6000").mark("5500", usd);
    const holding = books.account.holdingOf(usd);
    // 3000 / (0.2 + 0.33333333)
    expect(holding.entryPrice).toBeCloseTo(5625, 3);
    // −3000 / 5500, owed, so up: −0.54545455
    expect(formatUnits(holding.openCost, holding.notionalScale)).toBe("-0.53333333");
    expect(books.equity).toBe("1.98787878");
  });

  it("is rounded to the satoshi against us, once a fill", () => {
    // 1/3 in, 1/3 out: received down, given up.
    expect(new CoinBooks("1").trade("buy 1@3, sell 1@3").cash).toBe("0.99999999");
    expect(new CoinBooks("1").trade("sell 1@3, buy 1@3").cash).toBe("0.99999999");
    const even = new CoinBooks("1").trade("buy 10000@8000, sell 10000@8000");
    expect(even.cash).toBe("1");
  });

  it("shares a rounded value out among its parts, and none is lost", () => {
    // 3/7 = 0.42857142 in; 1/7 = 0.14285715 out, three times.
    const parts = new CoinBooks("1").trade("buy 3@7, sell 1@7, sell 1@7, sell 1@7");
    expect(parts.closed).toEqual(Array(3).fill("long 1 7→7 fees 0 pnl -0.00000001"));
    expect(parts.cash).toBe("0.99999997");
    // 1/7 and 2/7 in, 3/7 = 0.42857143 out: 0.14285714 of it for the first, what is left for the second.
    const whole = new CoinBooks("1").trade("buy 1@7, buy 2@7, sell 3@7");
    expect(whole.closed).toEqual(["long 1 7→7 fees 0 pnl 0", "long 2 7→7 fees 0 pnl -0.00000001"]);
    expect(whole.cash).toBe("0.99999999");
  });

  it("keeps its books when a finer price comes", () => {
    const books = new CoinBooks("2").trade("buy 10000@8000, buy 10000@8000.5, sell 20000@12500.25");
    // 1.25 + 1.24992187 (down) − 1.599968 (up: 1.59996800063…)
    expect(books.cash).toBe("2.89995386");
    expect(books.closed.map((line) => line.split(" pnl ")[0])).toEqual([
      "long 10000 8000→12500.25 fees 0",
      "long 10000 8000.5→12500.25 fees 0",
    ]);
  });

  it("flips", () => {
    const books = new CoinBooks("2").trade("buy 10000@8000, sell 15000@10000, buy 5000@8000");
    // 1.25 − 1; then 0.5 sold, 0.625 bought
    expect(books.closed).toEqual([
      "long 10000 8000→10000 fees 0 pnl 0.25",
      "short 5000 10000→8000 fees 0 pnl 0.125",
    ]);
    expect(books.cash).toBe("2.375");
  });

  it("pays fees and returns in coins", () => {
    const books = new CoinBooks("2")
      .trade("buy 10000@8000", usd, "0.00125")
      .trade("sell 10000@12500", usd, "0.0008");
    expect(books.closed).toEqual(["long 10000 8000→12500 fees 0.00205 pnl 0.44795"]);
    expect(formatFixed(books.account.trades.at(0).entryValue)).toBe("1.25");
  });

  it.each([
    ["a long", "buy 10000@8000", "-0.000125"],
    ["a short", "sell 10000@8000", "0.000125"],
  ])("is funded on its value in coins: %s", (_, fill, amount) => {
    const books = new CoinBooks("2").trade(fill);
    const paid = books.account.fund(usd, parseFixed("0.0001"), parseFixed("8000"), 0);
    expect(formatFixed(paid)).toBe(amount);
  });

  it("rounds the value it is funded on against us", () => {
    // 1/3, up to pay and down to receive.
    const rate = (text: string) =>
      formatFixed(
        new CoinBooks("2").trade("buy 1@3").account.fund(usd, parseFixed(text), parseFixed("3"), 0),
      );
    expect([rate("0.1"), rate("-0.1")]).toEqual(["-0.033333334", "0.033333333"]);
  });

  it.each([
    // 1.75 − 10,000 / p = 0.12 × 10,000 / p
    ["a long", "buy 10000@8000", "6400.01", "6400", 6400],
    // −0.75 + 10,000 / p = 0.12 × 10,000 / p
    ["a short", "sell 10000@8000", "11733.33", "11733.34", 8800 / 0.75],
  ])("is liquidated when its coins no longer suffice: %s", (_, fill, above, at, price) => {
    const books = new CoinBooks("0.5", "5").trade(fill).mark(above, usd);
    const { margin } = books.account;
    expect(margin.liquidationPrice(books.account.holdingOf(usd))).toBeCloseTo(price, 6);
    expect(margin.isBelowMaintenance()).toBe(false);
    books.mark(at, usd);
    expect(margin.isBelowMaintenance()).toBe(true);
  });

  it("has no price of 0 or less", () => {
    expect(() => new CoinBooks("2").trade("buy 1@0")).toThrow(ValidationError);
  });
});
