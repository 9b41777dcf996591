import { generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Venue } from "../../src/venue/server.ts";
import { noLimits } from "../../src/venue/weights/limiter.ts";
import { admin, ask, askSigned, Listener, startLocal } from "./wireVenue.ts";

let venue: Venue;
beforeAll(async () => {
  venue = await startLocal({ limits: noLimits });
});
afterAll(() => venue.close());

const buy = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.01" };

describe("market streams", () => {
  it.each([
    ["trade", { e: "trade", s: "BTCUSDT", t: expect.any(Number), M: true }],
    ["aggTrade", { e: "aggTrade", f: expect.any(Number), l: expect.any(Number) }],
    ["bookTicker", { u: expect.any(Number), b: expect.any(String), A: expect.any(String) }],
    ["kline_1m", { e: "kline", k: { i: "1m", x: false } }],
    ["depth@100ms", { e: "depthUpdate", U: expect.any(Number), u: expect.any(Number) }],
    ["depth", { e: "depthUpdate", U: expect.any(Number), u: expect.any(Number) }],
    ["depth5@100ms", { lastUpdateId: expect.any(Number), bids: expect.any(Array) }],
    ["ticker", { e: "24hrTicker", c: expect.any(String) }],
    ["miniTicker", { e: "24hrMiniTicker", c: expect.any(String) }],
    ["avgPrice", { e: "avgPrice", w: expect.any(String) }],
  ])("%s", async (name, expected) => {
    const listener = await Listener.open(venue, `/ws/btcusdt@${name}`);
    expect(await listener.until(([first]) => first)).toMatchObject(expected);
  });

  it("close a kline of a second once, each second", async () => {
    const listener = await Listener.open(venue, "/ws/btcusdt@kline_1s");
    const closed = await listener.until((all) => {
      const rows = all.filter(({ k }) => k.x);
      return rows.length >= 3 && rows;
    });
    for (let i = 1; i < closed.length; i++) expect(closed[i].k.t - closed[i - 1].k.t).toBe(1000);
  });

  it("combined, wrap each event in the name of its stream", async () => {
    const listener = await Listener.open(venue, "/stream?streams=btcusdt@trade/btcusdt@bookTicker");
    await listener.until((all) => all.some(({ stream }) => stream === "btcusdt@trade"));
    const wrapped = await listener.until((all) => all.find(({ stream }) => stream === "btcusdt@bookTicker"));
    expect(wrapped.data.s).toBe("BTCUSDT");
  });

  it("are subscribed to, listed and left by message", async () => {
    const listener = await Listener.open(venue, "/ws");
    const answer = async (id: number, method: string, params: unknown) => {
      listener.send({ id, method, params });
      return listener.until((all) => all.find((message) => message.id === id));
    };
    expect(await answer(1, "SUBSCRIBE", ["btcusdt@trade"])).toEqual({ result: null, id: 1 });
    await listener.until((all) => all.some(({ e }) => e === "trade"));
    expect((await answer(2, "LIST_SUBSCRIPTIONS", [])).result).toEqual(["btcusdt@trade"]);
    expect(await answer(3, "UNSUBSCRIBE", ["btcusdt@trade"])).toEqual({ result: null, id: 3 });
    expect((await answer(4, "LIST_SUBSCRIPTIONS", [])).result).toEqual([]);
    expect((await answer(5, "SHOUT", [])).error.code).toBe(2);
  });

  it("lead from any snapshot of the book to any later one, without a gap", async () => {
    // biome-ignore lint/suspicious/noExplicitAny: the tests read what JSON holds.
    let found: { readonly end: any; readonly events: readonly any[] } | null = null;
    const listener = await Listener.open(venue, "/ws/btcusdt@depth@100ms");
    await listener.until(([first]) => first);
    const { json: start } = await ask(venue, "GET /api/v3/depth", { symbol: "BTCUSDT", limit: 5000 });
    await askSigned(venue, "POST /api/v3/order", buy);
    await listener.until((all) => all.some(({ u }) => u > start.lastUpdateId + 5));
    // An event may lead past a snapshot that was taken between two of them: one is wanted that ends with an event.
    const { end, events } = await expect
      .poll(
        async () => {
          const { json } = await ask(venue, "GET /api/v3/depth", { symbol: "BTCUSDT", limit: 5000 });
          const all = await listener.until((seen) => seen.some(({ u }) => u >= json.lastUpdateId) && seen);
          if (!all.some(({ u }) => u === json.lastUpdateId)) return null;
          found = { end: json, events: [...all] };
          return found;
        },
        { timeout: 20_000 },
      )
      .not.toBeNull()
      .then(() => found!);
    // A price can change sides within one event.
    const book = { b: new Map<string, string>(start.bids), a: new Map<string, string>(start.asks) };
    let last = start.lastUpdateId;
    for (const { U, u, b, a } of events) {
      if (u <= start.lastUpdateId || u > end.lastUpdateId) continue;
      expect(U).toBeLessThanOrEqual(last + 1);
      last = u;
      for (const [side, levels] of [
        [book.b, b],
        [book.a, a],
      ] as const) {
        for (const [price, qty] of levels) {
          if (Number(qty) === 0) side.delete(price);
          else side.set(price, qty);
        }
      }
    }
    expect(last).toBe(end.lastUpdateId);
    expect(Object.fromEntries(book.b)).toEqual(Object.fromEntries(end.bids));
    expect(Object.fromEntries(book.a)).toEqual(Object.fromEntries(end.asks));
  });

  it("ask for what there is: other paths are refused", async () => {
    await expect(Listener.open(venue, "/nothing")).rejects.toThrow("404");
  });
});

describe("the WebSocket API", () => {
  it("answers as REST does, with the limits used", async () => {
    const listener = await Listener.open(venue, "/ws-api/v3");
    expect(await listener.call(1, "ping")).toMatchObject({ id: 1, status: 200, result: {} });
    const depth = await listener.call(2, "depth", { symbol: "BTCUSDT", limit: 5 });
    expect(depth.result.bids).toHaveLength(5);
    expect(depth.rateLimits).toEqual([
      expect.objectContaining({ rateLimitType: "REQUEST_WEIGHT", count: expect.any(Number) }),
    ]);
    const refused = await listener.call(3, "depth", {});
    expect(refused).toMatchObject({ status: 400, error: { code: -1102 } });
    expect(await listener.call(4, "nothing")).toMatchObject({ status: 400, error: { code: -1020 } });
    expect((await listener.call(5, "time", { returnRateLimits: "false" })).rateLimits).toBeUndefined();
  });

  it("places orders for who signs them, and tells the account's listeners in order", async () => {
    const listener = await Listener.open(venue, "/ws-api/v3");
    const { result } = await listener.callSigned(1, "userDataStream.subscribe.signature");
    expect(result).toEqual({ subscriptionId: 0 });
    const placed = await listener.callSigned(2, "order.place", { ...buy, newClientOrderId: "mine" });
    expect(placed).toMatchObject({ status: 200, result: { status: "FILLED", clientOrderId: "mine" } });
    expect(placed.rateLimits).toHaveLength(3);
    const events = await listener.until((all) => {
      const user = all.filter(({ subscriptionId }) => subscriptionId === 0).map(({ event }) => event);
      return user.some(({ e }) => e === "outboundAccountPosition") && user;
    });
    const reports = events.filter(({ e }) => e === "executionReport");
    expect(reports.map(({ x }) => x)).toEqual(["NEW", ...reports.slice(1).map(() => "TRADE")]);
    expect(reports.at(-1)).toMatchObject({ c: "mine", X: "FILLED", N: "BTC", z: "0.01000000" });
    expect(await listener.callSigned(3, "userDataStream.subscribe.signature")).toMatchObject({ status: 400 });
    expect((await listener.call(4, "userDataStream.unsubscribe", { subscriptionId: 0 })).result).toEqual({});
  });

  it("takes unsigned requests of a session that logged on with an Ed25519 key", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ type: "spki", format: "pem" });
    await admin(venue, "POST keys", { key: "session", publicKey: pem });
    const listener = await Listener.open(venue, "/ws-api/v3");
    expect((await listener.call(1, "account.status")).error.code).toBe(-1102);
    const timestamp = Date.now();
    const payload = Buffer.from(`apiKey=session&timestamp=${timestamp}`);
    const signature = sign(null, payload, privateKey).toString("base64");
    const logon = await listener.call(2, "session.logon", { apiKey: "session", timestamp, signature });
    expect(logon.result).toMatchObject({ apiKey: "session", authorizedSince: expect.any(Number) });
    const now = () => ({ timestamp: Date.now() });
    expect((await listener.call(3, "order.place", { ...buy, ...now() })).result.status).toBe("FILLED");
    expect((await listener.call(4, "userDataStream.subscribe")).result).toEqual({ subscriptionId: 0 });
    expect((await listener.call(5, "session.logout")).result.apiKey).toBeNull();
    expect((await listener.call(6, "account.status", now())).error.code).toBe(-1102);
  });

  it("does not log on other keys", async () => {
    const listener = await Listener.open(venue, "/ws-api/v3");
    expect((await listener.callSigned(1, "session.logon")).error.code).toBe(-4056);
  });
});
