import { request } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { removeFolder } from "../../support/servedSession.ts";
import { startService } from "../../support/service.ts";
import { openSockets, type SocketHouse, type SocketUser } from "../../support/sockets.ts";

let session: Awaited<ReturnType<typeof startService>>;
let house: SocketHouse;
let user: SocketUser;
beforeAll(async () => {
  session = await startService();
});
afterAll(async () => {
  await session.stop();
  removeFolder(session.folder);
});
beforeEach(async () => {
  const limits = {
    messageBytes: 2000,
    messagesPerSecond: 0.001,
    messageBurst: 20,
    refusals: 5,
    connections: 3,
  };
  house = await openSockets(session.service, { limits });
  user = await house.connect();
});
afterEach(() => house.close());

describe("a mistake", () => {
  it.each<[string, string | Buffer | object, string, string]>([
    ["no JSON", "subscribe", "GEO-VALUE", 'message: expected JSON, found "subscribe"'],
    ["an empty message", "", "GEO-VALUE", "expected JSON"],
    ["null", "null", "GEO-VALUE", "expected a JSON object with an action"],
    ["an array", [], "GEO-VALUE", "expected a JSON object with an action"],
    ["no action", {}, "GEO-VALUE", "expected a JSON object with an action"],
    ["an action that is no text", { action: 1 }, "GEO-VALUE", "expected a JSON object with an action"],
    ["an unknown action", { action: "subscrib" }, "GEO-VALUE", 'Did you mean "subscribe"?'],
    ["an action of the prototype", { action: "toString" }, "GEO-VALUE", "expected one of auth, subscribe"],
    ["no channels", { action: "subscribe" }, "GEO-VALUE", "subscribe.channels"],
    ["an empty list", { action: "subscribe", channels: [] }, "GEO-VALUE", "subscribe.channels"],
    ["an unknown channel", { action: "subscribe", channels: ["trade"] }, "GEO-VALUE", '"trades"|"positions"'],
    [
      "an unknown symbol",
      { action: "subscribe", channels: ["trades"], symbols: ["ETHUSD"] },
      "GEO-NOT-FOUND",
      'unknown symbol "ETHUSD"',
    ],
    [
      "one symbol in two spellings",
      { action: "subscribe", channels: ["trades"], symbols: ["BTCUSD", "BTC/USDT"] },
      "GEO-VALUE",
      'expected each once, found "BTCUSD" and "BTC/USDT"',
    ],
    [
      "an unknown field",
      { action: "subscribe", channels: ["trades"], symbol: "BTCUSD" },
      "GEO-VALUE",
      '"symbol"',
    ],
    [
      "a number that can't be",
      { action: "subscribe", channels: ["trades"], since: { trades: -1 } },
      "GEO-VALUE",
      "subscribe.since.trades",
    ],
    [
      "decimals of a third kind",
      { action: "subscribe", channels: ["trades"], decimals: "exact" },
      "GEO-VALUE",
      "subscribe.decimals",
    ],
    ["unsubscribing before", { action: "unsubscribe", channels: ["ticks"] }, "GEO-CONFLICT", '"ticks"'],
    ["binary data", Buffer.from('{"action":"ping"}'), "GEO-VALUE", "expected text, found binary data"],
  ])("is told and forgiven: %s", async (_, message, code, words) => {
    if (Buffer.isBuffer(message)) user.socket.send(message);
    else user.say(message);
    const { channel, seq, data } = await user.frame(({ type }) => type === "error");
    expect({ channel, seq, code: data.code }).toEqual({ channel: null, seq: null, code });
    expect(data.message).toContain(words);
    expect(data.message).not.toMatch(/\n|at .*\.ts/);
    await user.settled();
    expect(user.of("subscribed")).toEqual([]);
    expect(house.metered).toEqual([`ws ${code}`, "ws ping"]);
  });
});

describe("abuse", () => {
  it("by a message that is too large closes the connection with 1009", async () => {
    user.say(JSON.stringify({ action: "auth", token: "x".repeat(2000) }));
    expect(await user.end()).toMatchObject({ code: 1009 });
  });

  it("by too many messages is told first, and then closes it with 1008", async () => {
    for (let i = 0; i < 30; i++) user.say({ action: "ping" });
    expect(await user.end()).toEqual({ code: 1008, reason: "too many messages" });
    expect(user.of("pong")).toHaveLength(20);
    expect(user.of("error").map(({ data }) => data.code)).toEqual(Array(5).fill("GEO-LIMITED"));
  });

  it("by too many connections is refused, and others can come when some have gone", async () => {
    const [second] = await Promise.all([house.connect(), house.connect()]);
    await expect(house.connect()).rejects.toThrow("503");
    second!.socket.terminate();
    await expect.poll(() => house.counts.clients).toBe(2);
    await house.connect();
  });

  it("by text that is no UTF-8 closes the connection with 1007", async () => {
    user.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await user.end()).toMatchObject({ code: 1007 });
  });
});

describe("other ways to knock", () => {
  it.each([
    ["another path", "/api/v1/ws", "404", "GEO-NOT-FOUND"],
    ["a path below", "/ws/ticks", "404", "GEO-NOT-FOUND"],
    ["no path", "//", "404", "GEO-NOT-FOUND"],
    ["a token in the address", "/ws?token=secret", "400", "logs"],
  ])("are refused: %s", async (_, path, status, words) => {
    const refused = await house.connect({ path }).catch(String);
    expect(refused).toContain(status);
    expect(refused).toContain(words);
    expect(refused).not.toContain("secret");
  });

  it("leave plain requests to the server", async () => {
    const status = await new Promise((resolve) => {
      request({ port: house.port, path: "/ws" }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(200);
  });
});
