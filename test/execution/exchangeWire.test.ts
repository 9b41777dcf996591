import { describe, expect, it } from "vitest";
import { createOrder } from "../../src/domain/order.ts";
import { connected, failure, wireOrder } from "../support/exchange.ts";
import { venueError } from "../support/fakeSession.ts";

const limitOrder = createOrder({
  symbol: "BTC/USDT",
  side: "buy",
  type: "limit",
  quantity: "0.001",
  price: "50000",
  clientId: "mine1",
  tag: "entry",
});

describe("what is sent to Binance", () => {
  it.each([
    [
      "a limit order",
      { type: "limit", price: "50000" },
      { type: "LIMIT", quantity: "0.001", price: "50000", timeInForce: "GTC" },
    ],
    [
      "post-only",
      { type: "limit", price: "50000", postOnly: true },
      { type: "LIMIT_MAKER", quantity: "0.001", price: "50000" },
    ],
    [
      "fill-or-kill",
      { type: "limit", price: "50000", timeInForce: "FOK" },
      { type: "LIMIT", quantity: "0.001", price: "50000", timeInForce: "FOK" },
    ],
    [
      "a stop",
      { type: "stop", stopPrice: "49000" },
      { type: "STOP_LOSS", quantity: "0.001", stopPrice: "49000" },
    ],
    [
      "a stop-limit",
      { type: "stop_limit", stopPrice: "49000", price: "48990" },
      { type: "STOP_LOSS_LIMIT", quantity: "0.001", stopPrice: "49000", price: "48990", timeInForce: "GTC" },
    ],
    ["a market order", { type: "market" }, { type: "MARKET", quantity: "0.001" }],
    [
      "a market order by value",
      { type: "market", quantity: null, value: "12.5" },
      { type: "MARKET", quoteOrderQty: "12.5" },
    ],
  ] as const)("%s", async (_, input, expected) => {
    const { session, adapter } = await connected({
      privatePostOrder: ({ newClientOrderId, type }: Record<string, string>) =>
        wireOrder({
          clientOrderId: newClientOrderId,
          type,
          ...(type === "MARKET" && { origQuoteOrderQty: "12.5" }),
          stopPrice: "49000",
        }),
    });
    await adapter.placeOrder(createOrder({ symbol: "BTC/USDT", side: "sell", quantity: "0.001", ...input }));
    const [sent] = session.named("privatePostOrder");
    const { newClientOrderId, newOrderRespType: _type, ...rest } = sent!.args[0] as Record<string, string>;
    expect(rest).toEqual({ symbol: "BTCUSDT", side: "SELL", ...expected });
    expect(newClientOrderId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("what Binance answers", () => {
  it.each([
    ["NEW", {}, "open", "0", null, null],
    ["PENDING_NEW", {}, "open", "0", null, null],
    [
      "PARTIALLY_FILLED",
      { executedQty: "0.0004", cummulativeQuoteQty: "19.6" },
      "partially_filled",
      "0.0004",
      "49000",
      null,
    ],
    ["FILLED", { executedQty: "0.001", cummulativeQuoteQty: "50" }, "filled", "0.001", "50000", "filled"],
    ["CANCELED", {}, "cancelled", "0", null, "cancelled:by-user"],
    ["EXPIRED", { timeInForce: "IOC" }, "cancelled", "0", null, "expired:ioc"],
    ["EXPIRED", { timeInForce: "FOK" }, "cancelled", "0", null, "expired:fok"],
    ["EXPIRED", { orderListId: 7 }, "cancelled", "0", null, "cancelled:oco"],
    ["EXPIRED_IN_MATCH", {}, "cancelled", "0", null, "cancelled:by-venue"],
    ["REJECTED", {}, "rejected", "0", null, "refused:by-venue"],
  ])("%s %j is %s", async (status, changed, expected, filled, average, reason) => {
    const { adapter } = await connected({ privatePostOrder: () => wireOrder({ status, ...changed }) });
    const order = await adapter.placeOrder(limitOrder);
    expect(order).toMatchObject({ id: "28", status: expected, reason, tag: "entry", clientId: "mine1" });
    expect(order.filledQuantity.toFixed()).toBe(filled);
    expect(order.averagePrice?.toFixed() ?? null).toBe(average);
  });

  it.each<[string, unknown]>([
    ["a text that was cut", '{"symbol":"BTCUSDT","orderId":28,"pri'],
    ["nothing", undefined],
    ["an order of another name", wireOrder({ clientOrderId: "other" })],
    ["a status it never had", wireOrder({ status: "MAYBE" })],
    ["a price that is no number", wireOrder({ price: "NaN" })],
  ])("%s leaves the order's fate unknown, and nothing is sent again", async (_, answer) => {
    const { session, adapter } = await connected({ privatePostOrder: () => answer });
    const error = await failure(adapter.placeOrder(limitOrder));
    expect(error.code).toBe("GEO-ORDER-UNKNOWN");
    expect(error.hint).toContain('findOrder("BTC/USDT", "mine1")');
    const again = await failure(adapter.placeOrder(limitOrder));
    expect(again.code).toBe("GEO-ORDER-REQUEST");
    expect(session.named("privatePostOrder")).toHaveLength(1);
  });

  it("keeps the venue's word for a refusal", async () => {
    const { adapter } = await connected({
      privatePostOrder: () => Promise.reject(venueError("InvalidOrder", "Filter failure: PERCENT_PRICE")),
    });
    const error = await failure(adapter.placeOrder(limitOrder));
    expect([error.code, error.message]).toEqual([
      "GEO-ORDER-REFUSED",
      "BTC/USDT order mine1: Filter failure: PERCENT_PRICE",
    ]);
  });
});
