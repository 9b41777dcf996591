import { describe, expect, it } from "vitest";
import { admin, ask, askSigned, Listener, openVenue } from "./wireVenue.ts";

const buy = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.01" };
const orders = (venue: Parameters<typeof ask>[0]) =>
  askSigned(venue, "GET /api/v3/allOrders", { symbol: "BTCUSDT" }).then(({ json }) => json.length as number);

describe("faults of requests", () => {
  it.each([
    ["a 503 before", { kind: "status", status: 503, when: "before" }, 503, 0],
    ["a 504 after", { kind: "status", status: 504, when: "after" }, 504, 1],
    ["a cut before", { kind: "cut", when: "before" }, "cut", 0],
    ["a cut after", { kind: "cut", when: "after" }, "cut", 1],
    ["a truncated answer", { kind: "truncate", keep: 0.5 }, "text", 1],
    ["a slow answer", { kind: "slow", ms: 50 }, 200, 1],
    ["a delay before", { kind: "delay", ms: 50 }, 200, 1],
    ["a delay after", { kind: "delay", ms: 50, when: "after" }, 200, 1],
  ])("%s leaves the order accepted or not", async (_, fault, expected, accepted) => {
    const venue = await openVenue();
    await admin(venue, "POST faults", {
      requests: [{ method: "POST", path: "/api/v3/order", times: 1, fault }],
    });
    const answer = await askSigned(venue, "POST /api/v3/order", buy).catch(() => "cut" as const);
    if (answer === "cut") expect(expected).toBe("cut");
    else if (expected === "text")
      expect({ status: answer.status, type: typeof answer.json }).toEqual({ status: 200, type: "string" });
    else expect(answer.status).toBe(expected);
    expect(await orders(venue)).toBe(accepted);
    expect((await askSigned(venue, "POST /api/v3/order", buy)).status).toBe(200);
    expect((await admin(venue, "GET faults")).json.counts.requests).toEqual([{ matched: 2, struck: 1 }]);
  });

  it("strike the ones that are picked, the same ones for the same seed", async () => {
    const venue = await openVenue();
    const statuses = async () => {
      const plan = {
        seed: 4,
        requests: [{ path: "/api/v3/p*", probability: 0.5, fault: { kind: "status", status: 500 } }],
      };
      await admin(venue, "POST faults", plan);
      const found: number[] = [];
      for (let i = 0; i < 12; i++) found.push((await ask(venue, "GET /api/v3/ping")).status);
      return found;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await statuses()).toEqual(first);
    await admin(venue, "POST faults", {
      requests: [{ path: "/api/v3/ping", nth: [2], fault: { kind: "status", status: 418 } }],
    });
    const second = [await ask(venue, "GET /api/v3/ping"), await ask(venue, "GET /api/v3/ping")];
    expect(second.map(({ status }) => status)).toEqual([200, 418]);
    await admin(venue, "DELETE faults");
    expect((await admin(venue, "GET faults")).json.plan.requests).toEqual([]);
  });

  it("ban an address for a while", async () => {
    const venue = await openVenue();
    await admin(venue, "POST faults", {
      requests: [{ path: "/api/v3/time", fault: { kind: "ban", seconds: 1 } }],
    });
    expect((await ask(venue, "GET /api/v3/time")).status).toBe(418);
    const { status, headers } = await ask(venue, "GET /api/v3/ping");
    expect({ status, wait: headers.get("retry-after") }).toEqual({ status: 418, wait: "1" });
    await expect.poll(async () => (await ask(venue, "GET /api/v3/ping")).status).toBe(200);
  });

  it("of the WebSocket API strike its methods", async () => {
    const venue = await openVenue();
    const fault = { kind: "cut", when: "after" };
    await admin(venue, "POST faults", { requests: [{ method: "WS", path: "order.place", fault }] });
    const listener = await Listener.open(venue, "/ws-api/v3");
    void listener.callSigned(1, "order.place", buy).catch(() => {});
    await listener.until(() => listener.closed);
    expect(await orders(venue)).toBe(1);
  });

  it.each([
    [{ requests: [{ fault: { kind: "explode" } }] }, "requests"],
    [{ request: [] }, "request"],
    [{ streams: [{ stream: "user", fault: { kind: "late" } }] }, "ms"],
  ])("are refused in words when they are none: %j", async (plan, word) => {
    const venue = await openVenue();
    const { status, json } = await admin(venue, "POST faults", plan);
    expect(status).toBe(400);
    expect(json.error).toContain(word);
  });
});

describe("faults of streams", () => {
  const seen = async (fault: unknown, enough: number) => {
    const venue = await openVenue();
    await admin(venue, "POST faults", { streams: [{ stream: "btcusdt@trade", nth: [3], fault }] });
    const listener = await Listener.open(venue, "/ws/btcusdt@trade");
    const all = await listener.until(
      (messages) => (messages.length >= enough || listener.closed) && messages,
    );
    return { ids: all.map(({ t }) => t as number), all, listener };
  };

  it("drop events", async () => {
    const { ids } = await seen({ kind: "drop" }, 4);
    expect(ids.slice(0, 4).map((id) => id - ids[0]!)).toEqual([0, 1, 3, 4]);
  });

  it("duplicate events", async () => {
    const { ids } = await seen({ kind: "duplicate" }, 4);
    expect(ids.slice(0, 4).map((id) => id - ids[0]!)).toEqual([0, 1, 2, 2]);
  });

  it("reorder events", async () => {
    const { ids } = await seen({ kind: "reorder" }, 4);
    expect(ids.slice(0, 4).map((id) => id - ids[0]!)).toEqual([0, 1, 3, 2]);
  });

  it("let events come late", async () => {
    const { ids } = await seen({ kind: "late", ms: 1000 }, 12);
    expect([...ids].sort((a, b) => a - b)).not.toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("cut the connection", async () => {
    const { ids, listener } = await seen({ kind: "cut" }, 100);
    expect({ events: ids.length, closed: listener.closed }).toEqual({ events: 2, closed: true });
  });

  it("end a stream of user data on an open connection", async () => {
    const { all } = await seen({ kind: "terminate" }, 3);
    expect(all[2]).toMatchObject({ event: { e: "eventStreamTerminated" } });
  });

  it("stall: the connection is open, and silent", async () => {
    const venue = await openVenue();
    await admin(venue, "POST faults", {
      streams: [{ stream: "*@trade", nth: [3], fault: { kind: "stall" } }],
    });
    const listener = await Listener.open(venue, "/ws/btcusdt@trade");
    await expect.poll(async () => (await admin(venue, "GET faults")).json.counts.streams[0].struck).toBe(1);
    const other = await Listener.open(venue, "/ws/btcusdt@trade");
    await other.until((all) => all.length >= 3);
    expect({ events: listener.messages.length, closed: listener.closed }).toEqual({
      events: 2,
      closed: false,
    });
  });
});

describe("the clock", () => {
  it("can be ahead, and requests are judged by it", async () => {
    const venue = await openVenue();
    await admin(venue, "POST faults", { clock: { offsetMs: 60_000 } });
    const { json } = await ask(venue, "GET /api/v3/time");
    expect(json.serverTime - Date.now()).toBeGreaterThan(50_000);
    expect((await askSigned(venue, "GET /api/v3/account")).json.code).toBe(-1021);
    expect((await askSigned(venue, "GET /api/v3/account", { timestamp: json.serverTime })).status).toBe(200);
    await admin(venue, "POST faults", { clock: { offsetMs: -60_000 } });
    expect((await askSigned(venue, "GET /api/v3/account")).json.msg).toContain("1000ms ahead");
  });
});

describe("a restart", () => {
  it.each([
    [true, 1],
    [false, 0],
  ])("with memory %s cuts every connection and comes back on the same port", async (memory, left) => {
    const venue = await openVenue();
    await askSigned(venue, "POST /api/v3/order", buy);
    const listener = await Listener.open(venue, "/ws/btcusdt@trade");
    const { port } = venue;
    await admin(venue, "POST restart", { memory, downMs: 200 });
    await listener.until(() => listener.closed);
    await expect(ask(venue, "GET /api/v3/ping")).rejects.toThrow();
    await expect
      .poll(
        () =>
          ask(venue, "GET /api/v3/ping").then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
    expect(venue.port).toBe(port);
    expect(await orders(venue)).toBe(left);
  });
});

describe("the audit", () => {
  it("lists every request without its signature, and how it ended", async () => {
    const venue = await openVenue();
    await askSigned(venue, "POST /api/v3/order", { ...buy, newClientOrderId: "a1" });
    await askSigned(venue, "POST /api/v3/order", { ...buy, quantity: "10" });
    const text = await (await fetch(`${venue.url}/admin/audit`)).text();
    expect(text).not.toContain("signature");
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        seq: 0,
        method: "POST",
        path: "/api/v3/order",
        status: 200,
        account: "main",
        params: { newClientOrderId: "a1" },
      },
      { seq: 1, status: 400, code: -2010 },
    ]);
    const rest = await (await fetch(`${venue.url}/admin/audit?since=1`)).text();
    expect(rest.trim().split("\n")).toHaveLength(1);
  });
});
