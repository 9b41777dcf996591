import { ConnectionError } from "../domain/errors.ts";
import type { VenueSession } from "./session.ts";

interface VenueMarket {
  readonly id: string;
  readonly info: unknown;
}

/** @throws ConnectionError GEO-VENUE-UNSUPPORTED for a symbol the venue lacks */
export function marketOf({ exchange, venue }: VenueSession, symbol: string): VenueMarket {
  const market = exchange.markets?.[symbol];
  if (market !== undefined) return market as VenueMarket;
  throw new ConnectionError(`${venue}: expected a symbol that it trades, found ${symbol}`, {
    code: "GEO-VENUE-UNSUPPORTED",
    hint: "Spell the symbol as BTC/USDT; the venue's own site lists its markets.",
  });
}

/** By its name: ccxt's classes are loaded lazily, and there may be two copies of them. */
export function isOrderNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === "OrderNotFound";
}
