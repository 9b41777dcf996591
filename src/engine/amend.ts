import { describe } from "../domain/decimal.ts";
import type { AttachedExit } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { OrderChanges } from "../strategy/contract.ts";
import type { OrderBook, OrderRecord } from "./orderBook.ts";
import { illegal, price, type Terms } from "./request.ts";

const changeable: readonly string[] = ["quantity", "limit", "stop"];

/**
 * The terms of an open order with other prices.
 * @throws OrderError GEO-ORDER-REQUEST for a member it does not have
 */
export function amendedTerms(record: OrderRecord, changes: OrderChanges, orders: OrderBook): Terms {
  if (typeof changes !== "object" || changes === null || Object.keys(changes).length === 0)
    throw illegal(`amend: expected quantity, limit or stop, found ${describe(changes)}`);
  const other = Object.keys(changes).find((key) => !changeable.includes(key));
  if (other !== undefined) throw illegal(`amend: expected quantity, limit or stop, found "${other}"`);
  if (record.entry !== null && changes.quantity !== undefined)
    throw illegal("amend: an attached exit has the size of what it protects; found a quantity");
  const { command } = record;
  const { side, type, trail, group, timeInForce, expires, postOnly, reduceOnly, instrument } = command;
  const had = { limit: command.limit, stop: trail === null ? command.stop : null };
  for (const member of ["limit", "stop"] as const) {
    if (changes[member] !== undefined && had[member] === null)
      throw illegal(`amend: a ${trail === null ? type : "trailing"} order has no ${member} to change`);
  }
  return {
    type,
    limit: price(changes, "limit", instrument, side === "sell") ?? had.limit,
    stop: price(changes, "stop", instrument, side === "buy") ?? had.stop,
    trail,
    group,
    timeInForce,
    expires,
    postOnly,
    reduceOnly,
    stopLoss: exitAt("stopLoss", command.number, orders),
    takeProfit: exitAt("takeProfit", command.number, orders),
  };
}

/** Where the entry's exit stands now: it may have been moved or taken back since. */
function exitAt(role: AttachedExit["role"], entry: number, { open }: OrderBook): Fixed | null {
  const member = role === "stopLoss" ? "stop" : "limit";
  const exit = open.find((record) => {
    return record.entry === entry && !record.cancelRequested && record.command[member] !== null;
  });
  return exit?.command[member] ?? null;
}
