/** What a server does besides answering: streams under load, health, reflection, and its end. */
import { connect } from "node:http2";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { credentials, loadPackageDefinition, type ServiceClientConstructor, status } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer, loadSync } from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { openGrpc } from "../../../src/server/grpc.ts";
import { TradingService } from "../../../src/server/service.ts";
import { ask, clientOf, Doorman, failureOfCall, Meter, market, startGrpc } from "../../support/grpcDesk.ts";
import { newFolder, removeFolder, serveSession } from "../../support/servedSession.ts";

/** The machine may be busy. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 30_000 });

interface Ticker {
  readonly symbol: string;
  readonly price: number;
}

let desk: Awaited<ReturnType<typeof startGrpc>>;
let stub: ReturnType<typeof clientOf>;
beforeEach(async () => {
  desk = await startGrpc();
  stub = clientOf(desk.address);
});
afterEach(async () => {
  stub.close();
  await desk.server.close();
  await desk.stop();
  removeFolder(desk.folder);
});

function publish(price: number): void {
  const tick = { symbol: "BTC/USDT", price: new Decimal(price), volume: new Decimal(2) };
  desk.service.feed.publish("ticks", "BTC/USDT", { ...tick, timestamp: "2024-01-01T00:10:00.000Z" });
}

function listenTo(request: object) {
  const heard: Ticker[] = [];
  let end: unknown = null;
  const stream = stub.StreamTickers!(request)
    .on("data", (ticker: Ticker) => heard.push(ticker))
    .on("error", (error: unknown) => {
      end = error;
    });
  return {
    heard,
    stream,
    end: () => end as { code: number; metadata: { get(name: string): unknown[] } } | null,
  };
}

describe("a stream of tickers", () => {
  it("tells each tick under every spelling that was asked for", async () => {
    const { heard, stream } = listenTo({ symbols: ["BTCUSD", "btc-usdt", "BTCUSD"] });
    await eventually(() => heard.length).toBe(2);
    publish(50_001.5);
    await eventually(() => heard.length).toBe(4);
    expect(heard.slice(2)).toMatchObject([
      { symbol: "BTCUSD", price: 50_001.5, volume: 2, timestamp: Date.UTC(2024, 0, 1, 0, 10) },
      { symbol: "btc-usdt", price: 50_001.5 },
    ]);
    stream.cancel();
  });

  it.each<[string, readonly string[], number]>([
    ["no symbol that is known", ["ETHUSD", "XYZ"], status.NOT_FOUND],
    ["what is no symbol", ["BTCUSD", "a b\n💥"], status.INVALID_ARGUMENT],
    [
      "more symbols than a header holds",
      Array.from({ length: 101 }, (_, i) => `A${i}`),
      status.INVALID_ARGUMENT,
    ],
  ])("is refused for %s", async (_, symbols, code) => {
    const { end } = listenTo({ symbols });
    await eventually(end).toMatchObject({ code });
  });

  it("is forgotten when the client cancels it", async () => {
    const { heard, stream } = listenTo({});
    await eventually(() => heard.length).toBe(1);
    stream.cancel();
    const other = listenTo({});
    await eventually(() => other.heard.length).toBe(1);
    publish(1);
    await eventually(() => other.heard.length).toBe(2);
    expect(heard).toHaveLength(1);
    other.stream.cancel();
  });

  it("that nobody reads delays no other, and goes on with the newest price", async () => {
    const stalled = openRaw(desk.address, "/market.v1.TradingService/StreamTickers", Buffer.alloc(0));
    const { heard, stream } = listenTo({});
    await eventually(() => heard.length).toBe(1);
    const sent = 6000;
    for (let i = 1; i <= sent; i++) {
      publish(i);
      if (i % 500 === 0) while (heard.at(-1)!.price !== i) await nextTurn();
    }
    expect(heard).toHaveLength(1 + sent);
    const late = stalled.read();
    await eventually(() => late.lastPrice()).toBe(sent);
    expect(late.count()).toBeLessThan(sent);
    stalled.close();
    stream.cancel();
  });
});

describe("health", () => {
  const Health = (
    loadPackageDefinition(loadSync(healthProto, { enums: String })) as never as {
      grpc: { health: { v1: { Health: ServiceClientConstructor } } };
    }
  ).grpc.health.v1.Health;
  const healthOf = (address: string) => new Health(address, credentials.createInsecure());

  it("is that of the session: not before its first data, and not when it stops", async () => {
    const told: unknown[] = [];
    const close: (() => Promise<void>)[] = [];
    const session = await serveSession({
      folder: newFolder(),
      async beside(handle) {
        const service = new TradingService(handle);
        const options = { service, access: new Doorman(), telemetry: new Meter() };
        const server = await openGrpc({ ...options, address: "127.0.0.1:0" });
        const client = healthOf(`127.0.0.1:${server.port}`);
        const watch = client.watch!({ service: "market.v1.TradingService" });
        watch.on("data", ({ status: word }: { status: string }) => told.push(word)).on("error", () => {});
        await eventually(() => told).toEqual(["NOT_SERVING"]);
        const trader = clientOf(`127.0.0.1:${server.port}`);
        const order = ask(trader, "PlaceOrder", { symbol: "BTCUSD", side: "buy", quantity: 1 });
        expect(await failureOfCall(order)).toMatchObject({
          code: status.UNAVAILABLE,
          geosync: "GEO-NOT-READY",
        });
        close.push(async () => {
          client.close();
          trader.close();
        });
        return server;
      },
    });
    await eventually(() => told).toEqual(["NOT_SERVING", "SERVING"]);
    await session.stop();
    await eventually(() => told).toEqual(["NOT_SERVING", "SERVING", "NOT_SERVING"]);
    for (const one of close) await one();
    removeFolder(session.folder);
  });

  it.each([
    ["", { status: "SERVING" }],
    ["market.v1.TradingService", { status: "SERVING" }],
  ])("of %j is asked for by name", async (service, answer) => {
    const client = healthOf(desk.address);
    expect(await ask(client, "check", { service })).toEqual(answer);
    client.close();
  });

  it("of a service that is not there is unknown", async () => {
    const client = healthOf(desk.address);
    expect(await failureOfCall(ask(client, "check", { service: "x" }))).toMatchObject({
      code: status.NOT_FOUND,
    });
    const watch = client.watch!({ service: "x" });
    expect(await new Promise((resolve) => watch.once("data", resolve))).toEqual({
      status: "SERVICE_UNKNOWN",
    });
    watch.on("error", () => {}).cancel();
    client.close();
  });
});

describe("reflection", () => {
  it.each(["v1", "v1alpha"])("(%s) is enough to find the service and to trade", async (version) => {
    const asked = openReflection(desk.address, version);
    const { listServicesResponse } = await asked.next({ listServices: "*" });
    expect(listServicesResponse.service.map(({ name }: { name: string }) => name).sort()).toEqual([
      "grpc.health.v1.Health",
      "market.v1.TradingService",
    ]);
    const { fileDescriptorResponse } = await asked.next({ fileContainingSymbol: "market.v1.TradingService" });
    asked.close();
    const options = { keepCase: true, longs: Number, defaults: true };
    const set = Buffer.concat(fileDescriptorResponse.fileDescriptorProto.map(asFieldOne));
    const definition = loadFileDescriptorSetFromBuffer(set, options);
    const client = clientOf(desk.address, { definition });
    const order = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.1 };
    expect(await ask(client, "PlaceOrder", order)).toMatchObject({ status: "filled", average_price: 50_025 });
    client.close();
  });

  it("stops reading from a client that does not read", async () => {
    const asked = openReflection(desk.address, "v1");
    let left = 0;
    asked.stream.pause();
    // Each answer is some hundred times its question: without a bound they would all lie in memory.
    const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
    while (left < 200_000 && asked.stream.write({ fileContainingSymbol: "market.v1.TradingService" })) left++;
    await nextTurn();
    const grown = process.memoryUsage().heapUsed + process.memoryUsage().external - before;
    expect(grown).toBeLessThan(200e6);
    asked.close();
    expect(await ask(stub, "GetPositions", {})).toEqual({ positions: [] });
  });
});

describe("the server's end", () => {
  it("tells open streams why, and answers nobody any more", async () => {
    const { heard, end } = listenTo({});
    await eventually(() => heard.length).toBe(1);
    await desk.server.close();
    await eventually(end).toMatchObject({ code: status.UNAVAILABLE });
    expect(end()!.metadata.get("geosync-code")).toEqual(["GEO-NOT-READY"]);
    expect(await failureOfCall(ask(stub, "GetPositions", {}))).toMatchObject({ code: status.UNAVAILABLE });
  });

  it("waits for an order that is being answered", async () => {
    const order = ask(stub, "PlaceOrder", { symbol: "BTCUSD", side: "buy", quantity: 0.1 });
    await eventually(() => desk.access.audited.length + desk.service.orders().length).toBeGreaterThan(0);
    await desk.server.close();
    expect(await order).toMatchObject({ status: "filled" });
  });

  it("does not wait for a client that reads nothing", async () => {
    const stalled = openRaw(desk.address, "/market.v1.TradingService/StreamTickers", Buffer.alloc(0));
    const { heard } = listenTo({});
    await eventually(() => heard.length).toBe(1);
    for (let i = 0; i < 6000; i++) {
      publish(i);
      if (i % 500 === 0) await nextTurn();
    }
    const began = performance.now();
    await desk.server.close();
    expect(performance.now() - began).toBeLessThan(10_000);
    stalled.close();
  });
});

describe("an address", () => {
  const open = (address: string) =>
    openGrpc({ service: desk.service, access: desk.access, telemetry: desk.telemetry, address });

  it.each(["50051", "localhost", "127.0.0.1:", "127.0.0.1:65536", ":1", "[::1:1", "a b:1", ""])(
    "that is none (%s) is refused",
    async (address) => {
      await expect(open(address)).rejects.toMatchObject({ code: "GEO-OPTION-VALUE" });
    },
  );

  it("that is taken is named", async () => {
    await expect(open(desk.address)).rejects.toMatchObject({
      code: "GEO-CONNECTION",
      message: `gRPC: cannot listen on ${desk.address} (EADDRINUSE)`,
    });
  });

  it("with a certificate that is none is refused", async () => {
    const tls = { key: "-----BEGIN NOTHING-----", cert: "?" };
    const { service, access, telemetry } = desk;
    await expect(openGrpc({ service, access, telemetry, address: "127.0.0.1:0", tls })).rejects.toMatchObject(
      {
        code: "GEO-OPTION-VALUE",
      },
    );
  });
});

/** A call on bare HTTP/2, whose answers wait until somebody wants them. */
function openRaw(address: string, path: string, message: Buffer) {
  const session = connect(`http://${address}`).on("error", () => {});
  const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request(headers).on("error", () => {});
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, 5);
  stream.end(frame);
  return {
    close: () => session.destroy(),
    read() {
      let [bytes, count, last] = [Buffer.alloc(0), 0, Number.NaN];
      const { StreamTickers } = market["market.v1.TradingService"] as never as {
        StreamTickers: { responseDeserialize(bytes: Buffer): Ticker };
      };
      stream.on("data", (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(1)) {
          const end = 5 + bytes.readUInt32BE(1);
          last = StreamTickers.responseDeserialize(bytes.subarray(5, end)).price;
          count++;
          bytes = bytes.subarray(end);
        }
      });
      return { lastPrice: () => last, count: () => count };
    },
  };
}

function openReflection(address: string, version: string) {
  const folder = dirname(createRequire(import.meta.url).resolve("@grpc/reflection/package.json"));
  const path = join(folder, "build/proto/grpc/reflection", version, "reflection.proto");
  const { grpc } = loadPackageDefinition(loadSync(path)) as never as {
    grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
  };
  const client = new grpc.reflection[version]!.ServerReflection(address, credentials.createInsecure());
  const stream = client.ServerReflectionInfo!().on("error", () => {});
  return {
    stream,
    // biome-ignore lint/suspicious/noExplicitAny: whatever the answer is
    next(request: object): Promise<any> {
      return new Promise((resolve) => {
        stream.once("data", resolve);
        stream.write(request);
      });
    },
    close() {
      stream.cancel();
      client.close();
    },
  };
}

/** As one entry of a FileDescriptorSet. */
function asFieldOne(bytes: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.from([0x0a, ...length, rest, ...bytes]);
}
