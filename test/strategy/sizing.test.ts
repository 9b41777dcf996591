import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPluginApi } from "../../src/strategy/api.ts";
import { fixedFraction, kellyFraction, riskPerTrade, volatilityTarget } from "../../src/strategy/sizing.ts";

describe("sizes worked by hand", () => {
  const trade = { equity: 10_000, risk: 0.01, entry: 50, stop: 48 };

  it.each<[string, number, number]>([
    ["a tenth of 10,000 at 50", fixedFraction({ equity: 10_000, fraction: 0.1, price: 50 }), 20],
    [
      "a tenth in contracts of 10",
      fixedFraction({ equity: 10_000, fraction: 0.1, price: 50, multiplier: 10 }),
      2,
    ],
    ["twice all of it", fixedFraction({ equity: 10_000, fraction: 2, price: 50 }), 400],
    ["equity that is gone", fixedFraction({ equity: -5, fraction: 1, price: 50 }), 0],

    ["15 % in a market of 30 %", volatilityTarget({ target: 0.15, volatility: 0.3 }), 0.5],
    ["15 % in a market of 10 %, unlevered", volatilityTarget({ target: 0.15, volatility: 0.1 }), 1],
    ["15 % in a market of 10 %, levered", volatilityTarget({ target: 0.15, volatility: 0.1, max: 2 }), 1.5],
    ["a market that stands still", volatilityTarget({ target: 0.15, volatility: 0, max: 2 }), 2],

    ["half of 0.6 − 0.4 / 2", kellyFraction({ winRate: 0.6, payoff: 2 }), 0.2],
    ["all of it", kellyFraction({ winRate: 0.6, payoff: 2, share: 1 }), 0.4],
    ["no edge", kellyFraction({ winRate: 0.5, payoff: 1 }), 0],
    ["less than none", kellyFraction({ winRate: 0.3, payoff: 1 }), 0],
    ["no win so far", kellyFraction({ winRate: 0, payoff: 1 }), 0],
    ["no more than allowed", kellyFraction({ winRate: 1, payoff: 1, share: 1, max: 0.25 }), 0.25],

    ["1 % of 10,000 over 2 a unit", riskPerTrade(trade), 50],
    ["the same for a short", riskPerTrade({ ...trade, stop: 52 }), 50],
    ["costs are lost, too: 2 + 50 × 1 %", riskPerTrade({ ...trade, costs: 0.01 }), 40],
    ["in contracts of 10", riskPerTrade({ ...trade, multiplier: 10 }), 5],
    ["a near stop: all of equity, no more", riskPerTrade({ ...trade, stop: 49.9 }), 200],
    [
      "half of it, with costs paid",
      riskPerTrade({ ...trade, stop: 49.9, max: 0.5, costs: 0.25, risk: 1 }),
      80,
    ],
    ["equity that is gone, at risk", riskPerTrade({ ...trade, equity: -1 }), 0],
  ])("%s", (_, size, expected) => {
    expect(size).toBeCloseTo(expected, 10);
  });
});

describe("a size by risk", () => {
  const price = fc.double({ min: 0.01, max: 1e5, noNaN: true });
  const part = fc.double({ min: 1e-4, max: 1, noNaN: true });

  it("never loses more than its share at the stop, nor buys beyond its most", () => {
    fc.assert(
      fc.property(
        price,
        price,
        part,
        part,
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        (entry, stop, risk, max, costs) => {
          fc.pre(Math.abs(entry - stop) > 1e-6);
          const equity = 10_000;
          const quantity = riskPerTrade({ equity, risk, entry, stop, max, costs });
          expect(quantity).toBeGreaterThan(0);
          expect(quantity * (Math.abs(entry - stop) + costs * entry)).toBeLessThanOrEqual(
            equity * risk * (1 + 1e-12),
          );
          expect(quantity * entry * (1 + costs)).toBeLessThanOrEqual(equity * max * (1 + 1e-12));
        },
      ),
    );
  });
});

describe("what is no size is refused", () => {
  const trade = { equity: 10_000, risk: 0.01, entry: 50, stop: 48 };

  it.each<[string, () => number, string]>([
    [
      "a risk in per cent",
      () => riskPerTrade({ ...trade, risk: 1.5 }),
      "riskPerTrade: risk: expected a share above 0, at most 1, found 1.5",
    ],
    [
      "a stop at the entry",
      () => riskPerTrade({ ...trade, stop: 50 }),
      "stop: expected a price other than the entry, found 50",
    ],
    [
      "a stop below zero",
      () => riskPerTrade({ ...trade, stop: -1 }),
      "stop: expected a finite number above 0, found -1",
    ],
    [
      "no equity named",
      () => riskPerTrade({ ...trade, equity: undefined as never }),
      "equity: expected a finite number, found undefined",
    ],
    [
      "costs below zero",
      () => riskPerTrade({ ...trade, costs: -0.1 }),
      "costs: expected a finite number, 0 or more",
    ],
    ["a price of nothing", () => fixedFraction({ equity: 1, fraction: 1, price: 0 }), "fixedFraction: price"],
    [
      "a text",
      () => fixedFraction({ equity: 1, fraction: "1" as never, price: 1 }),
      'fraction: expected a finite number above 0, found "1"',
    ],
    [
      "volatility below zero",
      () => volatilityTarget({ target: 0.1, volatility: -1 }),
      "volatility: expected",
    ],
    [
      "a win rate in per cent",
      () => kellyFraction({ winRate: 60, payoff: 2 }),
      "winRate: expected a share from 0 to 1, found 60",
    ],
    ["no payoff", () => kellyFraction({ winRate: 0.6, payoff: 0 }), "payoff: expected"],
    ["nothing at all", () => kellyFraction(undefined as never), "kellyFraction: options: expected an object"],
  ])("%s", (_, size, message) => {
    expect(size).toThrow(
      expect.objectContaining({ code: "GEO-VALUE", message: expect.stringContaining(message) }),
    );
  });

  it("with a hint where an indicator was not ready", () => {
    expect(() => volatilityTarget({ target: 0.1, volatility: Number.NaN })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("ctx.ready") }),
    );
  });
});

it("plugins get the sizing helpers", () => {
  expect(createPluginApi()).toMatchObject({ fixedFraction, volatilityTarget, kellyFraction, riskPerTrade });
});
