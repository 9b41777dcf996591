/** The local exchange on loopback, and adapters that trade there. */
import { openSession } from "../../src/connectivity/openSession.ts";
import type { VenueSession } from "../../src/connectivity/session.ts";
import type { Credentials } from "../../src/domain/ports.ts";
import { ExchangeAdapter, type ExchangeAdapterOptions } from "../../src/execution/exchangeAdapter.ts";
import { createExchange } from "../../src/venue/exchange.ts";
import { type FaultPlan, faultPlanSchema } from "../../src/venue/faults/schema.ts";
import { startVenue, type Venue } from "../../src/venue/server.ts";

export const credentials: Credentials = { apiKey: "key-of-the-tests", apiSecret: "secret-of-the-tests" };

export interface LocalVenue {
  readonly venue: Venue;
  open(credentials: Credentials): Promise<VenueSession>;
  adapter(options?: Partial<ExchangeAdapterOptions>): ExchangeAdapter;
  /** What arrived, oldest first: `POST /api/v3/order`. */
  requests(
    path: string,
  ): readonly { readonly method: string; readonly params: Readonly<Record<string, string>> }[];
  close(): Promise<void>;
}

export function plan(faults: Parameters<typeof faultPlanSchema.parse>[0]): FaultPlan {
  return faultPlanSchema.parse(faults);
}

/** A venue of its own, with an account that no one has used. */
export async function localVenue(faults?: FaultPlan): Promise<LocalVenue> {
  const venue = await startVenue({
    createExchange: (clock) => createExchange({ clock, defaultAccount: { balances: { USDT: "100000" } } }),
    keys: [{ key: credentials.apiKey, secret: credentials.apiSecret }],
    ...(faults !== undefined && { faults }),
  });
  const host = venue.url.replace("http://", "");
  const open = (given: Credentials): Promise<VenueSession> =>
    openSession({
      venue: "binance",
      testnet: false,
      endpoints: { rest: venue.url, streams: `ws://${host}`, wsApi: `ws://${host}/ws-api/v3` },
      credentials: given,
      retry: { initialMs: 5, maxMs: 50 },
    });
  return {
    venue,
    open,
    adapter: (options = {}) =>
      new ExchangeAdapter({ venue: "binance", open, silenceMs: 500, reconnectMs: 20, ...options }),
    requests: (path) =>
      [...venue.audit.lines()]
        .map((line) => JSON.parse(line))
        .filter((entry) => `${entry.method} ${entry.path}` === path),
    close: () => venue.close(),
  };
}
