import { z } from "zod";
import { Decimal } from "../domain/decimal.ts";

/**
 * What the faces of a session say: one contract for REST, WebSocket and gRPC. Names are those of the integration
 * reference (snake_case). An amount (price, quantity, money) is a Decimal until a face writes it: as a JSON number or
 * double where the reference has numbers, as exact text where the client asks for that.
 */

/** An exact decimal on its way out. */
const amount = z
  .custom<Decimal>((value) => value instanceof Decimal)
  .meta({
    id: "Amount",
    type: ["number", "string"],
    description: "A number; exact decimal text with `Accept: application/json; decimals=string`",
  });
/** One on its way in: a JSON number or decimal text, above 0. */
const amountIn = z
  .union([z.number(), z.string().max(60)])
  .meta({ id: "RequestAmount", description: "A number above 0, or the same as decimal text" });
const timestamp = z.string().meta({ format: "date-time", description: "ISO 8601, UTC" });
const symbol = z
  .string()
  .max(60)
  .meta({ description: "BTCUSDT, BTC-USDT or BTC/USDT; echoed as it was spelled" });
const side = z.enum(["buy", "sell"]);
const orderType = z.enum(["market", "limit", "stop", "stop_limit"]);
const json = z.json();

export const orderRequest = z
  .strictObject({
    symbol,
    side,
    order_type: orderType.default("market"),
    quantity: amountIn.optional(),
    notional: amountIn.optional().meta({ description: "Value in quote currency, in place of a quantity" }),
    price: amountIn.optional().meta({ description: "Limit price: for limit and stop_limit" }),
    stop_price: amountIn.optional().meta({ description: "Trigger: for stop and stop_limit" }),
    time_in_force: z.enum(["GTC", "IOC", "FOK", "GTD", "DAY"]).optional(),
    expires_at: timestamp.optional().meta({ description: "For GTD" }),
    post_only: z.boolean().optional(),
    reduce_only: z.boolean().optional(),
    stop_loss: amountIn.optional(),
    take_profit: amountIn.optional(),
    tag: z.string().max(100).optional(),
  })
  .meta({ id: "OrderRequest" });

export const amendRequest = z
  .strictObject({
    quantity: amountIn.optional().meta({ description: "What is to be open from now on" }),
    price: amountIn.optional(),
    stop_price: amountIn.optional(),
  })
  .meta({ id: "AmendRequest" });

export const order = z
  .object({
    order_id: z.string(),
    symbol,
    side,
    order_type: orderType,
    status: z.enum(["pending", "open", "partially_filled", "filled", "cancelled", "rejected"]),
    quantity: amount.nullable().meta({ description: "null while an order by value is not sized" }),
    notional: amount.nullable(),
    price: amount.nullable(),
    stop_price: amount.nullable(),
    filled_quantity: amount,
    average_price: amount.nullable(),
    time_in_force: z.string(),
    post_only: z.boolean(),
    reduce_only: z.boolean(),
    in_doubt: z.boolean().meta({ description: "The venue has not said whether it has it" }),
    reason: z.string().nullable().meta({ description: "Why it ended: one code, see the order reasons" }),
    tag: z.string().nullable(),
    source: z.enum(["strategy", "user"]),
    entry_order_id: z.string().nullable().meta({ description: "The order whose attached exit it is" }),
    replaces_order_id: z.string().nullable(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: "Order" });

export const position = z
  .object({
    symbol,
    quantity: amount.meta({ description: "Below 0: short" }),
    entry_price: amount,
    current_price: amount,
    unrealized_pnl: amount,
    realized_pnl: amount,
  })
  .meta({ id: "Position" });

export const trade = z
  .object({
    trade_id: z.string(),
    order_id: z.string(),
    symbol,
    side,
    quantity: amount,
    price: amount,
    fee: amount,
    fee_currency: z.string(),
    liquidity: z.enum(["maker", "taker"]),
    timestamp,
  })
  .meta({ id: "Trade", description: "A fill" });

export const signalRequest = z
  .strictObject({
    symbol,
    action: z.enum(["buy", "sell", "hold", "exit"]),
    confidence: z.number().min(0).max(1).default(1),
    quantity: amountIn.optional().meta({ description: "Without one: all of the equity" }),
    price: amountIn.optional().meta({ description: "With one: a limit order" }),
    metadata: z.record(z.string().max(100), json).default({}),
  })
  .meta({ id: "SignalRequest" });

export const signal = z
  .object({
    signal_id: z.string(),
    symbol,
    action: z.enum(["buy", "sell", "hold", "exit"]),
    confidence: z.number().nullable(),
    reason: z.string().nullable(),
    metadata: z.record(z.string(), json),
    source: z.enum(["strategy", "user"]),
    order_id: z.string().nullable(),
    timestamp,
  })
  .meta({ id: "Signal" });

export const status = z
  .object({
    status: z.enum(["starting", "running", "halted", "stopping", "finished"]),
    uptime_seconds: z.number(),
    version: z.string(),
    session: z.string(),
    mode: z.enum(["paper", "testnet", "live"]),
    venue: z.string(),
    symbols: z.array(z.string()),
    strategies: z.array(z.string()),
    time: timestamp.nullable().meta({ description: "Of the market data" }),
    data_age_ms: z.number().nullable(),
    halted_because: z.string().nullable(),
    last_message: z
      .object({
        level: z.enum(["info", "warning", "error"]),
        kind: z.string(),
        message: z.string(),
        timestamp,
      })
      .nullable()
      .meta({ description: "The last word of connection, data or order handling" }),
  })
  .meta({ id: "Status" });

export const balance = z
  .object({
    currency: z.string().meta({ description: "Of equity, cash and free" }),
    equity: amount,
    cash: amount,
    free: amount.meta({ description: "What new exposure may cost" }),
    balances: z.array(z.object({ currency: z.string(), total: amount })),
  })
  .meta({ id: "Balance" });

export const equityPoint = z
  .object({ timestamp, equity: amount, drawdown: z.number().nullable() })
  .meta({ id: "EquityPoint" });

export const equity = z
  .object({
    currency: z.string(),
    equity: amount,
    initial_equity: amount,
    realized_pnl: amount,
    unrealized_pnl: amount,
    drawdown: z.number().nullable().meta({ description: "Of its peak, 0 or below" }),
    max_drawdown: z.number(),
    timestamp: timestamp.nullable(),
  })
  .meta({ id: "Equity" });

export const risk = z
  .object({
    halted: z.boolean(),
    halted_because: z.string().nullable(),
    kill_switch: z.boolean(),
    limits: z.record(z.string(), json),
    open_orders: z.number(),
    gross_exposure: amount,
    leverage: z.number().nullable(),
  })
  .meta({ id: "Risk" });

export const candle = z
  .object({ symbol, timestamp, open: amount, high: amount, low: amount, close: amount, volume: amount })
  .meta({ id: "Candle", description: "timestamp: when the bar opened" });

export const tick = z
  .object({ symbol, price: amount, volume: amount, timestamp })
  .meta({ id: "Tick", description: "A trade; of a session on bars: a close" });

export const haltRequest = z
  .strictObject({
    reason: z.string().trim().min(1).max(200).default("by the user"),
    flatten: z.boolean().default(false).meta({ description: "Close everything, too: the kill switch" }),
  })
  .meta({ id: "HaltRequest" });

export const killRequest = haltRequest.omit({ flatten: true }).meta({ id: "KillRequest" });

export const cancelResult = z.object({ success: z.boolean(), order }).meta({ id: "CancelResult" });

export type OrderView = z.infer<typeof order>;
export type PositionView = z.infer<typeof position>;
export type TradeView = z.infer<typeof trade>;
export type SignalView = z.infer<typeof signal>;
export type StatusView = z.infer<typeof status>;
export type BalanceView = z.infer<typeof balance>;
export type EquityView = z.infer<typeof equity>;
export type EquityPointView = z.infer<typeof equityPoint>;
export type RiskView = z.infer<typeof risk>;
export type CandleView = z.infer<typeof candle>;
export type TickView = z.infer<typeof tick>;
export type CancelResult = z.infer<typeof cancelResult>;

/** As JSON: amounts as numbers, or as exact text. */
export function toJson(value: unknown, decimals: "number" | "string" = "number"): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    const raw = this[key];
    if (!(raw instanceof Decimal)) return plain;
    return decimals === "string" ? raw.toFixed() : raw.toNumber();
  });
}
