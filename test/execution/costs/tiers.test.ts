import fc from "fast-check";
import { expect, it } from "vitest";
import { formatFixed, parseFixed } from "../../../src/domain/fixed.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import { dayMs } from "../../../src/domain/time.ts";
import { combinedFees } from "../../../src/execution/costs/combinedFees.ts";
import { type FeeTier, tiered } from "../../../src/execution/costs/tiered.ts";
import { TradedVolume } from "../../../src/execution/costs/tradedVolume.ts";
import { btc } from "./orders.ts";

function tier(from: string, maker: string, taker: string): FeeTier {
  return { from: parseFixed(from), maker: parseFixed(maker), taker: parseFixed(taker) };
}

const tiers = [
  tier("0", "0.0025", "0.004"),
  tier("10000", "0.002", "0.0035"),
  tier("50000", "0.0014", "0.0024"),
];

/** Trades by day and value, then the taker's rate on `day`. */
function rateOn(
  day: number,
  trades: readonly (readonly [day: number, value: string])[],
  symbol = "BTC/USDT",
) {
  const schedule = tiered(tiers);
  const instrument = createInstrument(symbol);
  for (const [on, value] of trades) {
    schedule.terms(false, instrument, on * dayMs + 1000);
    schedule.booked!(parseFixed(value), instrument, on * dayMs + 1000);
  }
  return [true, false].map((maker) =>
    formatFixed(schedule.terms(maker, instrument, day * dayMs + 5000).rate),
  );
}

it.each<[string, number, readonly (readonly [number, string])[], readonly string[]]>([
  ["an account starts in the first tier", 0, [], ["0.0025", "0.004"]],
  ["what is traded today counts from tomorrow", 5, [[5, "60000"]], ["0.0025", "0.004"]],
  ["a threshold reached is a tier reached", 6, [[5, "10000"]], ["0.002", "0.0035"]],
  ["a cent below is not", 6, [[5, "9999.99"]], ["0.0025", "0.004"]],
  [
    "days add up",
    7,
    [
      [5, "9999.99"],
      [6, "0.01"],
    ],
    ["0.002", "0.0035"],
  ],
  ["thirty days count", 35, [[5, "50000"]], ["0.0014", "0.0024"]],
  ["the thirty-first does not", 36, [[5, "50000"]], ["0.0025", "0.004"]],
  [
    "what is left counts on",
    36,
    [
      [5, "50000"],
      [6, "10000"],
    ],
    ["0.002", "0.0035"],
  ],
])("%s", (_, day, trades, rates) => {
  expect(rateOn(day, trades)).toEqual(rates);
});

it.each([
  ["AAPL", "0.0024"],
  ["BTC/USD:USD", "0.0024"],
  ["ETH/BTC", "0.004"],
  ["BTC/EUR", "0.004"],
])("volume counts in dollars: %s", (symbol, taker) => {
  expect(rateOn(6, [[5, "60000"]], symbol)[1]).toBe(taker);
});

it("a tier changes at midnight UTC", () => {
  const schedule = tiered(tiers);
  schedule.booked!(parseFixed("10000"), btc, dayMs - 1);
  expect(formatFixed(schedule.terms(false, btc, dayMs - 1).rate)).toBe("0.004");
  expect(formatFixed(schedule.terms(false, btc, dayMs).rate)).toBe("0.0035");
});

it("tiers in a combination are told of the volume", () => {
  const bounds = { minimum: null, maximumRate: null, currency: "quote" } as const;
  const schedule = combinedFees([tiered(tiers)], bounds);
  schedule.booked!(parseFixed("60000"), btc, 0);
  expect(formatFixed(schedule.terms(false, btc, dayMs).rate)).toBe("0.0024");
});

it.each([[[]], [["1"]], [["0", "5", "5"]], [["0", "5", "4"]]])("thresholds %j are refused", (starts) => {
  expect(() => tiered(starts.map((from) => tier(from, "0", "0")))).toThrow("rise from 0");
});

it("the window is the sum of the thirty days before, whatever was traded when", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 1e6 })));
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 40 }), (trades, wait) => {
      const volume = new TradedVolume();
      const log: [number, number][] = [];
      let day = 0;
      for (const [later, cents] of trades) {
        day += later;
        log.push([day, cents]);
        volume.add({ units: BigInt(cents), scale: 2 }, day);
        expect(Number(formatFixed(volume.before(day)))).toBe(sumOf(log, day) / 100);
      }
      expect(Number(formatFixed(volume.before(day + wait)))).toBe(sumOf(log, day + wait) / 100);
    }),
  );
});

function sumOf(log: readonly (readonly [number, number])[], today: number): number {
  return log.reduce((sum, [day, cents]) => sum + (day >= today - 30 && day < today ? cents : 0), 0);
}
