import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { createOrder } from "../../src/domain/order.ts";
import { ExchangeAdapter } from "../../src/execution/exchangeAdapter.ts";
import { connected, credentials, failure, wireOrder } from "../support/exchange.ts";
import { FakeSession, venueError } from "../support/fakeSession.ts";

describe("a market order's value is known before it is sent", () => {
  it("is refused below the venue's smallest, by the last price", async () => {
    const { session, adapter } = await connected({ privatePostOrder: () => wireOrder() });
    const order = createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.00009" });
    const error = await failure(adapter.placeOrder(order));
    expect(error.message).toMatch(/a value of at least 5 USDT, found 4\.5/);
    expect(session.named("privatePostOrder")).toHaveLength(0);
  });

  it("asks for the price once while it is recent and the order far from the limit", async () => {
    const { session, adapter } = await connected({
      privatePostOrder: ({ newClientOrderId }: Record<string, string>) =>
        wireOrder({ clientOrderId: newClientOrderId, type: "MARKET" }),
    });
    for (let i = 0; i < 3; i++)
      await adapter.placeOrder(createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.001" }));
    expect(session.named("publicGetTickerPrice")).toHaveLength(1);
    expect(session.named("privatePostOrder")).toHaveLength(3);
  });
});

describe("asking and cancelling", () => {
  it("finds an order by its client id, and none where there is none", async () => {
    const { adapter } = await connected({
      privateGetOrder: ({ origClientOrderId }: Record<string, string>) =>
        origClientOrderId === "mine1" ? wireOrder() : Promise.reject(venueError("OrderNotFound")),
    });
    expect(await adapter.findOrder("BTCUSDT", "mine1")).toMatchObject({ id: "28", status: "open" });
    expect(await adapter.findOrder("BTC/USDT", "mine2")).toBeNull();
  });

  it("knows the symbol of an open order that it did not place", async () => {
    const { session, adapter } = await connected({
      privateGetOpenOrders: () => [wireOrder()],
      privateDeleteOrder: () => wireOrder({ status: "CANCELED" }),
    });
    expect(await adapter.cancelOrder("28")).toBe(true);
    expect(session.named("privateDeleteOrder")[0]!.args).toEqual([{ symbol: "BTCUSDT", orderId: "28" }]);
    expect(await adapter.cancelOrder("29")).toBe(false);
    expect((await failure(adapter.getOrderStatus("29"))).code).toBe("GEO-ORDER-REQUEST");
  });

  it("says no when there was nothing left to cancel", async () => {
    const { adapter } = await connected({
      privateDeleteOrder: () => Promise.reject(venueError("OrderNotFound")),
    });
    expect(await adapter.cancelByClientId("BTC/USDT", "mine1")).toBe(false);
  });

  it("pages through own trades by id, without a hole", async () => {
    const trades = Array.from({ length: 2500 }, (_, index) => ({
      id: index + 1,
      orderId: 28,
      price: "100",
      qty: "0.1",
      commission: "0.01",
      commissionAsset: "USDT",
      time: 1_000 + index,
      isBuyer: true,
      isMaker: false,
    }));
    const { session, adapter } = await connected({
      privateGetMyTrades: ({ fromId, limit }: Record<string, string>) =>
        trades.filter(({ id }) => id >= Number(fromId)).slice(0, Number(limit)),
    });
    const since = await adapter.ownTrades("BTC/USDT", { id: "500" });
    expect(since.map(({ id }) => id)).toEqual(trades.slice(500).map(({ id }) => String(id)));
    expect(session.named("privateGetMyTrades")).toHaveLength(3);
    expect(await adapter.ownTrades("BTC/USDT", { time: 3_000 })).toHaveLength(500);
  });

  it("gives balances exactly, free and locked together", async () => {
    const { adapter } = await connected({
      privateGetAccount: () => ({
        balances: [
          { asset: "USDT", free: "123456789012345.00000001", locked: "0.00000001" },
          { asset: "ETH", free: "0.00000000", locked: "0.00000000" },
        ],
      }),
    });
    const balances = await adapter.getBalance();
    expect(Object.keys(balances)).toEqual(["USDT"]);
    expect(balances.USDT!.toFixed()).toBe("123456789012345.00000002");
  });

  it("places stop and target as one list, each on its side of the market", async () => {
    const { session, adapter } = await connected({
      privatePostOrderListOco: () => ({
        orderListId: 1,
        orderReports: [
          wireOrder({
            orderListId: 1,
            type: "STOP_LOSS",
            stopPrice: "48000.00",
            clientOrderId: "sl",
            side: "SELL",
            orderId: 30,
          }),
          wireOrder({
            orderListId: 1,
            type: "LIMIT_MAKER",
            price: "52000.00",
            clientOrderId: "tp",
            side: "SELL",
            orderId: 31,
          }),
        ],
      }),
    });
    const orders = await adapter.placeExits({
      symbol: "BTC/USDT",
      side: "sell",
      quantity: new Decimal("0.001"),
      stopLoss: { clientId: "sl", price: new Decimal(48000) },
      takeProfit: { clientId: "tp", price: new Decimal(52000) },
    });
    expect(orders.map(({ type, clientId }) => [type, clientId])).toEqual([
      ["stop", "sl"],
      ["limit", "tp"],
    ]);
    expect(session.named("privatePostOrderListOco")[0]!.args[0]).toEqual({
      symbol: "BTCUSDT",
      side: "SELL",
      quantity: "0.001",
      aboveType: "LIMIT_MAKER",
      abovePrice: "52000",
      aboveClientOrderId: "tp",
      belowType: "STOP_LOSS",
      belowStopPrice: "48000",
      belowClientOrderId: "sl",
      newOrderRespType: "RESULT",
    });
  });
});

describe("a connection", () => {
  it("is made once and ended once", async () => {
    const { session, adapter } = await connected({});
    await adapter.connect(credentials);
    await adapter.disconnect();
    await adapter.disconnect();
    expect([session.named("privateGetAccount").length, session.closed]).toEqual([1, 1]);
    expect((await failure(adapter.getBalance())).code).toBe("GEO-CONNECTION");
  });

  it("closes its session when the venue does not take the keys", async () => {
    const session = new FakeSession("binance", {
      privateGetAccount: () => Promise.reject(venueError("AuthenticationError")),
    });
    const adapter = new ExchangeAdapter({ venue: "binance", open: async () => session });
    await failure(adapter.connect(credentials));
    expect(session.closed).toBe(1);
  });

  it("refuses empty credentials without asking anyone", async () => {
    const adapter = new ExchangeAdapter({ venue: "binance", open: () => Promise.reject(new Error("asked")) });
    expect((await failure(adapter.connect({ apiKey: "", apiSecret: "x" }))).code).toBe("GEO-CREDENTIALS");
  });
});
