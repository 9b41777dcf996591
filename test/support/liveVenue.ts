import { marketOf } from "../../src/connectivity/marketOf.ts";
import { openSession } from "../../src/connectivity/openSession.ts";
import { ExchangeDataSource } from "../../src/data/exchangeDataSource.ts";
import type { ExchangeDataSourceOptions } from "../../src/data/exchangeOptions.ts";
import type { LiveStatus } from "../../src/data/liveStatus.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import { createExchange } from "../../src/venue/exchange.ts";
import type { MarketOptions } from "../../src/venue/exchangeOptions.ts";
import { faultPlanSchema } from "../../src/venue/faults/schema.ts";
import { startVenue } from "../../src/venue/server.ts";
import { knownMarkets } from "../../src/venue/symbolRules.ts";

/** Twenty trades a second, so that seconds suffice. */
const { rules, price } = knownMarkets.get("BTCUSDT")!;
const btcusdt: MarketOptions = { rules, prices: { kind: "walk", price, tradesPerSecond: 20 } };

export type LiveVenue = Awaited<ReturnType<typeof liveVenue>>;

/** The local exchange on loopback, and its market side through ccxt, as of the real one. */
export async function liveVenue() {
  const venue = await startVenue({
    createExchange: (clock) => createExchange({ clock, seed: 7, markets: [btcusdt] }),
    keys: [],
  });
  const streams = venue.url.replace("http", "ws");
  const session = await openSession({
    venue: "binance",
    testnet: true,
    endpoints: { rest: venue.url, streams, wsApi: `${streams}/ws-api/v3` },
  });
  return {
    venue,
    session,
    market: marketOf(session),
    /** From now on, on the streams whose name matches; none without a fault. */
    plant(stream: string, fault: object | null, picked: object = {}): void {
      const rules = fault === null ? [] : [{ stream, fault, ...picked }];
      venue.faults.arm(faultPlanSchema.parse({ streams: rules }));
    },
    async close(): Promise<void> {
      await session.close();
      await venue.close();
    },
  };
}

/** A source that is being read. */
export async function liveSource({ market }: LiveVenue, options: Partial<ExchangeDataSourceOptions>) {
  const statuses: LiveStatus[] = [];
  const source = new ExchangeDataSource(market, {
    symbols: ["BTC/USDT"],
    pollMs: 500,
    onStatus: (status) => statuses.push(status),
    ...options,
  });
  await source.connect();
  const chunks: MarketChunk[] = [];
  const reading = (async () => {
    for await (const chunk of source.events()) chunks.push(chunk);
  })();
  return {
    chunks,
    kinds: () => statuses.map(({ kind }) => kind),
    rows: () => chunks.reduce((sum, { length }) => sum + length, 0),
    async close(): Promise<void> {
      await source.disconnect();
      await reading;
    },
  };
}

/** Polls until it holds. @throws when it does not within a quarter of a minute */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`expected within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
