import { OrderError } from "../../domain/errors.ts";
import { compareFixed, type Fixed, formatFixed, parseFixed } from "../../domain/fixed.ts";
import type { Market } from "../../engine/market.ts";
import type { UserOrder } from "./userCommand.ts";

/**
 * An exit on the wrong side of the price would close at once what has just been opened: nobody means that.
 * @throws OrderError GEO-ORDER-REQUEST
 */
export function checkExits(order: UserOrder, market: Market): void {
  const { side, stopLoss, takeProfit } = order;
  const entry = stopLoss === undefined && takeProfit === undefined ? null : expectedEntry(order, market);
  if (entry === null) return;
  const rules = [
    ["stopLoss", stopLoss, side === "buy" ? "below" : "above"],
    ["takeProfit", takeProfit, side === "buy" ? "above" : "below"],
  ] as const;
  for (const [member, text, where] of rules) {
    if (text === undefined) continue;
    const gap = compareFixed(parseFixed(text), entry);
    if (where === "below" ? gap < 0 : gap > 0) continue;
    throw new OrderError(
      "GEO-ORDER-REQUEST",
      `order request: a ${side}'s ${member} must be ${where} its price, about ${formatFixed(entry)}, found ${text}`,
    );
  }
}

/** Where it would fill as things are: a stop at the last price or later, a limit there or better; null: no price yet. */
function expectedEntry({ side, limit, stop }: UserOrder, market: Market): Fixed | null {
  const sign = side === "buy" ? 1 : -1;
  const worse = (a: Fixed, b: Fixed) => (compareFixed(a, b) * sign > 0 ? a : b);
  const better = (a: Fixed, b: Fixed) => (compareFixed(a, b) * sign < 0 ? a : b);
  let price = market.holding.hasPrice ? market.priceFor(side) : null;
  if (stop !== undefined) price = price === null ? parseFixed(stop) : worse(parseFixed(stop), price);
  if (limit !== undefined) price = price === null ? parseFixed(limit) : better(parseFixed(limit), price);
  return price;
}
