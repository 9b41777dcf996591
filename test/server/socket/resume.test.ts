import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeFolder } from "../../support/servedSession.ts";
import { startService } from "../../support/service.ts";
import { openSockets, type SocketHouse, type SocketUser } from "../../support/sockets.ts";

let session: Awaited<ReturnType<typeof startService>>;
let house: SocketHouse;
beforeEach(async () => {
  session = await startService();
  house = await openSockets(session.service);
});
afterEach(async () => {
  await house.close();
  await session.stop();
  removeFolder(session.folder);
});

const order = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.1 } as const;

/** One that has had the first trade, and is gone. */
async function leaver(): Promise<{ readonly epoch: string; readonly seq: number }> {
  const user = await house.connect();
  await user.subscribe(["trades"]);
  await session.service.placeOrder(order);
  const { seq } = await user.frame(({ type }) => type === "update");
  user.socket.terminate();
  return { epoch: user.of("subscribed")[0]!.epoch, seq };
}

function shapes(user: SocketUser) {
  return user.frames.map(({ type, seq, resync }) => `${type} ${seq}${resync === true ? " resync" : ""}`);
}

describe("who comes back", () => {
  it("gets what it missed, in order, and then goes on", async () => {
    const { epoch, seq } = await leaver();
    await session.service.placeOrder({ ...order, quantity: 0.02 });
    await session.service.placeOrder({ ...order, quantity: 0.03 });
    const user = await house.connect();
    await user.subscribe(["trades"], { since: { trades: seq }, epoch, symbols: ["BTCUSD"] });
    await session.service.placeOrder({ ...order, quantity: 0.04 });
    await user.settled();
    expect(shapes(user)).toEqual([
      "subscribed 3",
      "update 2",
      "update 3",
      "pong null",
      "update 4",
      "pong null",
    ]);
    expect(user.of("update").map(({ data }) => data.quantity)).toEqual([0.02, 0.03, 0.04]);
    expect(user.of("update")[0]!.data.symbol).toBe("BTCUSD");
  });

  it("gets nothing when there was nothing", async () => {
    const { epoch, seq } = await leaver();
    const user = await house.connect();
    await user.subscribe(["trades"], { since: { trades: seq }, epoch });
    expect(shapes(user)).toEqual(["subscribed 1", "pong null"]);
  });

  it.each<[string, (left: { epoch: string; seq: number }) => object]>([
    ["numbers of another process", ({ seq }) => ({ since: { trades: seq }, epoch: "another" })],
    ["numbers without their epoch", ({ seq }) => ({ since: { trades: seq } })],
    ["a number that has not been yet", ({ epoch }) => ({ since: { trades: 99 }, epoch })],
  ])("is told how things stand, and that it is so, for %s", async (_, more) => {
    const left = await leaver();
    const user = await house.connect();
    await user.subscribe(["trades"], more(left));
    expect(shapes(user)).toEqual(["subscribed 1", "snapshot 1 resync", "pong null"]);
    expect(user.of("snapshot")[0]!.data.trades).toHaveLength(1);
  });

  it("is told so, too, when what it missed is kept no more", async () => {
    const { epoch, seq } = await leaver();
    const { feed } = session.service;
    for (let i = 0; i < 3000; i++) feed.publish("trades", "BTC/USDT", { n: i });
    const user = await house.connect();
    await user.subscribe(["trades"], { since: { trades: seq }, epoch });
    expect(shapes(user)).toEqual(["subscribed 3001", "snapshot 3001 resync", "pong null"]);
  });

  it("after a restart of the server finds another epoch, and how things stand", async () => {
    const { epoch, seq } = await leaver();
    await house.close();
    await session.stop();
    session = await startService({ folder: session.folder });
    house = await openSockets(session.service);
    const user = await house.connect();
    await user.subscribe(["trades"], { since: { trades: seq }, epoch });
    expect(user.of("subscribed")[0]!.epoch).not.toBe(epoch);
    expect(user.of("snapshot")[0]).toMatchObject({ resync: true, data: { trades: [{ quantity: 0.1 }] } });
  });
});
