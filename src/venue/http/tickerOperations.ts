import { dayMs, type Millis } from "../../domain/time.ts";
import { type Exchange, VenueError } from "../contract.ts";
import { eachSymbol } from "./marketOperations.ts";
import type { Operation } from "./operation.ts";
import type { Params } from "./params.ts";
import { oneOf } from "./refusal.ts";
import { dayTickerJson, type Statistics, statisticsOf, windowTickerJson } from "./tickers.ts";

const names = ["symbol", "symbols", "type", "symbolStatus"];
const kinds = ["FULL", "MINI"] as const;

const day: Operation = {
  rest: "GET /api/v3/ticker/24hr",
  ws: "ticker.24hr",
  security: "NONE",
  params: names,
  weight(params) {
    const count = params.has("symbol") ? 1 : (params.list("symbols")?.length ?? Number.POSITIVE_INFINITY);
    return count <= 20 ? 2 : count <= 100 ? 40 : 80;
  },
  run(call) {
    const mini = isMini(call.params);
    return eachSymbol(call, (symbol) =>
      dayTickerJson(call.exchange, recent(call.exchange, symbol, dayMs), mini),
    );
  },
};

const rolling: Operation = {
  rest: "GET /api/v3/ticker",
  ws: "ticker",
  security: "NONE",
  params: [...names, "windowSize"],
  weight: perSymbol,
  run(call) {
    const mini = isMini(call.params);
    const window = windowOf(call.params.text("windowSize") ?? "1d");
    needSymbols(call.params);
    return eachSymbol(call, (symbol) => windowTickerJson(recent(call.exchange, symbol, window), mini));
  },
};

const tradingDay: Operation = {
  rest: "GET /api/v3/ticker/tradingDay",
  ws: "ticker.tradingDay",
  security: "NONE",
  params: [...names, "timeZone"],
  weight: perSymbol,
  run(call) {
    const mini = isMini(call.params);
    needSymbols(call.params);
    const sinceMidnight = Math.max(1, call.exchange.time() % dayMs);
    return eachSymbol(call, (symbol) => windowTickerJson(recent(call.exchange, symbol, sinceMidnight), mini));
  },
};

export const tickerOperations: readonly Operation[] = [day, rolling, tradingDay];

/** Adding up a day takes a while, and is asked for again and again: kept for a second. */
const cache = new WeakMap<
  Exchange,
  Map<string, { readonly until: Millis; readonly statistics: Statistics }>
>();

export function recent(exchange: Exchange, symbol: string, windowMs: Millis): Statistics {
  let known = cache.get(exchange);
  if (known === undefined) cache.set(exchange, (known = new Map()));
  const name = `${symbol} ${windowMs}`;
  const now = exchange.time();
  const kept = known.get(name);
  if (kept !== undefined && now < kept.until) return kept.statistics;
  const statistics = statisticsOf(exchange, symbol, windowMs);
  // Windows that begin at midnight differ each time.
  if (known.size > 1000) known.clear();
  known.set(name, { until: now + 1000, statistics });
  return statistics;
}

function isMini(params: Params): boolean {
  return params.choice("type", kinds) === "MINI";
}

function perSymbol(params: Params): number {
  return Math.min(200, 4 * (params.has("symbol") ? 1 : (params.list("symbols")?.length ?? 1)));
}

function needSymbols(params: Params): void {
  if (!params.has("symbol") && !params.has("symbols")) throw oneOf("symbols", "symbol");
}

function windowOf(text: string): Millis {
  const match = /^(\d{1,2})([mhd])$/.exec(text);
  const count = Number(match?.[1]);
  const most = { m: 59, h: 23, d: 7 }[match?.[2] ?? ""];
  if (match === null || most === undefined || count < 1 || count > most) {
    throw new VenueError(-1130, "Data sent for parameter 'windowSize' is not valid.");
  }
  return count * { m: 60_000, h: 3_600_000, d: dayMs }[match[2] as "m" | "h" | "d"];
}
