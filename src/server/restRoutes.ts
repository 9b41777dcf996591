import { z } from "zod";
import { metricsSchema } from "../report/schema.ts";
import type { Scope } from "./access.ts";
import * as contract from "./contract.ts";
import type { TradingService } from "./service.ts";

/** A request as a route has it: its query and parameters checked, its body as it came. */
export interface RestCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, never>>;
  readonly body: unknown;
  /** The Idempotency-Key. */
  readonly key: string | null;
}

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly scope: Scope;
  readonly tag: string;
  readonly summary: string;
  readonly query?: z.ZodType;
  /** For the documentation: the service reads bodies by the same schemas. */
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  act(service: TradingService, call: RestCall): unknown;
}

const limit = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).meta({ description: "At most so many" });
const symbol = z.string().max(60).optional().meta({ description: "Of this symbol alone" });
const page = {
  limit: limit(500, 100),
  cursor: z.string().max(40).optional().meta({ description: "next_cursor of the page before" }),
};
const next_cursor = z
  .string()
  .nullable()
  .meta({ description: "Asks for the next page; null: this is the last" });

const bySymbol = z.strictObject({ symbol });
const pageBySymbol = z.strictObject({ symbol, ...page });
const orderPage = z.strictObject({
  symbol,
  status: z.enum(["open", "closed", "all"]).default("all"),
  ...page,
});
const points = z.strictObject({ limit: limit(2000, 500) });
const candles = z.strictObject({
  symbol: z
    .string()
    .max(60)
    .optional()
    .meta({ description: "The session's first symbol when there is none" }),
  limit: limit(2000, 500),
});

type Query<S extends z.ZodType> = z.infer<S>;

/** A route whose query is known by its schema. */
function route<S extends z.ZodType>(
  one: Omit<Route, "act" | "query"> & {
    readonly query?: S;
    act(service: TradingService, call: Omit<RestCall, "query"> & { readonly query: Query<S> }): unknown;
  },
): Route {
  return one as unknown as Route;
}

const orders: readonly Route[] = [
  route({
    ...{ method: "POST", url: "/orders", scope: "trade", tag: "orders", summary: "Place an order" },
    ...{ body: contract.orderRequest, answer: contract.order },
    act: (service, { body, key }) => service.placeOrder(body, { key }),
  }),
  route({
    ...{ method: "GET", url: "/orders", scope: "read", tag: "orders", summary: "Orders, newest first" },
    ...{ query: orderPage, answer: z.object({ orders: z.array(contract.order), next_cursor }) },
    act({ lists }, { query }) {
      const { items, next } = lists.orders(query);
      return { orders: items, next_cursor: next };
    },
  }),
  route({
    ...{ method: "DELETE", url: "/orders", scope: "trade", tag: "orders", summary: "Cancel what is open" },
    ...{ query: bySymbol, answer: z.object({ orders: z.array(contract.order) }) },
    act: async (service, { query, key }) => ({ orders: await service.cancelAll(query.symbol, { key }) }),
  }),
  route({
    ...{ method: "GET", url: "/orders/:order_id", scope: "read", tag: "orders", summary: "An order" },
    answer: contract.order,
    act: (service, { params }) => service.order(params.order_id!),
  }),
  route({
    ...{ method: "PATCH", url: "/orders/:order_id", scope: "trade", tag: "orders" },
    ...{ summary: "Put another order in its place", body: contract.amendRequest, answer: contract.order },
    act: (service, { params, body, key }) => service.amendOrder(params.order_id!, body, { key }),
  }),
  route({
    ...{
      method: "DELETE",
      url: "/orders/:order_id",
      scope: "trade",
      tag: "orders",
      summary: "Cancel an order",
    },
    answer: contract.cancelResult,
    act: (service, { params, key }) => service.cancelOrder(params.order_id!, { key }),
  }),
  route({
    ...{ method: "GET", url: "/trades", scope: "read", tag: "orders", summary: "Fills, newest first" },
    ...{ query: pageBySymbol, answer: z.object({ trades: z.array(contract.trade), next_cursor }) },
    act({ lists }, { query }) {
      const { items, next } = lists.trades(query);
      return { trades: items, next_cursor: next };
    },
  }),
];

const signals: readonly Route[] = [
  route({
    ...{ method: "GET", url: "/signals", scope: "read", tag: "signals", summary: "Signals, newest first" },
    ...{ query: pageBySymbol, answer: z.object({ signals: z.array(contract.signal), next_cursor }) },
    act({ lists }, { query }) {
      const { items, next } = lists.signals(query);
      return { signals: items, next_cursor: next };
    },
  }),
  route({
    ...{ method: "POST", url: "/signals", scope: "trade", tag: "signals", summary: "Submit a signal" },
    ...{ body: contract.signalRequest, answer: contract.signal },
    act: (service, { body, key }) => service.submitSignal(body, { key }),
  }),
];

const account: readonly Route[] = [
  route({
    ...{ method: "GET", url: "/positions", scope: "read", tag: "account", summary: "Positions" },
    answer: z.object({ positions: z.array(contract.position) }),
    act: (service) => service.positions(),
  }),
  route({
    ...{ method: "GET", url: "/balance", scope: "read", tag: "account", summary: "Cash and balances" },
    answer: contract.balance,
    act: (service) => service.balance(),
  }),
  route({
    ...{ method: "GET", url: "/equity", scope: "read", tag: "account", summary: "Equity and drawdown" },
    answer: contract.equity,
    act: (service) => service.equity(),
  }),
  route({
    ...{ method: "GET", url: "/equity/curve", scope: "read", tag: "account" },
    summary: "Equity bar by bar since this process began, oldest first",
    ...{ query: points, answer: z.object({ points: z.array(contract.equityPoint) }) },
    act: (service, { query }) => ({ points: service.equityCurve(query.limit) }),
  }),
  route({
    ...{
      method: "GET",
      url: "/metrics",
      scope: "read",
      tag: "account",
      summary: "The measures of the report",
    },
    answer: metricsSchema.shape.metrics,
    act: (service) => service.metrics(),
  }),
];

const session: readonly Route[] = [
  route({
    ...{ method: "GET", url: "/status", scope: "read", tag: "session", summary: "How the session is" },
    answer: contract.status,
    act: (service) => service.status(),
  }),
  route({
    ...{ method: "GET", url: "/candles", scope: "read", tag: "session" },
    summary: "The last bars, oldest first",
    ...{ query: candles, answer: z.object({ candles: z.array(contract.candle) }) },
    act(service, { query }) {
      const symbol = query.symbol ?? service.instruments[0]!.symbol;
      return { candles: service.candles(symbol, query.limit) };
    },
  }),
  route({
    ...{ method: "GET", url: "/risk", scope: "read", tag: "session", summary: "Limits, and what is used" },
    answer: contract.risk,
    act: (service) => service.risk(),
  }),
  route({
    ...{ method: "POST", url: "/halt", scope: "admin", tag: "session", summary: "Open nothing any more" },
    ...{ body: contract.haltRequest, answer: contract.status },
    act: (service, { body, key }) => service.halt(body ?? {}, { key }),
  }),
  route({
    ...{ method: "POST", url: "/kill", scope: "admin", tag: "session" },
    summary: "The kill switch: halt, cancel what is open, close every position",
    ...{ body: contract.killRequest, answer: contract.status },
    act: (service, { body, key }) => service.kill(body ?? {}, { key }),
  }),
  route({
    ...{ method: "POST", url: "/resume", scope: "admin", tag: "session", summary: "Lift a halt" },
    answer: contract.status,
    act: (service, { key }) => service.resume({ key }),
  }),
];

/** All that REST offers, below /api/v1. */
export const routes: readonly Route[] = [...session, ...orders, ...signals, ...account];
