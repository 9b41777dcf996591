import { type Fixed, multiplyFixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import { type Amount, amountOf, amountScale, isLess, isMore } from "./amount.ts";
import { takingsOf } from "./matching.ts";
import type { OrderDraft } from "./orderDraft.ts";
import { filterFailure, reasons, rejected } from "./refusals.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import { hasLimit, isConditional, neededFor, triggersAbove, type VenueOrder } from "./venueOrder.ts";

/** The filters that look at the market. @throws VenueError -1013 */
export function checkPrices(draft: OrderDraft, now: Millis): void {
  const { market, side, price, stop, size, byValue } = draft;
  const { rules } = market;
  const average: Fixed = { units: BigInt(Math.floor(market.average(now))), scale: amountScale };
  if (hasLimit(draft)) {
    const [up, down] =
      side === "BUY"
        ? [rules.bidMultiplierUp, rules.bidMultiplierDown]
        : [rules.askMultiplierUp, rules.askMultiplierDown];
    const limit = market.priceOf(price);
    if (isMore(limit, multiplyFixed(average, up)) || isLess(limit, multiplyFixed(average, down))) {
      throw filterFailure("PERCENT_PRICE_BY_SIDE");
    }
  }
  // What a market order will pay is not known yet: it counts at the average price, and has no maximum.
  const [least, most] = [amountOf(rules.minNotional), amountOf(rules.maxNotional)];
  let value: Amount = byValue;
  if (hasLimit(draft)) value = market.value(price, size);
  else if (stop > 0) value = market.value(stop, size);
  else if (size > 0) value = amountOf(multiplyFixed(average, market.sizeOf(size)));
  if (value < least || (hasLimit(draft) && value > most)) throw filterFailure("NOTIONAL");
}

/** The filters that count what is open, `drafts` among it. @throws VenueError -1013 */
export function checkCounts(drafts: readonly OrderDraft[], account: TradingAccount): void {
  const { market } = drafts[0]!;
  const { maxNumOrders, maxNumAlgoOrders } = market.rules;
  const resting = drafts.filter(({ type }) => type !== "MARKET");
  if (resting.length === 0 || account.open.size + resting.length <= Math.min(maxNumOrders, maxNumAlgoOrders))
    return;
  let [orders, conditional] = [resting.length, resting.filter(isConditional).length];
  const adds = conditional > 0;
  for (const order of account.open) {
    if (order.market !== market) continue;
    orders++;
    if (isConditional(order)) conditional++;
  }
  if (orders > maxNumOrders) throw filterFailure("MAX_NUM_ORDERS");
  if (adds && conditional > maxNumAlgoOrders) throw filterFailure("MAX_NUM_ALGO_ORDERS");
}

/** @throws VenueError -2010 for what the matching engine does not take as the market stands */
export function checkMarket(draft: OrderDraft): void {
  const { type } = draft;
  if (type === "LIMIT_MAKER" && wouldTake(draft)) throw rejected(reasons.wouldTake);
  if (isConditional(draft) && isReached(draft)) throw rejected(reasons.wouldTrigger);
}

/** Is the last price at its stop, or beyond? */
export function isReached({
  market,
  type,
  side,
  stop,
}: Pick<OrderDraft, "market" | "type" | "side" | "stop">): boolean {
  return triggersAbove({ type, side }) ? market.last >= stop : market.last <= stop;
}

export function wouldTake({ market, side, price }: Pick<OrderDraft, "market" | "side" | "price">): boolean {
  const { bid, ask } = market.bestPrices();
  return side === "BUY" ? price >= ask : price <= bid;
}

/** @throws VenueError -2010 when the account cannot pay it */
export function checkBalance(account: TradingAccount, order: VenueOrder): void {
  const { side, market, byValue, type, hold } = order;
  let needed = neededFor(order);
  if (type === "MARKET") {
    const takings = takingsOf(order);
    const size = takings.reduce((sum, taking) => sum + taking.size, 0);
    // Worth less than a step of the quantity.
    if (byValue > 0n && size === 0) throw filterFailure("LOT_SIZE");
    const value = takings.reduce((sum, { price, size }) => sum + market.value(price, size), 0n);
    if (side === "BUY") needed = byValue > value ? byValue : value;
    else needed = market.baseAmount(order.size > 0 ? order.size : size);
  }
  if (needed > account.wallet.free(hold.asset)) throw rejected(reasons.balance);
}
