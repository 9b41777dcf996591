/** `@binance/spot` (Binance's own) and `binance`, unmodified. */
import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { Spot } from "@binance/spot";
import { MainClient, WebsocketAPIClient, WebsocketClient } from "binance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Venue } from "../../src/venue/server.ts";
import { noLimits } from "../../src/venue/weights/limiter.ts";
import { admin, demo, startLocal } from "./wireVenue.ts";

let venue: Venue;
let ws: string;
const keys = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ed25519: generateKeyPairSync("ed25519"),
} as const;
beforeAll(async () => {
  venue = await startLocal({ limits: noLimits });
  ws = venue.url.replace("http", "ws");
  for (const [key, { publicKey }] of Object.entries(keys)) {
    await admin(venue, "POST keys", { key, publicKey: publicKey.export({ type: "spki", format: "pem" }) });
  }
});
afterAll(() => venue.close());

const pem = ({ privateKey }: KeyPairKeyObjectResult) =>
  String(privateKey.export({ type: "pkcs8", format: "pem" }));
const price = () => Number(venue.exchange.lastPrice("BTCUSDT").units) / 100;
const at = (share: number) => Number((price() * share).toFixed(2));

describe("@binance/spot", () => {
  const client = (key: string, secret: { apiSecret?: string; privateKey?: string }) =>
    new Spot({
      configurationRestAPI: { apiKey: key, ...secret, basePath: venue.url },
      configurationWebsocketAPI: { apiKey: key, ...secret, wsURL: `${ws}/ws-api/v3` },
      configurationWebsocketStreams: { wsURL: ws },
    });

  it.each([
    ["HMAC", "demo", () => ({ apiSecret: demo.secret })],
    ["RSA", "rsa", () => ({ privateKey: pem(keys.rsa) })],
    ["Ed25519", "ed25519", () => ({ privateKey: pem(keys.ed25519) })],
  ])("trades by REST with an %s key", async (_, key, secret) => {
    const { restAPI } = client(key, secret());
    const placed = await (
      await restAPI.newOrder({
        ...{
          symbol: "BTCUSDT",
          side: "BUY",
          type: "LIMIT",
          timeInForce: "GTC",
          quantity: 0.01,
          price: at(0.9),
        },
      } as never)
    ).data();
    expect(placed).toMatchObject({ status: "NEW", fills: [] });
    const open = await (await restAPI.getOpenOrders({ symbol: "BTCUSDT" })).data();
    expect(open).toHaveLength(1);
    const cancelled = await (
      await restAPI.deleteOrder({ symbol: "BTCUSDT", orderId: Number(placed.orderId) })
    ).data();
    expect(cancelled.status).toBe("CANCELED");
    expect((await (await restAPI.getAccount({ omitZeroBalances: true })).data()).accountType).toBe("SPOT");
  });

  it("places lists: OCO, OTO and OTOCO", async () => {
    const { restAPI } = client("demo", { apiSecret: demo.secret });
    const sell = { symbol: "BTCUSDT", side: "SELL", quantity: 0.01 };
    const exits = {
      aboveType: "LIMIT_MAKER",
      abovePrice: at(1.1),
      belowType: "STOP_LOSS",
      belowStopPrice: at(0.9),
    };
    const working = {
      ...{ symbol: "BTCUSDT", workingType: "LIMIT", workingSide: "BUY", workingTimeInForce: "GTC" },
      ...{ workingPrice: at(0.95), workingQuantity: 0.01, pendingSide: "SELL", pendingQuantity: 0.01 },
    };
    const lists = [
      await restAPI.orderListOco({ ...sell, ...exits } as never),
      await restAPI.orderListOto({
        ...working,
        pendingType: "STOP_LOSS",
        pendingStopPrice: at(0.9),
      } as never),
      await restAPI.orderListOtoco({
        ...{ ...working, pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: at(1.1) },
        ...{ pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: at(0.9) },
      } as never),
    ];
    const placed = await Promise.all(lists.map((list) => list.data()));
    expect(placed.map(({ contingencyType, orders }) => [contingencyType, orders?.length])).toEqual([
      ["OCO", 2],
      ["OTO", 2],
      ["OTO", 3],
    ]);
    expect(await (await restAPI.openOrderList()).data()).toHaveLength(3);
    await restAPI.deleteOpenOrders({ symbol: "BTCUSDT" });
    expect(await (await restAPI.openOrderList()).data()).toEqual([]);
  });

  it("listens to market streams", async () => {
    const { websocketStreams } = client("demo", { apiSecret: demo.secret });
    const connection = await websocketStreams.connect();
    const trade = await new Promise((resolve) =>
      connection.trade({ symbol: "btcusdt" }).on("message", resolve),
    );
    expect(trade).toMatchObject({ e: "trade", s: "BTCUSDT" });
    await connection.disconnect();
  });

  it("trades by the WebSocket API", async () => {
    const { websocketAPI } = client("ed25519", { privateKey: pem(keys.ed25519) });
    const connection = await websocketAPI.connect();
    const placed = await connection.orderPlace({
      symbol: "BTCUSDT",
      side: "BUY",
      type: "MARKET",
      quantity: 0.01,
    } as never);
    expect(placed.data).toMatchObject({ status: "FILLED", executedQty: "0.01000000" });
    await connection.disconnect();
  });
});

describe("binance", () => {
  it("trades by REST", async () => {
    const client = new MainClient({ api_key: demo.key, api_secret: demo.secret, baseUrl: venue.url });
    expect(await client.getExchangeInfo({ symbol: "BTCUSDT" })).toMatchObject({
      symbols: [{ baseAsset: "BTC" }],
    });
    const order = {
      symbol: "BTCUSDT",
      side: "BUY",
      type: "MARKET",
      quantity: 0.01,
      newOrderRespType: "FULL",
    } as const;
    expect(await client.submitNewOrder(order)).toMatchObject({ status: "FILLED" });
    expect((await client.getAccountTradeList({ symbol: "BTCUSDT" })).length).toBeGreaterThan(0);
    expect((await client.getBalances()).length).toBeGreaterThan(0);
  });

  it("hears of trades and, logged on, of its own orders", async () => {
    const logger = { trace() {}, info() {}, error() {} };
    const market = new WebsocketClient({ wsUrl: ws, beautify: false } as never, logger);
    const heard = new Promise((resolve) => market.on("message", resolve));
    await market.subscribe(["btcusdt@trade"], "main");
    expect(JSON.stringify(await heard)).toContain("BTCUSDT");
    market.closeAll(true);

    const options = { api_key: "ed25519", api_secret: pem(keys.ed25519), wsUrl: ws, beautify: false };
    const api = new WebsocketAPIClient({ ...options, attachEventListeners: false } as never, logger);
    const { result } = await api.submitNewSpotOrder({
      ...{ symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.01", timestamp: Date.now() },
    } as never);
    expect(result).toMatchObject({ status: "FILLED" });
    await api.disconnectAll();
  });
});
