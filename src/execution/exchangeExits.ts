import { ConnectionError, OrderError } from "../domain/errors.ts";
import { createOrder, type Order } from "../domain/order.ts";
import type { ProtectiveExits, VenueAbilities } from "../domain/ports.ts";

/**
 * Stop and target as the orders they will be: a stop that sells (or buys back) at the market, a target that only makes.
 * @throws ConnectionError GEO-VENUE-UNSUPPORTED; OrderError GEO-ORDER-REQUEST when there is neither
 */
export function exitOrders(
  exits: ProtectiveExits,
  abilities: VenueAbilities,
  venue: string,
): readonly Order[] {
  const { symbol, side, quantity, stopLoss, takeProfit } = exits;
  if (!abilities.exits) {
    throw new ConnectionError(`${venue}: expected a venue that ties a stop and a target, found none`, {
      code: "GEO-VENUE-UNSUPPORTED",
      hint: "Guard the position from your own side: watch the price and send the exit when it is reached.",
    });
  }
  const orders: Order[] = [];
  const shared = { symbol, side, quantity };
  if (stopLoss !== undefined) {
    const { clientId, price: stopPrice } = stopLoss;
    orders.push(createOrder({ ...shared, type: "stop", stopPrice, clientId }));
  }
  if (takeProfit !== undefined) {
    const { clientId, price } = takeProfit;
    orders.push(createOrder({ ...shared, type: "limit", price, clientId, postOnly: true }));
  }
  if (orders.length > 0) return orders;
  throw new OrderError("GEO-ORDER-REQUEST", "placeExits: expected a stopLoss or a takeProfit, found neither");
}
