import { describe, expect, it } from "vitest";
import { OrderError, ValidationError } from "../../src/domain/errors.ts";
import { formatFixed, formatUnits, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { Books, text } from "../support/books.ts";

const eth = createInstrument("ETH/USDT");
const usdt = { currency: "USDT" };
const bnb = { currency: "BNB", amount: parseFixed("0.06"), price: parseFixed("300") };

function fees({ account }: Books): Record<string, string> {
  return Object.fromEntries([...account.feesByCurrency].map(([currency, fee]) => [currency, text(fee)]));
}

describe("a fee in the base currency", () => {
  it("leaves 9.99 of 10 bought, its worth booked at the fill's price", () => {
    const books = new Books("cash", "100000", usdt).fill("buy 10@3452.55", {
      instrument: eth,
      fee: "0.01",
      currency: "ETH",
    });
    const holding = books.account.holdingOf(eth);
    expect(formatUnits(holding.quantity, 8)).toBe("9.99");
    expect(books.cash).toBe("65474.5");
    // 0.01 × 3452.55; what is left was bought for 9.99 × 3452.55.
    expect(text(holding.paidFees)).toBe("34.5255");
    expect(formatUnits(holding.openCost, holding.notionalScale)).toBe("34490.9745");
    expect(fees(books)).toEqual({ ETH: "0.01", USDT: "0" });
    expect(Object.fromEntries([...books.account.balances].map(([k, v]) => [k, text(v)]))).toEqual({
      USDT: "65474.5",
      ETH: "9.99",
    });
    // The way out pays 0.1 % of 34490.9745 in USDT.
    books.fill("sell 9.99@3452.55", { instrument: eth, fee: "34.4909745" });
    expect(books.closed).toEqual(["long 9.99 3452.55→3452.55 fees 69.0164745 pnl -69.0164745"]);
    expect(books.cash).toBe("99930.9835255");
    expect(fees(books)).toEqual({ ETH: "0.01", USDT: "34.4909745" });
  });

  it("takes a sale's fee out of what is left", () => {
    const books = new Books("cash", "100", usdt)
      .fill("buy 2@10", { instrument: eth })
      .fill("sell 1@10", { instrument: eth, fee: "0.001", currency: "ETH" });
    expect(formatUnits(books.account.holdingOf(eth).quantity, 8)).toBe("0.999");
    expect(books.cash).toBe("90");
    expect(books.closed).toEqual(["long 1.001 10→10 fees 0.01 pnl -0.01"]);
  });

  it("may leave less than a lot, which is no position", () => {
    const coarse = createInstrument("ETH/USDT", { lot: "0.001", quantityScale: 8 });
    const books = new Books("cash", "100", usdt);
    books.fill("buy 0.001@10", { instrument: coarse, fee: "0.000001", currency: "ETH" });
    const holding = books.account.holdingOf(coarse);
    expect([formatUnits(holding.quantity, 8), holding.isFlat]).toEqual(["0.000999", true]);
    expect(books.account.hasPosition).toBe(false);
    books.fill("buy 0.001@10", { instrument: coarse, fee: "0.000001", currency: "ETH" });
    expect([formatUnits(holding.quantity, 8), holding.isFlat]).toEqual(["0.001998", false]);
    // 100 − 0.02, and 0.001998 at 10.
    expect(books.mark("10", coarse).equity).toBe("99.99998");
  });

  it("may take all of a speck", () => {
    const books = new Books("cash", "100", usdt);
    books.fill("buy 0.00000001@10", { instrument: eth, fee: "0.00000001", currency: "ETH" });
    expect([books.cash, books.equity, books.account.hasPosition]).toEqual([
      "99.9999999",
      "99.9999999",
      false,
    ]);
    expect(text(books.account.holdingOf(eth).realised)).toBe("-0.0000001");
  });

  it.each([
    ["finer than quantities are counted", "0.000000001"],
    ["more than was bought", "1.00000001"],
  ])("refuses a fee of %s: no venue charges it", (_, fee) => {
    const books = new Books("cash", "100", usdt);
    expect(() => books.fill("buy 1@10", { instrument: eth, fee, currency: "ETH" })).toThrow(OrderError);
  });
});

describe("a fee in a token", () => {
  it("comes out of the stock, at its fixed price, and leaves the cash alone", () => {
    const books = new Books("cash", "1000", { ...usdt, tokens: [bnb] });
    expect(text(books.account.initialEquity)).toBe("1018");
    expect([books.equity, books.free, books.account.equity()]).toEqual(["1018", "1000", 1018]);
    expect(books.account.canPay("BNB", parseFixed("0.06"))).toBe(true);
    books.fill("buy 10@10", { instrument: eth, fee: "0.05", currency: "BNB" });
    // 0.05 × 300 = 15
    expect([books.cash, books.free, books.equity, books.account.equity()]).toEqual([
      "900",
      "900",
      "1003",
      1003,
    ]);
    expect(fees(books)).toEqual({ BNB: "0.05", USDT: "0" });
    expect(formatFixed(books.account.balances.get("BNB")!)).toBe("0.01");
    expect(text(books.account.holdingOf(eth).realised)).toBe("-15");
    books.fill("sell 10@12", { instrument: eth });
    expect(books.closed).toEqual(["long 10 10→12 fees 15 pnl 5"]);
    expect(books.cash).toBe("1020");
  });

  it("says when the stock does not suffice; what filled is booked all the same", () => {
    const books = new Books("cash", "1000", { ...usdt, tokens: [bnb] });
    const { account } = books;
    expect([account.canPay("BNB", parseFixed("0.061")), account.canPay("OKB", parseFixed("1"))]).toEqual([
      false,
      false,
    ]);
    expect(account.canPay("USDT", parseFixed("1e9"))).toBe(true);
    books.fill("buy 10@10", { instrument: eth, fee: "0.07", currency: "BNB" });
    expect(text(account.balances.get("BNB")!)).toBe("-0.01");
    expect(books.equity).toBe("997");
  });

  it.each([
    ["below 0", [{ ...bnb, amount: parseFixed("-1") }], "expected 0 or more, found -1 at 300"],
    ["of the cash's own currency", [{ ...bnb, currency: "USD" }], "balance of USD: it is the account's own"],
    ["named twice", [bnb, bnb], "found BNB twice"],
  ])("refuses a stock %s", (_, tokens, message) => {
    expect(() => new Books("cash", "1000", { tokens })).toThrow(ValidationError);
    expect(() => new Books("cash", "1000", { tokens })).toThrow(message);
  });
});
