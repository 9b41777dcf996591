import type { Execution, OrderNumber } from "../../domain/execution.ts";
import {
  addFixed,
  compareFixed,
  type Fixed,
  formatFixed,
  negateFixed,
  parseFixed,
  zero,
} from "../../domain/fixed.ts";
import { ClientIds } from "../../execution/live/clientIds.ts";
import { isOver, startBalances, type VenueOrder, type VenueTruth } from "./exchange.ts";
import type { JournalTruth } from "./journalTruth.ts";
import { unprotected } from "./protection.ts";

/** A promise that was broken, in words. */
export interface Violation {
  readonly kind:
    | "duplicate"
    | "orphan"
    | "unprotected"
    | "group"
    | "lost-order"
    | "lost-fill"
    | "books"
    | "replay"
    | "halted"
    | "ended";
  readonly message: string;
}

/** An order at the exchange, and which of the session's it is. */
export interface Named {
  readonly order: VenueOrder;
  readonly number: OrderNumber;
  readonly generation: number;
}

/** Compares what a session believes, after it has ended in order, with what is so at the exchange. */
export function verify(journal: JournalTruth, venue: VenueTruth): readonly Violation[] {
  const ids = new ClientIds(journal.id);
  const named = venue.orders.flatMap((order): readonly Named[] => {
    const name = ids.parse(order.clientOrderId);
    return name === null ? [] : [{ order, ...name }];
  });
  return [
    ...duplicates(journal, named),
    ...orphans(journal, named, venue),
    ...unprotected(journal, named),
    ...leftOfGroups(journal, named),
    ...fillsOf(journal, venue),
    ...booksOf(journal, venue),
    ...(journal.divergence === null
      ? []
      : [{ kind: "replay" as const, message: `the replay differs: ${journal.divergence}` }]),
    ...(journal.halted === null
      ? []
      : [{ kind: "halted" as const, message: `trading was halted: ${journal.halted}` }]),
  ];
}

/** Nothing was sent twice, and nothing beyond what was decided. */
function* duplicates(
  { decided, entryOf, fills }: JournalTruth,
  named: readonly Named[],
): Generator<Violation> {
  const say = (message: string): Violation => ({ kind: "duplicate", message });
  const byNumber = groupBy(named, ({ number }) => number);
  const executedOf = (number: OrderNumber) =>
    sumOf((byNumber.get(number) ?? []).map(({ order }) => parseFixed(order.executedQty)));
  for (const [number, ones] of byNumber) {
    const command = decided.get(number);
    if (command === undefined) continue;
    const names = ones.map(({ order }) => order.clientOrderId);
    if (new Set(names).size < names.length) yield say(`a name was used twice: ${names.join(", ")}`);
    const isExit = entryOf.has(number);
    if (!isExit && command.trail === null && ones.length > 1)
      yield say(`order ${number} was sent ${ones.length} times: ${names.join(", ")}`);
    // Each takes the place of the one before: it must be over by then.
    const inTurn = ones.toSorted((a, b) => a.generation - b.generation);
    for (const [i, { order }] of inTurn.entries()) {
      const before = inTurn[i - 1]?.order;
      if (before !== undefined && (!isOver(before) || before.updateTime > order.time))
        yield say(
          `${order.clientOrderId} (${order.time}) came before ${before.clientOrderId} was over (${before.updateTime})`,
        );
    }
    const replaced = command.replaces === null ? [] : (byNumber.get(command.replaces) ?? []);
    for (const { order } of replaced) {
      if (!isOver(order) || order.updateTime > inTurn[0]!.order.time)
        yield say(
          `${inTurn[0]!.order.clientOrderId} replaces ${order.clientOrderId}, which was not over by then`,
        );
    }
    const { sizing, instrument } = command;
    const most = sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
    const executed = executedOf(number);
    // Sent by value, it costs what was decided, whatever quantity that is by then; sent as its cap, it is no more.
    const byValue = sizing.kind === "value" && ones.every(({ order }) => isByValue(order));
    const spent = sumOf(ones.map(({ order }) => parseFixed(order.cummulativeQuoteQty)));
    if (byValue && compareFixed(spent, sizing.value) > 0)
      yield say(`order ${number}: ${formatFixed(spent)} were spent, ${formatFixed(sizing.value)} decided`);
    if (!isExit && !byValue && compareFixed(executed, { units: most, scale: instrument.lot.scale }) > 0)
      yield say(
        `order ${number}: ${formatFixed(executed)} were filled, ${formatFixed({ units: most, scale: instrument.lot.scale })} decided`,
      );
    const told = sumOf(fills.filter((fill) => fill.number === number).map(sizeOf));
    if (compareFixed(executed, told) !== 0)
      yield {
        kind: "lost-fill",
        message: `order ${number}: ${formatFixed(executed)} were filled, the journal has ${formatFixed(told)}`,
      };
  }
  // Exits have the size of what their entry has brought, whatever was known of it when they were changed.
  for (const [entry, exits] of groupBy([...entryOf.keys()], (exit) => entryOf.get(exit)!)) {
    const [brought, closed] = [executedOf(entry), sumOf(exits.map(executedOf))];
    if (compareFixed(closed, brought) > 0)
      yield say(`order ${entry} brought ${formatFixed(brought)}, its exits closed ${formatFixed(closed)}`);
  }
}

/** Every order that stands there is known and open here, and the other way round. */
function* orphans(
  { decided, open }: JournalTruth,
  named: readonly Named[],
  venue: VenueTruth,
): Generator<Violation> {
  const isOpen = new Set(open.map(({ command }) => command.number));
  for (const { order, number } of named) {
    if (!decided.has(number)) yield { kind: "orphan", message: `${order.clientOrderId} is in no journal` };
    else if (!isOver(order) && !isOpen.has(number))
      yield {
        kind: "orphan",
        message: `${order.clientOrderId} stands at the venue, the journal says it has ended`,
      };
  }
  const foreign = venue.orders.length - named.length;
  if (foreign > 0)
    yield { kind: "orphan", message: `${foreign} orders at the venue are not of this session` };
  const standing = new Set(named.filter(({ order }) => !isOver(order)).map(({ number }) => number));
  for (const { command, entry } of open) {
    // An exit stands there only while there is something to get out of.
    if (entry === null && !standing.has(command.number))
      yield {
        kind: "lost-order",
        message: `order ${command.number} is open in the journal, and not at the venue`,
      };
  }
}

/** When one of a group has filled, none of the others stands; an order that takes another's place may have come after. */
function* leftOfGroups({ decided, fills }: JournalTruth, named: readonly Named[]): Generator<Violation> {
  const firstOf = new Map<string, OrderNumber>();
  for (const { number } of fills) {
    const group = decided.get(number)?.group ?? null;
    if (group !== null && !firstOf.has(group)) firstOf.set(group, number);
  }
  for (const { order, number } of named) {
    const { group, replaces } = decided.get(number) ?? { group: null, replaces: null };
    const first = group === null ? undefined : firstOf.get(group);
    if (first !== undefined && first !== number && replaces === null && !isOver(order))
      yield {
        kind: "group",
        message: `${order.clientOrderId} stands at the venue, though order ${first} of its group has filled`,
      };
  }
}

/** Every trade is booked, once, as it was. */
function* fillsOf({ fills }: JournalTruth, { trades }: VenueTruth): Generator<Violation> {
  const say = (message: string): Violation => ({ kind: "lost-fill", message });
  const booked = groupBy(fills, ({ trade }) => trade ?? "none");
  for (const trade of trades) {
    const found = booked.get(String(trade.id)) ?? [];
    booked.delete(String(trade.id));
    const [fill] = found;
    if (fill === undefined)
      yield say(`trade ${trade.id} of order ${trade.orderId} (${trade.qty}) was never booked`);
    else if (found.length > 1) yield say(`trade ${trade.id} was booked ${found.length} times`);
    else if (
      compareFixed(sizeOf(fill), parseFixed(trade.qty)) !== 0 ||
      compareFixed(fill.price, parseFixed(trade.price)) !== 0 ||
      compareFixed(fill.fee.amount, parseFixed(trade.commission)) !== 0
    )
      yield say(`trade ${trade.id} was booked as ${formatFixed(sizeOf(fill))} at ${formatFixed(fill.price)}`);
  }
  for (const [id] of booked) yield say(`fill of trade ${id} is in the journal, and not at the venue`);
}

/** Cash and holdings have changed by the same amounts on both sides, to the last digit. */
function* booksOf({ changes }: JournalTruth, { balances }: VenueTruth): Generator<Violation> {
  for (const asset of new Set([...changes.keys(), ...balances.keys()])) {
    const now = sumOf((balances.get(asset) ?? "0").split(" ").map(parseFixed));
    const there = addFixed(now, negateFixed(parseFixed(startBalances[asset] ?? "0")));
    const here = changes.get(asset) ?? zero;
    if (compareFixed(there, here) !== 0)
      yield {
        kind: "books",
        message: `${asset} has changed by ${formatFixed(there)} at the venue, by ${formatFixed(here)} in the journal`,
      };
  }
}

function isByValue({ origQuoteOrderQty }: VenueOrder): boolean {
  return parseFixed(origQuoteOrderQty).units > 0n;
}

function sizeOf({ quantity, instrument }: Execution): Fixed {
  return { units: quantity, scale: instrument.lot.scale };
}

function sumOf(values: readonly Fixed[]): Fixed {
  return values.reduce(addFixed, zero);
}

function groupBy<K, T>(list: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one)) ?? [];
    groups.set(keyOf(one), group);
    group.push(one);
  }
  return groups;
}
