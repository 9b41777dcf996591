import type { AccountRegister } from "./accountRegister.ts";
import { fillStateOf } from "./booking.ts";
import type { Market } from "./market.ts";
import type { OrderDesk } from "./orderDesk.ts";
import type { OrderList } from "./orderList.ts";
import { type AccountChanges, latest, type SavedList, type SavedOrder } from "./savedState.ts";
import type { VenueOrder } from "./venueOrder.ts";

/** Accounts as they were: orders rest where they rested, and what was locked for them is. */
export function restoreAccounts(
  saved: AccountChanges,
  accounts: AccountRegister,
  markets: ReadonlyMap<string, Market>,
  desk: OrderDesk,
): void {
  const { orders, lists, fills, balances } = latest(saved);
  for (const { account, asset, free, locked } of balances) {
    accounts.of(account).wallet.set(asset, BigInt(free), BigInt(locked));
  }
  const known = new Map<number, VenueOrder>();
  for (const one of [...orders].sort((a, b) => a.orderId - b.orderId)) {
    // A market that is not there any more takes its orders along.
    const market = markets.get(one.symbol);
    if (market !== undefined) known.set(one.orderId, orderOf(one, market));
  }
  for (const order of known.values()) accounts.of(order.account).keep(order);
  for (const list of lists) {
    const restored = listOf(list, known);
    if (restored !== null) accounts.of(list.account).lists.set(list.orderListId, restored);
  }
  for (const one of [...fills].sort((a, b) => a.id - b.id)) {
    const order = known.get(one.orderId);
    if (order === undefined) continue;
    const taking = { price: one.price, level: one.price, size: one.size };
    const commission = { asset: one.asset, amount: BigInt(one.commission) };
    const fill = fillStateOf(order, one.id, taking, commission, one.time, one.isMaker);
    accounts.of(one.account).keepFill(fill);
  }
  // Those of one price by when they came to it.
  const byTime = [...known.values()].sort((a, b) => a.workingTime - b.workingTime || a.orderId - b.orderId);
  for (const order of byTime) desk.adopt(accounts.of(order.account), order);
}

function orderOf({ symbol: _, ...one }: SavedOrder, market: Market): VenueOrder {
  const { baseAsset, quoteAsset } = market.rules;
  const hold = { asset: one.side === "BUY" ? quoteAsset : baseAsset, amount: 0n };
  return { ...one, byValue: BigInt(one.byValue), spent: BigInt(one.spent), market, hold };
}

function listOf(saved: SavedList, orders: ReadonlyMap<number, VenueOrder>): OrderList | null {
  const legs = saved.legs.flatMap((id) => orders.get(id) ?? []);
  if (legs.length < saved.legs.length) return null;
  const [one, other] = legs;
  if (one !== undefined && other !== undefined) other.hold = one.hold;
  return { ...saved, first: saved.first === null ? null : orders.get(saved.first)!, legs };
}
