import { z } from "zod";
import type {
  ExplainedMoment,
  Explanation,
  LogEvent,
  OrderEvent,
  OrderRecord,
  SeenRecord,
} from "./explanation.ts";
import { count, money, time } from "./schemaParts.ts";

const facts = z.record(z.string(), z.string()).describe("Exact decimals, times and names, by name");

const seen = z.object({
  kind: z.enum(["bar", "tick", "quote", "book"]),
  symbol: z.string(),
  index: count.nullable(),
  timeframe: z.string().nullable(),
  openTime: time.nullable(),
  values: z.record(z.string(), money),
}) satisfies z.ZodType<SeenRecord>;

const order = z.object({
  id: z.string(),
  symbol: z.string(),
  side: z.enum(["buy", "sell"]),
  type: z.enum(["market", "limit", "stop", "stop_limit"]),
  quantity: money.nullable(),
  value: money.nullable(),
  limit: money.nullable(),
  stop: money.nullable(),
  trail: z.string().nullable(),
  tag: z.string().nullable(),
  decided: time,
  exitOf: z.string().nullable(),
  replaces: z.string().nullable(),
}) satisfies z.ZodType<OrderRecord>;

const orderEvent = z.object({
  kind: z.enum(["decided", "cancelling", "refused", "filled", "waited", "ended"]),
  order,
  rule: z.string(),
  because: z.string(),
  facts,
}) satisfies z.ZodType<OrderEvent>;

const logEvent = z.object({
  kind: z.literal("logged"),
  message: z.string(),
  fields: z.record(z.string(), z.json()).nullable(),
}) satisfies z.ZodType<LogEvent>;

const moment = z.object({
  time,
  seen: z.array(seen),
  moreSeen: count.describe("Rows of the instant beyond those in seen"),
  account: z.object({
    cash: money,
    equity: money,
    positions: z.array(z.object({ symbol: z.string(), quantity: money })),
  }),
  events: z.array(z.union([orderEvent, logEvent])),
}) satisfies z.ZodType<ExplainedMoment>;

/** The member that `--explain` adds. */
export const explanationSchema = z.object({
  asked: time,
  at: time.describe("The instant explained: the first at or after the time asked for"),
  moments: z.array(moment),
  leftOut: count,
  open: z.array(z.string()).describe("Orders of that instant that had not ended by the last moment"),
}) satisfies z.ZodType<Explanation>;
