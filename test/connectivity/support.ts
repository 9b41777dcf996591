/** A tiny exchange on loopback that speaks as much of Binance Spot as a session needs to open, with planted faults. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (request: Seen, response: ServerResponse) => void;

export interface TinyExchange {
  readonly url: string;
  readonly server: Server;
  readonly seen: readonly Seen[];
  /** Requests of that path, so far. */
  count(path: string): number;
  /** From now on, for a path; several answers are given in turn, the last for ever. */
  on(path: string, ...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

export async function tinyExchange(clock: () => number = Date.now): Promise<TinyExchange> {
  const seen: Seen[] = [];
  const routes = new Map<string, Answer[]>([
    ["/api/v3/ping", [json({})]],
    ["/api/v3/time", [(_, response) => json({ serverTime: clock() })(_, response)]],
    ["/api/v3/exchangeInfo", [json(exchangeInfo)]],
  ]);
  const server = createServer(async (message, response) => {
    const url = new URL(message.url ?? "/", "http://localhost");
    let body = "";
    for await (const chunk of message) body += chunk;
    const { method = "GET", headers } = message;
    const request = { method, path: url.pathname, query: url.searchParams, headers, body };
    seen.push(request);
    const answers = routes.get(url.pathname) ?? [status(404, "no such path")];
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    seen,
    count: (path) => seen.filter((one) => one.path === path).length,
    on: (path, ...answers) => void routes.set(path, [...answers]),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(value: unknown, code = 200, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };
}

export function status(code: number, text: string, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, headers).end(text);
  };
}

/** Head and half of a body, then nothing. */
export const slowBody: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).write('{"serverTime":');
};

/** The whole answer by its length, but cut in the middle. */
export const truncated: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"orderId": 12, "status": "NE');
};

export const cut: Answer = (_, response) => {
  response.socket?.destroy();
};

export const never: Answer = () => {};

const exchangeInfo = {
  timezone: "UTC",
  serverTime: 0,
  rateLimits: [],
  exchangeFilters: [],
  symbols: [
    {
      symbol: "BTCUSDT",
      status: "TRADING",
      baseAsset: "BTC",
      baseAssetPrecision: 8,
      quoteAsset: "USDT",
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
      icebergAllowed: true,
      ocoAllowed: true,
      quoteOrderQtyMarketAllowed: true,
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      filters: [
        {
          filterType: "PRICE_FILTER",
          minPrice: "0.01000000",
          maxPrice: "1000000.00000000",
          tickSize: "0.01000000",
        },
        { filterType: "LOT_SIZE", minQty: "0.00001000", maxQty: "9000.00000000", stepSize: "0.00001000" },
        {
          filterType: "NOTIONAL",
          minNotional: "5.00000000",
          applyMinToMarket: true,
          maxNotional: "9000000.00000000",
        },
      ],
      permissions: ["SPOT"],
      permissionSets: [["SPOT"]],
    },
  ],
};

/** The answer of an order that was accepted, in full. */
export const acceptedOrder = {
  symbol: "BTCUSDT",
  orderId: 28,
  orderListId: -1,
  clientOrderId: "mine-1",
  transactTime: 1_700_000_000_000,
  price: "100.00000000",
  origQty: "0.10000000",
  executedQty: "0.00000000",
  cummulativeQuoteQty: "0.00000000",
  status: "NEW",
  timeInForce: "GTC",
  type: "LIMIT",
  side: "BUY",
  fills: [],
};
