import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { isoTime } from "../../src/domain/time.ts";
import { Books, btc, shares } from "../support/books.ts";

function lent(cash: string, rates: { borrow?: string; debt?: string }, leverage = "1"): Books {
  const interest = Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, parseFixed(rate)]));
  return new Books("margin", cash, { interest, leverage: parseFixed(leverage) });
}

function charged({ account }: Books): string[] {
  return account.charges.map(({ time, kind, instrument, amount }) => {
    const what = instrument === null ? kind : `${kind} ${instrument.symbol}`;
    return `${isoTime(time).slice(0, 10)} ${what} ${formatFixed(amount)}`;
  });
}

const at = (text: string): number => Date.parse(`${text}Z`);

describe("interest on a short", () => {
  it("is charged on its mark for every UTC day's end, weekends too, rounded up", () => {
    const books = lent("200000", { borrow: "0.5" });
    books.account.accrue(at("2024-01-04T12:00"));
    books.fill("sell 1000@150", { instrument: shares }).mark("100", shares);
    // 100,000 × 50 % / 360 = 138.888…
    books.account.accrue(at("2024-01-05T00:00:00.001"));
    expect(charged(books)).toEqual(["2024-01-05 borrow AAPL -138.88888889"]);
    // From Friday to Monday: three days' ends, 416.666…
    books.account.accrue(at("2024-01-08T00:00:00.001"));
    expect(charged(books).slice(1)).toEqual(["2024-01-08 borrow AAPL -416.66666667"]);
    expect(books.cash).toBe("349444.44444444");
    expect(books.account.equity()).toBe(249444.44444444);
    expect(formatFixed(books.account.holdingOf(shares).borrowCost)).toBe("555.55555556");
    // Not part of a trade: it belongs to the time between.
    books.fill("buy 1000@100", { instrument: shares });
    expect(books.closed).toEqual(["short 1000 150→100 fees 0 pnl 50000"]);
    expect(formatFixed(books.account.holdingOf(shares).realised)).toBe("49444.44444444");
  });

  it("falls due once a day, after its end", () => {
    const books = lent("2000", { borrow: "0.36" });
    const { account } = books;
    expect(account.nextAccrual).toBe(Number.NEGATIVE_INFINITY);
    account.accrue(at("2024-01-04T00:00"));
    expect(account.nextAccrual).toBe(at("2024-01-05T00:00"));
    books.fill("sell 10@100");
    for (const time of ["2024-01-04T23:59", "2024-01-05T00:00"]) account.accrue(at(time));
    expect(charged(books)).toEqual([]);
    for (const time of ["2024-01-05T00:01", "2024-01-05T00:02", "2024-01-06T00:00"]) account.accrue(at(time));
    expect(charged(books)).toEqual(["2024-01-05 borrow BTC/USD -1"]);
    expect(account.nextAccrual).toBe(at("2024-01-06T00:00"));
  });

  it("is not owed for contracts: nothing is borrowed to sell them", () => {
    const books = lent("2000", { borrow: "0.36", debt: "0.36" });
    const perpetual = createInstrument("BTC/USD:USD");
    books.account.accrue(at("2024-01-04T12:00"));
    books.fill("sell 10@100", { instrument: perpetual });
    books.account.accrue(at("2024-01-06T12:00"));
    expect(charged(books)).toEqual([]);
  });

  it("never falls due without a rate", () => {
    expect(new Books("margin", "1000").account.nextAccrual).toBe(Number.POSITIVE_INFINITY);
    expect(() => lent("1000", { debt: "-0.01" })).toThrow(ValidationError);
  });
});

describe("interest on borrowed cash", () => {
  it("is charged on what cash is below 0", () => {
    const books = lent("1000", { debt: "0.072" }, "2");
    books.account.accrue(at("2024-01-04T12:00"));
    books.fill("buy 15@100");
    // 500 × 7.2 % / 360
    books.account.accrue(at("2024-01-05T12:00"));
    expect(charged(books)).toEqual(["2024-01-05 debt -0.1"]);
    // 500.1 × 7.2 % / 360 = 0.10002
    books.account.accrue(at("2024-01-06T12:00"));
    expect(charged(books).slice(1)).toEqual(["2024-01-06 debt -0.10002"]);
    expect([books.cash, formatFixed(books.account.debtInterest)]).toEqual(["-500.20002", "0.20002"]);
    expect(books.account.cashNumber).toBe(-500.20002);
  });

  it("leaves the proceeds of shorts to those who lent them", () => {
    const books = lent("1000", { debt: "0.072" }, "2");
    books.account.accrue(at("2024-01-04T12:00"));
    // Cash 1000 + 500 − 1200 = 300, of which 500 back the short.
    books.fill("sell 5@100").fill("buy 12@100", { instrument: shares });
    books.account.accrue(at("2024-01-05T12:00"));
    expect(charged(books)).toEqual(["2024-01-05 debt -0.04"]);
  });

  it("counts a contract's profit, not its value", () => {
    const future = createInstrument("ES", { lot: "1", multiplier: "50" });
    const books = lent("1000", { debt: "0.072" }, "20").fill("buy 1@100", { instrument: future });
    expect(books.cash).toBe("-4000");
    books.account.accrue(at("2024-01-04T12:00"));
    books.account.accrue(at("2024-01-05T12:00"));
    expect(charged(books)).toEqual([]);
    // A loss of 1,500 realised: 500 are owed.
    books.fill("sell 1@70", { instrument: future });
    books.account.accrue(at("2024-01-06T12:00"));
    expect(charged(books)).toEqual(["2024-01-06 debt -0.1"]);
  });
});

describe("funding", () => {
  const perpetual = createInstrument("BTC/USD:USD");
  const time = at("2024-01-05T08:00");

  it.each([
    // 2 × 50,000 × 0.01 %
    ["a long pays a rate above 0", "buy", "0.0001", "-10"],
    ["a short receives it", "sell", "0.0001", "10"],
    ["a long receives one below 0", "buy", "-0.0001", "10"],
    ["a short pays it", "sell", "-0.0001", "-10"],
  ])("%s", (_, side, rate, amount) => {
    const books = new Books("margin", "200000").fill(`${side} 2@40000`, { instrument: perpetual });
    const before = books.account.cashNumber;
    const paid = books.account.fund(perpetual, parseFixed(rate), parseFixed("50000"), time);
    expect(formatFixed(paid)).toBe(amount);
    expect(books.account.cashNumber - before).toBe(Number(amount));
    expect(charged(books)).toEqual([`2024-01-05 funding BTC/USD:USD ${amount}`]);
    const holding = books.account.holdingOf(perpetual);
    expect([formatFixed(holding.funding), formatFixed(holding.realised)]).toEqual([amount, amount]);
  });

  it("is shared out by tag, to the last digit", () => {
    const books = new Books("margin", "200000")
      .fill("buy 1@100", { instrument: perpetual, tag: "a" })
      .fill("buy 1@100", { instrument: perpetual })
      .fill("buy 1@100", { instrument: perpetual, tag: "b" })
      .fill("buy 4@100", { instrument: perpetual, tag: "a" });
    // 7 × 1 × 0.1 = 0.7: 0.1 to each unit.
    books.account.fund(perpetual, parseFixed("0.1"), parseFixed("1"), time);
    const [charge] = books.account.charges;
    const shares = [...charge!.shares].map(([tag, amount]) => [tag, formatFixed(amount)]);
    expect(shares).toEqual([
      [null, "-0.1"],
      ["b", "-0.1"],
      ["a", "-0.5"],
    ]);
  });

  it("gives the newest tag what can't be parted", () => {
    const lent = createInstrument("AAPL", { lot: "1" });
    const shorts = new Books("margin", "1000", { interest: { borrow: parseFixed("0.00000001") } });
    shorts.account.accrue(0);
    shorts.fill("sell 1@1", { instrument: lent, tag: "a" }).fill("sell 1@1", { instrument: lent, tag: "b" });
    shorts.account.accrue(86_400_001);
    expect([...shorts.account.charges[0]!.shares].map(([tag, amount]) => [tag, formatFixed(amount)])).toEqual(
      [
        ["a", "0"],
        ["b", "-0.00000001"],
      ],
    );
  });

  it("passes those by who hold nothing", () => {
    const books = new Books("margin", "1000");
    expect(formatFixed(books.account.fund(btc, parseFixed("0.01"), parseFixed("100"), time))).toBe("0");
    expect(charged(books)).toEqual([]);
  });
});
