import { readFileSync } from "node:fs";
import { type ClientReadableStream, credentials, type Metadata, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toJson } from "../../../src/server/contract.ts";
import { ask, clientOf, Doorman, failureOfCall, metadataOf, startGrpc } from "../../support/grpcDesk.ts";
import { removeFolder } from "../../support/servedSession.ts";

let desk: Awaited<ReturnType<typeof startGrpc>>;
let stub: ReturnType<typeof clientOf>;
async function start(...args: Parameters<typeof startGrpc>) {
  desk = await startGrpc(...args);
  stub = clientOf(desk.address);
}
afterEach(async () => {
  stub.close();
  await desk.server.close();
  await desk.stop();
  removeFolder(desk.folder);
});

const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.1 };
const resting = { ...sample, order_type: "limit", price: 49_000 };

describe("the reference's gRPC sample", () => {
  beforeEach(() => start());

  it("runs line by line: an order, then prices", async () => {
    const channel = clientOf(`localhost:${desk.server.port}`);
    const response = await ask(channel, "PlaceOrder", sample);
    expect(response).toMatchObject({
      order_id: expect.stringMatching(/^\d+$/),
      status: "filled",
      filled_quantity: 0.1,
      average_price: 50_025,
    });
    const tickers = channel.StreamTickers!({ symbols: ["BTCUSD", "ETHUSD"] });
    const headers = new Promise<Metadata>((resolve) => tickers.on("metadata", resolve));
    expect(await first(tickers)).toMatchObject({
      ...{ symbol: "BTCUSD", price: 50_000, volume: 10, timestamp: Date.UTC(2024, 0, 1, 0, 5) },
    });
    expect((await headers).get("geosync-unknown-symbols")).toEqual(["ETHUSD"]);
    tickers.cancel();
    channel.close();
  });
});

describe("an order", () => {
  beforeEach(() => start());

  it("is a market order when it names no type, and text or number that is empty is one not given", async () => {
    const empty = { order_type: "", price: 0, stop_price: -0, time_in_force: "", tag: "" };
    expect(await ask(stub, "PlaceOrder", { ...sample, ...empty })).toMatchObject({
      status: "filled",
      reason: "filled",
    });
  });

  it("says everything that one over the service says", async () => {
    const order = {
      ...{
        ...resting,
        quantity: 0,
        notional: 1000.5,
        order_type: "stop_limit",
        price: 51_000.25,
        stop_price: 51_000,
      },
      ...{ time_in_force: "GTD", expires_at: "2030-01-01T00:00:00Z", stop_loss: 40_000, take_profit: 60_000 },
      ...{ reduce_only: false, post_only: false, tag: "mine" },
    };
    const { order_id } = await ask(stub, "PlaceOrder", order);
    const { quantity: _, post_only: __, reduce_only: ___, ...asked } = order;
    const twin = await desk.service.placeOrder(asked);
    const differs = { order_id: "", created_at: "", updated_at: "", symbol: "" };
    expect({ ...desk.service.order(String(order_id)), ...differs }).toEqual({ ...twin, ...differs });
  });

  it("takes a double for the shortest decimal text that it stands for", async () => {
    const { order_id } = await ask(stub, "PlaceOrder", { ...resting, quantity: 0.007, price: 49_000.1 });
    const order = JSON.parse(toJson(desk.service.order(String(order_id)), "string"));
    expect(order).toMatchObject({ quantity: "0.007", price: "49000.1" });
  });

  it("answers exact decimals to who asks for them", async () => {
    const metadata = { "geosync-decimals": "string" };
    const order = { ...sample, quantity: 0.01 };
    expect(await ask(stub, "PlaceOrder", order)).toMatchObject({ exact_average_price: "" });
    expect(await ask(stub, "PlaceOrder", order, { metadata })).toMatchObject({
      exact_filled_quantity: "0.01",
      exact_average_price: "50025",
    });
    const { positions } = await ask(stub, "GetPositions", {}, { metadata });
    expect(positions).toMatchObject([{ exact_quantity: "0.02", exact_entry_price: "50025" }]);
    const other = ask(stub, "GetPositions", {}, { metadata: { "geosync-decimals": "roman" } });
    expect(await failureOfCall(other)).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("is placed once for a key, from metadata or message", async () => {
    const metadata = { "idempotency-key": "k1" };
    const placed = await ask(stub, "PlaceOrder", sample, { metadata });
    expect(await ask(stub, "PlaceOrder", { ...sample, idempotency_key: "k1" })).toEqual(placed);
    expect(desk.service.trades()).toHaveLength(1);
    const other = ask(stub, "PlaceOrder", { ...sample, quantity: 1 }, { metadata });
    expect(await failureOfCall(other)).toMatchObject({
      code: status.FAILED_PRECONDITION,
      geosync: "GEO-CONFLICT",
    });
    const two = ask(stub, "PlaceOrder", { ...sample, idempotency_key: "k2" }, { metadata });
    expect(await failureOfCall(two)).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("that is refused says why", async () => {
    expect(await ask(stub, "PlaceOrder", { ...sample, quantity: 1000 })).toMatchObject({
      status: "rejected",
      reason: "refused:insufficient-cash",
      filled_quantity: 0,
      average_price: 0,
    });
  });

  it("is cancelled once", async () => {
    const { order_id, status: placed } = await ask(stub, "PlaceOrder", resting);
    expect(placed).toBe("open");
    expect(await ask(stub, "CancelOrder", { order_id })).toEqual({ success: true, status: "cancelled" });
    expect(await ask(stub, "CancelOrder", { order_id })).toEqual({ success: false, status: "cancelled" });
  });

  it.each<[string, string, object, number, string, string]>([
    ["an unknown symbol", "PlaceOrder", { ...sample, symbol: "ETHUSD" }, 5, "GEO-NOT-FOUND", "ETHUSD"],
    ["a symbol that is none", "PlaceOrder", { ...sample, symbol: "B T\ud800💥" }, 3, "GEO-VALUE", "symbol"],
    ["no symbol", "PlaceOrder", { ...sample, symbol: "" }, 3, "GEO-VALUE", "symbol"],
    ["no side", "PlaceOrder", { ...sample, side: "" }, 3, "GEO-VALUE", "side"],
    ["an unknown type", "PlaceOrder", { ...sample, order_type: "iceberg" }, 3, "GEO-VALUE", "order_type"],
    ["no quantity", "PlaceOrder", { ...sample, quantity: 0 }, 3, "GEO-VALUE", "quantity"],
    ["a negative quantity", "PlaceOrder", { ...sample, quantity: -0.1 }, 3, "GEO-VALUE", "quantity"],
    ["NaN", "PlaceOrder", { ...sample, quantity: Number.NaN }, 3, "GEO-VALUE", "order.quantity"],
    [
      "Infinity",
      "PlaceOrder",
      { ...resting, price: Number.POSITIVE_INFINITY },
      3,
      "GEO-VALUE",
      "order.price",
    ],
    ["-Infinity", "PlaceOrder", { ...sample, take_profit: -Infinity }, 3, "GEO-VALUE", "take_profit"],
    ["the largest double", "PlaceOrder", { ...sample, quantity: 1.7e308 }, 3, "GEO-VALUE", "quantity"],
    ["the smallest double", "PlaceOrder", { ...sample, quantity: 5e-324 }, 3, "GEO-VALUE", "quantity"],
    ["a price below 0", "PlaceOrder", { ...resting, price: -1 }, 3, "GEO-VALUE", "price"],
    ["a market order's price", "PlaceOrder", { ...sample, price: 1 }, 3, "GEO-VALUE", "price"],
    ["a limit order without price", "PlaceOrder", { ...resting, price: 0 }, 3, "GEO-VALUE", "price"],
    ["an order nobody placed", "CancelOrder", { order_id: "999" }, 5, "GEO-NOT-FOUND", "999"],
    ["no id", "CancelOrder", { order_id: "" }, 5, "GEO-NOT-FOUND", "id"],
    // Cut to forty characters in the midst of one that takes two.
    ["an id of many signs", "CancelOrder", { order_id: `x${"💥".repeat(30)}` }, 5, "GEO-NOT-FOUND", "id"],
  ])("with %s is refused", async (_, method, request, code, geosync, words) => {
    const failed = await failureOfCall(ask(stub, method, request));
    expect(failed).toMatchObject({ code, geosync, details: expect.stringContaining(words) });
    expect(desk.service.orders()).toEqual([]);
    expect(desk.telemetry.errors).toEqual([geosync]);
    expect(desk.access.audited).toMatchObject([{ outcome: geosync, who: "local" }]);
  });

  it("says what to do about a mistake, in the metadata", async () => {
    const failed = await failureOfCall(ask(stub, "PlaceOrder", { ...sample, symbol: "ETHUSD" }));
    expect(failed.hint).toBe("This session trades BTC/USDT.");
  });

  it("that cannot be told from noise is no order", async () => {
    const code = await new Promise((resolve) => {
      const raw = (bytes: Buffer) => bytes;
      const noise = Buffer.from([0x0a, 0xff, 0xff, 0xff]);
      const path = "/market.v1.TradingService/PlaceOrder";
      stub.makeUnaryRequest(path, raw, raw, noise, (error) => resolve(error?.code));
    });
    expect(code).toBe(status.INTERNAL);
    expect(desk.access.audited).toEqual([]);
  });

  it("larger than any order is turned away", async () => {
    const call = ask(stub, "PlaceOrder", { ...sample, tag: "x".repeat(70_000) });
    expect(await failureOfCall(call)).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });
});

describe("positions", () => {
  beforeEach(() => start());

  it("are those of the service", async () => {
    await ask(stub, "PlaceOrder", sample);
    const { positions } = JSON.parse(toJson(desk.service.positions()));
    expect(positions).toHaveLength(1);
    const exact = { exact_quantity: "", exact_entry_price: "", exact_current_price: "" };
    const pnl = { exact_unrealized_pnl: "", exact_realized_pnl: "" };
    expect(await ask(stub, "GetPositions", {})).toEqual({
      positions: [{ ...positions[0], ...exact, ...pnl }],
    });
  });
});

describe("a deadline", () => {
  beforeEach(() => start());

  it("that passed while the call waited for its turn leaves nothing done", async () => {
    const deadline = Date.now() + 300;
    desk.access.onCheck = () => {
      while (Date.now() <= deadline + 50);
    };
    const call = ask(stub, "PlaceOrder", sample, { options: { deadline } });
    expect(await failureOfCall(call)).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(desk.service.orders()).toEqual([]);
    expect(desk.access.audited).toMatchObject([{ action: "placeOrder", outcome: "DEADLINE_EXCEEDED" }]);
  });

  it("ends a stream", async () => {
    const stream = stub.StreamTickers!({}, metadataOf({}), { deadline: Date.now() + 200 });
    expect(await ended(stream)).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });
});

describe("who may do what", () => {
  const tokens = { looker: ["read"], trader: ["read", "trade"] } as const;
  beforeEach(() => start({ access: new Doorman(tokens) }));
  const as = (token: string) => ({ metadata: { authorization: `Bearer ${token}` } });

  it.each<[string, string, object, string | null, number, string]>([
    ["positions without a token", "GetPositions", {}, null, 16, "GEO-UNAUTHENTICATED"],
    ["positions with a wrong token", "GetPositions", {}, "thief", 16, "GEO-UNAUTHENTICATED"],
    ["an order of who may only look", "PlaceOrder", sample, "looker", 7, "GEO-FORBIDDEN"],
    ["a cancel of who may only look", "CancelOrder", { order_id: "1" }, "looker", 7, "GEO-FORBIDDEN"],
  ])("refuses %s", async (_, method, request, token, code, geosync) => {
    const call = ask(stub, method, request, token === null ? {} : as(token));
    expect(await failureOfCall(call)).toMatchObject({ code, geosync });
    expect(desk.service.orders()).toEqual([]);
  });

  it("refuses a stream without a token", async () => {
    expect(await ended(stub.StreamTickers!({}))).toMatchObject({ code: status.UNAUTHENTICATED });
  });

  it("refuses pages of other sites", async () => {
    const metadata = { ...as("trader").metadata, origin: "https://evil.example" };
    expect(await failureOfCall(ask(stub, "PlaceOrder", sample, { metadata }))).toMatchObject({
      code: status.PERMISSION_DENIED,
    });
  });

  it("lets in who has the scope, and writes down each call that changes something", async () => {
    await ask(stub, "GetPositions", {}, as("looker"));
    const { order_id } = await ask(stub, "PlaceOrder", resting, as("trader"));
    await ask(stub, "CancelOrder", { order_id }, as("trader"));
    await failureOfCall(ask(stub, "CancelOrder", { order_id }, as("looker")));
    const common = { face: "grpc", from: "127.0.0.1" };
    const trader = { ...common, who: "owner of trader", outcome: "ok" };
    expect(desk.access.audited).toEqual([
      { ...trader, action: "placeOrder", request: resting },
      { ...trader, action: "cancelOrder", request: { order_id } },
      { ...common, who: "unknown", outcome: "GEO-FORBIDDEN", action: "cancelOrder", request: { order_id } },
    ]);
    expect(desk.telemetry.calls).toEqual(["positions", "placeOrder", "cancelOrder", "cancelOrder"]);
  });
});

describe("limits", () => {
  it("turn away who calls too often", async () => {
    await start({ callsPerSecond: 5 });
    const calls = Array.from({ length: 20 }, () => ask(stub, "GetPositions", {}));
    const results = await Promise.allSettled(calls);
    const refused = results.filter(({ status: how }) => how === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ reason: { code: status.RESOURCE_EXHAUSTED } });
  });

  it("turn away one stream too many, until another has ended", async () => {
    await start({ streams: 1 });
    const one = stub.StreamTickers!({});
    await first(one);
    expect(await ended(stub.StreamTickers!({}))).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    one.cancel();
    await expect
      .poll(async () => first(stub.StreamTickers!({})).catch(() => null))
      .toMatchObject({ symbol: "BTC/USDT" });
  });
});

describe("TLS", () => {
  const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url));

  it("serves who trusts the certificate, and nobody in the clear", async () => {
    await start({ tls: { key: pem("key"), cert: pem("cert") } });
    const secure = clientOf(`localhost:${desk.server.port}`, { channel: credentials.createSsl(pem("cert")) });
    expect(await ask(secure, "GetPositions", {})).toEqual({ positions: [] });
    secure.close();
    expect(await failureOfCall(ask(stub, "GetPositions", {}))).toMatchObject({ code: status.UNAVAILABLE });
  });
});

function first(stream: ClientReadableStream<object>): Promise<object> {
  return new Promise((resolve, reject) => stream.once("data", resolve).once("error", reject));
}

/** The error that a stream ends with. */
function ended(stream: ClientReadableStream<object>): Promise<Error> {
  return new Promise((resolve) => stream.on("data", () => {}).on("error", resolve));
}
