import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CsvDataSource } from "../../src/data/csvDataSource.ts";
import { ExchangeDataSource } from "../../src/data/exchangeDataSource.ts";
import { ConnectionError, ValidationError } from "../../src/domain/errors.ts";
import type { DataSource } from "../../src/domain/ports.ts";
import { normalizeSymbol } from "../../src/domain/symbol.ts";
import { Ticker } from "../../src/domain/ticker.ts";
import { type DataSourceHarness, dataSourceContract, declareContract } from "../../src/testing/index.ts";
import { FakeMarket, tradeOf } from "../support/fakeMarket.ts";
import { FakeTime, settled } from "../support/fakeTime.ts";

const prices = ["60000.10", "59999.99", "123456789.123456789", "0.00000001"];

declareContract(
  "CsvDataSource",
  dataSourceContract(() => {
    const folder = mkdtempSync(join(tmpdir(), "contract-"));
    const path = join(folder, "BTCUSDT.csv");
    const rows = prices.map((price, index) => `${1_700_000_000_000 + index * 60_000},${price},1`);
    writeFileSync(path, ["timestamp,close,volume", ...rows, ""].join("\n"));
    const source = new CsvDataSource(path);
    return {
      source,
      symbol: "BTC/USDT",
      prices,
      deliver: () => source.replay("BTC/USDT"),
      end: () => {},
      unreachable: new CsvDataSource(join(folder, "none.csv")),
      close: () => rmSync(folder, { recursive: true }),
    };
  }),
  { describe, it },
);

declareContract(
  "ExchangeDataSource",
  dataSourceContract(() => {
    const time = new FakeTime();
    const market = new FakeMarket(time);
    const source = new ExchangeDataSource(market, {
      ...{ symbols: ["BTC/USDT", "ETH/USDT"], channels: ["trades"], timers: time },
    });
    const silent = new FakeMarket(time);
    silent.failing = Number.POSITIVE_INFINITY;
    return {
      ...{ source, symbol: "BTC/USDT", prices },
      deliver: async () => {
        await settled();
        for (const [index, price] of prices.entries()) {
          await time.pass(1000);
          const trade = { ...tradeOf(market.tradeList.length + 1), price, time: market.venueTime() + index };
          market.tradeList.push(trade);
          // The last line but one is that of the first symbol.
          market.streams.trades.at(-2)?.push(trade);
        }
        await settled();
      },
      unreachable: new ExchangeDataSource(silent, { symbols: ["BTC/USDT"], warmup: 1, timers: time }),
    };
  }),
  { describe, it },
);

/** A source in memory that does as it should, one method of which a test can break. */
class PushedSource implements DataSource {
  #callbacks = new Map<string, (tick: Ticker) => void>();
  #end: () => void = () => {};
  done: Promise<void> = Promise.resolve();
  protected connected = false;

  async connect(): Promise<void> {
    if (this.connected) return;
    this.connected = true;
    this.done = new Promise((resolve) => {
      this.#end = resolve;
    });
  }
  async disconnect(): Promise<void> {
    this.connected = false;
    this.#callbacks.clear();
    this.end();
  }
  end(): void {
    this.#end();
  }
  subscribe(symbol: string, callback: (tick: Ticker) => void): void {
    this.#callbacks.set(normalizeSymbol(symbol), callback);
  }
  unsubscribe(symbol: string): void {
    this.#callbacks.delete(normalizeSymbol(symbol));
  }
  deliver(texts: readonly string[] = prices): void {
    texts.forEach((price, index) => {
      this.tell("BTC/USDT", this.tick(price, 1_700_000_000_000 + index));
    });
  }
  protected tell(symbol: string, tick: Ticker): void {
    this.#callbacks.get(symbol)?.(tick);
  }
  protected tick(price: string, timestamp: number): Ticker {
    return Ticker.create({ symbol: "BTC/USDT", venue: "TEST", price, timestamp });
  }
}

const unreachable = (error: Error = new ConnectionError("nobody there")): DataSource =>
  Object.assign(new PushedSource(), { connect: () => Promise.reject(error) });

function harnessOf(source: PushedSource, more: Partial<DataSourceHarness> = {}): DataSourceHarness {
  const shared = { symbol: "BTC/USDT", other: "ETH/USDT", prices, deadlineMs: 60 };
  return {
    ...{ source, ...shared, deliver: () => source.deliver(), end: () => source.end() },
    ...{ unreachable: unreachable(), ...more },
  };
}

async function failing(make: () => DataSourceHarness): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of dataSourceContract(make)) await run().catch(() => failed.push(name));
  return failed;
}

describe("a data source that is broken in one way fails the case meant for it", () => {
  it("one that is whole fails none", async () => {
    expect(await failing(() => harnessOf(new PushedSource()))).toEqual([]);
  });

  it.each<[string, () => DataSourceHarness, string]>([
    [
      "gives up on a second connect",
      () =>
        harnessOf(
          new (class extends PushedSource {
            override async connect() {
              if (this.connected) throw new ConnectionError("connected already");
              await super.connect();
            }
          })(),
        ),
      "connects and disconnects as often as it is told to",
    ],
    [
      "fails to connect without a code",
      () => harnessOf(new PushedSource(), { unreachable: unreachable(new Error("ECONNREFUSED")) }),
      "says with a connection error that it cannot connect",
    ],
    [
      "rounds prices to doubles",
      () =>
        harnessOf(
          new (class extends PushedSource {
            protected override tick(price: string, timestamp: number) {
              return super.tick(Number(price).toFixed(8), timestamp);
            }
          })(),
        ),
      "delivers every tick once, in order, its price exact",
    ],
    [
      "hands out ticks that can be changed",
      () =>
        harnessOf(
          new (class extends PushedSource {
            protected override tick(price: string, timestamp: number) {
              const { symbol, venue, price: exact, volume, time } = super.tick(price, timestamp);
              return { symbol, venue, price: exact, volume, time } as unknown as Ticker;
            }
          })(),
        ),
      "delivers whole ticks, which nobody can change",
    ],
    [
      "never unsubscribes",
      () =>
        harnessOf(
          new (class extends PushedSource {
            override unsubscribe() {}
          })(),
        ),
      "delivers nothing once it is unsubscribed",
    ],
    [
      "tells everyone everything",
      () =>
        harnessOf(
          new (class extends PushedSource {
            protected override tell(symbol: string, tick: Ticker) {
              super.tell("ETH/USDT", tick);
              super.tell(symbol, tick);
            }
          })(),
        ),
      "delivers nothing of one symbol to another",
    ],
    [
      "takes any text for a symbol",
      () =>
        harnessOf(
          new (class extends PushedSource {
            override subscribe(symbol: string, callback: (tick: Ticker) => void) {
              if (symbol !== "") super.subscribe(symbol, callback);
            }
          })(),
        ),
      "refuses what is no symbol",
    ],
    [
      "throws at an unsubscribing that has no subscriber",
      () =>
        harnessOf(
          new (class extends PushedSource {
            #known = false;
            override subscribe(symbol: string, callback: (tick: Ticker) => void) {
              this.#known = true;
              super.subscribe(symbol, callback);
            }
            override unsubscribe(symbol: string) {
              if (!this.#known) throw new ValidationError("GEO-VALUE", "not subscribed");
              super.unsubscribe(symbol);
            }
          })(),
        ),
      "takes the unsubscribing of what nobody subscribed to",
    ],
    [
      "does not say when there is no more",
      () => harnessOf(new PushedSource(), { end: () => {} }),
      "is done when there is no more",
    ],
  ])("%s", async (_, make, name) => {
    expect(await failing(make)).toEqual([name]);
  });
});
