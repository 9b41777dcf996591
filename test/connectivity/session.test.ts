import dns from "node:dns";
import net from "node:net";
import { type Exchange, InvalidOrder } from "ccxt";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endpointsOf } from "../../src/connectivity/endpoints.ts";
import { type OpenSessionOptions, openSession } from "../../src/connectivity/openSession.ts";
import type { ApiRecord, VenueSession } from "../../src/connectivity/session.ts";
import { VenueRefusal } from "../../src/connectivity/venueErrors.ts";
import { account, credentials, order, question } from "./calls.ts";
import {
  type Answer,
  acceptedOrder,
  cut,
  json,
  never,
  slowBody,
  status,
  type TinyExchange,
  tinyExchange,
  truncated,
} from "./support.ts";

const retry = { initialMs: 5, maxMs: 20 };

let venue: TinyExchange;
let session: VenueSession | undefined;
let records: ApiRecord[];

beforeEach(async () => {
  venue = await tinyExchange();
  records = [];
});

afterEach(async () => {
  await session?.close();
  session = undefined;
  await venue.close();
});

async function opened(more: Partial<OpenSessionOptions> = {}): Promise<VenueSession> {
  session = await openSession({
    venue: "binance",
    testnet: false,
    endpoints: endpointsOf(venue.url),
    credentials,
    log: { record: (one) => void records.push(one) },
    retry,
    ...more,
  });
  return session;
}

describe("opening", () => {
  it("measures the clock, loads the spot markets, and asks nothing else", async () => {
    const { exchange } = await opened();
    expect(Object.keys(exchange.markets ?? {})).toEqual(["BTC/USDT"]);
    expect(venue.seen.map(({ path }) => path)).toEqual(["/api/v3/time", "/api/v3/exchangeInfo"]);
  });

  it("goes by the venue's clock, and stamps requests with it", async () => {
    await venue.close();
    venue = await tinyExchange(() => Date.now() - 5_000);
    venue.on("/api/v3/account", json(account));
    await opened();
    expect(Math.abs(session!.venueTime() - (Date.now() - 5_000))).toBeLessThan(200);
    await session!.call(question);
    const stamp = Number(venue.seen.at(-1)!.query.get("timestamp"));
    expect(Math.abs(stamp - (Date.now() - 5_000))).toBeLessThan(500);
  });

  it("fails in our words when nobody listens", async () => {
    await venue.close();
    await expect(opened({ retry: { ...retry, attempts: 2 } })).rejects.toMatchObject({
      code: "GEO-CONNECTION",
      message: expect.stringContaining("nothing was sent"),
    });
    expect(records.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, "GEO-CONNECTION"],
      [2, "GEO-CONNECTION"],
    ]);
  });

  it.each([
    ["binanse", false, 'Did you mean "binance"?'],
    ["kraken", true, "no sandbox"],
    ["coinbase", true, "no sandbox"],
  ])("refuses %s (testnet: %s)", async (name, testnet, words) => {
    await expect(opened({ venue: name, testnet })).rejects.toMatchObject({
      code: "GEO-VENUE-UNSUPPORTED",
      message: expect.stringContaining(words),
    });
    expect(venue.seen).toEqual([]);
  });
  it("sends nothing before it is safe to, and never when it can't be made safe", async () => {
    let wait: Promise<void> | null = null;
    await opened({ safe: () => wait });
    venue.on("/api/v3/order", json(acceptedOrder));
    let release = (): void => {};
    wait = new Promise((resolve) => {
      release = resolve;
    });
    const placed = session!.call({ ...order, deadlineMs: 5_000 });
    for (let i = 0; i < 20; i++) await (await fetch(`${venue.url}/api/v3/time`)).text();
    expect(venue.count("/api/v3/order")).toBe(0);
    release();
    await placed;
    expect(venue.count("/api/v3/order")).toBe(1);
    wait = Promise.reject(new Error("the disk is gone"));
    await expect(session!.call(order)).rejects.toThrow(/the disk is gone/);
    expect(venue.count("/api/v3/order")).toBe(1);
  });
});

describe("no other host", () => {
  it("is contacted, whatever is asked", async () => {
    const connects = vi.spyOn(net.Socket.prototype, "connect");
    const lookups = vi.spyOn(dns, "lookup");
    const { exchange } = await opened();
    venue.on("/api/v3/account", json(account));
    await session!.call(question);
    // Futures, margin, and a wallet endpoint: all of them at other hosts in production.
    const elsewhere = ["fapiPublicGetTime", "dapiPublicGetTime", "sapiGetSystemStatus", "eapiPublicGetTime"];
    for (const method of elsewhere) {
      await (exchange as unknown as Record<string, () => Promise<unknown>>)[method]!().catch(() => undefined);
    }
    const ports = connects.mock.calls.map(([first]) => {
      const options = (Array.isArray(first) ? first[0] : first) as net.TcpNetConnectOpts;
      return `${options.host}:${options.port}`;
    });
    expect(new Set(ports)).toEqual(new Set([venue.url.slice("http://".length)]));
    expect(lookups.mock.calls.filter(([host]) => host !== "127.0.0.1")).toEqual([]);
    connects.mockRestore();
    lookups.mockRestore();
  });

  it.each([
    ["a request", (exchange: Exchange) => exchange.fetch("https://api.binance.com/api/v3/time")],
    ["a stream", async (exchange: Exchange) => exchange.client("wss://stream.binance.com:9443/ws")],
  ])("can be reached by %s: refused before it leaves", async (_, reach) => {
    const connects = vi.spyOn(net.Socket.prototype, "connect");
    const { exchange } = await opened();
    const before = connects.mock.calls.length;
    await expect((async () => reach(exchange))()).rejects.toThrow(/Not sent: .*binance\.com/);
    expect(connects.mock.calls.length).toBe(before);
    connects.mockRestore();
  });
});

describe("a question", () => {
  const passing: readonly [string, Answer, string][] = [
    ["a body that never ends", slowBody, "GEO-CONNECTION"],
    ["no answer at all", never, "GEO-CONNECTION"],
    ["a cut socket", cut, "GEO-CONNECTION"],
    ["half an answer", truncated, "GEO-VENUE-ANSWER"],
    ["an answer of another kind", json({ surprise: 1 }), "GEO-VENUE-ANSWER"],
    ["500", status(500, "oops"), "GEO-CONNECTION"],
    ["503", json({ code: -1008, msg: "Server is currently overloaded." }, 503), "GEO-CONNECTION"],
    ["504", status(504, ""), "GEO-CONNECTION"],
    [
      "-1021",
      json({ code: -1021, msg: "Timestamp for this request is outside of the recvWindow." }, 400),
      "GEO-CONNECTION",
    ],
    [
      "a short 429",
      json({ code: -1003, msg: "Too many." }, 429, { "Retry-After": "0" }),
      "GEO-VENUE-LIMITED",
    ],
  ];

  it.each(passing)("is asked again after %s", async (_, fault) => {
    await opened();
    venue.on("/api/v3/account", fault, json(account));
    expect(await session!.call(question)).toBe("ok");
    expect(venue.count("/api/v3/account")).toBe(2);
  });

  it.each(passing)("ends in our words when %s stays", async (_, fault, code) => {
    await opened({ retry: { ...retry, attempts: 2 } });
    venue.on("/api/v3/account", fault);
    await expect(session!.call(question)).rejects.toMatchObject({ code });
    expect(venue.count("/api/v3/account")).toBe(2);
  });

  it.each([
    [
      "a wrong key",
      json({ code: -2015, msg: "Invalid API-key, IP, or permissions for action." }, 401),
      "GEO-CREDENTIALS",
    ],
    [
      "a wrong secret",
      json({ code: -1022, msg: "Signature for this request is not valid." }, 400),
      "GEO-CREDENTIALS",
    ],
    ["an unknown order", json({ code: -2013, msg: "Order does not exist." }, 400), "GEO-ORDER-REFUSED"],
    ["an unknown symbol", json({ code: -1121, msg: "Invalid symbol." }, 400), "GEO-VENUE-UNSUPPORTED"],
  ])("is asked once about %s", async (_, fault, code) => {
    await opened();
    venue.on("/api/v3/account", fault);
    await expect(session!.call(question)).rejects.toMatchObject({ code });
    expect(venue.count("/api/v3/account")).toBe(1);
  });
});

describe("an order", () => {
  it("gives what its reader makes of the answer", async () => {
    await opened();
    venue.on("/api/v3/order", json(acceptedOrder));
    expect(await session!.call(order)).toBe("28");
  });

  it.each<[string, Answer]>([
    ["a body that never ends", slowBody],
    ["no answer", never],
    ["a cut socket", cut],
    ["half an answer", truncated],
    ["an answer of another kind", json({ surprise: 1 })],
    ["500", status(500, "")],
    ["502", status(502, "<html>bad gateway</html>")],
    ["503", json({ code: -1008, msg: "Server is currently overloaded." }, 503)],
    ["504", json({ code: -1007, msg: "Timeout waiting for response from backend server." }, 504)],
    ["-1006", json({ code: -1006, msg: "An unexpected response was received from the message bus." }, 400)],
    ["400 in words that are not the venue's", status(400, "Bad Request")],
    ["404 from something in between", status(404, "not found")],
  ])("is in doubt after %s, and is never sent twice", async (_, fault) => {
    await opened();
    venue.on("/api/v3/order", fault, json(acceptedOrder));
    await expect(session!.call(order)).rejects.toMatchObject({
      code: "GEO-ORDER-UNKNOWN",
      name: "OrderError",
    });
    expect(venue.count("/api/v3/order")).toBe(1);
  });

  it.each([
    [-2010, "Account has insufficient balance for requested action.", "insufficient-funds"],
    [-2010, "Duplicate order sent.", "duplicate"],
    [-2010, "Order would immediately match and take.", "would-match"],
    [-1013, "Filter failure: LOT_SIZE", "filter"],
    [-1013, "Filter failure: NOTIONAL", "filter"],
    [-1111, "Parameter 'quantity' has too much precision.", "filter"],
    [-2011, "Unknown order sent.", "not-found"],
    [-1121, "Invalid symbol.", "no-symbol"],
    [-1102, "Mandatory parameter 'side' was not sent.", "other"],
  ])("is refused by %i %s", async (code, msg, reason) => {
    await opened();
    venue.on("/api/v3/order", json({ code, msg }, 400));
    const refusal = await session!.call(order).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(VenueRefusal);
    expect(refusal).toMatchObject({
      code: "GEO-ORDER-REFUSED",
      message: expect.stringContaining(msg),
      reason,
      venueCode: code,
    });
  });

  it.each([
    ["-1021", json({ code: -1021, msg: "Timestamp for this request was ahead." }, 400), "GEO-CONNECTION"],
    ["-1015", json({ code: -1015, msg: "Too many new orders." }, 429), "GEO-VENUE-LIMITED"],
    [
      "429",
      json({ code: -1003, msg: "Too many requests." }, 429, { "Retry-After": "1" }),
      "GEO-VENUE-LIMITED",
    ],
    ["418", status(418, "", { "Retry-After": "60" }), "GEO-VENUE-LIMITED"],
    [
      "-2015",
      json({ code: -2015, msg: "Invalid API-key, IP, or permissions for action." }, 401),
      "GEO-CREDENTIALS",
    ],
  ])("was not placed after %s, which is told for sure", async (_, fault, code) => {
    await opened();
    venue.on("/api/v3/order", fault, json(acceptedOrder));
    await expect(session!.call(order)).rejects.toMatchObject({ code });
    expect(venue.count("/api/v3/order")).toBe(1);
  });

  it("is in doubt when ccxt throws while it reads a good answer, whatever it throws", async () => {
    const { exchange } = await opened();
    venue.on("/api/v3/order", json(acceptedOrder));
    exchange.parseOrder = () => {
      throw new InvalidOrder("binance this is ccxt's own idea");
    };
    await expect(session!.call(order)).rejects.toMatchObject({ code: "GEO-ORDER-UNKNOWN" });
  });

  it("was not placed when the connection was refused", async () => {
    await opened();
    await venue.close();
    // Finds out that the line it had is dead; on a dead line nobody knows how far a request got.
    await expect(session!.call(question)).rejects.toMatchObject({ code: "GEO-CONNECTION" });
    await expect(session!.call(order)).rejects.toMatchObject({
      code: "GEO-CONNECTION",
      message: expect.stringContaining("nothing was sent"),
    });
  });

  it("is in doubt when the session is closed while it is out", async () => {
    await opened();
    const out = new Promise<void>((resolve) => venue.on("/api/v3/order", () => resolve()));
    const placed = session!.call({ ...order, deadlineMs: 10_000 });
    const ended = expect(placed).rejects.toMatchObject({ code: "GEO-ORDER-UNKNOWN" });
    await out;
    await session!.close();
    await ended;
  });

  it("that waited for ccxt's limiter until its time was up never leaves", async () => {
    const { exchange } = await opened();
    venue.on("/api/v3/order", json(acceptedOrder));
    let release = (): void => {};
    exchange.throttle = () => new Promise<void>((resolve) => (release = () => resolve()));
    await expect(session!.call({ ...order, deadlineMs: 20 })).rejects.toMatchObject({
      code: "GEO-CONNECTION",
    });
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(venue.count("/api/v3/order")).toBe(0);
  });
});
