/** Who may ask, from where, how often: REST as hostile clients meet it. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { TokenFile } from "../../src/store/tokens.ts";
import { ask, startRest } from "../support/rest.ts";
import { newFolder, removeFolder } from "../support/servedSession.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder);
});

async function start(options: Parameters<typeof startRest>[0] = {}) {
  const folder = options.folder ?? newFolder();
  folders.push(folder);
  return startRest({ ...options, folder });
}

const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.01 } as const;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("tokens", () => {
  it("are not needed on loopback before there is one, and from then on they are", async () => {
    const { url, folder, stop } = await start();
    expect((await ask(`${url}/api/v1/status`, "GET")).status).toBe(200);
    const tokens = new TokenFile(join(folder, "sessions"));
    const made = { name: "desk", scope: "read", expires: null } as const;
    const { token } = tokens.create(made, Date.now());
    expect((await ask(`${url}/api/v1/status`, "GET")).status).toBe(401);
    expect((await ask(`${url}/api/v1/status`, "GET", undefined, bearer(token))).status).toBe(200);
    tokens.revoke("desk");
    expect((await ask(`${url}/api/v1/status`, "GET", undefined, bearer(token))).status).toBe(401);
    await stop();
  });

  it("allow what their scope says, and every change is in the audit log, without the token", async () => {
    const { url, folder, stop, audit } = await start({ access: { requireToken: true } });
    const tokens = new TokenFile(join(folder, "sessions"));
    const made = (name: string, scope: "read" | "trade" | "admin", expires: number | null = null) =>
      tokens.create({ name, scope, expires }, Date.now()).token;
    const [read, trade, admin] = [made("r", "read"), made("t", "trade"), made("a", "admin")];
    const old = made("old", "admin", Date.now() - 1);
    const rows: readonly [string, string, unknown, string, number][] = [
      ["GET", "/positions", undefined, read, 200],
      ["POST", "/orders", sample, read, 403],
      ["POST", "/orders", sample, trade, 200],
      ["POST", "/halt", {}, trade, 403],
      ["POST", "/halt", { reason: "x" }, admin, 200],
      ["GET", "/positions", undefined, old, 401],
      ["POST", "/orders", sample, "geosync_nonsense", 401],
    ];
    for (const [method, path, body, token, status] of rows) {
      const answer = await ask(`${url}/api/v1${path}`, method, body, bearer(token));
      expect([method, path, answer.status]).toEqual([method, path, status]);
      if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs"])
      expect((await ask(`${url}${path}`, "GET")).status).toBe(200);
    expect((await ask(`${url}/metrics`, "GET")).status).toBe(401);
    await stop();
    const text = readFileSync(audit, "utf8");
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ who, action, outcome }) => `${who} ${action} ${outcome}`)).toEqual([
      ...["unknown POST /orders GEO-FORBIDDEN", "t POST /orders ok", "unknown POST /halt GEO-FORBIDDEN"],
      ...["a POST /halt ok", "unknown POST /orders GEO-UNAUTHENTICATED"],
    ]);
    expect(lines[1]).toMatchObject({ face: "rest", from: "127.0.0.1", request: { body: sample } });
    for (const token of [read, trade, admin, old]) expect(text).not.toContain(token);
  });
});

describe("sites", () => {
  /** fetch sets Host and Origin by itself. */
  const status = (url: string, headers: Record<string, string>) =>
    new Promise<{ status: number; allowed: string | undefined }>((resolve, reject) => {
      const sent = request(`${url}/api/v1/status`, { headers }, (answer) => {
        answer.resume();
        const allowed = answer.headers["access-control-allow-origin"] as string | undefined;
        answer.on("end", () => resolve({ status: answer.statusCode!, allowed }));
      });
      sent.on("error", reject).end();
    });

  it("that are others, and names made to point here, are refused", async () => {
    const allowed = { allowHosts: ["desk.example.com"], allowOrigins: ["https://ok.example"] };
    const { url, stop } = await start({ access: allowed });
    const host = new URL(url).host;
    const rows: readonly [Record<string, string>, number][] = [
      [{ host }, 200],
      [{ host: "localhost:1" }, 200],
      [{ host: "[::1]" }, 200],
      [{ host: "desk.example.com" }, 200],
      [{ host: "evil.example" }, 403],
      [{ host: "127.0.0.1.evil.example" }, 403],
      [{ host: "localhost.evil.example" }, 403],
      [{ host: "192.168.0.1" }, 403],
      [{ host, origin: url }, 200],
      [{ host, origin: "https://ok.example" }, 200],
      [{ host, origin: "http://ok.example" }, 403],
      [{ host, origin: "null" }, 403],
      [{ host, origin: "http://localhost:3000" }, 403],
      [{ host, origin: `${url}.evil.example` }, 403],
    ];
    for (const [headers, expected] of rows) {
      const answer = await status(url, headers);
      expect([headers, answer.status]).toEqual([headers, expected]);
      expect(answer.allowed).toBe(expected === 200 ? headers.origin : undefined);
    }
    await stop();
  });
});

it("asks for patience of who asks too often", async () => {
  const { url, stop, told } = await start({ rest: { perSecond: 1 } });
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(`${url}/api/v1/status`, "GET")));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(2);
  expect(refused[0]!.json).toMatchObject({ code: "GEO-LIMITED" });
  expect(Number(refused[0]!.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(told.filter((code) => code === "GEO-LIMITED")).toHaveLength(2);
  expect((await ask(`${url}/healthz`, "GET")).status).toBe(200);
  await stop();
});

it("does a request with a key once, also after a restart", async () => {
  const first = await start();
  const key = { "idempotency-key": "k1" };
  const order = await ask(`${first.url}/api/v1/orders`, "POST", sample, key);
  await ask(`${first.url}/api/v1/halt`, "POST", { reason: "x" }, { "idempotency-key": "h1" });
  await ask(`${first.url}/api/v1/resume`, "POST", undefined, { "idempotency-key": "r1" });
  await first.stop();
  const second = await start({ folder: first.folder });
  const again = await ask(`${second.url}/api/v1/orders`, "POST", sample, key);
  expect(again.json).toEqual(order.json);
  const halted = await ask(`${second.url}/api/v1/halt`, "POST", { reason: "x" }, { "idempotency-key": "h1" });
  expect(halted.json.status).toBe("running");
  for (const [path, body, name] of [
    ["orders", { ...sample, quantity: 0.02 }, "k1"],
    ["orders", sample, "h1"],
    ["resume", undefined, "k1"],
    ["halt", { reason: "other" }, "h1"],
  ] as const) {
    const answer = await ask(`${second.url}/api/v1/${path}`, "POST", body, { "idempotency-key": name });
    expect([path, answer.status]).toEqual([path, 409]);
  }
  const spaces = await ask(`${second.url}/api/v1/orders`, "POST", sample, { "idempotency-key": "a b" });
  expect(spaces.status).toBe(400);
  expect((await ask(`${second.url}/api/v1/trades`, "GET")).json.trades).toHaveLength(1);
  await second.stop();
});

it("answers what is no HTTP with a problem, and hangs up", async () => {
  const { url, stop } = await start();
  const { port } = new URL(url);
  const text = await new Promise<string>((resolve, reject) => {
    let got = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write("\u0016\u0003\u0001 hello\r\n\r\n"));
    socket.on("data", (data) => (got += String(data)));
    socket.on("end", () => resolve(got)).on("error", reject);
  });
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  expect(JSON.parse(text.split("\r\n\r\n")[1]!)).toMatchObject({ status: 400, code: "GEO-VALUE" });
  await stop();
});

it("whatever comes, there is an answer, no error of ours, and the session goes on", async () => {
  const { url, stop, bugs } = await start();
  const method = fc.constantFrom("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS");
  const name = fc.constantFrom(
    "orders",
    "orders/1",
    "signals",
    "halt",
    "resume",
    "candles",
    "trades",
    "equity/curve",
  );
  const path = fc.oneof(
    name,
    fc.tuple(name, fc.webQueryParameters()).map(([one, query]) => `${one}?${query}`),
    fc.webPath().map((text) => text.slice(1)),
    fc.string({ maxLength: 40 }).map((text) => `orders/${encodeURIComponent(text)}`),
    fc.constantFrom("orders/%zz", "orders/%00", "orders/..%2f..", "__proto__", "orders/constructor"),
  );
  const field = fc.oneof(
    fc.constantFrom("BTCUSD", "buy", "limit", "market", "1e400", "-0", "NaN", "", "0x10", "9".repeat(60)),
    ...[fc.double(), fc.integer(), fc.jsonValue({ maxDepth: 3 })],
  );
  const fields = [
    "symbol",
    "side",
    "order_type",
    "quantity",
    "price",
    "stop_price",
    "notional",
    "tag",
    "action",
  ];
  const more = ["confidence", "metadata", "reason", "flatten", "expires_at", "time_in_force", "stop_loss"];
  const body = fc.oneof(
    fc.constant(undefined),
    fc.string({ maxLength: 60 }),
    fc.json(),
    fc.dictionary(fc.constantFrom(...fields, ...more), field).map((one) => JSON.stringify(one)),
    fc.dictionary(fc.constantFrom(...more), field).map((one) => JSON.stringify({ ...sample, ...one })),
  );
  const key = fc.option(fc.stringMatching(/^[\x21-\x7e]{1,30}$/), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(method, path, body, key, async (how, where, what, named) => {
      const sends = what !== undefined && how !== "GET" && how !== "HEAD";
      const headers = { ...(named !== undefined && { "idempotency-key": named }) };
      const { status } = await ask(`${url}/api/v1/${where}`, how, sends ? what : undefined, headers);
      expect([200, 204, 400, 404, 405, 409, 413, 415, 422, 503]).toContain(status);
    }),
    { numRuns: 400 },
  );
  expect(bugs).toEqual([]);
  expect((await ask(`${url}/api/v1/status`, "GET")).json.status).toMatch(/running|halted/);
  await stop();
}, 60_000);
