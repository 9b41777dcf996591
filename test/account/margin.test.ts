import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { compareFixed, formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { Books, btc, shares } from "../support/books.ts";
import { cell } from "../support/oneRow.ts";

function leveraged(cash: string, leverage: string, maintenance?: string): Books {
  return new Books("margin", cash, {
    leverage: parseFixed(leverage),
    ...(maintenance === undefined ? {} : { maintenance: parseFixed(maintenance) }),
  });
}

function state({ account }: Books): Record<string, string> {
  const entries = Object.entries(account.margin.state());
  return Object.fromEntries(entries.map(([name, value]) => [name, formatFixed(value)]));
}

describe("leverage", () => {
  it("lets 1,000 carry 5,000, and counts what is carried", () => {
    const books = leveraged("1000", "5");
    expect(books.free).toBe("5000");
    books.fill("buy 40@100").mark("100");
    expect([books.cash, books.equity, books.free]).toEqual(["-3000", "1000", "1000"]);
    expect(state(books)).toEqual({ equity: "1000", exposure: "4000", initial: "800", maintenance: "400" });
    // 5 × 600 − 3600
    expect([books.mark("90").equity, books.free]).toEqual(["600", "-600"]);
    expect(state(books)).toEqual({ equity: "600", exposure: "3600", initial: "720", maintenance: "360" });
  });

  it("counts longs and shorts alike", () => {
    const books = leveraged("1000", "2.5").fill("buy 2@100", { instrument: shares }).fill("sell 3@100");
    books.mark("110", shares).mark("90");
    // equity 1050; 2.5 × 1050 − (220 + 270)
    expect([books.equity, books.free]).toEqual(["1050", "2135"]);
  });

  it("backs what was bought on a gap at the price it got", () => {
    // Marked at 100, bought at 200: all of 5 × 1000 is taken.
    expect(leveraged("1000", "5").mark("100").fill("buy 25@200").free).toBe("0");
  });

  it("makes a fee of the opening weigh by the leverage: it takes equity", () => {
    const books = leveraged("1000", "4");
    const factor = books.account.margin.openingFactor(parseFixed("1.25"));
    expect(formatFixed(factor)).toBe("2");
    // 4000 / (100 × 2) = 20: pays 25 % of 2000.
    expect(books.fill("buy 20@100", { fee: "500" }).free).toBe("0");
    const plain = new Books("margin", "1000").account.margin.openingFactor(parseFixed("1.001"));
    expect(formatFixed(plain)).toBe("1.001");
  });

  it.each([
    ["less than 1", "margin", { leverage: "0.5" }, "leverage: expected 1 or more, found 0.5"],
    ["more than 1 on a cash account", "cash", { leverage: "2" }, "leverage: expected 1 on a cash account"],
    ["more maintenance than initial margin", "margin", { leverage: "5", maintenance: "0.21" }, "found 0.21"],
    [
      "a liquidation that pays us",
      "margin",
      { liquidationFee: "-0.01" },
      "liquidationFee: expected 0 or more",
    ],
  ] as const)("refuses %s", (_, kind, texts, message) => {
    const rules = Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, parseFixed(value)]));
    expect(() => new Books(kind, "1000", rules)).toThrow(ValidationError);
    expect(() => new Books(kind, "1000", rules)).toThrow(message);
  });
});

describe("liquidation", () => {
  it.each([
    // −3000 + 40 p = 0.2 × 40 p
    ["a long", "buy 40@100", "4", "0.2", "93.76", "93.75"],
    // 2000 − 10 p = 0.25 × 10 p
    ["a short", "sell 10@100", "2", "0.25", "159.99", "160"],
    [
      "a short without leverage, half its value at the least",
      "sell 10@100",
      "1",
      undefined,
      "133.33",
      "133.34",
    ],
  ])(
    "is due for %s when equity meets the maintenance margin",
    (_, fill, leverage, maintenance, above, at) => {
      const books = leveraged("1000", leverage, maintenance).fill(fill);
      const { margin } = books.account;
      const holding = books.account.holdingOf(btc);
      books.mark(above);
      expect(margin.isBelowMaintenance()).toBe(false);
      expect(margin.liquidationPrice(holding)).toBeCloseTo(Number(at), 1);
      books.mark(at);
      expect(margin.isBelowMaintenance()).toBe(true);
      expect(margin.firstToLiquidate()).toBe(holding);
    },
  );

  it("is decided exactly where doubles can't", () => {
    // One unit of 10^-20 of cash above the meeting point of the first row, then none.
    const richer = leveraged("1000.00000000000000000001", "4", "0.2").fill("buy 40@100").mark("93.75");
    expect(richer.account.margin.isBelowMaintenance()).toBe(false);
    const poorer = leveraged("1000", "4", "0.2").fill("buy 40@100").mark("93.75");
    expect(poorer.account.margin.isBelowMaintenance()).toBe(true);
  });

  it("never comes to longs that were paid for, nor to nobody", () => {
    const paid = new Books("margin", "1000").fill("buy 10@100").mark("0.01");
    expect(paid.account.margin.isBelowMaintenance()).toBe(false);
    expect(paid.account.margin.liquidationPrice(paid.account.holdingOf(btc))).toBeNull();
    // A loss beyond all equity leaves nothing that could be closed.
    const ruined = leveraged("1000", "5").fill("buy 50@100").fill("sell 50@70");
    expect([ruined.cash, ruined.account.margin.isBelowMaintenance()]).toEqual(["-500", false]);
    expect(ruined.account.margin.firstToLiquidate()).toBeNull();
    expect(ruined.account.margin.liquidationPrice(ruined.account.holdingOf(btc))).toBeNull();
  });

  it("takes the position that needs the most margin first, by its instrument's own rate", () => {
    const risky = createInstrument("DOGE/USD", { maintenance: "0.15" });
    const books = leveraged("1000", "5")
      .fill("buy 10@100")
      .fill("buy 8@100", { instrument: risky })
      .mark("100")
      .mark("100", risky);
    // 0.1 × 1000 against 0.15 × 800
    expect(state(books).maintenance).toBe("220");
    expect(books.account.margin.firstToLiquidate()?.instrument).toBe(risky);
  });

  it("of one position waits for what the others leave", () => {
    const books = leveraged("1000", "5").fill("buy 40@100").fill("buy 5@100", { instrument: shares });
    books.mark("100").mark("120", shares);
    // −3500 + 600 + 40 p = 0.1 × (600 + 40 p): 36 p = 2960
    expect(books.account.margin.liquidationPrice(books.account.holdingOf(btc))).toBeCloseTo(2960 / 36, 10);
  });
});

it("leaves dust where it is", () => {
  const lots = createInstrument("BTC/USD", { lot: "0.5" });
  const books = leveraged("100", "5").fill("buy 0.5@100", { instrument: lots, fee: "0.2", currency: "BTC" });
  expect(books.account.open).toHaveLength(1);
  expect(books.account.margin.firstToLiquidate()).toBeNull();
  expect(books.account.margin.liquidationPrice(books.account.holdingOf(lots))).toBeNull();
});

describe("what is told in doubles", () => {
  const inverse = createInstrument("BTC/USD:BTC", { lot: "1" });
  const whole = (min: number, max: number) => fc.integer({ min, max });
  /** A book of one long or short each, things or inverse contracts, with odd prices. */
  const books = fc
    .record({
      leverage: fc.constantFrom("1", "2.5", "7"),
      instrument: fc.constantFrom(btc, inverse),
      fills: fc.array(fc.tuple(fc.constantFrom("buy", "sell"), whole(1, 300), whole(100, 999_999)), {
        minLength: 1,
        maxLength: 5,
      }),
      mark: whole(100, 999_999),
    })
    .map(({ leverage, instrument, fills, mark }) => {
      const made = leveraged("1000.1", leverage);
      for (const [side, size, cents] of fills) made.fill(`${side} ${size}@${cents / 100}`, { instrument });
      return { account: made.mark(String(mark / 100), instrument).account, instrument };
    });

  it("never calls a cost covered that is not, nor doubts one that is by far", () => {
    fc.assert(
      fc.property(books, whole(-50, 50), ({ account }, steps) => {
        const free = account.free();
        const near = Number(formatFixed(free)) * (1 + steps * 2 ** -52) + steps * 1e-9;
        if (account.surelyCovers(near)) {
          expect(compareFixed(parseFixed(String(near)), free)).toBeLessThanOrEqual(0);
        }
        const size = Math.abs(Number(formatFixed(free))) + account.cashTerms * 7;
        expect(account.surelyCovers(Number(formatFixed(free)) - size * 1e-9 - 1e-6)).toBe(true);
      }),
    );
  });

  it("calls for a liquidation exactly when the exact state does, however near", () => {
    fc.assert(
      fc.property(books, whole(-100, 100), ({ account, instrument }, steps) => {
        const holding = account.holdingOf(instrument);
        const price = account.margin.liquidationPrice(holding);
        fc.pre(price !== null && price > 1e-3 && price < 1e12);
        const near = (price! * (1 + steps * 1e-13)).toFixed(15);
        holding.markAt(cell(near), 0, Number(near));
        const { equity, maintenance } = account.margin.state();
        expect(account.margin.isBelowMaintenance()).toBe(compareFixed(equity, maintenance) <= 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is free after closing", () => {
  const inverse = createInstrument("BTC/USD:BTC", { lot: "1" });
  const cents = (min: number, max: number) =>
    fc.integer({ min, max }).map((units) => (units / 100).toFixed(2));

  it.each([
    ["a thing", btc],
    ["a contract's multiplier", createInstrument("ES", { lot: "1", multiplier: "50" })],
    ["an inverse contract", inverse],
  ])("is foretold: %s", (_, instrument) => {
    fc.assert(
      fc.property(
        fc.constantFrom("1", "2.5", "10"),
        fc.constantFrom("buy", "sell"),
        cents(5000, 20000),
        cents(5000, 20000),
        cents(5000, 20000),
        fc.integer({ min: 1, max: 20 }),
        (leverage, side, entry, mark, exit, closed) => {
          const books = leveraged("100000", leverage).fill(`${side} 20@${entry}`, { instrument });
          books.mark(mark, instrument);
          const { account } = books;
          const holding = account.holdingOf(instrument);
          const units = BigInt(closed) * 10n ** BigInt(instrument.lot.scale);
          const fee = parseFixed("1.23");
          const told = account.margin.freeAfterClosing(holding, units, parseFixed(exit), fee);
          const other = side === "buy" ? "sell" : "buy";
          books.fill(`${other} ${closed}@${exit}`, { instrument, fee: "1.23" }).mark(mark, instrument);
          if (instrument.inverse) {
            // Quotients of parts and of wholes are rounded apart.
            const off = Number(formatFixed(told)) - Number(books.free);
            expect(Math.abs(off)).toBeLessThan(1e-6);
          } else expect(compareFixed(told, account.free())).toBe(0);
        },
      ),
    );
  });
});
