import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValidationError } from "../../src/domain/errors.ts";
import { cagr } from "../../src/metrics/cagr.ts";
import { calmarRatio } from "../../src/metrics/calmar.ts";
import { drawdowns, maxDrawdown, maxDrawdownDuration } from "../../src/metrics/drawdown.ts";
import { expectancy } from "../../src/metrics/expectancy.ts";
import { kellyFraction } from "../../src/metrics/kelly.ts";
import { averageLoss, averageWin, payoffRatio } from "../../src/metrics/payoffRatio.ts";
import { profitFactor } from "../../src/metrics/profitFactor.ts";
import { sharpeRatio } from "../../src/metrics/sharpe.ts";
import { sortinoRatio } from "../../src/metrics/sortino.ts";
import { sqn } from "../../src/metrics/sqn.ts";
import { totalReturn } from "../../src/metrics/totalReturn.ts";
import { conditionalValueAtRisk, valueAtRisk } from "../../src/metrics/valueAtRisk.ts";
import { volatility } from "../../src/metrics/volatility.ts";
import { tradeWinRate, winRate } from "../../src/metrics/winRate.ts";

type Measure = (values: ArrayLike<number>) => number | null;

const measures: Readonly<Record<string, Measure>> = {
  sharpeRatio,
  sortinoRatio,
  volatility,
  cagr: (returns) => cagr(returns, 252),
  calmarRatio: (returns) => calmarRatio(returns, 252),
  totalReturn,
  maxDrawdown,
  winRate,
  tradeWinRate,
  profitFactor: (values) => profitFactor(values),
  expectancy,
  sqn,
  payoffRatio,
  averageWin,
  averageLoss,
  kellyFraction,
  valueAtRisk,
  conditionalValueAtRisk,
};

describe("worked by hand", () => {
  it.each<[string, number | null, number]>([
    // mean 0.02, deviation 0.01
    ["sharpe of 1, 2, 3 %", sharpeRatio([0.01, 0.02, 0.03], { periodsPerYear: 1 }), 2],
    ["sharpe a year of 252", sharpeRatio([0.01, 0.02, 0.03]), 2 * Math.sqrt(252)],
    [
      "sharpe above 1 % risk-free",
      sharpeRatio([0.01, 0.02, 0.03], { riskFreeRate: 0.01, periodsPerYear: 1 }),
      1,
    ],
    // 21 % a year is 10 % a half-year; excess −0.1, 0.1, 0.3
    [
      "sharpe, rate compounded",
      sharpeRatio([0, 0.2, 0.4], { riskFreeRate: 0.21, periodsPerYear: 2 }),
      0.5 * Math.SQRT2,
    ],
    // mean 0.01, √(0.01² / 2)
    ["sortino of 3, −1 %", sortinoRatio([0.03, -0.01], { periodsPerYear: 1 }), Math.SQRT2],
    ["volatility of 1, 2, 3 %", volatility([0.01, 0.02, 0.03], { periodsPerYear: 4 }), 0.02],
    ["total return of ±50 %", totalReturn([0.5, -0.5]), -0.25],
    ["cagr of two half-years of 10 %", cagr([0.1, 0.1], 2), 0.21],
    ["cagr of two years", cagr([0.44, 0], 1), 0.2],
    ["cagr after ruin", cagr([0.5, -1, 0.5], 252), -1],
    ["calmar: 21 % over 25 %", calmarRatio([-0.25, 0.21 / 0.75 + 1 / 3], 2), 0.21 / 0.25],
    ["calmar on a drawdown measured elsewhere", calmarRatio([0.1, 0.1], 2, -0.42), 0.5],
    ["max drawdown from the initial capital", maxDrawdown([-0.1, 0.2]), -0.1],
    ["max drawdown compounds", maxDrawdown([0.1, -0.5, 0.2, -0.5]), -0.7],
    ["max drawdown of gains", maxDrawdown([0.1, 0.2]), 0],
    ["max drawdown stays at ruin", maxDrawdown([-1, 5, 5]), -1],
    ["win rate leaves out periods of 0", winRate([0.1, 0, -0.1, 0, 0.2, 0.1]), 0.75],
    ["win rate of trades counts break-even", tradeWinRate([10, 0, -5, 20]), 0.5],
    ["profit factor", profitFactor([30, -10, 15, -5]), 3],
    ["profit factor without a win", profitFactor([-1, -2]), 0],
    ["expectancy", expectancy([0.02, -0.01]), 0.005],
    // mean 2, deviation 1, √3
    ["sqn of 1, 2, 3", sqn([1, 2, 3]), 2 * Math.sqrt(3)],
    ["payoff ratio", payoffRatio([0.04, 0.02, -0.01, 0]), 3],
    // W = 2/3, payoff 3
    ["kelly leaves out results of 0", kellyFraction([0.04, 0.02, -0.01, 0]), 2 / 3 - 1 / 9],
    // position 0.05 × 4 = 0.2 between −0.05 and −0.04
    ["value at risk interpolates", valueAtRisk([-0.04, 0.01, 0.02, 0.03, -0.05]), -0.048],
    ["conditional value at risk", conditionalValueAtRisk([-0.04, 0.01, 0.02, 0.03, -0.05]), -0.05],
    ["value at risk of the worst half", valueAtRisk([3, 1, 2], 0.5), 2],
    ["its conditional", conditionalValueAtRisk([3, 1, 2], 0.5), 1.5],
  ])("%s", (_, found, expected) => {
    expect(found).toBeCloseTo(expected, 14);
  });

  it("sums profits exactly", () => {
    expect(profitFactor([...Array<string>(10).fill("0.1"), "-1"])).toBe(1);
    expect(profitFactor([0.1, 0.2, -0.3])).toBe(1);
  });

  it("finds every drawdown with its peak, trough, end and depth", () => {
    const found = drawdowns([-0.5, 1, 0.1, -0.1, -0.1]);
    expect(found).toEqual([
      { peak: 0, trough: 1, end: 2, recovered: true, depth: -0.5 },
      { peak: 3, trough: 5, end: 5, recovered: false, depth: expect.closeTo(-0.19, 12) },
    ]);
    expect(maxDrawdownDuration([-0.5, 1, 0.1, -0.1, -0.1])).toBe(2);
  });
});

describe("what is undefined is null", () => {
  const constant = new Float64Array(1000).fill(0.001);
  it.each<[string, number | null]>([
    ...Object.entries(measures).map(([name, measure]): [string, number | null] => [
      `${name} of nothing`,
      measure([]),
    ]),
    ["sharpe of one return", sharpeRatio([0.01])],
    ["sortino of one return", sortinoRatio([-0.01])],
    ["volatility of one return", volatility([0.01])],
    ["sqn of one trade", sqn([5])],
    ["sharpe of a constant series", sharpeRatio(constant)],
    ["sharpe of a constant series above a rate", sharpeRatio(constant, { riskFreeRate: 0.02 })],
    ["sqn of a constant series", sqn(constant)],
    ["sqn of equal profits but for float noise", sqn([0.1 + 0.2, 0.3, 0.3])],
    ["sharpe of equal growth but for float noise", sharpeRatio([1.001 / 1 - 1, 0.001, 1002.001 / 1001 - 1])],
    ["sortino without a shortfall", sortinoRatio([0.01, 0.02])],
    [
      "sortino of what earns the risk-free rate",
      sortinoRatio([1.01 - 1, 0.01], { riskFreeRate: 0.01, periodsPerYear: 1 }),
    ],
    ["calmar without a drawdown", calmarRatio([0.1, 0.2], 252)],
    ["cagr when more than everything was lost", cagr([-1.5, 0.2], 252)],
    ["cagr beyond the largest number", cagr([10], 8760)],
    ["profit factor without a loss", profitFactor([1, 2])],
    ["profit factor of zeros", profitFactor([0, 0])],
    ["win rate of zeros", winRate([0, 0])],
    ["payoff ratio without a loss", payoffRatio([1])],
    ["payoff ratio without a win", payoffRatio([-1])],
    ["kelly without a loss", kellyFraction([1])],
  ])("%s", (_, found) => {
    expect(found).toBeNull();
  });

  it("but the volatility of a constant series is exactly 0, and the win rate of break-even trades too", () => {
    expect(volatility(constant)).toBe(0);
    expect(tradeWinRate([0, 0])).toBe(0);
  });

  it("and tiny profits are still profits", () => {
    expect(sqn([1e-20, 2e-20, 3e-20])).toBeCloseTo(2 * Math.sqrt(3), 12);
  });
});

describe("bad input is refused", () => {
  describe.each(Object.keys(measures))("%s", (name) => {
    it.each([Number.NaN, Infinity, -Infinity, undefined as unknown as number])(
      "names the index of %s",
      (bad) => {
        const call = () => measures[name]!([0.01, -0.02, bad]);
        expect(call).toThrow(ValidationError);
        expect(call).toThrow(/\[2\]: expected a finite number/);
      },
    );
  });

  it.each<[string, () => unknown]>([
    ["riskFreeRate", () => sharpeRatio([0.1, 0.2], { riskFreeRate: -1 })],
    ["riskFreeRate", () => sortinoRatio([0.1, 0.2], { riskFreeRate: Number.NaN })],
    ["periodsPerYear", () => sharpeRatio([0.1, 0.2], { periodsPerYear: 0 })],
    ["periodsPerYear", () => cagr([0.1], Infinity)],
    ["periodsPerYear", () => volatility([0.1], { periodsPerYear: -1 })],
    ["tail", () => valueAtRisk([0.1], 1)],
  ])("%s out of range", (name, call) => {
    expect(call).toThrow(new RegExp(`^${name}: expected`));
    expect(call).toThrow(expect.objectContaining({ code: "GEO-OPTION-VALUE" }));
  });
});

describe("for any returns", () => {
  const oneReturn = fc.integer({ min: -9_999, max: 20_000 }).map((n) => n / 10_000);
  const anyReturns = fc.array(oneReturn, { maxLength: 60 });
  const within = (value: number | null, low: number, high: number) =>
    value === null || (value >= low && value <= high);

  it("win rates lie in [0, 1] and the max drawdown in [−1, 0]", () => {
    fc.assert(
      fc.property(anyReturns, (returns) => {
        expect(within(winRate(returns), 0, 1)).toBe(true);
        expect(within(tradeWinRate(returns), 0, 1)).toBe(true);
        expect(within(maxDrawdown(returns), -1, 0)).toBe(true);
      }),
    );
  });

  it("Sharpe, Sortino, SQN, profit factor and Kelly do not depend on the scale", () => {
    const scales = fc.constantFrom(0.001, 0.5, 3, 1000);
    fc.assert(
      fc.property(anyReturns, scales, (returns, k) => {
        const scaled = returns.map((r) => r * k);
        for (const measure of [sharpeRatio, sortinoRatio, sqn, measures.profitFactor!, kellyFraction]) {
          expectSame(measure(scaled), measure(returns));
        }
      }),
    );
  });

  it("all but the drawdown depend on no order", () => {
    const { maxDrawdown: _, calmarRatio: __, ...orderless } = measures;
    fc.assert(
      fc.property(anyReturns, (returns) => {
        for (const measure of Object.values(orderless))
          expectSame(measure(returns.toReversed()), measure(returns));
      }),
    );
  });

  it("a Float64Array and an array say the same", () => {
    fc.assert(
      fc.property(anyReturns, (returns) => {
        for (const measure of Object.values(measures)) {
          expect(measure(Float64Array.from(returns))).toBe(measure(returns));
        }
      }),
    );
  });

  it("nothing is ever NaN or infinite, however extreme the input", () => {
    const extreme = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 8 });
    fc.assert(
      fc.property(extreme, (values) => {
        for (const [name, measure] of Object.entries(measures)) {
          const found = measure(values);
          expect(found === null || Number.isFinite(found), `${name}: ${found}`).toBe(true);
        }
      }),
      { examples: [[[1e293, -Number.MAX_VALUE]]] },
    );
  });

  it("the deepest of the drawdowns is the max drawdown", () => {
    fc.assert(
      fc.property(anyReturns, (returns) => {
        const depths = drawdowns(returns).map(({ depth }) => depth);
        expect(maxDrawdown(returns) ?? 0).toBe(Math.min(0, ...depths));
      }),
    );
  });
});

function expectSame(found: number | null, expected: number | null): void {
  if (expected === null || found === null) expect(found).toBe(expected);
  else expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}
