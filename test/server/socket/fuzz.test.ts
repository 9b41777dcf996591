import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channels } from "../../../src/server/feed.ts";
import { removeFolder } from "../../support/servedSession.ts";
import { startService } from "../../support/service.ts";
import { openSockets, type SocketHouse } from "../../support/sockets.ts";

let session: Awaited<ReturnType<typeof startService>>;
let house: SocketHouse;
beforeAll(async () => {
  session = await startService();
  house = await openSockets(session.service, { limits: { messageBytes: 5000, closeMs: 50 } });
});
afterAll(async () => {
  await house.close();
  await session.stop();
  removeFolder(session.folder);
});

const types = [
  "authenticated",
  "subscribed",
  "unsubscribed",
  "snapshot",
  "update",
  "heartbeat",
  "pong",
  "error",
];

const nearlyRight = fc.record(
  {
    action: fc.oneof(fc.constantFrom("subscribe", "unsubscribe", "ping", "auth"), fc.jsonValue()),
    channels: fc.oneof(fc.array(fc.constantFrom(...channels), { maxLength: 25 }), fc.jsonValue()),
    symbols: fc.oneof(fc.array(fc.constantFrom("BTCUSD", "btc/usdt", "ETH", "__proto__")), fc.jsonValue()),
    since: fc.oneof(
      fc.dictionary(fc.constantFrom(...channels, "__proto__"), fc.double(), { maxKeys: 3 }),
      fc.jsonValue(),
    ),
    epoch: fc.oneof(fc.constant("x"), fc.jsonValue()),
    decimals: fc.oneof(fc.constantFrom("number", "string"), fc.jsonValue()),
    token: fc.oneof(fc.string(), fc.jsonValue()),
  },
  { requiredKeys: ["action"] },
);
const message = fc.oneof(
  nearlyRight.map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes)),
);

describe("whatever comes", () => {
  it("is answered with frames that make sense, or ends one connection and no other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
        const user = await house.connect();
        for (const one of messages) user.socket.send(one);
        await user.settled().catch(() => {});
        for (const { type, data } of user.frames) {
          expect(types).toContain(type);
          if (type === "error") expect(data.code).not.toBe("GEO-INTERNAL");
        }
        user.socket.terminate();
        const next = await house.connect();
        await next.subscribe(["status"]);
        expect(next.of("snapshot")).toHaveLength(1);
        next.socket.terminate();
      }),
      { numRuns: 60 },
    );
  });

  it("may be no WebSocket at all, from the first byte or after the handshake", async () => {
    const handshake = [
      ...["GET /ws HTTP/1.1", `Host: 127.0.0.1:${house.port}`, "Connection: Upgrade", "Upgrade: websocket"],
      ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""],
    ].join("\r\n");
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 2, maxLength: 300 }),
        fc.boolean(),
        async (bytes, isOpen) => {
          const socket = connect(house.port, "127.0.0.1");
          socket.on("error", () => {});
          await once(socket, "connect");
          if (isOpen) {
            socket.write(handshake);
            await once(socket, "data");
          }
          socket.end(bytes);
          socket.resume();
          await once(socket, "close");
          const user = await house.connect();
          await user.settled();
          user.socket.terminate();
        },
      ),
      { numRuns: 40 },
    );
  });
});
