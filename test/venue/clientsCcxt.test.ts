/** ccxt, unmodified: REST and its pro side. */
import ccxt from "ccxt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Venue } from "../../src/venue/server.ts";
import { noLimits } from "../../src/venue/weights/limiter.ts";
import { demo, startLocal } from "./wireVenue.ts";

const symbol = "BTC/USDT";
let venue: Venue;
let exchange: InstanceType<typeof ccxt.pro.binance>;
beforeAll(async () => {
  venue = await startLocal({ limits: noLimits });
  exchange = await connected(demo.key, demo.secret);
});
afterAll(async () => {
  await exchange.close();
  await venue.close();
});

async function connected(apiKey: string, secret: string) {
  const made = new ccxt.pro.binance({
    ...{ apiKey, secret, enableRateLimit: false },
    options: {
      ...{
        defaultType: "spot",
        fetchMarkets: { types: ["spot"] },
        fetchCurrencies: false,
        fetchMargins: false,
      },
      warnOnFetchOpenOrdersWithoutSymbol: false,
    },
  });
  const ws = venue.url.replace("http", "ws");
  made.urls.api = {
    ...{ public: `${venue.url}/api/v3`, private: `${venue.url}/api/v3`, sapi: `${venue.url}/sapi/v1` },
    ws: { spot: `${ws}/stream`, "ws-api": { spot: `${ws}/ws-api/v3` } },
  };
  await made.loadHttpProxyAgent();
  await made.loadMarkets();
  return made;
}

const last = async () => Number((await exchange.fetchTicker(symbol)).last);
const at = (price: number) => Number(exchange.priceToPrecision(symbol, price));

describe("ccxt", () => {
  it("loads markets with their limits and reads public data", async () => {
    expect(exchange.market(symbol)).toMatchObject({
      precision: { price: 0.01 },
      limits: { cost: { min: 5 } },
    });
    expect(await exchange.fetchOHLCV(symbol, "1m", undefined, 10)).toHaveLength(10);
    const { bids, asks } = await exchange.fetchOrderBook(symbol, 5);
    expect(bids[0]![0]!).toBeLessThan(asks[0]![0]!);
    expect((await exchange.fetchTrades(symbol, undefined, 3)).length).toBe(3);
    expect(Math.abs((await exchange.fetchTime())! - Date.now())).toBeLessThan(5000);
    expect((await exchange.fetchTradingFee(symbol)).taker).toBe(0.001);
  });

  it.each([
    ["market buy", "market", "buy", undefined, {}, "MARKET", "closed"],
    ["market sell", "market", "sell", undefined, {}, "MARKET", "closed"],
    ["limit", "limit", "buy", 0.9, {}, "LIMIT", "open"],
    ["post-only limit", "limit", "sell", 1.1, { postOnly: true }, "LIMIT_MAKER", "open"],
    ["limit, immediate or cancel", "limit", "buy", 0.9, { timeInForce: "IOC" }, "LIMIT", "expired"],
    ["stop loss", "market", "sell", undefined, { stopLossPrice: 0.9 }, "STOP_LOSS", "open"],
    ["stop loss limit", "limit", "sell", 0.89, { stopLossPrice: 0.9 }, "STOP_LOSS_LIMIT", "open"],
    ["take profit", "market", "sell", undefined, { takeProfitPrice: 1.1 }, "TAKE_PROFIT", "open"],
    ["take profit limit", "limit", "sell", 1.09, { takeProfitPrice: 1.1 }, "TAKE_PROFIT_LIMIT", "open"],
  ] as const)("places, finds and cancels a %s order", async (_, type, side, share, params, wire, status) => {
    const price = await last();
    const named = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        typeof value === "number" ? at(price * value) : value,
      ]),
    );
    const placed = await exchange.createOrder(symbol, type, side, 0.01, share && at(price * share), {
      ...named,
      newOrderRespType: "RESULT",
    });
    const found = await exchange.fetchOrder(placed.id!, symbol);
    expect({ type: found.info.type, status: found.status, amount: found.amount }).toEqual({
      type: wire,
      status,
      amount: 0.01,
    });
    if (status !== "open") return;
    expect((await exchange.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual([placed.id]);
    await exchange.cancelOrder(placed.id!, symbol);
    expect((await exchange.fetchOrder(placed.id!, symbol)).status).toBe("canceled");
  });

  it("edits an order by cancelling and replacing it", async () => {
    const price = await last();
    const placed = await exchange.createOrder(symbol, "limit", "buy", 0.01, at(price * 0.9));
    const edited = await exchange.editOrder(placed.id!, symbol, "limit", "buy", 0.02, at(price * 0.91));
    expect((await exchange.fetchOrder(placed.id!, symbol)).status).toBe("canceled");
    expect((await exchange.cancelAllOrders(symbol)).map(({ id }) => id)).toEqual([edited.id]);
  });

  it("places an order list of a limit order and a stop", async () => {
    const price = await last();
    const list = await exchange.privatePostOrderListOco({
      ...{ symbol: "BTCUSDT", side: "SELL", quantity: "0.01" },
      ...{ aboveType: "LIMIT_MAKER", abovePrice: at(price * 1.1).toFixed(2) },
      ...{ belowType: "STOP_LOSS", belowStopPrice: at(price * 0.9).toFixed(2) },
    });
    expect(list).toMatchObject({ contingencyType: "OCO", listOrderStatus: "EXECUTING" });
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2);
    await exchange.privateDeleteOrderList({ symbol: "BTCUSDT", orderListId: list.orderListId });
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
  });

  it.each([
    ["too much", () => exchange.createOrder(symbol, "market", "sell", 50), ccxt.InsufficientFunds],
    ["too little", () => exchange.createOrder(symbol, "market", "buy", 0.00001), ccxt.BadRequest],
    ["no such order", () => exchange.cancelOrder("999999", symbol), ccxt.OrderNotFound],
  ] as const)("understands the refusal of %s", async (_, ask, error) => {
    await expect(ask()).rejects.toThrow(error);
  });

  it("understands that a key is wrong", async () => {
    const stranger = await connected("demo", "wrong");
    await expect(stranger.fetchBalance()).rejects.toThrow(ccxt.AuthenticationError);
  });

  it("watches the market", async () => {
    expect((await exchange.watchTrades(symbol)).length).toBeGreaterThan(0);
    expect((await exchange.watchOHLCV(symbol, "1s")).length).toBeGreaterThan(0);
    expect((await exchange.watchTicker(symbol)).last).toBeGreaterThan(0);
    const book = await exchange.watchOrderBook(symbol);
    for (let i = 0; i < 5; i++) await exchange.watchOrderBook(symbol);
    expect(book.bids[0]![0]!).toBeLessThan(book.asks[0]![0]!);
  });

  it("watches its own orders, trades and balance", async () => {
    const [orders, trades, balance] = [
      exchange.watchOrders(symbol),
      exchange.watchMyTrades(symbol),
      exchange.watchBalance(),
    ];
    await expect.poll(() => Object.keys(exchange.clients).some((url) => url.includes("ws-api"))).toBe(true);
    // A subscription that has been confirmed is one whose request can be answered after it.
    await exchange.fetchBalanceWs();
    const placed = await exchange.createOrder(symbol, "market", "buy", 0.01);
    expect((await orders).at(-1)?.id).toBe(placed.id);
    expect((await trades).at(-1)).toMatchObject({ order: placed.id, side: "buy" });
    expect((await balance).BTC).toMatchObject({ used: 0 });
  });

  it("places and cancels orders over the WebSocket API", async () => {
    const price = await last();
    const placed = await exchange.createOrderWs(symbol, "limit", "buy", 0.01, at(price * 0.9));
    expect((await exchange.fetchOrderWs(placed.id!, symbol)).status).toBe("open");
    expect((await exchange.cancelOrderWs(placed.id!, symbol)).status).toBe("canceled");
  });
});
