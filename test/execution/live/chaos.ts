import type { Execution } from "../../../src/domain/execution.ts";
import { addFixed, compareFixed, formatFixed, zero } from "../../../src/domain/fixed.ts";
import { isFinal } from "../../../src/domain/order.ts";
import { type Random, seededRandom } from "../../../src/domain/random.ts";
import { ClientIds } from "../../../src/execution/live/clientIds.ts";
import { heldBy, type KnownOrder, SessionLedger } from "../../../src/execution/live/restored.ts";
import { btc, type PlaceInput, TradingSession } from "./tradingSession.ts";
import type { Faults } from "./venueFaults.ts";

/** Some of the faults, as the seed has it: all of them at once would hide what each does. */
function faultsOf(random: Random): Faults {
  const some = (most: number) => (random() < 0.4 ? random() * most : 0);
  return {
    acceptThenTimeOut: some(0.4),
    lost: some(0.3),
    late: some(0.3),
    limited: some(0.2),
    unreachable: some(0.3),
    hidden: some(0.8),
    duplicated: some(0.6),
    delayed: some(0.6),
    swallowed: some(0.4),
    gap: some(0.05),
    partial: some(0.9),
  };
}

/** A session of a strategy without sense on a venue without mercy, which dies now and then. */
export async function chaoticSession(seed: number, steps = 40): Promise<TradingSession> {
  const random = seededRandom(seed);
  const faults = faultsOf(random);
  const deaths = random() < 0.6 ? 0.08 : 0;
  const session = await new TradingSession({ seed, faults }, { reconcileEveryMs: 10_000 }).start();
  session.price("100");
  for (let step = 0; step < steps; step++) {
    act(session, random);
    // A command may be durable and never leave.
    if (random() < deaths) await dieAndComeBack(session, random);
    else await session.run(random() < 0.3 ? 0 : random() * 3000);
    session.price((100 + (random() - 0.5) * 20).toFixed(2));
  }
  session.venue.faults = {};
  await session.run(90_000);
  await session.settle();
  await session.clock.until(session.manager.reconcile());
  await session.settle();
  return session;
}

async function dieAndComeBack(session: TradingSession, random: Random): Promise<void> {
  await session.clock.advance(random() * 100);
  if (random() < 0.5) session.take();
  session.kill();
  if (random() < 0.5) session.journal.push(session.write({ quantity: "0.1", limit: "60" }));
  await session.clock.advance(random() * 20_000);
  session.venue.moveTo((100 + (random() - 0.5) * 20).toFixed(2));
  await session.start();
}

function act(session: TradingSession, random: Random): void {
  const view = viewOf(session);
  const open = view.filter(({ ended, cancel }) => ended === null && cancel === null);
  const one = open[Math.floor(random() * open.length)];
  const what = random();
  if (what < 0.12 && one !== undefined) session.cancel(one.command.number);
  else if (what < 0.22 && one !== undefined && one.command.trail === null)
    session.place(changed(one, random));
  else if (what < 0.26) session.venue.manual("buy", "0.01");
  else if (what < 0.3) {
    const standing = session.standing.filter((id) => id.startsWith("gs-"));
    const id = standing[Math.floor(random() * standing.length)];
    if (id !== undefined) session.venue.cancelOutside(id);
  } else session.place(anyOrder(random));
}

function anyOrder(random: Random): PlaceInput {
  const at = (low: number, high: number) => (low + random() * (high - low)).toFixed(2);
  const quantity = (0.1 + random()).toFixed(4);
  const kinds: readonly (() => PlaceInput)[] = [
    () => ({ quantity }),
    () => ({ value: (20 + random() * 100).toFixed(4) }),
    () => ({ quantity, limit: at(90, 105) }),
    () => ({ quantity, stop: at(101, 110), group: "g" }),
    () => ({ quantity, limit: at(90, 100), group: "g" }),
    () => ({ quantity, stopLoss: at(88, 95), takeProfit: at(105, 112) }),
    () => ({ quantity, limit: at(92, 104), stopLoss: at(86, 91), takeProfit: at(105, 112) }),
    () => ({ quantity, side: "sell", reduceOnly: true }),
    () => ({ quantity, side: "sell", reduceOnly: true, type: "stop", stop: at(90, 95), trail: fiveBehind }),
    () => ({ quantity, limit: at(90, 105), timeInForce: "IOC" }),
  ];
  return kinds[Math.floor(random() * kinds.length)]!();
}

const fiveBehind = { kind: "amount", amount: { units: 5n, scale: 0 } } as const;

function changed({ command, entry }: KnownOrder, random: Random): PlaceInput {
  const price = (n: number) => (n * (0.98 + random() * 0.04)).toFixed(2);
  const { limit, stop, side, number } = command;
  return {
    side,
    quantity: (0.1 + random()).toFixed(4),
    replaces: number,
    reduceOnly: entry !== null,
    ...(limit !== null && { limit: price(Number(formatFixed(limit))) }),
    ...(stop !== null && { stop: price(Number(formatFixed(stop))) }),
  };
}

function viewOf(session: TradingSession): readonly KnownOrder[] {
  const ledger = new SessionLedger();
  for (const one of session.journal) {
    if (one.kind === "place" || one.kind === "cancel") ledger.command(one);
    else ledger.event(one);
  }
  return ledger.state().orders;
}

const ids = new ClientIds("abc123");

/** What is wrong with the books after a session that has settled; nothing, one hopes. */
export function faultsIn(session: TradingSession): readonly string[] {
  return [
    ...lostOrRepeatedFills(session),
    ...ordersSentTwice(session),
    ...exposures(session),
    ...repeatedEnds(session),
    ...strayOrders(session),
    ...leftOfGroups(session),
    ...holdings(session),
    ...session.events.flatMap((event) => (event.kind === "halt" ? [`halt: ${event.message}`] : [])),
    ...session.statuses.flatMap(({ code, message }) => (code === "internal" ? [message] : [])),
  ];
}

function lostOrRepeatedFills({ fills, venue }: TradingSession): readonly string[] {
  const booked = fills.map(({ trade, number }) => `${trade} of ${number}`).toSorted();
  const made = venue.trades
    .map(({ id, clientId }) => `${id} of ${ids.parse(clientId)?.number ?? 0}`)
    .toSorted();
  return booked.join() === made.join() ? [] : [`booked ${booked.join()}; made ${made.join()}`];
}

function ordersSentTwice({ venue }: TradingSession): readonly string[] {
  const names = venue.orders.flatMap(({ clientId }) => (clientId === null ? [] : [clientId]));
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name} is there twice`);
}

/** No order is filled beyond its size, no entry's exits beyond their entry. */
function exposures(session: TradingSession): readonly string[] {
  return viewOf(session).flatMap(({ command, filled, exited, entry }) => {
    const { number, sizing, exits } = command;
    const wrong: string[] = [];
    if (entry === null && sizing.kind === "quantity" && filled > sizing.units)
      wrong.push(`order ${number} filled ${filled} of ${sizing.units}`);
    if (exits.length > 0 && exited > filled) wrong.push(`exits of ${number} sold ${exited} of ${filled}`);
    return wrong;
  });
}

function repeatedEnds({ events }: TradingSession): readonly string[] {
  const ends = events.flatMap((event) => (event.kind === "ended" ? [event.number] : []));
  return ends.filter((number, i) => ends.indexOf(number) !== i).map((number) => `${number} ended twice`);
}

/** What stands at the venue is open here, and what is open here stands there. */
function strayOrders(session: TradingSession): readonly string[] {
  const view = new Map(viewOf(session).map((order) => [order.command.number, order]));
  const standing = session.venue.orders.filter(({ status, clientId }) => {
    return !isFinal(status) && clientId?.startsWith("gs-");
  });
  const wrong: string[] = [];
  const seen = new Set<number>();
  for (const { clientId } of standing) {
    const { number } = ids.parse(clientId)!;
    if (view.get(number)?.ended !== null)
      wrong.push(`${clientId} stands at the venue, order ${number} has ended`);
    if (seen.has(number)) wrong.push(`order ${number} stands at the venue twice`);
    seen.add(number);
  }
  const sold = standing.some(({ clientId, order }) => {
    return order.side === "sell" && view.get(ids.parse(clientId)!.number)?.entry === null;
  });
  for (const { command, ended, entry } of view.values()) {
    // What an order of its own sells can't be under a stop as well.
    if (entry !== null && sold) continue;
    if (ended !== null || seen.has(command.number)) continue;
    const protects = entry === null ? null : view.get(entry)!;
    // Unborn, or with nothing large enough to protect yet.
    if (protects !== null && protects.ended === null) continue;
    // Of a pair that the venue refused the stop stands there, and the target is watched.
    if (entry !== null && [...seen].some((number) => view.get(number)?.entry === entry)) continue;
    wrong.push(`order ${command.number} is open here and does not stand at the venue`);
  }
  return wrong;
}

/** The first of a group that fills cancels the others, whoever dies in between. */
function leftOfGroups(session: TradingSession): readonly string[] {
  const { journal } = session;
  const open = viewOf(session).filter(({ ended, command }) => ended === null && command.group !== null);
  return open.flatMap(({ command }) => {
    const after = journal.slice(journal.indexOf(command));
    const others = new Set(
      journal.flatMap((one) => (one.kind === "place" && one.group === command.group ? [one.number] : [])),
    );
    others.delete(command.number);
    const filled = after.find((one) => one.kind === "fill" && others.has(one.number)) as
      | Execution
      | undefined;
    return filled === undefined
      ? []
      : [`order ${command.number} is open, though ${filled.number} has filled`];
  });
}

function holdings({ fills, venue, manager }: TradingSession): readonly string[] {
  const held = fills.reduce((sum, fill) => addFixed(sum, heldBy(fill)), zero);
  const wrong: string[] = [];
  if (formatFixed(held) !== venue.balances.base.toFixed())
    wrong.push(`fills come to ${formatFixed(held)}, the venue has ${venue.balances.base.toFixed()}`);
  const known = manager.state().symbols.find(({ symbol }) => symbol === btc.symbol)?.held ?? zero;
  if (compareFixed(known, held) !== 0) wrong.push(`the manager thinks that ${formatFixed(known)} are held`);
  return wrong;
}
