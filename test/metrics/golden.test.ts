import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cagr } from "../../src/metrics/cagr.ts";
import { calmarRatio } from "../../src/metrics/calmar.ts";
import { maxDrawdown, maxDrawdownDuration } from "../../src/metrics/drawdown.ts";
import { expectancy } from "../../src/metrics/expectancy.ts";
import { kellyFraction } from "../../src/metrics/kelly.ts";
import { payoffRatio } from "../../src/metrics/payoffRatio.ts";
import { profitFactor } from "../../src/metrics/profitFactor.ts";
import { sharpeRatio } from "../../src/metrics/sharpe.ts";
import { sortinoRatio } from "../../src/metrics/sortino.ts";
import { sqn } from "../../src/metrics/sqn.ts";
import { totalReturn } from "../../src/metrics/totalReturn.ts";
import { conditionalValueAtRisk, valueAtRisk } from "../../src/metrics/valueAtRisk.ts";
import { volatility } from "../../src/metrics/volatility.ts";
import { winRate } from "../../src/metrics/winRate.ts";

interface Golden {
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly results: Readonly<
    Record<string, Readonly<Record<string, { readonly ref: Readonly<Record<string, number | string>> }>>>
  >;
}

const file = new URL("../../../shared/golden/metrics.json", import.meta.url);
const golden: Golden = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : { series: {}, results: {} };
const cases = Object.entries(golden.results).flatMap(([series, byOptions]) =>
  Object.entries(byOptions).map(([options, { ref }]) => ({ series, options, ref })),
);

describe.skipIf(cases.length === 0)(
  "reference values of other engines (skipped without ../shared/golden)",
  () => {
    it("cover six series, two calendars and two rates", () => {
      expect(cases).toHaveLength(24);
    });

    it.each(cases)("$series, $options", ({ series, options, ref }) => {
      const returns = golden.series[series]!;
      const [, periods, rate] = /^N(\d+)_rf([\d.]+)$/.exec(options)!;
      const periodsPerYear = Number(periods);
      const riskFreeRate = Number(rate);
      const found: Readonly<Record<string, number | null>> = {
        volatility: volatility(returns, { periodsPerYear }),
        total_return: totalReturn(returns),
        cagr: cagr(returns, periodsPerYear),
        sharpe: sharpeRatio(returns, { riskFreeRate, periodsPerYear }),
        sortino: sortinoRatio(returns, { riskFreeRate, periodsPerYear }),
        max_drawdown: maxDrawdown(returns),
        max_drawdown_duration_bars: maxDrawdownDuration(returns),
        calmar: calmarRatio(returns, periodsPerYear),
        var95_hist: valueAtRisk(returns),
        cvar95_hist: conditionalValueAtRisk(returns),
        win_rate_ex_zero: winRate(returns),
        profit_factor: profitFactor(returns),
        expectancy: expectancy(returns),
        sqn: sqn(returns),
        payoff_ratio: payoffRatio(returns),
        kelly: kellyFraction(returns),
      };
      for (const [name, value] of Object.entries(found)) {
        const expected = ref[name];
        if (typeof expected !== "number") expect(value, name).toBeNull();
        else
          expect(Math.abs(value! - expected), `${name}: ${value}, expected ${expected}`).toBeLessThanOrEqual(
            1e-12 * Math.abs(expected),
          );
      }
    });
  },
);
