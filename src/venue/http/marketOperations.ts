import { type Exchange, type Page, VenueError } from "../contract.ts";
import { exchangeInfoJson } from "./exchangeInfo.ts";
import { aggTradeJson, bookTickerJson, depthJson, klineJson, tradeJson } from "./marketJson.ts";
import { money } from "./money.ts";
import type { Call, Operation } from "./operation.ts";
import { badCombination } from "./refusal.ts";
import { pageOf } from "./tradeOperations.ts";

const intervals = [
  ...["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"],
];

const open = { security: "NONE" } as const;

const ping: Operation = {
  ...open,
  rest: "GET /api/v3/ping",
  ws: "ping",
  params: [],
  weight: 1,
  run: () => "{}",
};

const time: Operation = {
  ...open,
  rest: "GET /api/v3/time",
  ws: "time",
  params: [],
  weight: 1,
  run: ({ serverTime }) => `{"serverTime":${Math.floor(serverTime)}}`,
};

const exchangeInfo: Operation = {
  ...open,
  rest: "GET /api/v3/exchangeInfo",
  ws: "exchangeInfo",
  params: ["symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"],
  weight: 20,
  run: exchangeInfoJson,
};

const depth: Operation = {
  ...open,
  rest: "GET /api/v3/depth",
  ws: "depth",
  params: ["symbol", "limit", "symbolStatus"],
  weight(params) {
    const limit = params.limit(100, 5000);
    return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
  },
  run: ({ exchange, params }) => depthJson(exchange.depth(params.needSymbol(), params.limit(100, 5000))),
};

const trades: Operation = {
  ...open,
  rest: "GET /api/v3/trades",
  ws: "trades.recent",
  params: ["symbol", "limit"],
  weight: 25,
  run: ({ exchange, params }) =>
    `[${exchange
      .trades(params.needSymbol(), { limit: params.limit(500, 1000) })
      .map(tradeJson)
      .join(",")}]`,
};

const historicalTrades: Operation = {
  ...open,
  rest: "GET /api/v3/historicalTrades",
  ws: "trades.historical",
  params: ["symbol", "limit", "fromId", "apiKey"],
  weight: 25,
  run({ exchange, params }) {
    const page = withFromId(params.integer("fromId"), { limit: params.limit(500, 1000) });
    return `[${exchange.trades(params.needSymbol(), page).map(tradeJson).join(",")}]`;
  },
};

const aggTrades: Operation = {
  ...open,
  rest: "GET /api/v3/aggTrades",
  ws: "trades.aggregate",
  params: ["symbol", "fromId", "startTime", "endTime", "limit"],
  weight: 4,
  run({ exchange, params }) {
    const symbol = params.needSymbol();
    const fromId = params.integer("fromId");
    if (fromId !== null && (params.has("startTime") || params.has("endTime"))) throw badCombination();
    const page = withFromId(fromId, pageOf(params, 500));
    return `[${exchange.aggTrades(symbol, page).map(aggTradeJson).join(",")}]`;
  },
};

function klines(rest: string, ws: string): Operation {
  return {
    ...open,
    rest,
    ws,
    params: ["symbol", "interval", "startTime", "endTime", "timeZone", "limit"],
    weight: 2,
    run({ exchange, params }) {
      const symbol = params.needSymbol();
      params.need("interval");
      const interval = params.choice(
        "interval",
        intervals,
        () => new VenueError(-1120, "Invalid interval."),
      )!;
      refuseTimeZone(params.text("timeZone"));
      return `[${exchange.klines(symbol, interval, pageOf(params, 500)).map(klineJson).join(",")}]`;
    },
  };
}

const avgPrice: Operation = {
  ...open,
  rest: "GET /api/v3/avgPrice",
  ws: "avgPrice",
  params: ["symbol"],
  weight: 2,
  run({ exchange, params }) {
    const symbol = params.needSymbol();
    const closeTime = exchange.trades(symbol, { limit: 1 }).at(-1)?.time ?? exchange.time();
    return `{"mins":5,"price":"${money(exchange.averagePrice(symbol))}","closeTime":${closeTime}}`;
  },
};

const price: Operation = {
  ...open,
  rest: "GET /api/v3/ticker/price",
  ws: "ticker.price",
  params: ["symbol", "symbols", "symbolStatus"],
  weight: (params) => (params.has("symbol") ? 2 : 4),
  run: (call) =>
    eachSymbol(
      call,
      (symbol) => `{"symbol":"${symbol}","price":"${money(call.exchange.lastPrice(symbol))}"}`,
    ),
};

const bookTicker: Operation = {
  ...open,
  rest: "GET /api/v3/ticker/bookTicker",
  ws: "ticker.book",
  params: ["symbol", "symbols", "symbolStatus"],
  weight: (params) => (params.has("symbol") ? 2 : 4),
  run: (call) => eachSymbol(call, (symbol) => bookTickerJson(symbol, call.exchange.bookTicker(symbol))),
};

export const marketOperations: readonly Operation[] = [
  ...[ping, time, exchangeInfo, depth, trades, historicalTrades, aggTrades, avgPrice, price, bookTicker],
  klines("GET /api/v3/klines", "klines"),
  klines("GET /api/v3/uiKlines", "uiKlines"),
];

/** One answer for `symbol`, an array for `symbols` or for all. @throws VenueError -1121 */
export function eachSymbol({ exchange, params }: Call, json: (symbol: string) => string): string {
  const symbol = params.symbol();
  const several = params.list("symbols");
  if (symbol !== null && several !== null) throw badCombination();
  if (symbol !== null) return json(knownSymbol(exchange, symbol));
  const chosen = several ?? exchange.symbols.map((rules) => rules.symbol);
  return `[${chosen.map((one) => json(knownSymbol(exchange, one))).join(",")}]`;
}

function knownSymbol(exchange: Exchange, symbol: string): string {
  if (exchange.symbols.some((rules) => rules.symbol === symbol)) return symbol;
  throw new VenueError(-1121, "Invalid symbol.");
}

function withFromId(fromId: number | null, page: Page): Page {
  return fromId === null ? page : { ...page, fromId };
}

/** Days of other zones begin at other times: this venue's begin at 0:00 UTC. */
function refuseTimeZone(zone: string | null): void {
  if (zone === null || /^[+-]?0{1,2}(:00)?$/.test(zone)) return;
  throw new VenueError(-1130, "Data sent for parameter 'timeZone' is not valid.");
}
