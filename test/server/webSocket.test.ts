import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeFolder } from "../support/servedSession.ts";
import { startService } from "../support/service.ts";
import { openSockets, type SocketHouse, type SocketUser } from "../support/sockets.ts";

let session: Awaited<ReturnType<typeof startService>>;
let house: SocketHouse;
let user: SocketUser;
beforeEach(async () => {
  session = await startService();
  house = await openSockets(session.service);
  user = await house.connect();
});
afterEach(async () => {
  await house.close();
  await session.stop();
  removeFolder(session.folder);
});

const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.1 } as const;
const channels = ["trades", "positions", "signals", "orders", "ticks", "equity", "status"];

describe("the WebSocket", () => {
  it("serves the reference's sample", async () => {
    await user.subscribe(["trades", "positions", "signals"]);
    expect(user.frames.map(({ type, channel, seq }) => [type, channel, seq])).toEqual([
      ["subscribed", "trades", 0],
      ["snapshot", "trades", 0],
      ["subscribed", "positions", 0],
      ["snapshot", "positions", 0],
      ["subscribed", "signals", 0],
      ["snapshot", "signals", 0],
      ["pong", null, null],
    ]);
    await session.service.placeOrder(sample);
    await session.service.submitSignal({
      symbol: "BTCUSDT",
      action: "hold",
      metadata: { reason: "why not" },
    });
    await user.settled();
    expect(user.of("update")).toEqual([
      {
        ...{ type: "update", channel: "trades", seq: 1 },
        data: expect.objectContaining({ symbol: "BTC/USDT", side: "buy", quantity: 0.1, price: 50_025 }),
      },
      {
        ...{ type: "update", channel: "positions", seq: 1 },
        data: { positions: [expect.objectContaining({ symbol: "BTC/USDT", quantity: 0.1 })] },
      },
      {
        ...{ type: "update", channel: "signals", seq: 1 },
        data: expect.objectContaining({ action: "hold", reason: "why not", source: "user" }),
      },
    ]);
  });

  it("tells of orders, ticks, equity and status, too", async () => {
    await user.subscribe(channels);
    const snapshots = Object.fromEntries(user.of("snapshot").map(({ channel, data }) => [channel, data]));
    expect(snapshots).toMatchObject({
      ...{ trades: { trades: [] }, positions: { positions: [] }, signals: { signals: [] } },
      orders: { orders: [] },
      ticks: { ticks: [{ symbol: "BTC/USDT", price: 50_000, volume: 10 }] },
      equity: { currency: "USDT", drawdown: expect.any(Number) },
      status: { status: "running", symbols: ["BTC/USDT"] },
    });
    await session.service.placeOrder({ ...sample, order_type: "limit", price: 49_000 });
    session.service.halt({ reason: "lunch" });
    await user.settled();
    expect(user.of("update", "orders").map(({ data }) => data)).toMatchObject([
      { status: "open", price: 49_000 },
    ]);
    expect(user.of("update", "status").map(({ data }) => data)).toMatchObject([
      { status: "halted", halted_because: "kill switch: lunch" },
    ]);
  });

  it("shows in a snapshot what was before, and then what comes after, without a gap or a repetition", async () => {
    await user.subscribe(["trades"]);
    await session.service.placeOrder(sample);
    const later = await house.connect();
    const coming = later.subscribe(["trades", "orders"]);
    await session.service.placeOrder({ ...sample, quantity: 0.05 });
    await coming;
    await later.settled();
    const [snapshot] = later.of("snapshot", "trades");
    const seen = [
      ...snapshot!.data.trades.map(({ quantity }: { quantity: number }) => quantity),
      ...later.of("update", "trades").map(({ data }) => data.quantity),
    ];
    expect(seen.sort()).toEqual([0.05, 0.1]);
    expect(later.of("update", "trades").map(({ seq }) => seq)).toEqual(snapshot!.seq === 1 ? [2] : []);
  });

  it("echoes symbols as the caller spelled them, everywhere", async () => {
    await session.service.placeOrder(sample);
    await user.subscribe(channels, { symbols: ["btcusd"] });
    await session.service.placeOrder({ ...sample, symbol: "BTC-USDT" });
    await session.service.submitSignal({ symbol: "BTCUSDT", action: "hold" });
    await user.settled();
    for (const channel of ["trades", "positions", "orders"]) {
      const texts = JSON.stringify([user.of("snapshot", channel), user.of("update", channel)]);
      expect(texts).toContain('"symbol":"btcusd"');
      expect(texts).not.toContain("BTC/USDT");
    }
    expect(user.of("subscribed", "trades")[0]!.data).toEqual({ symbols: ["btcusd"], decimals: "number" });
    expect(user.of("snapshot", "ticks")[0]!.data.ticks[0].symbol).toBe("btcusd");
    expect(user.of("update", "signals")[0]!.data.symbol).toBe("btcusd");
  });

  it("writes exact texts for whoever wants them, numbers for the others", async () => {
    const other = await house.connect();
    await user.subscribe(["trades"], { decimals: "string" });
    await other.subscribe(["trades"]);
    await session.service.placeOrder(sample);
    await user.settled();
    await other.settled();
    expect(user.of("update")[0]!.data).toMatchObject({ quantity: "0.1", price: "50025" });
    expect(other.of("update")[0]!.data).toMatchObject({ quantity: 0.1, price: 50_025 });
  });

  it("goes quiet when it is told to, and a second subscription takes the place of the first", async () => {
    await user.subscribe(["trades", "positions"]);
    await user.subscribe(["trades"], { symbols: ["BTCUSD"] });
    user.say({ action: "unsubscribe", channels: ["positions"] });
    await user.settled();
    await session.service.placeOrder(sample);
    await user.settled();
    expect(user.of("unsubscribed").map(({ channel }) => channel)).toEqual(["positions"]);
    expect(user.of("update").map(({ channel, data }) => [channel, data.symbol])).toEqual([
      ["trades", "BTCUSD"],
    ]);
  });

  it("says goodbye when the session ends, all news before it", async () => {
    await user.subscribe(["trades"]);
    await session.service.placeOrder(sample);
    session.service.feed.publish("trades", "BTC/USDT", { last: true });
    await house.goodbye();
    expect(await user.end()).toEqual({ code: 1001, reason: "the session has ended" });
    expect(user.of("update").at(-1)!.data).toMatchObject({ last: true });
  });
});
