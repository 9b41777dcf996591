/** `geosync drift --json`. Not loaded by a run. */
import { z } from "zod";
import type { DriftDocument } from "./driftDocument.ts";
import { count, money, time } from "./schemaParts.ts";

const run = z.object({ profit: money, finalEquity: money, fees: money, orders: count, fills: count });

const example = z.object({
  time,
  symbol: z.string(),
  order: z.string().nullable().describe("Of the session's order; null where it has none"),
  amount: money.nullable().describe("What it alone changes; null of a bar"),
  what: z.string(),
});

const cause = z.object({
  cause: z.enum(["data", "rejects", "manual", "timing", "price", "fees", "other"]),
  amount: money,
  count: count.describe("Orders that it changed; of data, bars"),
  examples: z.array(example).describe("The largest, largest first"),
});

export const driftSchema = z.object({
  schema: z.literal("geosync.drift/1"),
  session: z.string(),
  mode: z.enum(["paper", "testnet", "live"]),
  venue: z.string(),
  symbols: z.array(z.string()),
  strategy: z.object({
    name: z.string(),
    params: z.record(z.string(), z.json()),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  currency: z.string(),
  cash: money,
  from: time.nullable(),
  to: time.nullable(),
  data: z.array(z.string()).describe("Files of official data; empty: the session's own data"),
  result: run,
  backtest: run,
  drift: money.describe("Profit of the session less that of the backtest: the sum of the causes' amounts"),
  causes: z.array(cause),
  bars: z
    .object({ compared: count, differing: count, missing: count, extra: count })
    .nullable()
    .describe("Session's bars against the official ones"),
}) satisfies z.ZodType<DriftDocument>;
