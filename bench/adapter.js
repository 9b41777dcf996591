/**
 * What placing an order through our adapter costs above ccxt's own `createOrder`: `node bench/adapter.js [--quick]`.
 * Both go through the same ccxt client, whose transport answers at once, so that nothing but code is measured.
 */
import { alternate, figure, median, repeat, spread } from "./figure.js";

const target = 0.3;

figure(import.meta.url, {
  async measure({ orders, rounds }) {
    const { ExchangeAdapter, createOrder, openSession } = await import("../dist/index.js");
    const { createServer } = await import("node:http");
    const server = createServer((request, response) => answer(request.url, response));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${server.address().port}`;
    const session = await openSession({
      venue: "binance",
      testnet: false,
      endpoints: { rest: `http://${host}`, streams: `ws://${host}`, wsApi: `ws://${host}/ws-api/v3` },
      credentials: { apiKey: "k", apiSecret: "s" },
    });
    const { exchange } = session;
    exchange.enableRateLimit = false;
    exchange.fetch = async (_url, _method, _headers, body) => orderAnswer(new URLSearchParams(body));
    const adapter = new ExchangeAdapter({ venue: "binance", open: async () => session });
    exchange.privateGetAccount = async () => ({ balances: [] });
    await adapter.connect({ apiKey: "k", apiSecret: "s" });
    const order = createOrder({
      symbol: "BTC/USDT",
      side: "buy",
      type: "limit",
      quantity: "0.01",
      price: "50000",
    });
    const ours = () => timePer(orders, () => adapter.placeOrder(order));
    const theirs = () =>
      timePer(orders, () =>
        exchange.createOrder("BTC/USDT", "limit", "buy", "0.01", "50000", { timeInForce: "GTC" }),
      );
    await ours();
    await theirs();
    const pairs = await alternate(rounds, ours, theirs);
    await adapter.disconnect();
    server.close();
    return { ours: pairs.map(([ms]) => ms), theirs: pairs.map(([, ms]) => ms) };
  },
  async report({ quick, fresh }) {
    const task = quick ? { orders: 50, rounds: 2 } : { orders: 2_000, rounds: 6 };
    const processes = await repeat(quick ? 1 : 5, () => fresh(task));
    const above = spread(processes.map(({ ours, theirs }) => median(ours) - median(theirs)));
    const line = {
      work: "an order through the adapter, above ccxt's own",
      target: `under ${target} ms`,
      measured: `${Number(above.median.toPrecision(2))} ms`,
      against: "ccxt's createOrder on the same client, a transport that answers at once",
      met: above.median < target,
    };
    return { lines: [line], results: [{ ...task, aboveMs: above, processes }] };
  },
});

/** Of the processor's time, in ms: nothing is waited for here, and others at work on the machine do not count. */
async function timePer(count, work) {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / count;
}

function orderAnswer(body) {
  return {
    ...{ symbol: "BTCUSDT", orderId: ++serial, orderListId: -1, clientOrderId: body.get("newClientOrderId") },
    ...{
      price: "50000.00",
      origQty: "0.01",
      executedQty: "0",
      origQuoteOrderQty: "0",
      cummulativeQuoteQty: "0",
    },
    ...{ status: "NEW", timeInForce: "GTC", type: "LIMIT", side: "BUY", transactTime: 1_700_000_000_000 },
  };
}
let serial = 0;

function answer(url, response) {
  const path = url.split("?")[0];
  response.setHeader("content-type", "application/json");
  if (path.endsWith("/time")) return response.end(JSON.stringify({ serverTime: Date.now() }));
  if (path.endsWith("/exchangeInfo")) return response.end(JSON.stringify(exchangeInfo));
  response.end("{}");
}

const exchangeInfo = {
  ...{ timezone: "UTC", serverTime: 0, rateLimits: [], exchangeFilters: [] },
  symbols: [
    {
      ...{
        symbol: "BTCUSDT",
        status: "TRADING",
        baseAsset: "BTC",
        baseAssetPrecision: 8,
        quoteAsset: "USDT",
      },
      ...{
        quotePrecision: 8,
        quoteAssetPrecision: 8,
        orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS"],
      },
      ...{
        isSpotTradingAllowed: true,
        isMarginTradingAllowed: false,
        permissions: [],
        permissionSets: [["SPOT"]],
      },
      filters: [
        { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
        { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
        { filterType: "NOTIONAL", minNotional: "5", maxNotional: "9000000", applyMinToMarket: true },
      ],
    },
  ],
};
