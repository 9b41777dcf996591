import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeFolder } from "../../support/servedSession.ts";
import { startService } from "../../support/service.ts";
import { openSockets, type SocketHouse, until } from "../../support/sockets.ts";

let session: Awaited<ReturnType<typeof startService>>;
let house: SocketHouse;
beforeEach(async () => {
  session = await startService();
});
afterEach(async () => {
  await house.close();
  await session.stop();
  removeFolder(session.folder);
});

/** Enough of them are more than the kernel takes for a reader that does not read. */
const large = "x".repeat(100_000);
const symbols = ["BTC/USDT", "ETH/USDT"];

describe("a client that stalls", () => {
  it("delays nobody, and then gets all trades and the latest of the ticks", async () => {
    const { feed } = session.service;
    house = await openSockets(session.service, { limits: { behindBytes: 10_000 } });
    const [stalled, other] = await Promise.all([house.connect(), house.connect()]);
    for (const user of [stalled!, other!]) await user.subscribe(["ticks", "trades"]);
    stalled!.socket.pause();
    let n = 0;
    while (house.counts.conflated < 20) {
      n++;
      for (const symbol of symbols) feed.publish("ticks", symbol, { symbol, n, large });
      feed.publish("trades", "BTC/USDT", { n });
      // With the stalled one in the way it would not come.
      await other!.frame(({ channel, seq }) => channel === "trades" && seq === n);
    }
    expect(other!.of("update", "ticks")).toHaveLength(2 * n);
    stalled!.socket.resume();
    await stalled!.frame(({ channel, seq }) => channel === "ticks" && seq === 2 * n);
    const trades = stalled!.of("update", "trades").map(({ seq }) => seq);
    expect(trades).toEqual(Array.from({ length: n }, (_, i) => i + 1));
    const ticks = stalled!.of("update", "ticks");
    expect(ticks).toHaveLength(2 * n - house.counts.conflated);
    expect(ticks.map(({ seq }) => seq)).toEqual(ticks.map(({ seq }) => seq).sort((a, b) => a - b));
    expect(ticks.slice(-2).map(({ data }) => [data.symbol, data.n])).toEqual(symbols.map((one) => [one, n]));
  });

  it("is cut off when more trades wait for it than are kept", async () => {
    const { feed } = session.service;
    house = await openSockets(session.service, { limits: { behindBytes: 10_000, waitingFrames: 10 } });
    const user = await house.connect();
    await user.subscribe(["trades"]);
    user.socket.pause();
    while (house.counts.tooSlow === 0) {
      feed.publish("trades", "BTC/USDT", { large });
      await nextTurn();
    }
    user.socket.resume();
    expect(await user.end()).toEqual({ code: 1013, reason: "too slow: more is waiting than is kept" });
  });

  it("is not waited for after that", async () => {
    const { feed } = session.service;
    const limits = { behindBytes: 10_000, waitingBytes: 1_000_000, closeMs: 20 };
    house = await openSockets(session.service, { limits });
    const user = await house.connect();
    await user.subscribe(["trades"]);
    user.socket.pause();
    while (house.counts.clients > 0) {
      feed.publish("trades", "BTC/USDT", { large });
      await nextTurn();
    }
    expect(house.counts).toMatchObject({ clients: 0, tooSlow: 1 });
  });
});

describe("a session that says more than can be sent", () => {
  it("goes on undelayed, and clients are told how things stand", async () => {
    const { feed } = session.service;
    house = await openSockets(session.service);
    const user = await house.connect();
    await user.subscribe(["trades", "ticks", "orders"]);
    const many = 30_000;
    for (let n = 1; n <= many; n++) {
      feed.publish("trades", "BTC/USDT", { n });
      feed.publish("ticks", "BTC/USDT", { n });
    }
    feed.publish("orders", "BTC/USDT", { last: true });
    await user.frame(({ channel, data }) => channel === "orders" && data.last === true);
    const last = user.frames.filter(({ channel }) => channel === "trades").at(-1)!;
    expect(last).toMatchObject({ type: "snapshot", resync: true, seq: many });
    expect(user.of("update", "ticks").at(-1)!.data).toEqual({ n: many, symbol: "BTC/USDT" });
    expect(user.of("update", "ticks").length).toBeLessThan(2000);
    feed.publish("trades", "BTC/USDT", { n: "next" });
    await user.frame(({ channel, seq }) => channel === "trades" && seq === many + 1);
  });
});

describe("a connection", () => {
  it("has a heartbeat", async () => {
    house = await openSockets(session.service, { limits: { heartbeatMs: 10 } });
    const user = await house.connect();
    await until(() => user.of("heartbeat").length > 1);
    expect(user.of("heartbeat")[0]).toEqual({
      ...{ type: "heartbeat", channel: null, seq: null },
      data: { time: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
  });

  it("whose other end answers no ping is given up", async () => {
    house = await openSockets(session.service, { limits: { pingMs: 250 } });
    const [mute, live] = await Promise.all([house.connect({ autoPong: false }), house.connect()]);
    expect(await mute!.end()).toMatchObject({ code: 1006 });
    await live!.settled();
    expect(house.counts.clients).toBe(1);
  });
});
