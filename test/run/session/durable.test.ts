import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endpointsOf } from "../../../src/connectivity/endpoints.ts";
import { liveVenue } from "../../../src/run/session/live.ts";
import { createExchange } from "../../../src/venue/exchange.ts";
import { startVenue, type Venue } from "../../../src/venue/server.ts";
import { knownMarkets } from "../../../src/venue/symbolRules.ts";
import { until } from "../../support/liveVenue.ts";

type Flush = (failure: Error | null) => void;

/** What the disk was asked beside other work, and does not do yet; from the first order of the strategy on. */
const asked = vi.hoisted(() => ({ flushes: [] as Flush[], held: false }));
vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  fdatasync: (_file: number, done: Flush) => {
    if (asked.held) asked.flushes.push(done);
    else setImmediate(done, null);
  },
}));

const keys = [{ key: "key-of-the-account", secret: "secret-of-the-account" }];
const { rules, price } = knownMarkets.get("BTCUSDT")!;
const market = { rules, prices: { kind: "walk", price, tradesPerSecond: 50 } } as const;

let venue: Venue;
let stateDir: string;

beforeEach(async () => {
  Object.assign(asked, { flushes: [], held: false });
  stateDir = mkdtempSync(join(tmpdir(), "geosync-durable-"));
  const balances = [{ asset: "USDT", free: "100000" }];
  venue = await startVenue({
    createExchange: (clock) => createExchange({ clock, seed: 1, markets: [market] }),
    keys: keys.map((key) => ({ ...key, balances })),
  });
});

afterEach(async () => {
  await venue.close();
  rmSync(stateDir, { recursive: true });
});

/** A session that orders at each tenth trade. */
function session(signal: AbortSignal) {
  const onEvent: Parameters<typeof liveVenue>[0]["onEvent"] = (told) => {
    if (told.event === "log" && told.message === "decides") asked.held = true;
  };
  return liveVenue({
    settings: { strategy: "bench/strategies/tick-orders.ts", params: { every: 10 } } as never,
    ...{ stateDir, name: "durable", onExit: "keep", untilBars: null, signal, onEvent },
    ...{ mode: "testnet", venue: "binance", symbols: ["BTC/USDT"], timeframe: "1m", channels: ["trades"] },
    endpoints: endpointsOf(venue.url),
    credentials: { apiKey: keys[0]!.key, apiSecret: keys[0]!.secret },
    ...{ onDrift: "halt", cashOfVenue: true },
  });
}

const orders = () =>
  [...venue.audit.lines()]
    .map((line) => JSON.parse(line))
    .filter(({ method, path }) => method === "POST" && path.endsWith("/order"));

/** As long as an order on its way would take, and some. */
async function roundTrips(): Promise<void> {
  for (let i = 0; i < 20; i++) await (await fetch(`${venue.url}/api/v3/time`)).text();
}

describe("an order", () => {
  it("leaves once its journal is on the disk, and not before", async () => {
    const stop = new AbortController();
    const running = session(stop.signal);
    await until("a flush is asked for", () => asked.flushes.length > 0);
    await roundTrips();
    expect(orders()).toEqual([]);
    asked.held = false;
    for (const done of asked.flushes) done(null);
    await until("the order has come", () => orders().length > 0);
    stop.abort(new Error("enough"));
    await running;
  });

  it("never leaves when its journal can't be brought onto the disk: the session ends and says why", async () => {
    const ended = session(new AbortController().signal).then(
      () => "it went on",
      (error: unknown) => error,
    );
    await until("a flush is asked for", () => asked.flushes.length > 0);
    asked.flushes.shift()!(Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" }));
    expect(await ended).toMatchObject({
      code: "GEO-OUTPUT",
      message: expect.stringMatching(/a disk that works, found .*EIO/),
      hint: expect.stringContaining("resume the session"),
    });
    expect(orders()).toEqual([]);
  });
});
