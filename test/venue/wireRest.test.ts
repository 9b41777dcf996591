import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Venue } from "../../src/venue/server.ts";
import { noLimits, usualLimits } from "../../src/venue/weights/limiter.ts";
import { admin, ask, askSigned, demo, formOf, openVenue, type Sent, startLocal } from "./wireVenue.ts";

/** Of all tests that leave it as it is, or trade a little. */
let venue: Venue;
beforeAll(async () => {
  venue = await startLocal({ limits: noLimits });
});
afterAll(() => venue.close());

const buy = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.01" };

describe("public data", () => {
  it.each<[string, Sent, unknown]>([
    ["ping", {}, {}],
    ["time", {}, { serverTime: expect.any(Number) }],
    ["avgPrice", { symbol: "BTCUSDT" }, { mins: 5, price: expect.stringMatching(/^\d+\.\d{8}$/) }],
    ["ticker/price", { symbol: "BTCUSDT" }, { symbol: "BTCUSDT", price: expect.stringMatching(/\.\d{8}$/) }],
    ["ticker/price", {}, [{ symbol: "BTCUSDT" }]],
    ["ticker/price", { symbols: '["BTCUSDT"]' }, [{ symbol: "BTCUSDT" }]],
    [
      "ticker/bookTicker",
      { symbol: "BTCUSDT" },
      { bidPrice: expect.any(String), askQty: expect.any(String) },
    ],
    ["ticker/24hr", { symbol: "BTCUSDT" }, { lastPrice: expect.any(String), count: expect.any(Number) }],
    ["ticker", { symbol: "BTCUSDT", windowSize: "4h" }, { weightedAvgPrice: expect.any(String) }],
    ["depth", { symbol: "BTCUSDT", limit: 5 }, { lastUpdateId: expect.any(Number) }],
    ["trades", { symbol: "BTCUSDT", limit: 1 }, [{ id: expect.any(Number), isBestMatch: true }]],
    ["historicalTrades", { symbol: "BTCUSDT", limit: 1 }, [{ quoteQty: expect.any(String) }]],
    ["aggTrades", { symbol: "BTCUSDT", limit: 1 }, [{ a: expect.any(Number), f: expect.any(Number) }]],
  ])("%s %j", async (path, params, expected) => {
    const { status, json } = await ask(venue, `GET /api/v3/${path}`, params);
    expect(status).toBe(200);
    expect(json).toMatchObject(expected as object);
  });

  it("gives a thousand closed minutes before it was started, and the one under way", async () => {
    const { json } = await ask(venue, "GET /api/v3/klines", {
      symbol: "BTCUSDT",
      interval: "1m",
      limit: 1000,
    });
    expect(json).toHaveLength(1000);
    expect(json.every((row: unknown[]) => row.length === 12)).toBe(true);
    for (let i = 1; i < json.length; i++) expect(json[i][0] - json[i - 1][0]).toBe(60_000);
    expect(json.at(-1)[6]).toBeGreaterThanOrEqual(Date.now() - 60_000);
  });

  it("names every filter of a symbol in exchangeInfo", async () => {
    const { json } = await ask(venue, "GET /api/v3/exchangeInfo", { symbol: "BTCUSDT" });
    expect(json.rateLimits).toHaveLength(3);
    const [symbol] = json.symbols;
    expect(symbol).toMatchObject({ status: "TRADING", permissionSets: [["SPOT"]], ocoAllowed: true });
    expect(symbol.filters.map((one: { filterType: string }) => one.filterType)).toEqual(
      expect.arrayContaining([
        "PRICE_FILTER",
        "LOT_SIZE",
        "NOTIONAL",
        "PERCENT_PRICE_BY_SIDE",
        "MAX_NUM_ORDERS",
      ]),
    );
    expect(symbol.filters[0].tickSize).toBe("0.01000000");
  });
});

describe("requests that make no sense", () => {
  it.each<[string, Sent, number, string]>([
    ["GET depth", {}, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."],
    ["GET depth", { symbol: "NOPE" }, -1121, "Invalid symbol."],
    ["GET depth", { symbol: "btc!" }, -1100, "Illegal characters found in parameter 'symbol'"],
    ["GET depth", { symbol: "BTCUSDT", limit: "x" }, -1100, "legal range is '^[0-9]{1,20}$'."],
    ["GET depth", { symbol: "BTCUSDT", depth: 5 }, -1104, "read '1' parameter(s) but was sent '2'."],
    ["GET depth", { symbol: "BTCUSDT", limit: "" }, -1105, "Parameter 'limit' was empty."],
    ["GET klines", { symbol: "BTCUSDT", interval: "7m" }, -1120, "Invalid interval."],
    ["GET klines", { symbol: "BTCUSDT", interval: "1m", startTime: 2, endTime: 1 }, -1128, "Combination"],
    ["GET ticker/price", { symbol: "BTCUSDT", symbols: '["BTCUSDT"]' }, -1128, "Combination"],
    ["GET ticker/price", { symbols: "BTCUSDT" }, -1100, "'symbols'"],
  ])("%s %j is refused with %d", async (request, params, code, message) => {
    const { status, json } = await ask(venue, request.replace(" ", " /api/v3/"), params);
    expect({ status, code: json.code }).toEqual({ status: 400, code });
    expect(json.msg).toContain(message);
  });

  it.each<[Sent, number, string]>([
    [{ type: "LIMIT", price: "1" }, -1102, "'timeInForce'"],
    [{ type: "LIMIT", timeInForce: "GTC" }, -1102, "'price'"],
    [{ type: "LIMIT", price: "1", timeInForce: "GTX" }, -1115, "Invalid timeInForce."],
    [{ price: "1" }, -1106, "Parameter 'price' sent when not required."],
    [{ quoteOrderQty: "1" }, -1106, "'quoteOrderQty'"],
    [{ type: "NONE" }, -1116, "Invalid orderType."],
    [{ side: "HOLD" }, -1117, "Invalid side."],
    [{ quantity: "1e3" }, -1100, "'quantity'"],
    [{ quantity: "-1" }, -1100, "'quantity'"],
    [{ newClientOrderId: "a b" }, -1100, "'newClientOrderId'"],
    [{ newOrderRespType: "ALL" }, -1130, "'newOrderRespType'"],
    [{ icebergQty: "1" }, -2010, "Iceberg orders are not supported"],
    [{ quantity: "0.000000001" }, -1111, "precision"],
    [{ quantity: "10" }, -2010, "Account has insufficient balance for requested action."],
    [{ symbol: "ETHUSDT" }, -1121, "Invalid symbol."],
  ])("a market order with %j is refused with %d", async (change, code, message) => {
    const { status, json } = await askSigned(venue, "POST /api/v3/order", { ...buy, ...change });
    expect({ status, code: json.code }).toEqual({ status: 400, code });
    expect(json.msg).toContain(message);
  });

  it("refuses a parameter that comes twice", async () => {
    const { json } = await ask(venue, "GET /api/v3/depth?symbol=BTCUSDT&symbol=BTCUSDT");
    expect(json.code).toBe(-1101);
  });

  it("has a page for what is not there", async () => {
    expect((await ask(venue, "GET /api/v3/nope")).status).toBe(404);
  });
});

describe("signatures", () => {
  it.each(["query", "body", "both"])("are taken of what is sent in %s", async (where) => {
    const text = formOf({ ...buy, timestamp: Date.now() });
    const at = where === "both" ? text.indexOf("&type") : 0;
    const [query, body] = where === "query" ? [text, ""] : [text.slice(0, at), text.slice(at)];
    const signature = createHmac("sha256", demo.secret)
      .update(query + body)
      .digest("hex");
    const signed =
      where === "query" ? [`${query}&signature=${signature}`, ""] : [query, `${body}&signature=${signature}`];
    const answer = await ask(
      venue,
      `POST /api/v3/order?${signed[0]}`,
      {},
      {
        headers: { "X-MBX-APIKEY": demo.key, "content-type": "application/x-www-form-urlencoded" },
        ...(signed[1] === "" ? {} : { body: signed[1] }),
      },
    );
    expect(answer.json).toMatchObject({ status: "FILLED" });
  });

  it.each([
    ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 }), "sha256"],
    ["ED25519", () => generateKeyPairSync("ed25519"), null],
  ] as const)("of %s keys are checked", async (kind, generate, digest) => {
    const { publicKey, privateKey } = generate();
    const pem = publicKey.export({ type: "spki", format: "pem" });
    const { json } = await admin(venue, "POST keys", { key: "asymmetric", publicKey: pem });
    expect(json).toEqual({ kind, account: "main", canTrade: true });
    const payload = formOf({ timestamp: Date.now() });
    const signature = sign(digest, Buffer.from(payload), privateKey).toString("base64");
    const query = (text: string) => `GET /api/v3/account?${payload}&signature=${encodeURIComponent(text)}`;
    const headers = { "X-MBX-APIKEY": "asymmetric" };
    expect((await ask(venue, query(signature), {}, { headers })).status).toBe(200);
    const other = Buffer.from(signature, "base64").reverse().toString("base64");
    expect((await ask(venue, query(other), {}, { headers })).json.code).toBe(-1022);
  });

  it.each<[string, Sent, Record<string, string>, number, number]>([
    ["no key", {}, {}, -2014, 401],
    ["a key with blanks", {}, { "X-MBX-APIKEY": "a b" }, -2014, 401],
    ["an unknown key", {}, { "X-MBX-APIKEY": "stranger" }, -2015, 401],
    ["no timestamp", { signature: "ab" }, { "X-MBX-APIKEY": "demo" }, -1102, 400],
    ["no signature", { timestamp: "now" }, { "X-MBX-APIKEY": "demo" }, -1102, 400],
    ["a wrong signature", { timestamp: "now", signature: "ab" }, { "X-MBX-APIKEY": "demo" }, -1022, 400],
  ])("%s is refused", async (_, params, headers, code, status) => {
    const now = "timestamp" in params ? { timestamp: Date.now() } : {};
    const answer = await ask(venue, "GET /api/v3/account", { ...params, ...now }, { headers });
    expect({ code: answer.json.code, status: answer.status }).toEqual({ code, status });
  });

  it.each<[string, number, Sent, number]>([
    ["6 s old", -6000, {}, -1021],
    ["2 s ahead", 2000, {}, -1021],
    ["6 s old within its recvWindow", -6000, { recvWindow: 10_000 }, 200],
    ["2 s old beyond its recvWindow", -2000, { recvWindow: "1000.5" }, -1021],
    ["with too long a recvWindow", 0, { recvWindow: 60_001 }, -1131],
  ])("a request %s", async (_, shift, params, expected) => {
    const { status, json } = await askSigned(venue, "GET /api/v3/account", {
      timestamp: Date.now() + shift,
      ...params,
    });
    expect(status === 200 ? 200 : json.code).toBe(expected);
  });

  it("of a key that may only read place nothing", async () => {
    await admin(venue, "POST keys", { key: "reader", secret: "r", canTrade: false });
    const reader = { key: "reader", secret: "r" };
    expect((await askSigned(venue, "GET /api/v3/account", {}, reader)).status).toBe(200);
    expect((await askSigned(venue, "POST /api/v3/order", buy, reader)).json.code).toBe(-2015);
  });
});

describe("limits", () => {
  it("weigh each request and say what is used", async () => {
    const venue = await openVenue();
    const used = async (request: string, params: Sent = {}) =>
      Number((await ask(venue, request, params)).headers.get("x-mbx-used-weight-1m"));
    expect(await used("GET /api/v3/ping")).toBe(1);
    expect(await used("GET /api/v3/exchangeInfo")).toBe(21);
    expect(await used("GET /api/v3/depth", { symbol: "BTCUSDT", limit: 5000 })).toBe(271);
  });

  it("answer 429 with the time to wait, and 418 to who does not listen", async () => {
    const venue = await openVenue({ limits: { ...usualLimits, weightPerMinute: 20, patience: 2 } });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { status, headers, json } = await ask(venue, "GET /api/v3/exchangeInfo");
      statuses.push(status);
      if (status === 200) continue;
      expect(json.code).toBe(-1003);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([200, 429, 429, 418, 418]);
  });

  it("count the orders of an account until they are filled", async () => {
    const venue = await openVenue({ limits: { ...usualLimits, ordersPer10Seconds: 2 } });
    const resting = { ...buy, type: "LIMIT", timeInForce: "GTC", price: "30000" };
    const codes: (number | string)[] = [];
    for (const order of [buy, buy, buy, resting, resting, resting, buy]) {
      const { json, headers, status } = await askSigned(venue, "POST /api/v3/order", order);
      if (status === 200) expect(headers.get("x-mbx-order-count-10s")).not.toBeNull();
      codes.push(json.status ?? `${status} ${json.code}`);
    }
    expect(codes).toEqual(["FILLED", "FILLED", "FILLED", "NEW", "NEW", "429 -1015", "429 -1015"]);
  });
});
