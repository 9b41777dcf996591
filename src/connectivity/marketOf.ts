import { BinanceMarket } from "./binanceMarket.ts";
import { CcxtMarket } from "./ccxtMarket.ts";
import type { MarketApi } from "./marketApi.ts";
import type { VenueSession } from "./session.ts";

/** The market side of a venue: for Binance by its own protocol, for others by what ccxt makes of theirs. */
export function marketOf(session: VenueSession): MarketApi {
  return session.exchange.id === "binance" ? new BinanceMarket(session) : new CcxtMarket(session);
}
