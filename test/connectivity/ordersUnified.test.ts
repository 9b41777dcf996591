/** ccxt's unified pictures of orders on the venues that are mapped from documentation. */
import { describe, expect, it } from "vitest";
import { ordersOf } from "../../src/connectivity/orders.ts";
import { tradesAfter } from "../../src/connectivity/ordersTrades.ts";
import { readUnifiedBalances, readUnifiedOrder } from "../../src/connectivity/ordersUnifiedRead.ts";
import { createOrder } from "../../src/domain/order.ts";
import type { OwnTrade } from "../../src/domain/ports.ts";
import { FakeSession, venueError } from "../support/fakeSession.ts";

const markets = {
  "BTC/USDT": {
    id: "BTCUSDT",
    precision: { amount: "0.0001", price: 0.1 },
    limits: { amount: { min: "0.0001", max: "50" }, price: {}, cost: { min: "5" } },
  },
};

function unified(changed: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{
      id: "o1",
      clientOrderId: "mine1",
      symbol: "BTC/USDT",
      side: "buy",
      type: "limit",
      timeInForce: "GTC",
    },
    ...{ status: "open", price: "50000", amount: "0.01", filled: "0", average: undefined, cost: "0" },
    ...changed,
  };
}

describe("states", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string, string | null]>([
    ["open", {}, "open", null],
    ["open", { filled: "0.004", average: "49999.5" }, "partially_filled", null],
    ["canceling", {}, "open", null],
    ["closed", { filled: "0.01", average: "50000" }, "filled", "filled"],
    ["closed", { filled: "0.004", timeInForce: "IOC" }, "cancelled", "expired:ioc"],
    ["canceled", { filled: "0.004" }, "cancelled", "cancelled:by-user"],
    ["expired", { timeInForce: "FOK" }, "cancelled", "expired:fok"],
    ["rejected", {}, "rejected", "refused:by-venue"],
  ])("%s %j is %s", (status, changed, expected, reason) => {
    const order = readUnifiedOrder(unified({ status, ...changed }), null);
    expect([order.status, order.reason]).toEqual([expected, reason]);
  });

  it.each([{ status: undefined }, { status: "maybe" }, { amount: "x" }, { id: undefined }])(
    "%j is no order",
    (changed) => {
      expect(() => readUnifiedOrder(unified(changed), null)).toThrow();
    },
  );
});

describe("what each venue is sent", () => {
  it.each<[string, string, Readonly<Record<string, unknown>>]>([
    ["bybit", "stop_limit", { clientOrderId: "mine1", triggerPrice: "49000" }],
    ["kraken", "stop_limit", { clientOrderId: "mine1", cl_ord_id: "mine1", stopLossPrice: "49000" }],
    ["coinbase", "stop_limit", { clientOrderId: "mine1", client_order_id: "mine1", triggerPrice: "49000" }],
    ["okx", "limit", { clientOrderId: "mine1" }],
  ])("%s: a %s order, digit by digit, and an id alone is an open order", async (venue, type, params) => {
    const session = new FakeSession(venue, { markets, createOrder: () => ({ id: "o1" }) });
    const stop = type === "stop_limit" ? { stopPrice: "49000" } : {};
    const order = createOrder({
      ...{ symbol: "BTC/USDT", side: "buy", type: type as "limit", quantity: "0.0100", price: "50000.10" },
      ...{ clientId: "mine1", ...stop },
    });
    const placed = await ordersOf(session).place(order);
    expect([placed.id, placed.status, placed.clientId]).toEqual(["o1", "open", "mine1"]);
    expect(session.named("createOrder")[0]!.args).toEqual([
      "BTC/USDT",
      "limit",
      "buy",
      "0.01",
      "50000.1",
      params,
    ]);
  });

  it("rules come from ccxt's picture of the market, exactly", () => {
    const session = new FakeSession("bybit", { markets, precisionMode: 4 });
    const { instrument, minQuantity } = ordersOf(session).rules("BTC/USDT");
    expect(instrument).toMatchObject({ tick: { units: 1n, scale: 1 }, minNotional: { units: 5n, scale: 0 } });
    expect([instrument.lot, minQuantity]).toEqual([
      { units: 10_000n, scale: 8 },
      { units: 1n, scale: 4 },
    ]);
  });
});

it.each(["bybit", "okx", "kraken", "coinbase"])(
  "%s: asks by client id, and says when there is none",
  async (venue) => {
    const orders = [unified()];
    const session = new FakeSession(venue, {
      ...{ markets, fetchOpenOrders: () => orders, fetchOrders: () => [], fetchClosedOrders: () => [] },
      fetchCanceledAndClosedOrders: () => [],
      fetchOrder: (_id: string, _symbol: string, { clOrdId }: Record<string, string>) =>
        clOrdId === "mine1" ? unified() : Promise.reject(venueError("OrderNotFound")),
    });
    const api = ordersOf(session);
    expect((await api.find("BTC/USDT", { clientId: "mine1" }))?.id).toBe("o1");
    expect(await api.find("BTC/USDT", { clientId: "mine2" })).toBeNull();
  },
);

it("a balance that was cut is no empty balance", () => {
  expect(() => readUnifiedBalances({ info: '{"result":{"lis', free: {}, used: {}, total: {} })).toThrow();
  const { BTC } = readUnifiedBalances({
    info: {},
    free: { BTC: "1" },
    used: { BTC: "0.5" },
    total: { BTC: "1.5" },
  });
  expect([BTC!.free.toFixed(), BTC!.locked.toFixed()]).toEqual(["1", "0.5"]);
});

it("own trades by time: pages that end within a millisecond lose none, and give none twice", async () => {
  const all = Array.from({ length: 95 }, (_, index) => ({
    id: String(index),
    time: 1000 + Math.floor(index / 4),
  }));
  const page = async (from: number) =>
    all.filter(({ time }) => time >= from).slice(0, 10) as unknown as OwnTrade[];
  const found = await tradesAfter(page, { time: 1001 }, 2000);
  expect(found.map(({ id }) => id)).toEqual(all.slice(4).map(({ id }) => id));
  expect((await tradesAfter(page, { id: "90" }, 2000)).map(({ id }) => id)).toEqual(["91", "92", "93", "94"]);
});
