import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addFixed, compareFixed, type Fixed, formatFixed, parseFixed } from "../../../src/domain/fixed.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import { combinedFees } from "../../../src/execution/costs/combinedFees.ts";
import { inCurrency, quoteCost } from "../../../src/execution/costs/feeCurrency.ts";
import { feeOf, noCharges, withFill } from "../../../src/execution/costs/feeOf.ts";
import { flatSchedule } from "../../../src/execution/costs/feeTerms.ts";
import { makerTaker } from "../../../src/execution/costs/makerTaker.ts";
import { perOrder } from "../../../src/execution/costs/perOrder.ts";
import { perUnit } from "../../../src/execution/costs/perUnit.ts";
import { btc, feesOf, fillOf, type Part, share, sumOf, type TermsText, termsOf } from "./orders.ts";

const rates = { maker: parseFixed("0.0002"), taker: parseFixed("0.0005") };

describe("by hand", () => {
  const free = { minimum: null, maximumRate: null, currency: "quote" } as const;
  it.each<[string, Parameters<typeof feesOf>[0], readonly Part[], readonly string[]]>([
    ["takers pay their rate: 5 bps of 50,000", makerTaker(rates), [["1", "50000"]], ["25"]],
    ["makers pay theirs: 2 bps of 50,000", makerTaker(rates), [["1", "50000", true]], ["10"]],
    [
      "an order that first takes and then rests pays both",
      makerTaker(rates),
      [
        ["0.4", "100.01"],
        ["0.6", "100", true],
      ],
      ["0.020002", "0.012"],
    ],
    ["no digit is lost", makerTaker(rates), [["0.01", "0.00000001"]], ["0.00000000000005"]],
    [
      "a fee an order is paid with its first fill alone",
      perOrder(parseFixed("4.95")),
      [
        ["10", "20"],
        ["10", "20"],
        ["1", "20"],
      ],
      ["4.95", "0", "0"],
    ],
    [
      "a fee a unit does not care for the price",
      perUnit(parseFixed("0.005")),
      [
        ["100", "25"],
        ["0.5", "0.25"],
      ],
      ["0.5", "0.0025"],
    ],
    [
      "methods add up: 1 an order, 0.005 a share, 5 bps of 200",
      combinedFees([makerTaker(rates), perOrder(parseFixed("1")), perUnit(parseFixed("0.005"))], free),
      [
        ["10", "20"],
        ["10", "20"],
      ],
      ["1.15", "0.15"],
    ],
  ])("%s", (_, schedule, parts, fees) => {
    expect(feesOf(schedule, parts)).toEqual(fees);
  });
});

describe("a minimum and a cap, as Interactive Brokers have them (0.005 a share, 1 to 1 % an order)", () => {
  const ibkr = flatSchedule(termsOf({ perUnit: "0.005", minimum: "1", maximumRate: "0.01" }));
  it.each<[string, readonly Part[], readonly string[]]>([
    // The broker's own three examples.
    ["100 shares at 25 pay the minimum", [["100", "25"]], ["1"]],
    ["1,000 shares at 25 pay by the share", [["1000", "25"]], ["5"]],
    ["1,000 shares at 0.25 pay the cap", [["1000", "0.25"]], ["2.5"]],
    ["a cap below the minimum wins: 1 % of 2", [["10", "0.2"]], ["0.02"]],
    [
      "the minimum holds for the order: the second part is within it",
      [
        ["100", "25"],
        ["50", "25"],
      ],
      ["1", "0"],
    ],
    [
      "what lies above the minimum is charged when it is reached: 300 shares are 1.5",
      [
        ["150", "25"],
        ["50", "25"],
        ["100", "25"],
      ],
      ["1", "0", "0.5"],
    ],
    [
      "the cap grows with the order: 1 % of 50, then the minimum, then by the share",
      [
        ["2", "25"],
        ["50", "25"],
        ["248", "25"],
      ],
      ["0.5", "0.5", "0.5"],
    ],
  ])("%s", (_, parts, fees) => {
    expect(feesOf(ibkr, parts)).toEqual(fees);
  });

  it("a later fill never pays back", () => {
    const dear = flatSchedule(termsOf({ rate: "0.01", maximumRate: "0.02" }));
    const cheap = flatSchedule(termsOf({ rate: "0", maximumRate: "0.0001" }));
    const schedule = {
      terms: (maker: boolean) => (maker ? cheap : dear).terms(maker, share, 0),
    };
    expect(
      feesOf(schedule, [
        ["10", "100"],
        ["10", "100", true],
      ]),
    ).toEqual(["10", "0"]);
  });
});

describe("the currency of a fee", () => {
  const token = { token: "BNB", price: parseFixed("600"), label: "BNB@600" };
  it.each<[string, TermsText, "buy" | "sell", string, string, string, string]>([
    ["quote is exact", { rate: "0.001" }, "buy", "0.12345678", "50000.01", "6.1728402345678 USDT", ""],
    ["a buy pays in base", { rate: "0.001", currency: "base" }, "buy", "1", "50000", "0.001 BTC", "0"],
    // 0.001 × 0.12345678 = 0.00012345678: the ninth decimal is taken up.
    [
      "up to 8 decimals",
      { rate: "0.001", currency: "base" },
      "buy",
      "0.12345678",
      "3",
      "0.00012346 BTC",
      "0",
    ],
    [
      "a sell in base pays in quote",
      { rate: "0.001", currency: "base" },
      "sell",
      "2",
      "50",
      "0.1 USDT",
      "0.1",
    ],
    // 1 / (3 × 1): a fee an order in base is what it buys there.
    ["a fixed fee in base", { perOrder: "1", currency: "base" }, "buy", "2", "3", "0.33333334 BTC", "0"],
    // 37.5 / 600.
    ["a token by its price", { rate: "0.00075", currency: token }, "buy", "1", "50000", "0.0625 BNB", "37.5"],
    // 0.00075 / 600 = 0.00000125.
    [
      "tokens come in 8 decimals",
      { rate: "0.00075", currency: token },
      "sell",
      "1",
      "1",
      "0.00000125 BNB",
      "0.00075",
    ],
    [
      "and are taken up",
      { rate: "0.00075", currency: token },
      "sell",
      "1",
      "1.001",
      "0.00000126 BNB",
      "0.000756",
    ],
    ["no fee is no fee in quote", { currency: token }, "buy", "1", "1", "0 USDT", "0"],
  ])("%s", (_, text, side, quantity, price, expected, cost) => {
    const terms = termsOf(text);
    const fill = fillOf(parseFixed(quantity), parseFixed(price), btc);
    const fee = feeOf(terms, fill, noCharges);
    const { amount, currency } = inCurrency(terms, fee, fill, side, btc);
    expect(`${formatFixed(amount)} ${currency}`).toBe(expected);
    expect(formatFixed(quoteCost(terms, fee, side))).toBe(cost === "" ? formatFixed(fee) : cost);
  });

  it("never takes more of the base than was bought, however fine the lot", () => {
    const dust = createInstrument("SHIB/USDT", { lot: "1e-12" });
    const terms = termsOf({ rate: "0.5", currency: "base" });
    const fill = fillOf(parseFixed("1e-12"), parseFixed("1"), dust);
    const { amount } = inCurrency(terms, feeOf(terms, fill, noCharges), fill, "buy", dust);
    expect(formatFixed(amount)).toBe("0.000000000001");
  });
});

const decimals = (max: number, scale: number) =>
  fc.bigInt({ min: 0n, max: BigInt(max) }).map((units): Fixed => ({ units, scale }));

const anyTerms = fc
  .record({
    rate: decimals(100, 4),
    perUnit: decimals(100, 3),
    perOrder: decimals(500, 2),
    minimum: fc.option(decimals(500, 2)),
    maximumRate: fc.option(decimals(300, 4)),
  })
  .map((terms) => ({ ...terms, currency: "quote" as const }));

describe("whatever the terms", () => {
  const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 99_999 })), {
    minLength: 1,
    maxLength: 6,
  });

  it("an order filled in parts pays what it would have paid at once", () => {
    fc.assert(
      fc.property(anyTerms, parts, (terms, sizes) => {
        const [, price] = sizes[0]!;
        const at = { units: BigInt(price), scale: 2 };
        const fills = sizes.map(([size]) => fillOf({ units: BigInt(size), scale: 2 }, at, share));
        let charges = noCharges;
        for (const fill of fills) charges = withFill(terms, fill, feeOf(terms, fill, charges), charges);
        const total = sizes.reduce((sum, [size]) => sum + size, 0);
        const whole = fillOf({ units: BigInt(total), scale: 2 }, at, share);
        expect(formatFixed(charges.charged)).toBe(formatFixed(feeOf(terms, whole, noCharges)));
      }),
    );
  });

  it("a larger order never pays less, and nobody is paid", () => {
    fc.assert(
      fc.property(anyTerms, parts, (terms, sizes) => {
        let charges = noCharges;
        for (const [size, price] of sizes) {
          const fill = fillOf({ units: BigInt(size), scale: 2 }, { units: BigInt(price), scale: 2 }, share);
          const fee = feeOf(terms, fill, charges);
          expect(fee.units >= 0n).toBe(true);
          charges = withFill(terms, fill, fee, charges);
        }
      }),
    );
  });

  it("a fee in coins is worth the fee, and less than a coin's last decimal above it", () => {
    fc.assert(
      fc.property(anyTerms, fc.integer({ min: 1, max: 1e6 }), decimals(1e6, 2), (terms, size, price) => {
        fc.pre(price.units > 0n);
        const paid = { ...terms, currency: { token: "BNB", price, label: "BNB" } };
        const fill = fillOf({ units: BigInt(size), scale: 2 }, { units: 12_345n, scale: 2 }, share);
        const fee = feeOf(paid, fill, noCharges);
        const cost = quoteCost(paid, fee, "buy");
        expect(compareFixed(cost, fee)).toBeGreaterThanOrEqual(0);
        const step = { units: price.units, scale: price.scale + 8 };
        expect(compareFixed(cost, addFixed(fee, step))).toBe(-1);
      }),
    );
  });
});

it("combined terms are made once and the same ones come back", () => {
  const bounds = { minimum: parseFixed("1"), maximumRate: null, currency: "base" } as const;
  const schedule = combinedFees([makerTaker(rates), perUnit(parseFixed("0.01"))], bounds);
  const [maker, taker] = [schedule.terms(true, share, 0), schedule.terms(false, share, 0)];
  expect(schedule.terms(true, btc, 1)).toBe(maker);
  expect(schedule.terms(false, btc, 1)).toBe(taker);
  expect(maker).toMatchObject({ ...bounds, rate: rates.maker, perUnit: parseFixed("0.01") });
  expect(sumOf([formatFixed(maker.rate), formatFixed(taker.rate)])).toBe("0.0007");
});
