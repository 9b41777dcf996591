import { createHash } from "node:crypto";
import { setTimeout as realTimeout } from "node:timers";
import { ordersOf } from "../../connectivity/orders.ts";
import type { VenueSession } from "../../connectivity/session.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Credentials } from "../../domain/ports.ts";
import { ExchangeAdapter } from "../../execution/exchangeAdapter.ts";
import type { Status } from "../../execution/live/news.ts";
import { OrderManager } from "../../execution/live/orderManager.ts";

export interface VenueSideOptions {
  readonly session: VenueSession;
  readonly credentials: Credentials;
  readonly instruments: readonly Instrument[];
  /** Of the session, for ever. */
  readonly id: string;
  readonly onDrift: "adopt" | "halt";
  readonly onStatus: (status: Status) => void;
  /** News have come: `take` them. */
  readonly wake: () => void;
}

/** The venue's own money of one currency that is free to trade with, exactly. */
export async function freeCash(adapter: ExchangeAdapter, currency: string): Promise<string> {
  return (await adapter.getBalance())[currency]?.toFixed() ?? "0";
}

/** @throws ConnectionError GEO-CREDENTIALS, GEO-CONNECTION */
export async function connectAdapter(
  session: VenueSession,
  credentials: Credentials,
  symbols: readonly string[],
): Promise<ExchangeAdapter> {
  const adapter = new ExchangeAdapter({
    venue: session.venue,
    symbols,
    open: () => Promise.resolve(session),
  });
  await adapter.connect(credentials);
  return adapter;
}

export function orderManagerOf(
  adapter: ExchangeAdapter,
  options: Omit<VenueSideOptions, "credentials">,
): OrderManager {
  const { session, instruments, id, onDrift, onStatus, wake } = options;
  const api = ordersOf(session);
  return new OrderManager({
    adapter,
    session: id,
    instruments,
    now: () => session.venueTime(),
    timers: {
      after(ms, callback) {
        const timer = realTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
    random: Math.random,
    wake,
    onDrift,
    onStatus,
    mostStops: (symbol) => api.rules(symbol).mostStops,
  });
}

/** Ten characters that no other session has: part of the names of its orders at the venue. */
export function sessionId(name: string, created: number): string {
  const digest = createHash("sha256").update(`${name}\n${created}`).digest();
  return digest.readBigUInt64BE().toString(36).padStart(13, "0").slice(-10);
}
