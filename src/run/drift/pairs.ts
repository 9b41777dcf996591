import type { Millis } from "../../domain/time.ts";
import type { TracedOrder } from "./traces.ts";

/** The same order in the session and in the backtest; null where one side has none. */
export interface OrderPair {
  readonly session: TracedOrder | null;
  readonly backtest: TracedOrder | null;
}

/**
 * Which orders are the same. Those of one kind (strategy, symbol, side, type) that were decided on at one time; then
 * those of one number, when no more than `window` lies between them; then, of those that filled, the first with the
 * first and so on between two orders that are the same. What is left stands alone.
 */
export function pairOrders(
  session: readonly TracedOrder[],
  backtest: readonly TracedOrder[],
  window: Millis,
): readonly OrderPair[] {
  const partner = new Map<TracedOrder, TracedOrder>();
  const marry = (one: TracedOrder, other: TracedOrder) => {
    partner.set(one, other);
    partner.set(other, one);
  };
  const rest = (orders: readonly TracedOrder[]) => orders.filter((order) => !partner.has(order));
  pairInTurn(session, backtest, (order) => `${kindOf(order)} ${order.decided}`, marry);
  pairInTurn(
    rest(session),
    rest(backtest),
    (order) => `${kindOf(order)} ${order.command.number}`,
    (one, other) => {
      if (Math.abs(one.decided - other.decided) <= window) marry(one, other);
    },
  );
  const filled = (orders: readonly TracedOrder[]) => rest(orders).filter(({ fills }) => fills.length > 0);
  const [segmentOfSession, segmentOfBacktest] = segmentsOf(session, backtest, partner);
  const segments = new Map([...segmentOfSession, ...segmentOfBacktest]);
  pairInTurn(filled(session), filled(backtest), (order) => `${kindOf(order)} ${segments.get(order)}`, marry);
  return [
    ...session.map((order) => ({ session: order, backtest: partner.get(order) ?? null })),
    ...rest(backtest).map((order) => ({ session: null, backtest: order })),
  ];
}

/** What two orders must have in common to be the same; its tag tells the engine's own from a strategy's. */
function kindOf({ command, role, isClosing }: TracedOrder): string {
  const { owner, instrument, side, type, tag } = command;
  const maker = tag?.startsWith("geosync:") ? tag : "strategy";
  return JSON.stringify([owner, instrument.symbol, side, type, role, maker, isClosing]);
}

/** Orders of one key: the first with the first, the second with the second. */
function pairInTurn(
  session: readonly TracedOrder[],
  backtest: readonly TracedOrder[],
  keyOf: (order: TracedOrder) => string,
  marry: (one: TracedOrder, other: TracedOrder) => void,
): void {
  const waiting = new Map<string, TracedOrder[]>();
  for (const order of backtest) {
    const key = keyOf(order);
    const known = waiting.get(key);
    if (known === undefined) waiting.set(key, [order]);
    else known.push(order);
  }
  const next = new Map<string, number>();
  for (const order of session) {
    const key = keyOf(order);
    const turn = next.get(key) ?? 0;
    const other = waiting.get(key)?.[turn];
    if (other === undefined) continue;
    next.set(key, turn + 1);
    marry(order, other);
  }
}

/**
 * Numbers the stretches between orders that both sides have: an order of one belongs to the same stretch as what it may
 * be the same as. Pairs that cross others part nothing.
 */
function segmentsOf(
  session: readonly TracedOrder[],
  backtest: readonly TracedOrder[],
  partner: ReadonlyMap<TracedOrder, TracedOrder>,
): readonly [ReadonlyMap<TracedOrder, number>, ReadonlyMap<TracedOrder, number>] {
  const places = new Map(backtest.map((order, place) => [order, place]));
  const borders: number[] = [];
  const ofSession = new Map<TracedOrder, number>();
  let last = -1;
  for (const order of session) {
    const other = partner.get(order);
    const place = other === undefined ? undefined : places.get(other)!;
    if (place === undefined) ofSession.set(order, borders.length);
    else if (place > last) {
      borders.push(place);
      last = place;
    }
  }
  const ofBacktest = new Map<TracedOrder, number>();
  let segment = 0;
  for (const [place, order] of backtest.entries()) {
    while (segment < borders.length && place > borders[segment]!) segment++;
    ofBacktest.set(order, segment);
  }
  return [ofSession, ofBacktest];
}
