/**
 * What makes a backtest lie, planted on purpose (PITFALLS, look-ahead): nothing can be earned on a market without
 * memory, and no decision may depend on what comes after it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import type { Context, Handlers, Strategy, StrategyDefinition } from "../../src/strategy/contract.ts";
import { toDefinition } from "../../src/strategy/index.ts";
import buyAndHold from "../../strategies/buy-and-hold.ts";
import hurstCurvature from "../../strategies/hurst-curvature.ts";
import momentum from "../../strategies/momentum.ts";
import smaCross from "../../strategies/sma-cross.ts";
import synchrony from "../../strategies/synchrony.ts";
import {
  type BarRow,
  bars,
  decisionsOf,
  equityOf,
  fixed,
  minute,
  type RunOptions,
  run,
  start,
  table,
  walk,
} from "../support/market.ts";

const length = 500;
const seeds = Array.from({ length: 200 }, (_, index) => 1000 + index);
const closesOf = (rows: readonly BarRow[]) =>
  Float64Array.from(rows, (row) => Number((row as readonly number[])[1]));

/** Long after a rise, short (or out) after a fall: causal, and worth nothing. */
const lastBarSign = {
  event: (): StrategyDefinition => ({
    name: "event",
    create(_, ctx) {
      let last = Number.NaN;
      return {
        onBar({ close }) {
          if (close > last) ctx.target({ fraction: 1 });
          else if (close < last) ctx.target({ fraction: ctx.account === "margin" ? -1 : 0 });
          last = close;
        },
      };
    },
  }),
  class: (): StrategyDefinition => {
    class LastBarSign implements Strategy {
      generateSignal(prices: Float64Array) {
        const change = prices.at(-1)! - (prices.at(-2) ?? prices.at(-1)!);
        const action = change > 0 ? "buy" : change < 0 ? "sell" : "hold";
        return { action, confidence: 1, metadata: {} } as const;
      }
    }
    return toDefinition(LastBarSign, { name: "class" }).definition;
  },
  vector: (rows: readonly BarRow[]): StrategyDefinition => {
    const score = (prices: Float64Array) =>
      prices.map((price, bar) => price - (prices[bar - 1] ?? price) || Number.NaN);
    return toDefinition(score, { name: "vector", series: new Map([["A", closesOf(rows)]]) }).definition;
  },
} as const;

/** Knows the next close: what an engine without the lag would make of the same signal. The test must catch it. */
const peeking = (rows: readonly BarRow[]): StrategyDefinition => {
  const closes = closesOf(rows);
  return {
    name: "peeking",
    create: (_, ctx) => ({
      onBar: ({ index, close }) =>
        void ctx.target({ fraction: (closes[index + 1] ?? close) > close ? 1 : 0 }),
    }),
  };
};

async function returnsOf(
  make: (rows: readonly BarRow[]) => StrategyDefinition,
  options: RunOptions,
  walks = seeds.length,
): Promise<number[]> {
  const returns: number[] = [];
  for (const seed of seeds.slice(0, walks)) {
    const rows = walk(seed, length);
    const result = await run(make(rows), bars(rows), { details: false, equityOfEveryBar: false, ...options });
    expect(result.fills).toBeGreaterThan(50);
    returns.push(Number(equityOf(result)) / 10_000 - 1);
  }
  return returns;
}

/** Student's t of the mean against 0. */
function tOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return mean / Math.sqrt(variance / values.length);
}

describe.each(["event", "class", "vector"] as const)("last-bar-sign, %s form, on random walks", (form) => {
  it("earns nothing without costs, long and short", async () => {
    expect(Math.abs(tOf(await returnsOf(lastBarSign[form], { account: "margin" })))).toBeLessThan(3);
  });

  it("loses its costs, on every walk", async () => {
    const costs = { takerFee: fixed("0.001"), slippage: fixed("0.0005") };
    const returns = await returnsOf(lastBarSign[form], costs, 40);
    expect(Math.max(...returns)).toBeLessThan(0);
    expect(tOf(returns)).toBeLessThan(-30);
  });
});

it("last-bar-sign earns nothing without costs, long only", async () => {
  expect(Math.abs(tOf(await returnsOf(lastBarSign.event, { account: "cash" })))).toBeLessThan(3);
});

it("the test would notice: a strategy that knows the next close earns on every walk", async () => {
  const returns = await returnsOf(peeking, {}, 40);
  expect(Math.min(...returns)).toBeGreaterThan(0);
  expect(tOf(returns)).toBeGreaterThan(30);
});

it("the three forms decide alike where they can", async () => {
  const rows = walk(7, length);
  const fills = async (form: keyof typeof lastBarSign) =>
    (await run(lastBarSign[form](rows), bars(rows))).details!.fills.map(({ fill }) => [
      fill.bar,
      fill.side,
      fill.quantity,
    ]);
  expect(await fills("class")).toEqual(await fills("vector"));
});

it("two independent walks traded against each other as a pair earn nothing", async () => {
  const pair = (ctx: Context): Handlers => {
    const spreads: number[] = [];
    let first = 0;
    return {
      onBar({ symbol, close }) {
        if (symbol === "AAA") first = close;
        if (symbol !== "BBB") return;
        spreads.push(first - close);
        if (spreads.length < 20) return;
        const mean = spreads.slice(-20).reduce((sum, spread) => sum + spread, 0) / 20;
        const direction = Math.sign(mean - spreads.at(-1)!);
        ctx.target({ symbol: "AAA", fraction: 0.4 * direction });
        ctx.target({ symbol: "BBB", fraction: -0.4 * direction });
      },
    };
  };
  const returns: number[] = [];
  for (const seed of seeds) {
    const market = table({ AAA: walk(seed, 200), BBB: walk(seed + 5000, 200) });
    const result = await run(pair, market, { account: "margin", details: false, equityOfEveryBar: false });
    expect(result.fills).toBeGreaterThan(50);
    returns.push(Number(equityOf(result)) / 10_000 - 1);
  }
  expect(Math.abs(tOf(returns))).toBeLessThan(3);
});

describe("buy and hold earns p_n - p_1 less costs: the first bar cannot be bought", () => {
  const price = fc
    .integer({ min: 1, max: 1_000_000 })
    .map((cents) => new Decimal(cents).dividedBy(100).toFixed());
  const bar = fc.tuple(price, price);
  const share = fc
    .integer({ min: 0, max: 500 })
    .map((points) => new Decimal(points).dividedBy(10_000).toFixed());

  it("exactly, to the last digit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(bar, { minLength: 2, maxLength: 30 }),
        share,
        share,
        async (rows, fee, slippage) => {
          const once = (ctx: Context): Handlers => ({
            onBar: ({ index }) => void (index === 0 && ctx.buy({ quantity: 1 })),
          });
          const cash = fixed(1_000_000);
          const result = await run(once, bars(rows), {
            cash,
            takerFee: fixed(fee),
            slippage: fixed(slippage),
          });
          const paid = new Decimal(rows[1]![0])
            .times(new Decimal(1).plus(slippage))
            .times(new Decimal(1).plus(fee));
          const expected = new Decimal(1_000_000).minus(paid).plus(rows.at(-1)![1]);
          expect(equityOf(result)).toBe(expected.toFixed());
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe.each([
  ["buy-and-hold", buyAndHold as StrategyDefinition, {}],
  ["momentum", momentum as StrategyDefinition, { lookback: 5 }],
  ["sma-cross", smaCross as StrategyDefinition, { fast: 3, slow: 8 }],
  ["synchrony", synchrony as StrategyDefinition, { period: 4, octaves: 2, mean: 5 }],
  ["hurst-curvature", hurstCurvature as StrategyDefinition, { window: 32, band: 0, mean: 5 }],
  ["vectorised last-bar-sign", lastBarSign.vector(walk(1, 1)), {}],
])("%s decides on the past alone:", (name, given, params) => {
  const options = { params, takerFee: fixed("0.001"), slippage: fixed("0.0005") };
  /** All that was decided and booked up to the close of bar `count - 1`; what only the end of the data brought left out. */
  async function story(rows: readonly BarRow[], count: number) {
    const definition = name.startsWith("vector") ? lastBarSign.vector(rows) : given;
    const end = start + count * minute;
    const decisions = decisionsOf(await run(definition, bars(rows, { chunk: 64 }), options));
    return decisions.filter(([, , time, reason]) => time <= end && reason !== "expired:end-of-data");
  }

  const rows = walk(42, 400);
  it.each([1, 2, 9, 63, 64, 65, 200, 399])("the same when the series ends after %i bars", async (count) => {
    expect(await story(rows.slice(0, count), count)).toEqual(await story(rows, count));
  });

  it.each([1, 9, 64, 200])("the same whatever comes after %i bars", async (count) => {
    const other = [...rows.slice(0, count), ...walk(43, 400 - count, 50)];
    expect(await story(other, count)).toEqual(await story(rows, count));
  });

  it("and decides something", async () => {
    expect((await story(rows, 400)).length).toBeGreaterThan(1);
  });
});
