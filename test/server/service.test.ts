import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { describeSession } from "../../src/run/session/report.ts";
import { toJson } from "../../src/server/contract.ts";
import type { Update } from "../../src/server/feed.ts";
import { removeFolder } from "../support/servedSession.ts";
import { startService } from "../support/service.ts";

let session: Awaited<ReturnType<typeof startService>>;
beforeEach(async () => {
  session = await startService();
});
afterEach(async () => {
  await session.stop();
  removeFolder(session.folder);
});

const wrongExit = (member: string) => ["GEO-ORDER-REQUEST", `${member} must be`] as const;
const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.1 } as const;

describe("the application service", () => {
  it("fills the reference's sample order on paper, echoing the caller's symbol", async () => {
    const order = await session.service.placeOrder(sample);
    expect(JSON.parse(toJson(order))).toMatchObject({
      order_id: expect.stringMatching(/^\d+$/),
      symbol: "BTCUSD",
      status: "filled",
      filled_quantity: 0.1,
      average_price: 50_025,
      source: "user",
    });
    expect(JSON.parse(toJson(order, "string"))).toMatchObject({ average_price: "50025" });
    expect(JSON.parse(toJson(session.service.positions()))).toMatchObject({
      positions: [{ symbol: "BTC/USDT", quantity: 0.1, entry_price: 50_025, current_price: 50_000 }],
    });
  });

  it("says what an order was refused for", async () => {
    const order = await session.service.placeOrder({ ...sample, quantity: 1000 });
    expect(order).toMatchObject({ status: "rejected", reason: "refused:insufficient-cash" });
  });

  it("takes exits that lie on the right side of where the order will fill", async () => {
    // Small enough that there is money for all of them.
    const small = { ...sample, quantity: 0.02 };
    const orders = [
      { ...small, order_type: "stop", stop_price: 52_000, stop_loss: 51_000 },
      { ...small, order_type: "limit", price: 48_000, take_profit: 49_000 },
    ];
    for (const order of orders) expect((await session.service.placeOrder(order)).status).toBe("open");
    expect((await session.service.placeOrder({ ...small, stop_loss: 49_000 })).status).toBe("filled");
  });

  it("says at what price a position was entered, to 20 digits", async () => {
    await session.service.placeOrder({ ...sample, quantity: 0.1 });
    await session.service.placeOrder({ ...sample, order_type: "limit", quantity: 0.07, price: 50_007.77 });
    await session.service.placeOrder({ ...sample, quantity: 0.03 });
    const trades = session.service.trades();
    const cost = trades.reduce((sum, { quantity, price }) => sum.plus(quantity.times(price)), new Decimal(0));
    const bought = trades.reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0));
    const [position] = session.service.positions().positions;
    expect(position!.entry_price.toFixed()).toBe(cost.dividedBy(bought).toSignificantDigits(20).toFixed());
  });

  it("measures the session as its document does", async () => {
    await session.service.placeOrder(sample);
    const { core, settings, strategies, barMs, name, path, mode, venue } = session.handle;
    const facts = { name, path, mode, venue, symbols: [], strategy: { name: "", params: {}, sha256: "" } };
    const document = describeSession({
      ...{ core, settings, strategies, barMs },
      facts: { ...facts, starts: 1, stopped: "" },
    });
    expect(session.service.metrics()).toEqual(document.metrics);
  });

  it.each<[string, object, string, string]>([
    ["no object", [] as never, "GEO-VALUE", "order"],
    ["an unknown field", { ...sample, leverage: 3 }, "GEO-VALUE", "leverage"],
    ["an unknown symbol", { ...sample, symbol: "ETHUSDT" }, "GEO-NOT-FOUND", "ETHUSDT"],
    ["a quantity of 0", { ...sample, quantity: 0 }, "GEO-VALUE", "quantity"],
    ["a negative quantity", { ...sample, quantity: -1 }, "GEO-VALUE", "quantity"],
    ["NaN", { ...sample, quantity: Number.NaN }, "GEO-VALUE", "quantity"],
    ["words for a quantity", { ...sample, quantity: "much" }, "GEO-VALUE", "quantity"],
    ["a limit order without a price", { ...sample, order_type: "limit" }, "GEO-VALUE", "price"],
    ["a market order with a price", { ...sample, price: 1 }, "GEO-VALUE", "price"],
    ["neither quantity nor value", { ...sample, quantity: undefined }, "GEO-VALUE", "quantity"],
    [
      "exits on the wrong sides",
      { ...sample, stop_loss: 60_000, take_profit: 40_000 },
      ...wrongExit("stopLoss"),
    ],
    ["a stop loss above the price", { ...sample, stop_loss: 50_001 }, ...wrongExit("stopLoss")],
    ["one at the price", { ...sample, stop_loss: 50_000 }, ...wrongExit("stopLoss")],
    ["a take profit below it", { ...sample, take_profit: 49_999 }, ...wrongExit("takeProfit")],
    ["a sell's stop loss below it", { ...sample, side: "sell", stop_loss: 49_999 }, ...wrongExit("stopLoss")],
    [
      "a sell's take profit above it",
      { ...sample, side: "sell", take_profit: 50_001 },
      ...wrongExit("takeProfit"),
    ],
    [
      "a stop loss above the limit",
      { ...sample, order_type: "limit", price: 48_000, stop_loss: 49_000 },
      ...wrongExit("stopLoss"),
    ],
    [
      "a stop loss above the price that a better limit leads to",
      { ...sample, order_type: "limit", price: 52_000, stop_loss: 51_000 },
      ...wrongExit("stopLoss"),
    ],
    [
      "a take profit below the stop that it is bought at",
      { ...sample, order_type: "stop", stop_price: 52_000, take_profit: 51_000 },
      ...wrongExit("takeProfit"),
    ],
  ])("refuses %s", async (_, input, code, words) => {
    const refused = await session.service.placeOrder(input).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it("does a request with a key once, and refuses the key for another", async () => {
    const first = await session.service.placeOrder(sample, { key: "k1" });
    const again = await session.service.placeOrder(sample, { key: "k1" });
    expect(again.order_id).toBe(first.order_id);
    expect(session.service.trades()).toHaveLength(1);
    await expect(
      session.service.placeOrder({ ...sample, quantity: 0.2 }, { key: "k1" }),
    ).rejects.toMatchObject({ code: "GEO-CONFLICT" });
  });

  it("lets orders rest, be amended and cancelled, and lists them", async () => {
    const limit = { ...sample, order_type: "limit", price: "49000.5" };
    const order = await session.service.placeOrder(limit);
    expect(order).toMatchObject({ status: "open" });
    const moved = await session.service.amendOrder(order.order_id, { price: 49_100 });
    expect(moved).toMatchObject({ status: "open", replaces_order_id: order.order_id });
    expect(session.service.orders({ status: "open" })).toHaveLength(1);
    expect(await session.service.cancelOrder(moved.order_id)).toMatchObject({ success: true });
    expect(await session.service.cancelOrder(moved.order_id)).toMatchObject({ success: false });
    expect(session.service.order(moved.order_id)).toMatchObject({ reason: "cancelled:by-user" });
    await expect(session.service.cancelOrder("999")).rejects.toMatchObject({ code: "GEO-NOT-FOUND" });
    await expect(session.service.amendOrder(moved.order_id, { price: 1 })).rejects.toMatchObject({
      code: "GEO-CONFLICT",
    });
  });

  it("tells what happens, in order and numbered", async () => {
    const heard: Update[] = [];
    for (const channel of ["orders", "trades", "signals", "positions", "equity"] as const)
      session.service.feed.listen(channel, (update) => heard.push(update));
    await session.service.placeOrder(sample);
    await session.service.submitSignal({ symbol: "BTCUSDT", action: "exit", metadata: { reason: "done" } });
    expect(heard.map(({ channel, seq }) => `${channel} ${seq}`)).toEqual([
      ...["orders 1", "trades 1", "equity 1", "positions 1"],
      ...["orders 2", "trades 2", "equity 2", "positions 2", "signals 1"],
    ]);
    expect(session.service.feed.since("trades", 1)).toMatchObject([{ seq: 2 }]);
    expect(session.service.feed.since("trades", 3)).toBeNull();
  });

  it("halts, refuses what opens, and goes on", async () => {
    expect(session.service.halt({ reason: "lunch" })).toMatchObject({
      status: "halted",
      halted_because: "kill switch: lunch",
    });
    expect(await session.service.placeOrder(sample)).toMatchObject({ reason: "refused:halted" });
    expect(session.service.resume()).toMatchObject({ status: "running" });
    expect(session.service.risk()).toMatchObject({ halted: false, kill_switch: false });
  });

  it("has the chart, the equity and the measures of the session", async () => {
    expect(session.service.candles("BTCUSD", 10).map(({ close }) => close.toNumber())).toEqual([
      50_000, 50_100, 50_050, 50_200, 50_000,
    ]);
    expect(session.service.equityCurve(10)).toHaveLength(5);
    expect(session.service.metrics()).toMatchObject({ trades: 0 });
    expect(session.service.status()).toMatchObject({ status: "running", venue: expect.any(String) });
  });
});
