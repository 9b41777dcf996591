import type { OrderApi } from "./ordersApi.ts";
import { BinanceOrders } from "./ordersBinance.ts";
import { UnifiedOrders } from "./ordersUnified.ts";
import type { VenueSession } from "./session.ts";

/** The order side of a session's venue. One a session. */
export function ordersOf(session: VenueSession): OrderApi {
  return session.venue.toLowerCase() === "binance" ? new BinanceOrders(session) : new UnifiedOrders(session);
}
