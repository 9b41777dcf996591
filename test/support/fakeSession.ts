import type { ApiCall, VenueSession } from "../../src/connectivity/session.ts";
import { ConnectionError, GeoSyncError, OrderError } from "../../src/domain/errors.ts";

type Endpoint = (...args: readonly never[]) => unknown;

export interface FakeCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** A session over hand-made endpoints of ccxt, each call recorded; what it throws means what `VenueSession` says. */
export class FakeSession implements VenueSession {
  readonly venue: string;
  readonly testnet = false;
  readonly exchange: VenueSession["exchange"];
  readonly calls: FakeCall[] = [];
  closed = 0;
  time = Date.UTC(2026, 0, 10);

  constructor(venue: string, parts: Readonly<Record<string, unknown>>) {
    this.venue = venue;
    const record =
      (name: string, endpoint: Endpoint) =>
      async (...args: readonly unknown[]) => {
        this.calls.push({ name, args });
        return endpoint(...(args as never[]));
      };
    const entries = Object.entries(parts).map(([name, part]) => {
      return [name, typeof part === "function" ? record(name, part as Endpoint) : part];
    });
    this.exchange = Object.fromEntries(entries) as VenueSession["exchange"];
  }

  named(name: string): readonly FakeCall[] {
    return this.calls.filter((call) => call.name === name);
  }

  async call<T>({ name, send, read, repeatable }: ApiCall<T>): Promise<T> {
    let answer: unknown;
    try {
      answer = await send(this.exchange);
    } catch (error) {
      throw error instanceof GeoSyncError ? error : this.#meaning(error as Error, repeatable);
    }
    try {
      return read(answer);
    } catch (cause) {
      const message = `${this.venue} ${name}: the answer makes no sense`;
      if (!repeatable) throw new OrderError("GEO-ORDER-UNKNOWN", message, { cause });
      throw new ConnectionError(message, { code: "GEO-VENUE-ANSWER", cause });
    }
  }

  #meaning(error: Error, repeatable: boolean): GeoSyncError {
    if (error.name === "InvalidOrder") return new OrderError("GEO-ORDER-REFUSED", error.message);
    if (repeatable) return new ConnectionError(error.message);
    return new OrderError("GEO-ORDER-UNKNOWN", error.message);
  }

  failure(thrown: unknown): GeoSyncError {
    return new ConnectionError(thrown instanceof Error ? thrown.message : "the stream broke");
  }

  venueTime(): number {
    return this.time;
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

/** An error as ccxt names it. */
export function venueError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** BTC/USDT with the filters that Binance's exchangeInfo had for it. */
export const binanceMarkets = {
  "BTC/USDT": {
    id: "BTCUSDT",
    symbol: "BTC/USDT",
    info: {
      symbol: "BTCUSDT",
      quoteAssetPrecision: 8,
      filters: [
        {
          filterType: "PRICE_FILTER",
          minPrice: "0.01000000",
          maxPrice: "1000000.00000000",
          tickSize: "0.01000000",
        },
        { filterType: "LOT_SIZE", minQty: "0.00001000", maxQty: "9000.00000000", stepSize: "0.00001000" },
        {
          filterType: "MARKET_LOT_SIZE",
          minQty: "0.00000000",
          maxQty: "100.00000000",
          stepSize: "0.00000000",
        },
        { filterType: "NOTIONAL", minNotional: "5.00000000", maxNotional: "9000000.00000000" },
      ],
    },
  },
};
