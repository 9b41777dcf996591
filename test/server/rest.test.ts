import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type RestSession, startRest } from "../support/rest.ts";
import { removeFolder } from "../support/servedSession.ts";

let session: RestSession;
beforeAll(async () => {
  session = await startRest();
});
afterAll(async () => {
  await session.stop();
  removeFolder(session.folder);
});
const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  ask(`${session.url}/api/v1${path}`, method, body, headers);

const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.01 } as const;
const resting = { ...sample, order_type: "limit", price: 40_000 } as const;

describe("the reference's samples, as printed", () => {
  it("GET /api/v1/status", async () => {
    const { status, json } = await api("GET", "/status");
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: "running", uptime_seconds: expect.any(Number) });
  });
  it("POST /api/v1/orders, then GET /api/v1/positions", async () => {
    const order = await api("POST", "/orders", { ...sample, quantity: 0.1 });
    expect(order.status).toBe(200);
    expect(order.json).toMatchObject({ status: "filled", filled_quantity: 0.1, average_price: 50_025 });
    const { json } = await api("GET", "/positions");
    expect(json.positions[0]).toMatchObject({ quantity: 0.1, entry_price: 50_025, current_price: 50_000 });
  });
});

describe("amounts", () => {
  it.each([
    ["application/json", 0.01],
    ["*/*", 0.01],
    ["application/json; decimals=string", "0.01"],
    ['application/json;decimals="string"', "0.01"],
  ])("are as Accept: %s asks", async (accept, quantity) => {
    const { json, headers } = await api("POST", "/orders", sample, { accept });
    expect(json.filled_quantity).toBe(quantity);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(headers.get("vary")).toContain("Accept");
  });
  it("may be exact text on their way in", async () => {
    const { json } = await api("POST", "/orders", { ...sample, quantity: "0.00012345" });
    expect(json.filled_quantity).toBe(0.00012345);
  });
});

describe("orders", () => {
  it("rest, are amended, cancelled one by one and all together", async () => {
    const placed = await api("POST", "/orders", resting);
    expect(placed.json).toMatchObject({ status: "open", symbol: "BTCUSD" });
    const moved = await api("PATCH", `/orders/${placed.json.order_id}`, { price: 41_000 });
    expect(moved.json).toMatchObject({ price: 41_000, replaces_order_id: placed.json.order_id });
    const path = `/orders/${moved.json.order_id}`;
    expect((await api("GET", path)).json).toMatchObject({ status: "open" });
    expect((await api("DELETE", path)).json).toMatchObject({ success: true, order: { status: "cancelled" } });
    expect((await api("DELETE", path)).json).toMatchObject({ success: false });
    expect((await api("PATCH", path, { price: 1 })).status).toBe(409);
    await api("POST", "/orders", resting);
    await api("POST", "/orders", resting);
    expect((await api("GET", "/orders?status=open")).json.orders).toHaveLength(2);
    expect((await api("DELETE", "/orders?symbol=BTCUSDT")).json.orders).toHaveLength(2);
    expect((await api("GET", "/orders?status=open")).json.orders).toEqual([]);
  });

  it("come page by page, and new ones change no page", async () => {
    for (let i = 0; i < 5; i++) await api("POST", "/orders", sample);
    for (const path of ["orders", "trades"]) {
      const idOf = (one: Record<string, string>) => one.order_id!;
      const all = (await api("GET", `/${path}?limit=500`)).json[path].map(idOf);
      const first = await api("GET", `/${path}?limit=2`);
      await api("POST", "/orders", sample);
      const second = await api("GET", `/${path}?limit=2&cursor=${first.json.next_cursor}`);
      expect([...first.json[path], ...second.json[path]].map(idOf)).toEqual(all.slice(0, 4));
    }
    const last = await api("GET", "/orders?limit=500");
    expect(last.json.next_cursor).toBeNull();
  });
});

it("signals are submitted and listed", async () => {
  const submitted = await api("POST", "/signals", { symbol: "BTCUSD", action: "hold", confidence: 0.4 });
  expect(submitted.json).toMatchObject({ symbol: "BTCUSD", action: "hold", source: "user" });
  expect((await api("GET", "/signals")).json.signals[0]).toMatchObject({ action: "hold", confidence: 0.4 });
});

it.each([
  ["/balance", { currency: "USDT", equity: expect.any(Number) }],
  ["/equity", { initial_equity: 10_000 }],
  ["/equity/curve?limit=3", { points: { length: 3 } }],
  ["/candles?symbol=BTCUSD", { candles: { length: 5 } }],
  ["/candles", { candles: [{ symbol: "BTC/USDT", close: 50_000 }, {}, {}, {}, {}] }],
  ["/metrics", { trades: expect.any(Number) }],
  ["/risk", { halted: false, kill_switch: false }],
])("GET %s", async (path, expected) => {
  const { status, json } = await api("GET", path);
  expect(status).toBe(200);
  expect(json).toMatchObject(expected);
});

it("halts, resumes, and the kill switch closes what there is at the last price", async () => {
  await api("POST", "/orders", sample);
  expect((await api("POST", "/halt", { reason: "lunch" })).json).toMatchObject({ status: "halted" });
  expect((await api("POST", "/orders", sample)).json).toMatchObject({ reason: "refused:halted" });
  expect((await api("POST", "/resume")).json).toMatchObject({ status: "running" });
  expect((await api("POST", "/kill")).json).toMatchObject({ status: "halted" });
  expect((await api("GET", "/orders?limit=1")).json.orders).toMatchObject([
    { side: "sell", order_type: "market", symbol: "BTC/USDT", status: "filled" },
  ]);
  expect((await api("GET", "/positions")).json.positions).toEqual([]);
  expect((await api("POST", "/resume", undefined, { "content-type": "application/json" })).status).toBe(200);
});

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const signal = { symbol: "BTCUSD", action: "hold" };

it.each<[string, string, string, unknown, number, string]>([
  ["no body", "POST", "/orders", undefined, 400, "GEO-VALUE"],
  ["broken JSON", "POST", "/orders", "{", 400, "GEO-VALUE"],
  ["a list", "POST", "/orders", "[]", 400, "GEO-VALUE"],
  ["an unknown field", "POST", "/orders", { ...sample, leverage: 3 }, 400, "GEO-VALUE"],
  ["a quantity below 0", "POST", "/orders", { ...sample, quantity: -1 }, 400, "GEO-VALUE"],
  [
    "a quantity beyond doubles",
    "POST",
    "/orders",
    '{"symbol":"BTCUSD","side":"buy","quantity":1e999}',
    400,
    "GEO-VALUE",
  ],
  ["a polluted prototype", "POST", "/signals", '{"metadata":{"__proto__":{"a":1}}}', 400, "GEO-VALUE"],
  [
    "nesting",
    "POST",
    "/signals",
    `{"symbol":"BTCUSD","action":"hold","metadata":${nested(9000)}}`,
    400,
    "GEO-VALUE",
  ],
  ["a large body", "POST", "/signals", { ...signal, metadata: { a: "x".repeat(70_000) } }, 413, "GEO-VALUE"],
  ["an unknown symbol", "POST", "/orders", { ...sample, symbol: "DOGEUSDT" }, 404, "GEO-NOT-FOUND"],
  [
    "exits on the wrong side",
    "POST",
    "/orders",
    { ...sample, stop_loss: 60_000, take_profit: 1 },
    422,
    "GEO-ORDER-REQUEST",
  ],
  ["an unknown order", "GET", "/orders/99999", undefined, 404, "GEO-NOT-FOUND"],
  ["an order of no number", "DELETE", "/orders/../x", undefined, 404, "GEO-NOT-FOUND"],
  ["an unknown path", "GET", "/nothing", undefined, 404, "GEO-NOT-FOUND"],
  ["a limit of 0", "GET", "/orders?limit=0", undefined, 400, "GEO-VALUE"],
  ["two limits", "GET", "/orders?limit=1&limit=2", undefined, 400, "GEO-VALUE"],
  ["an unknown query", "GET", "/orders?sybmol=BTCUSD", undefined, 400, "GEO-VALUE"],
  ["a cursor that is none", "GET", "/trades?cursor=1", undefined, 400, "GEO-VALUE"],
  ["another method", "PUT", "/orders", {}, 405, "GEO-VALUE"],
])("%s is a problem document: %s %s", async (_, method, path, body, status, code) => {
  const answer = await api(method, path, body);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.json).toEqual({
    ...{ type: `urn:geosync:problem:${code}`, title: expect.any(String), status, code },
    ...{ detail: expect.any(String), hint: answer.json.hint },
  });
  expect(answer.status).toBe(status);
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
});

it("takes JSON alone, and says so", async () => {
  const { status, json } = await api("POST", "/orders", "symbol=BTCUSD", {
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(status).toBe(415);
  expect(json.hint).toContain("application/json");
});

it("answers HEAD and OPTIONS", async () => {
  expect(await api("HEAD", "/status")).toMatchObject({ status: 200, text: "" });
  const { status, headers } = await api("OPTIONS", "/orders");
  expect(status).toBe(204);
  expect(headers.get("allow")).toBe("DELETE, GET, HEAD, POST, OPTIONS");
});

describe("beside the API", () => {
  it("are probes and measurements", async () => {
    expect((await ask(`${session.url}/healthz`, "GET")).json).toEqual({ status: "ok" });
    expect((await ask(`${session.url}/readyz`, "GET")).json).toEqual({ status: "ready" });
    expect((await ask(`${session.url}/metrics`, "GET")).text).toContain("geosync_up 1");
  });

  it("is OpenAPI made of the schemas, every reference leading somewhere", async () => {
    const { json, text } = await ask(`${session.url}/openapi.json`, "GET");
    expect(json.openapi).toBe("3.1.0");
    expect(Object.keys(json.paths)).toContain("/api/v1/orders/{order_id}");
    const post = json.paths["/api/v1/orders"].post;
    expect(post.requestBody.content["application/json"].schema).toEqual({
      $ref: "#/components/schemas/OrderRequestInput",
    });
    expect(post.parameters.map(({ name }: { name: string }) => name)).toEqual(["accept", "idempotency-key"]);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(json.components.schemas).toHaveProperty(name);
    expect(json.components.schemas.Amount.type).toEqual(["number", "string"]);
  });

  it("is a page of it that loads nothing from elsewhere", async () => {
    const page = await ask(`${session.url}/docs`, "GET");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target!);
    expect(loaded.length).toBeGreaterThan(3);
    for (const target of loaded) {
      expect(target).not.toMatch(/^(?:https?:)?\/\//);
      expect((await ask(new URL(target, `${session.url}/docs/`).href, "GET")).status).toBe(200);
    }
  });
});

it("no error was one that nobody foresaw", () => {
  expect(session.bugs).toEqual([]);
});
