import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { replaySession } from "../../../src/run/session/replaySession.ts";
import type { Answer, UserAction } from "../../../src/run/session/userCommand.ts";
import { newFolder, removeFolder, type ServedSession, serveSession } from "../../support/servedSession.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder);
});

async function served(options: Parameters<typeof serveSession>[0] = {}): Promise<ServedSession> {
  const folder = options.folder ?? newFolder();
  folders.push(folder);
  return serveSession({ ...options, folder });
}

const ask = ({ handle }: ServedSession, action: UserAction, key: string | null = null): Answer =>
  handle.request({ key, ...action });

const marketBuy: UserAction = {
  kind: "order",
  order: { symbol: "BTC/USDT", side: "buy", quantity: "0.1" },
};

describe("what a user asks of a session", () => {
  it("a market order on paper fills at the last price, costs included, at once", async () => {
    const session = await served();
    const { order, refused } = ask(session, marketBuy);
    expect(refused).toBeNull();
    expect(session.handle.core.history.order(order!)).toMatchObject({ reason: "filled", by: "user" });
    // 50000 plus 5 bps of slippage.
    expect(session.handle.core.history.fills.all()).toMatchObject([{ price: "50025", quantity: "0.1" }]);
    await session.stop();
  });

  it("a limit order away from the price rests, can be amended, and be taken back by the user", async () => {
    const session = await served();
    const { history } = session.handle.core;
    const rest = ask(session, {
      kind: "order",
      order: { symbol: "BTCUSDT", side: "buy", quantity: "0.1", limit: "49000" },
    });
    expect(history.order(rest.order!)).toMatchObject({ reason: null, price: "49000" });
    const moved = ask(session, { kind: "amend", id: rest.order!, changes: { limit: "49500" } });
    expect(history.order(moved.order!)).toMatchObject({ reason: null, price: "49500", replaces: rest.order });
    ask(session, { kind: "cancel", id: moved.order! });
    expect(history.order(moved.order!)).toMatchObject({ reason: "cancelled:by-user" });
    await session.stop();
  });

  it("only its own order meets the last price: a strategy's resting order waits for the next", async () => {
    const strategy = `
      import { defineStrategy } from "geosync";
      export default defineStrategy({ name: "late", create: (_, ctx) => ({
        onBar(bar) { if (bar.close === 50200) ctx.buy({ quantity: "0.01", limit: 50100 }); else if (bar.index === 4) ctx.buy({ quantity: "0.02" }); },
      }) });`;
    const session = await served({ strategy, closes: [50_000, 50_100, 50_050, 50_200, 50_150] });
    expect(session.handle.core.orders.open).toHaveLength(2);
    ask(session, marketBuy);
    expect(session.handle.core.orders.open).toHaveLength(2);
    await session.stop();
  });

  it.each<[string, UserAction, string]>([
    ["an unknown symbol", { kind: "order", order: { symbol: "XRP/EUR", side: "buy", quantity: "1" } }, "XRP"],
    ["no quantity", { kind: "order", order: { symbol: "BTC/USDT", side: "buy" } }, "quantity"],
    ["a cancel of nothing", { kind: "cancel", id: 77 }, "77"],
    ["an amend of nothing", { kind: "amend", id: 77, changes: {} }, "77"],
  ])("%s is refused with words, and the session goes on", async (_, action, words) => {
    const session = await served();
    const { refused } = ask(session, action);
    expect(refused).toMatchObject({ code: "GEO-ORDER-REQUEST", message: expect.stringContaining(words) });
    expect(ask(session, marketBuy).refused).toBeNull();
    await session.stop();
  });

  it("signals go in and out of the market, and are kept with what came of them", async () => {
    const session = await served();
    const signal = (action: "buy" | "hold" | "exit") =>
      ask(session, {
        kind: "signal",
        signal: { symbol: "BTC/USDT", action, confidence: 0.7, metadata: { reason: "a hunch" } },
      });
    expect(signal("hold")).toEqual({ order: null, refused: null });
    signal("buy");
    expect(session.handle.core.account.hasPosition).toBe(true);
    signal("exit");
    expect(session.handle.core.account.hasPosition).toBe(false);
    expect(signal("exit").order).toBeNull();
    expect(session.handle.core.history.signals.all().map(({ action, reason }) => [action, reason])).toEqual([
      ["hold", "a hunch"],
      ["buy", "a hunch"],
      ["exit", "a hunch"],
      ["exit", "a hunch"],
    ]);
    await session.stop();
  });

  it("what has a name is done once, also after a restart, and a replay decides the same", async () => {
    const session = await served();
    const first = ask(session, marketBuy, "mine");
    expect(ask(session, marketBuy, "mine")).toEqual(first);
    await session.stop();

    const again = await served({ folder: session.folder });
    expect(ask(again, marketBuy, "mine")).toEqual(first);
    expect(again.handle.core.history.fills.all()).toHaveLength(1);
    expect(again.handle.core.users.before("mine")?.action).toEqual(marketBuy);
    await again.stop();

    const stateDir = join(session.folder, "sessions");
    const replayed = await replaySession({ stateDir, name: "served", settings: {} });
    expect(replayed).toMatchObject({ identical: true, divergence: null });
  });

  it("a halted session refuses to open anything", async () => {
    const session = await served();
    session.handle.halt("enough", false);
    const { order } = ask(session, marketBuy);
    expect(session.handle.core.history.order(order!)).toMatchObject({ reason: "refused:halted" });
    expect(session.handle.lift()).toBe(true);
    expect(session.handle.core.history.order(ask(session, marketBuy).order!)?.reason).toBe("filled");
    await session.stop();
  });

  it("a halt that closes everything does it at the last price, short positions too, and a replay does the same", async () => {
    for (const [side, price] of [
      ["buy", "49975"],
      ["sell", "50025"],
    ] as const) {
      const session = await served({ settings: { account: "margin" } });
      const { core } = session.handle;
      ask(session, { kind: "order", order: { symbol: "BTC/USDT", side, quantity: "0.1" } });
      ask(session, {
        kind: "order",
        order: { symbol: "BTC/USDT", side: "buy", quantity: "0.1", limit: "10000" },
      });
      expect(core.orders.open).toHaveLength(1);
      session.handle.halt("enough", true);
      expect(core.account.hasPosition).toBe(false);
      expect(core.orders.open).toEqual([]);
      expect(core.history.fills.all().at(-1)?.price.toString()).toBe(price);
      await session.stop();
      const stateDir = join(session.folder, "sessions");
      const replayed = await replaySession({ stateDir, name: "served", settings: {} });
      expect(replayed).toMatchObject({ identical: true, divergence: null });
    }
  });

  it("orders on borrowed money one after another find the market's price, not that of the one before", async () => {
    const first = await served({ settings: { account: "margin" } });
    ask(first, { kind: "order", order: { symbol: "BTC/USDT", side: "sell", quantity: "0.01" } });
    await first.stop();
    const session = await served({ folder: first.folder, settings: { account: "margin" } });
    for (let i = 0; i < 2; i++)
      ask(session, { kind: "order", order: { symbol: "BTC/USDT", side: "sell", quantity: "0.01" } });
    expect(session.handle.core.history.fills.all().map(({ price }) => price)).toEqual(Array(3).fill("49975"));
    await session.stop();
  });
});
