/** `geosync live`, `replay` and `halt` with `--json`. Not loaded by a run. */
import { z } from "zod";
import type { ReplayDocument } from "./replayDocument.ts";
import { backtestSchema } from "./schema.ts";
import { count, money, time } from "./schemaParts.ts";
import type { SessionDocument } from "./sessionDocument.ts";

const { metrics, trades, positions, attribution } = backtestSchema.shape;

const openOrder = z.object({
  id: z.string(),
  symbol: z.string(),
  side: z.enum(["buy", "sell"]),
  type: z.string(),
  quantity: money.nullable().describe("Null: all of the position, or by value"),
  price: money.nullable(),
  stopPrice: money.nullable(),
  filledQuantity: money,
});

export const sessionSchema = z.object({
  schema: z.literal("geosync.session/1"),
  session: z.object({
    name: z.string(),
    path: z.string(),
    mode: z.enum(["paper", "testnet", "live"]),
    venue: z.string(),
    symbols: z.array(z.string()),
    strategy: z.object({ name: z.string(), params: z.record(z.string(), z.json()), sha256: z.string() }),
    starts: count.describe("How often it was started"),
    stopped: z.string().describe("Why it stopped this time"),
    currency: z.string(),
    cash: money,
    from: time.nullable(),
    to: time.nullable(),
    bars: count,
    fills: count,
    feesBeside: z
      .record(z.string(), money)
      .describe("Fees in currencies that the session has no money of: not in its results"),
    halted: z.string().nullable().describe("Why nothing is opened"),
    finished: z.boolean().describe("It is over and cannot go on"),
  }),
  metrics,
  equity: z.array(z.tuple([time, money])).describe("One point a UTC day"),
  trades,
  positions,
  attribution,
  openOrders: z.array(openOrder),
  reasons: z.record(z.string(), count).describe("How many requests ended in each way"),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
}) satisfies z.ZodType<SessionDocument>;

export const replaySchema = z.object({
  schema: z.literal("geosync.replay/1"),
  session: z.string(),
  identical: z.boolean(),
  steps: count,
  events: count.describe("Market events in them"),
  decisions: count,
  from: time.nullable(),
  to: time.nullable(),
  durationMs: z.number(),
  timesRealTime: z.number().nullable(),
  checkpoint: z
    .object({ entry: count, same: z.boolean().describe("It holds what the journal leads to there") })
    .nullable()
    .describe("The latest that was passed"),
  divergence: z
    .object({
      entry: count.describe("Of the journal"),
      time,
      recorded: z.string().nullable(),
      replayed: z.string().nullable(),
      causes: z.array(z.string()),
    })
    .nullable(),
}) satisfies z.ZodType<ReplayDocument>;

export const haltSchema = z.object({
  schema: z.literal("geosync.halt/1"),
  stateDir: z.string(),
  sessions: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["running", "stopped", "crashed", "unreadable"]),
      halted: z.object({ because: z.string(), flatten: z.boolean() }).nullable(),
      changed: z.boolean().describe("It was otherwise before"),
    }),
  ),
});

export type HaltDocument = z.infer<typeof haltSchema>;

const at = { time };
const side = z.enum(["buy", "sell"]);
const id = z.string();
const symbol = z.string();
const told = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.object({ event: z.literal(name), ...at, ...shape });

/** A line of `geosync live --json`, all but the last: that is the session's document, or an error's. */
export const sessionEventSchema = z.discriminatedUnion("event", [
  told("started", {
    session: z.string(),
    path: z.string(),
    mode: z.enum(["paper", "testnet", "live"]),
    venue: z.string(),
    symbols: z.array(symbol),
    strategy: z.string(),
    resumed: count.nullable().describe("Steps that were replayed; null: a new session"),
  }),
  told("listening", {
    api: z.string().nullable().describe("REST, WebSocket and dashboard: its URL"),
    grpc: z.string().nullable().describe("Address and port"),
  }),
  told("history", { bars: count }),
  told("bar", { symbol, close: z.number(), equity: money }),
  told("account", {
    currency: z.string(),
    equity: money,
    realised: money,
    unrealised: money,
    drawdown: z.number().nullable(),
    maxDrawdown: z.number(),
    dataAgeMs: z.number().nullable(),
    prices: z.record(symbol, money),
    positions: z.array(z.object({ symbol, quantity: money, entryPrice: z.number(), unrealised: money })),
    openOrders: z.array(openOrder.extend({ inDoubt: z.boolean() })),
  }),
  told("sent", { id, afterMs: z.number() }),
  told("answered", { id, afterMs: z.number() }),
  told("order", {
    ...{ id, symbol, side, type: z.string() },
    quantity: z.exactOptional(money),
    value: z.exactOptional(money),
    price: z.exactOptional(money),
    stopPrice: z.exactOptional(money),
  }),
  told("fill", { id, symbol, side, quantity: money, price: money, fee: money, feeCurrency: z.string() }),
  told("cancel", { id }),
  told("ended", { id, reason: z.string() }),
  told("log", { message: z.string(), fields: z.exactOptional(z.record(z.string(), z.json())) }),
  told("status", { level: z.enum(["info", "warning", "error"]), kind: z.string(), message: z.string() }),
  told("halted", { because: z.string() }),
  told("resumed", {}),
  told("stopping", { because: z.string() }),
  told("dropped", { since: time, count, kinds: z.record(z.string(), count) }).describe(
    "Lines that were left out since then, as nobody had read for long: how many, and of which events",
  ),
]);
