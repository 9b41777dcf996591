import { type AttachedExit, noExits, type PlaceCommand, type Sizing } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { OrderSide } from "../domain/order.ts";
import type { Millis } from "../domain/time.ts";
import { type Trail, trailedStop } from "../domain/trail.ts";
import type { Market } from "./market.ts";
import type { OrderBook } from "./orderBook.ts";
import type { Terms } from "./request.ts";

/** What is asked for, sized. */
interface Ask {
  readonly owner: number;
  readonly side: OrderSide;
  readonly sizing: Sizing;
  readonly terms: Terms;
  readonly tag: string | null;
  readonly replaces: number | null;
  readonly activeFrom: Millis;
}

/** The command of an order, with numbers for itself and its exits. */
export function placeCommand(market: Market, ask: Ask, orders: OrderBook): PlaceCommand {
  const { owner, side, sizing, terms, tag, replaces, activeFrom } = ask;
  const { type, limit, stop, trail, group, timeInForce, expires, postOnly, reduceOnly } = terms;
  return {
    kind: "place",
    number: orders.nextNumber(),
    owner,
    instrument: market.instrument,
    side,
    type,
    sizing,
    limit,
    stop: trail === null ? stop : firstStop(market, side, trail),
    trail,
    timeInForce,
    expires,
    postOnly,
    reduceOnly,
    exits: exitsOf(terms, orders),
    group,
    replaces,
    activeFrom,
    tag,
  };
}

/** A trailing stop starts behind the last known price. */
function firstStop({ holding, instrument }: Market, side: OrderSide, trail: Trail): Fixed | null {
  return holding.hasPrice ? trailedStop(trail, holding.exactMark(), side, instrument) : null;
}

/** The attached exits, each an order with a number of its own. */
function exitsOf({ stopLoss, takeProfit }: Terms, orders: OrderBook): readonly AttachedExit[] {
  if (stopLoss === null && takeProfit === null) return noExits;
  const exits: AttachedExit[] = [];
  if (stopLoss !== null) exits.push({ number: orders.nextNumber(), role: "stopLoss", price: stopLoss });
  if (takeProfit !== null) exits.push({ number: orders.nextNumber(), role: "takeProfit", price: takeProfit });
  return exits;
}
