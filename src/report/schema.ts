/**
 * The JSON that geosync prints, as zod schemas that the compiler holds to the types. docs/schema/ has them as JSON
 * Schema 2020-12, made from here. Not loaded by a run.
 */
import { z } from "zod";
import { type ErrorCode, exitCodes } from "../domain/errors.ts";
import type { Metrics } from "../metrics/panel.ts";
import type { AssertionResult, BacktestDocument, PositionRecord, RunFacts, TradeRecord } from "./document.ts";
import { explanationSchema } from "./explanationSchema.ts";
import { count, money, time } from "./schemaParts.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Null when it is undefined. */
const ratio = z.number().nullable();

const metrics = z.object({
  totalReturn: ratio,
  cagr: ratio,
  sharpe: ratio,
  sortino: ratio,
  calmar: ratio,
  maxDrawdown: z.number().max(0).nullable(),
  maxDrawdownDuration: z.number().nonnegative().nullable().describe("Seconds"),
  volatility: ratio,
  valueAtRisk95: ratio,
  conditionalValueAtRisk95: ratio,
  winRate: ratio,
  profitFactor: ratio,
  expectancy: ratio,
  sqn: ratio,
  bestTrade: ratio,
  worstTrade: ratio,
  averageWin: ratio,
  averageLoss: ratio,
  payoffRatio: ratio,
  kelly: ratio,
  averageBars: ratio,
  exposure: ratio,
  buyAndHoldReturn: ratio,
  trades: count.nullable(),
  fees: money.nullable(),
  finalEquity: money.nullable(),
  riskFreeRate: z.number(),
  returns: z.enum(["day", "bar", "trade", "period"]),
  periodsPerYear: ratio,
  calendar: z.string().nullable(),
  undefinedBecause: z.record(z.string(), z.string()).describe("Why a measure is null, by its name"),
}) satisfies z.ZodType<Metrics>;

const strategy = z.object({
  name: z.string(),
  params: z.record(z.string(), z.json()),
  sha256,
  form: z.enum(["definition", "class", "vector"]),
  path: z.string(),
});

const run = z.object({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  version: z.string(),
  strategy,
  others: z.array(strategy),
  data: z.array(
    z.object({
      path: z.string(),
      sha256,
      symbol: z.string(),
      rows: count,
      from: time,
      to: time,
      timeframe: z.string(),
    }),
  ),
  detail: z.exactOptional(z.object({ path: z.string(), sha256 })).describe("What orders were matched on"),
  venue: z.string(),
  account: z.enum(["cash", "margin"]),
  leverage: money,
  interest: money,
  funding: money,
  currency: z.string(),
  seed: count,
  cash: money,
  costs: z.object({
    preset: z.string().nullable(),
    source: z.string().nullable(),
    asOf: z.string().nullable(),
    note: z.string().nullable(),
    makerFee: money,
    takerFee: money,
    tiers: z.array(z.object({ from: money, makerFee: money, takerFee: money })),
    feePerOrder: money.nullable(),
    feePerUnit: money.nullable(),
    minFee: money.nullable(),
    maxFee: money.nullable(),
    feeCurrency: z.string(),
    slippage: money,
    spread: z.string().nullable(),
    impact: z.string().nullable(),
    latency: z.string().nullable(),
    fillLimit: z.enum(["through", "touch"]),
    entryBar: z.enum(["pessimistic", "skip"]),
    volumeLimit: money.nullable(),
  }),
  sizing: z.enum(["fill", "decision"]),
  collar: money,
  risk: z
    .object({
      limits: z.array(z.object({ name: z.string(), value: z.string() })),
      halts: z.array(z.object({ time, action: z.enum(["halt", "flatten"]), because: z.string() })),
    })
    .nullable(),
  atEnd: z.enum(["mark", "close"]),
  from: time,
  to: time,
  bars: count,
  fills: count,
  clipped: count,
  liquidations: count,
  ambiguousBars: count,
  decisionsSha256: sha256,
  durationMs: z.number().nonnegative(),
}) satisfies z.ZodType<RunFacts>;

const barIndex = z.int().min(-1).describe("From 0; -1: it filled on ticks");

const trade = z.object({
  symbol: z.string(),
  side: z.enum(["long", "short"]),
  quantity: money,
  entryTime: time,
  entryPrice: money,
  entryBar: barIndex,
  exitTime: time,
  exitPrice: money,
  exitBar: barIndex,
  fees: money,
  pnl: money,
  return: z.number(),
  bars: count,
  entryTag: z.string().nullable(),
  exitTag: z.string().nullable(),
  strategy: z.string().nullable().describe("Of several strategies, the one whose trade it is"),
}) satisfies z.ZodType<TradeRecord>;

const position = z.object({
  symbol: z.string(),
  quantity: money,
  entryPrice: z.number(),
  currentPrice: money,
  unrealizedPnl: money,
  realizedPnl: money,
}) satisfies z.ZodType<PositionRecord>;

const earned = z.object({
  name: z.string().nullable(),
  trades: count,
  realised: money,
  unrealised: money,
  total: money,
});

const assertion = z.object({
  assertion: z.string(),
  measure: z.string(),
  operator: z.enum([">=", "<=", "==", ">", "<"]),
  expected: z.union([z.number(), money]),
  found: z.union([z.number(), money, z.null()]),
  holds: z.boolean(),
  reason: z.string().nullable(),
}) satisfies z.ZodType<AssertionResult>;

const assertions = z.exactOptional(z.array(assertion));

export const backtestSchema = z.object({
  schema: z.literal("geosync.backtest/1"),
  run,
  metrics,
  equity: z.array(z.tuple([time, money])),
  trades: z.array(trade),
  positions: z.array(position),
  attribution: z.object({
    total: money.describe("What equity gained; each list adds up to it"),
    strategies: z.array(earned),
    symbols: z.array(earned),
    tags: z.array(earned),
  }),
  reasons: z.record(z.string(), count).describe("How many requests ended in each way"),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  explain: z.exactOptional(explanationSchema),
  assertions,
}) satisfies z.ZodType<BacktestDocument>;

export const metricsSchema = z.object({ schema: z.literal("geosync.metrics/1"), metrics, assertions });

const parameter = z.object({
  name: z.string(),
  type: z.string(),
  default: z.json().describe("Null: none"),
  required: z.boolean(),
  description: z.string(),
});

export const strategiesSchema = z.object({
  schema: z.literal("geosync.strategies/1"),
  strategies: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      shipped: z.boolean(),
      description: z.string(),
      form: z.enum(["definition", "class", "vector"]).nullable(),
      params: z.array(parameter),
      problem: z.string().nullable().describe("Why it can't be run"),
    }),
  ),
});

export const doctorSchema = z.object({
  schema: z.literal("geosync.doctor/1"),
  version: z.string(),
  node: z.string(),
  venue: z.string().nullable(),
  testnet: z.boolean(),
  healthy: z.boolean().describe("Nothing failed"),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["ok", "warn", "fail"]),
      message: z.string(),
      hint: z.string().nullable().describe("What to do about it"),
      code: z.enum(Object.keys(exitCodes) as [ErrorCode, ...ErrorCode[]]).nullable(),
    }),
  ),
});

export const configSchema = z.object({
  schema: z.literal("geosync.config/1"),
  settings: z.array(
    z.object({ name: z.string(), value: z.string().nullable(), from: z.string().nullable() }),
  ),
});

export const errorSchema = z.object({
  schema: z.literal("geosync.error/1"),
  error: z.object({
    code: z.enum(Object.keys(exitCodes) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    hint: z.string().nullable(),
  }),
});
