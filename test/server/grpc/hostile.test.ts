/** What a server has to stand: bytes that mean nothing, messages that mean too much, clients that leave in the midst. */
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, clientOf, startGrpc } from "../../support/grpcDesk.ts";
import { removeFolder } from "../../support/servedSession.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const methods = ["PlaceOrder", "CancelOrder", "GetPositions", "StreamTickers"].map(
  (name) => `/market.v1.TradingService/${name}`,
);
const others = ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "/x/y", "/"];
const reflections = ["v1", "v1alpha"].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
);

let desk: Awaited<ReturnType<typeof startGrpc>>;
let stub: ReturnType<typeof clientOf>;
beforeAll(async () => {
  desk = await startGrpc({ callsPerSecond: 1_000_000 });
  stub = clientOf(desk.address);
});
afterAll(async () => {
  stub.close();
  await desk.server.close();
  await desk.stop();
  removeFolder(desk.folder);
});

const still = async () => expect(await ask(stub, "GetPositions", {})).toEqual({ positions: [] });
const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));

it.each<[string, fc.Arbitrary<Buffer>]>([
  ["no HTTP/2", noise],
  ["noise behind the preface", noise.map((bytes) => Buffer.concat([preface, bytes]))],
  [
    "frames of noise",
    fc.array(fc.tuple(fc.nat(12), fc.nat(255), fc.nat(9), noise), { maxLength: 20 }).map(framed),
  ],
  ["another protocol", fc.constantFrom("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01").map(Buffer.from)],
])("goes on after connections that bring %s", async (_, bytes) => {
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      await new Promise<void>((resolve) => {
        const socket = connect(desk.server.port, "127.0.0.1", () => socket.end(sent));
        const timer = setTimeout(() => socket.destroy(), 200);
        socket.on("error", () => {}).resume();
        socket.on("close", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }),
    { numRuns: 40 },
  );
  await still();
});

it("answers every message of noise with a status, and places no order for it", async () => {
  const length = fc.option(fc.nat(70_000), { nil: undefined });
  const call = fc.tuple(fc.constantFrom(...methods, ...others, ...reflections), noise, length, fc.boolean());
  const client = connectHttp2(`http://${desk.address}`).on("error", () => {});
  await fc.assert(
    fc.asyncProperty(call, async ([path, message, announced, compressed]) => {
      const head = Buffer.alloc(5);
      head[0] = compressed ? 1 : 0;
      head.writeUInt32BE(announced ?? message.length, 1);
      const headers = {
        ...{ ":method": "POST", ":path": path, te: "trailers", "content-type": "application/grpc" },
        ...{ "grpc-timeout": "300m", "grpc-encoding": "gzip" },
      };
      const request = client.request(headers);
      const status = await new Promise((resolve) => {
        let found: unknown;
        const note = (answer: object) => {
          found = (answer as Record<string, unknown>)["grpc-status"] ?? found;
        };
        request
          .on("response", note)
          .on("trailers", note)
          .on("error", () => {})
          .resume();
        request.on("close", () => resolve(found));
        request.end(Buffer.concat([head, message]));
      });
      expect(status).toMatch(/^\d+$/);
    }),
    { numRuns: 150 },
  );
  client.destroy();
  expect(desk.service.trades()).toEqual([]);
  await still();
});

it.each<[string, Record<string, string>]>([
  ["a path of signs", { ":path": "/\u00e9\u00ff/%00" }],
  ["no gRPC", { "content-type": "text/plain" }],
  ["another method", { ":method": "GET" }],
  ["a deadline that is none", { "grpc-timeout": "soon" }],
  ["a key of blanks", { "idempotency-key": "a b" }],
  ["an encoding nobody knows", { "grpc-encoding": "brotli" }],
])("answers a request with %s", async (_, different) => {
  const client = connectHttp2(`http://${desk.address}`).on("error", () => {});
  const headers = {
    ":method": "POST",
    ":path": methods[0]!,
    "content-type": "application/grpc",
    te: "trailers",
  };
  const request = client.request({ ...headers, ...different }).on("error", () => {});
  const answered = new Promise((resolve) => request.on("response", resolve));
  if (different[":method"] === undefined) request.end(Buffer.from([1, 0, 0, 0, 0]));
  expect(await answered).toMatchObject({ ":status": expect.any(Number) });
  client.destroy();
  await still();
});

it("takes fields of any value for what they are, and never for a bug of its own", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.constantFrom("BTCUSD", "buy", "limit"),
  );
  const number = fc.oneof(fc.double(), fc.constantFrom(0, 0.1, 49_000));
  const order = fc.record({
    ...{ symbol: text, side: text, order_type: text, time_in_force: text, expires_at: text, tag: text },
    ...{ quantity: number, price: number, stop_price: number, notional: number, idempotency_key: text },
    ...{ post_only: fc.boolean(), reduce_only: fc.boolean() },
  });
  await fc.assert(
    fc.asyncProperty(order, text, async (message, id) => {
      for (const call of [ask(stub, "PlaceOrder", message), ask(stub, "CancelOrder", { order_id: id })]) {
        const code = await call.then(
          () => 0,
          (error: { code: number }) => error.code,
        );
        expect([0, 3, 5, 9]).toContain(code);
      }
    }),
    { numRuns: 150 },
  );
});

it("forgets who leaves in the midst of a call", async () => {
  for (let i = 0; i < 30; i++) {
    const client = connectHttp2(`http://${desk.address}`).on("error", () => {});
    const path = methods[i % methods.length]!;
    const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
    const request = client.request(headers).on("error", () => {});
    request.write(Buffer.alloc(i % 2 === 0 ? 3 : 5));
    await new Promise<void>((resolve) => request.write(Buffer.alloc(0), () => resolve()));
    client.destroy();
  }
  await ask(stub, "GetPositions", {});
});

function framed(frames: readonly (readonly [number, number, number, Buffer])[]): Buffer {
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const parts = frames.map(([type, flags, stream, payload]) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  });
  return Buffer.concat([preface, settings, ...parts]);
}
