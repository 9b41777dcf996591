import { describe, expect, it } from "vitest";
import { marketOf } from "../../src/connectivity/marketOf.ts";
import type { VenueSession } from "../../src/connectivity/session.ts";

/** A session whose socket is in the test's hands. */
function wire() {
  const passedOn: unknown[] = [];
  const requests: unknown[] = [];
  const line = { url: "" };
  const exchange = {
    id: "binance",
    clients: {},
    options: {},
    market: () => ({ id: "BTCUSDT" }),
    handleMessage: (_: unknown, message: unknown) => passedOn.push(message),
    getWsUrl: () => "ws://127.0.0.1:1/stream",
    requestId: () => 7,
    watch(url: string, _: string, request: unknown) {
      line.url = url;
      requests.push(request);
      return new Promise(() => {});
    },
  };
  const session = {
    venue: "binance",
    exchange,
    venueTime: () => 5,
    failure: (thrown: unknown) => thrown,
  } as unknown as VenueSession;
  const receive = (message: unknown) => exchange.handleMessage(line, message);
  return { market: marketOf(session), receive, passedOn, requests, line };
}

const stop = new AbortController().signal;

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

describe("Binance's streams", () => {
  it("are read in the venue's own digits, in or out of the envelope of combined streams", async () => {
    const { market, receive, requests, line } = wire();
    const trades = market.watchTrades("BTC/USDT", stop);
    const quotes = market.watchQuotes("BTC/USDT", stop);
    const data = { e: "aggTrade", s: "BTCUSDT", a: 12, p: "0.00001000", q: "5.10", T: 1.7e12, m: true };
    receive({ stream: "btcusdt@aggTrade", data });
    receive({ u: 9, s: "BTCUSDT", b: "1.10", B: "2.0", a: "1.20", A: "3" });
    expect(await first(trades)).toEqual({
      id: "12",
      time: 1.7e12,
      price: "0.00001000",
      amount: "5.10",
      side: "sell",
    });
    expect(await first(quotes)).toEqual({ time: 5, sequence: 9, bid: ["1.10", "2.0"], ask: ["1.20", "3"] });
    expect(requests[0]).toMatchObject({ method: "SUBSCRIBE", params: ["btcusdt@aggTrade"] });
    expect(line.url).toBe("ws://127.0.0.1:1/stream?streams=btcusdt@bookTicker");
  });

  it("leave to ccxt what is none of theirs", () => {
    const { market, receive, passedOn } = wire();
    market.watchTrades("BTC/USDT", stop);
    const others = [{ result: null, id: 7 }, { e: "executionReport", s: "BTCUSDT" }, "cut te", null];
    for (const message of others) receive(message);
    expect(passedOn).toEqual(others);
  });

  it.each([
    ["without a price", { q: "1", a: 1, T: 1.7e12, m: true }],
    ["with a price that is none", { p: "NaN", q: "1", a: 1, T: 1.7e12, m: true }],
    ["without an id", { p: "1", q: "1", T: 1.7e12, m: true }],
  ])("end the line, and nothing more, at a trade %s", async (_, cells) => {
    const { market, receive } = wire();
    const trades = market.watchTrades("BTC/USDT", stop);
    receive({ e: "aggTrade", s: "BTCUSDT", ...cells });
    await expect(first(trades)).rejects.toMatchObject({ code: "GEO-VENUE-ANSWER" });
  });

  it("give each of two listeners all messages", async () => {
    const { market, receive } = wire();
    const both = [market.watchBook("BTC/USDT", 5, stop), market.watchBook("BTC/USDT", 5, stop)];
    receive({ e: "depthUpdate", E: 1.7e12, s: "BTCUSDT", U: 3, u: 4, b: [["1.0", "2"]], a: [] });
    for (const updates of both)
      expect(await first(updates)).toMatchObject({ first: 3, last: 4, previous: null });
  });
});
