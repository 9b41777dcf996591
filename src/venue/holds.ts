import type { Amount } from "./amount.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import { neededFor, type VenueOrder } from "./venueOrder.ts";

/** Locks what the order needs now, no more and no less. Call after each change of an order. */
export function relock(account: TradingAccount, order: VenueOrder): void {
  const { hold } = order;
  const needed = sharedNeed(account, order);
  if (needed === hold.amount) return;
  account.wallet.lock(hold.asset, needed - hold.amount);
  hold.amount = needed;
}

/** What the order needs, or the larger need of two alternatives, which share their hold: only one of them fills. */
export function sharedNeed(account: TradingAccount, order: VenueOrder): Amount {
  const legs = order.orderListId < 0 ? undefined : account.lists.get(order.orderListId)?.legs;
  if (!legs?.includes(order)) return neededFor(order);
  return legs.reduce((most, leg) => (neededFor(leg) > most ? neededFor(leg) : most), 0n);
}
