import { describe, expect, it } from "vitest";
import { OrderError } from "../../src/domain/errors.ts";
import { formatUnits, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { Books, btc, shares, text } from "../support/books.ts";
import { executed } from "../support/executed.ts";

describe("a book kept by hand", () => {
  it("1 BTC at 50,000 with 10 bps a side costs 50 in and 50 out", () => {
    const books = new Books("cash", "100000").fill("buy 1@50000", { fee: "50" });
    expect(books.cash).toBe("49950");
    expect(books.mark("50000").equity).toBe("99950");
    books.fill("sell 1@50000", { fee: "50" });
    expect(books.cash).toBe("99900");
    expect(books.closed).toEqual(["long 1 50000→50000 fees 100 pnl -100"]);
    expect(text(books.account.holdingOf(btc).realised)).toBe("-100");
  });

  it("closes the oldest lot first, in parts", () => {
    const books = new Books("cash", "1000")
      .fill("buy 2@100", { tag: "first", bar: 1 })
      .fill("buy 3@110", { tag: "second", bar: 2 })
      .fill("sell 1@120", { tag: "a", bar: 3 })
      .fill("sell 3@130", { tag: "b", bar: 4 });
    expect(books.closed).toEqual([
      "long 1 100→120 fees 0 pnl 20",
      "long 1 100→130 fees 0 pnl 30",
      "long 2 110→130 fees 0 pnl 40",
    ]);
    expect(
      books.account.trades
        .all()
        .map(({ entryTag, exitTag, entryBar, exitBar, entryTime, exitTime }) => [
          `${entryTag}-${exitTag}`,
          [entryBar, exitBar],
          [entryTime / 60_000, exitTime / 60_000],
        ]),
    ).toEqual([
      ["first-a", [1, 3], [1, 3]],
      ["first-b", [1, 4], [1, 4]],
      ["second-b", [2, 4], [2, 4]],
    ]);
    const holding = books.account.holdingOf(btc);
    expect(formatUnits(holding.openCost, holding.notionalScale)).toBe("110");
    expect(holding.entryPrice).toBe(110);
    // 1000 − 200 − 330 + 120 + 390
    expect(books.cash).toBe("980");
  });

  it("shares fees pro rata, the last share taking the remainder", () => {
    // 0.10 over three: 0.03, 0.03 and 0.04; the exit of 0.05 over one and two: 0.01 and 0.04.
    const books = new Books("cash", "1000.00")
      .fill("buy 3@10", { instrument: shares, fee: "0.10" })
      .fill("sell 1@10", { instrument: shares })
      .fill("sell 1@10", { instrument: shares })
      .fill("sell 1@10", { instrument: shares });
    expect(books.closed.map((line) => line.split("fees ")[1])).toEqual([
      "0.03 pnl -0.03",
      "0.03 pnl -0.03",
      "0.04 pnl -0.04",
    ]);

    const exit = new Books("cash", "1000.00")
      .fill("buy 1@10", { instrument: shares })
      .fill("buy 2@10", { instrument: shares })
      .fill("sell 3@10", { instrument: shares, fee: "0.05" });
    expect(exit.closed.map((line) => line.split("fees ")[1])).toEqual(["0.01 pnl -0.01", "0.04 pnl -0.04"]);
  });

  it("flips: closes what there is, and opens the rest on the other side", () => {
    const books = new Books("margin", "1000")
      .fill("buy 2@100", { fee: "2" })
      .fill("sell 5@110", { fee: "5" })
      .fill("buy 4@100", { fee: "4" });
    expect(books.closed).toEqual([
      // Fee: 2 in, 2/5 of 5 out.
      "long 2 100→110 fees 4 pnl 16",
      // 3 in; 3/4 of 4 out.
      "short 3 110→100 fees 6 pnl 24",
    ]);
    expect(formatUnits(books.account.holdingOf(btc).quantity, 8)).toBe("1");
    // 1000 − 200 − 2 + 550 − 5 − 400 − 4
    expect(books.cash).toBe("939");
    expect(books.mark("100").equity).toBe("1039");
  });

  it("pays a contract's profit through its multiplier", () => {
    const future = createInstrument("ES", { lot: "1", multiplier: "50" });
    const books = new Books("margin", "500000")
      .fill("buy 2@4000.25", { instrument: future })
      .fill("sell 1@4010.25", { instrument: future });
    expect(books.closed).toEqual(["long 1 4000.25→4010.25 fees 0 pnl 500"]);
    expect(books.mark("4000", future).equity).toBe("500487.5");
    expect(books.account.equity()).toBe(500487.5);
    expect(books.account.holdingOf(future).unrealised).toBe(-12.5);
  });

  it("takes rebates as they are", () => {
    const books = new Books("cash", "100")
      .fill("buy 1@10", { fee: "-0.01" })
      .fill("sell 1@10", { fee: "-0.01" });
    expect(books.cash).toBe("100.02");
    expect(books.closed).toEqual(["long 1 10→10 fees -0.02 pnl 0.02"]);
  });

  it.each([
    // A price rounded down to nothing, and oil in April 2020.
    ["nothing", "0", ["short 1 0→10 fees 0 pnl -10"]],
    ["less than nothing", "-37.63", ["short 1 -37.63→10 fees 0 pnl -47.63"]],
  ])("knows long from short at a price of %s", (_, price, closed) => {
    const books = new Books("margin", "1000").fill(`sell 1@${price}`).fill(`sell 1@${price}`);
    expect(books.closed).toEqual([]);
    expect(books.fill("buy 1@10").closed).toEqual(closed);
    const long = new Books("margin", "1000").fill(`buy 1@${price}`).fill(`buy 1@${price}`);
    expect(long.closed).toEqual([]);
    expect(long.fill("sell 1@10").closed).toHaveLength(1);
  });

  it("refuses a fee in a currency it has none of", () => {
    expect(() => new Books("cash", "100").fill("buy 1@10", { fee: "0.001", currency: "BNB" })).toThrow(
      OrderError,
    );
  });
});

describe("what is free", () => {
  it("is the cash, with longs alone", () => {
    const books = new Books("margin", "1000").fill("buy 4@100").mark("150");
    expect([books.cash, books.free, books.equity]).toEqual(["600", "600", "1200"]);
  });

  it("is equity less gross exposure, with shorts", () => {
    // 1000 + 400 received; equity 1000 at 100, 800 at 150, 1200 at 50.
    const books = new Books("margin", "1000").fill("sell 4@100");
    expect([books.cash, books.mark("100").free, books.equity]).toEqual(["1400", "600", "1000"]);
    expect([books.mark("150").free, books.equity]).toEqual(["200", "800"]);
    expect([books.mark("50").free, books.equity]).toEqual(["1000", "1200"]);
    // Beyond its backing.
    expect(books.mark("200").free).toBe("-200");
  });

  it("counts longs and shorts side by side", () => {
    const books = new Books("margin", "1000").fill("buy 2@100", { instrument: shares }).fill("sell 3@100");
    books.mark("110", shares).mark("90");
    // equity 1000 + 20 + 30; exposure 220 + 270
    expect([books.equity, books.free]).toEqual(["1050", "560"]);
  });

  it("backs a fresh short at the price it filled at, not at an older one", () => {
    // Marked at 100, sold on a gap to 200: all of 1000 is taken.
    const books = new Books("margin", "1000").mark("100").fill("sell 5@200");
    expect(books.free).toBe("0");
    expect(books.equity).toBe("1000");
    expect(books.account.equity()).toBe(1000);
  });

  it("values what was filled before the market showed a price", () => {
    const books = new Books("margin", "1000").fill("sell 2@100").fill("buy 3@50", { instrument: shares });
    expect([books.equity, books.free]).toEqual(["1000", "650"]);
    expect(books.account.equity()).toBe(1000);
    expect(books.account.holdingOf(btc).hasPrice).toBe(true);
    expect(books.mark("90").equity).toBe("1020");
  });
});

describe("scales grow, and nothing is lost", () => {
  it("takes prices of 2, 5 and 17 decimals in turn", () => {
    const books = new Books("cash", "1000.50")
      .fill("buy 1@10.25", { fee: "0.01" })
      .fill("buy 1@10.12345", { fee: "0.00001" })
      .fill("buy 1@10.00000000000000001", { fee: "0.0000000000000000000002" })
      .fill("sell 2.5@11.5");
    // 1000.5 − 10.25 − 10.12345 − 10.00000000000000001 + 28.75 − the fees
    expect(books.cash).toBe("998.8665399999999999899998");
    expect(books.closed).toEqual([
      "long 1 10.25→11.5 fees 0.01 pnl 1.24",
      "long 1 10.12345→11.5 fees 0.00001 pnl 1.37654",
      "long 0.5 10.00000000000000001→11.5 fees 0.0000000000000000000001 pnl 0.7499999999999999949999",
    ]);
  });

  it("keeps each instrument's books when another one makes the money finer", () => {
    const books = new Books("cash", "1000")
      .fill("buy 1@100", { instrument: shares, fee: "0.1" })
      .fill("buy 0.00000001@0.00000000000000001", { fee: "0.0000000000000000000000000000001" })
      .fill("sell 1@101", { instrument: shares, fee: "0.1" });
    expect(books.closed).toEqual(["long 1 100→101 fees 0.2 pnl 0.8"]);
    expect(text(books.account.holdingOf(shares).realised)).toBe("0.8");
  });

  it("holds more than a double can count", () => {
    const books = new Books("cash", "1e30").fill("buy 90071992547.40993@12345678901234567.89");
    const cost = 9007199254740993n * 1234567890123456789n;
    expect(books.cash).toBe(formatUnits(10n ** 37n - cost, 7));
    books.mark("12345678901234567.90");
    // One cent on each.
    expect(books.equity).toBe(formatUnits(10n ** 37n + 9007199254740993n, 7));
  });

  it("remembers dust as no position", () => {
    const lots = createInstrument("BTC/USD", { lot: "0.5" });
    const { account } = new Books("cash", "1000").fill("buy 0.5@10", { instrument: lots });
    expect([account.hasPosition, account.holdingOf(lots).isFlat]).toEqual([true, false]);
    account.book(executed({ instrument: lots, side: "sell", price: parseFixed("10"), quantity: 3n }), null);
    expect([account.hasPosition, account.holdingOf(lots).isFlat]).toEqual([false, true]);
  });

  it("closes thousands of lots in their order", () => {
    const books = new Books("cash", "1e9");
    for (let i = 1; i <= 3000; i++) books.fill(`buy 1@${i}`, { instrument: shares });
    for (let i = 1; i <= 3000; i++) books.fill("sell 1@5000", { instrument: shares });
    expect(books.account.trades.all().map(({ entryPrice }) => Number(entryPrice))).toEqual(
      Array.from({ length: 3000 }, (_, i) => i + 1),
    );
    expect(books.account.holdingOf(shares).lots).toHaveLength(0);
  });
});
