import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endpointsOf } from "../../src/connectivity/endpoints.ts";
import { HoldOff } from "../../src/connectivity/holdOff.ts";
import { type OpenSessionOptions, openSession } from "../../src/connectivity/openSession.ts";
import type { ApiCall, ApiRecord, VenueSession } from "../../src/connectivity/session.ts";
import { json, status, type TinyExchange, tinyExchange } from "./support.ts";

let venue: TinyExchange;
let session: VenueSession | undefined;
let records: ApiRecord[];

beforeEach(async () => {
  venue = await tinyExchange();
  records = [];
});

afterEach(async () => {
  await session?.close();
  await venue.close();
});

async function opened(retry: OpenSessionOptions["retry"] = {}): Promise<VenueSession> {
  session = await openSession({
    venue: "binance",
    testnet: false,
    endpoints: endpointsOf(venue.url),
    log: { record: (one) => void records.push(one) },
    retry: { initialMs: 5, maxMs: 20, ...retry },
  });
  records = [];
  return session;
}

const ping: ApiCall<string> = {
  name: "ping",
  send: (exchange) => (exchange as unknown as { publicGetPing(): Promise<unknown> }).publicGetPing(),
  read: () => "pong",
  repeatable: true,
};
const order = { ...ping, repeatable: false };

describe("a venue that asks to be left alone", () => {
  it.each([
    ["429", status(429, "", { "Retry-After": "1" })],
    ["418", status(418, "", { "Retry-After": "1" })],
    ["503", status(503, "", { "Retry-After": "1" })],
  ])("with %s is asked nothing before the time it named, by nobody", async (_, answer) => {
    await opened();
    venue.on("/api/v3/ping", answer, json({}));
    const times: number[] = [];
    venue.server.prependListener("request", () => void times.push(performance.now()));
    const first = session!.call(ping);
    await vi.waitUntil(() => records.length === 1);
    const orders = await Promise.allSettled([session!.call(order), session!.call(order)]);
    expect(orders.map((one) => (one as PromiseRejectedResult).reason.code)).toEqual(
      Array(2).fill("GEO-VENUE-LIMITED"),
    );
    expect(venue.count("/api/v3/ping")).toBe(1);
    expect(await Promise.all([first, session!.call(ping)])).toEqual(["pong", "pong"]);
    expect(times).toHaveLength(3);
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  it("for longer than anybody waits is not waited for, nor asked; streams neither", async () => {
    await opened();
    venue.on("/api/v3/ping", status(418, "", { "Retry-After": "3600" }), json({}));
    await expect(session!.call(ping)).rejects.toMatchObject({ code: "GEO-VENUE-LIMITED" });
    await expect(session!.call(ping)).rejects.toMatchObject({
      code: "GEO-VENUE-LIMITED",
      message: expect.stringMatching(/Not sent: .* until \d{4}-\d\d-\d\dT/),
    });
    expect(() => session!.exchange.client(`${venue.url.replace("http", "ws")}/stream`)).toThrow(/Not sent/);
    expect(venue.count("/api/v3/ping")).toBe(1);
  });

  const now = Date.UTC(2026, 0, 1);
  it.each<[string, number, Record<string, string>, string, number]>([
    ["seconds", 429, { "Retry-After": "7" }, "", 7_000],
    ["a date", 503, { "Retry-After": new Date(now + 9_000).toUTCString() }, "", 9_000],
    [
      "a ban's end in words",
      418,
      {},
      `{"code":-1003,"msg":"IP(1.2.3.4) banned until ${now + 60_000}."}`,
      60_000,
    ],
    ["a ban without a word", 418, {}, "", 120_000],
    ["a limit without a word", 429, {}, "", 5_000],
    ["a limit of orders without a word", 429, {}, '{"code":-1015,"msg":"Too many new orders."}', 0],
    ["any other trouble", 500, {}, "", 0],
    ["nonsense", 503, { "Retry-After": "soon" }, "", 0],
    ["longer than any ban", 418, { "Retry-After": "99999999" }, "", 3 * 86_400_000],
  ])("by %s is understood", (_, code, headers, body, ms) => {
    vi.useFakeTimers({ now });
    const hold = new HoldOff();
    hold.heard(code, headers, body);
    expect(hold.remaining).toBe(ms);
    vi.setSystemTime(now + ms);
    expect(() => hold.check()).not.toThrow();
    vi.useRealTimers();
  });
});

describe("the circuit breaker", () => {
  it("stops asking a venue that keeps failing, and asks again after a pause", async () => {
    await opened({ attempts: 1 });
    venue.on("/api/v3/ping", ...Array(8).fill(status(500, "")), json({}));
    for (let i = 0; i < 8; i++) await session!.call(ping).catch(() => undefined);
    expect(venue.count("/api/v3/ping")).toBe(8);
    await expect(session!.call(order)).rejects.toMatchObject({
      code: "GEO-CONNECTION",
      message: expect.stringContaining("nothing was sent"),
    });
    expect(venue.count("/api/v3/ping")).toBe(8);
    expect(records.at(-1)).toMatchObject({ outcome: "GEO-CONNECTION" });
    await vi.waitUntil(() => session!.call(ping).catch(() => false), { timeout: 20_000, interval: 200 });
    expect(venue.count("/api/v3/ping")).toBe(9);
    expect(await session!.call(ping)).toBe("pong");
  });

  it("is not moved by what the venue refuses", async () => {
    await opened({ attempts: 1 });
    venue.on("/api/v3/ping", json({ code: -2013, msg: "Order does not exist." }, 400));
    for (let i = 0; i < 20; i++) await session!.call(ping).catch(() => undefined);
    expect(venue.count("/api/v3/ping")).toBe(20);
  });
});

describe("the venue's clock", () => {
  it("is measured again when it complains, and the next try is right", async () => {
    let offset = 0;
    await venue.close();
    venue = await tinyExchange(() => Date.now() + offset);
    await opened();
    offset = 30_000;
    const late = json({ code: -1021, msg: "Timestamp for this request is outside of the recvWindow." }, 400);
    venue.on("/api/v3/ping", late, json({}));
    expect(await session!.call(ping)).toBe("pong");
    expect(records.map(({ call, attempt, outcome }) => [call, attempt, outcome])).toEqual([
      ["ping", 1, "GEO-CONNECTION"],
      ["fetchTime", 1, "ok"],
      ["ping", 2, "ok"],
    ]);
    expect(session!.venueTime() - Date.now()).toBeGreaterThan(29_000);
  });
});

describe("closing", () => {
  it("ends what waits, refuses what comes, and may be done twice", async () => {
    await opened({ initialMs: 60_000, maxMs: 60_000 });
    venue.on("/api/v3/ping", status(500, ""));
    const waiting = session!.call(ping);
    waiting.catch(() => undefined);
    await vi.waitUntil(() => records.length === 1);
    await session!.close();
    await session!.close();
    await expect(waiting).rejects.toMatchObject({ code: "GEO-CONNECTION" });
    await expect(session!.call(ping)).rejects.toMatchObject({ message: expect.stringContaining("closed") });
    expect(venue.count("/api/v3/ping")).toBe(1);
  });
});
