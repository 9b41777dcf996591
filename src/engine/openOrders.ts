import type { PlaceCommand } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { OrderSide } from "../domain/order.ts";

/**
 * What the open orders of one symbol and side could still do, in units of its lot. Two readings of each order: what it
 * is taken to come to at its reference price, by which money is measured, and the most it can fill (an order by value
 * buys more when the price falls), by which quantities are.
 */
export interface OpenSide {
  /** Orders with a price of their own: the position they were meant for may be gone when they fill. */
  resting: bigint;
  restingMost: bigint;
  /** Orders at the market: nothing but what came before them fills first. */
  market: bigint;
  marketMost: bigint;
  /** Orders that can only reduce, live exits included. */
  reducing: bigint;
}

interface OpenOrder {
  readonly side: OpenSide;
  readonly kind: "resting" | "market" | "reducing";
  /** What it may still come to. */
  expected: bigint;
  most: bigint;
  /** What of that is in its side's sums: while it waits to replace another, what it has beyond that one. */
  countedExpected: bigint;
  countedMost: bigint;
  readonly exits: readonly OpenOrder[];
  /** Exits keep their size and their tie when they are replaced: one exit, by several numbers until the change arrives. */
  readonly isExit: boolean;
  numbers: number;
  /** The order whose place it is to take. Both are open until then, but they fill no more than the larger is for. */
  replaced: OpenOrder | null;
  replacements: readonly OpenOrder[];
}

const none: readonly OpenOrder[] = [];

/** The ties between orders as indexes into one list. */
export interface OpenOrdersState {
  readonly orders: readonly (Omit<OpenOrder, "side" | "exits" | "replaced" | "replacements"> & {
    readonly instrument: Instrument;
    readonly side: OrderSide;
    readonly exits: readonly number[];
    readonly replaced: number | null;
    readonly replacements: readonly number[];
  })[];
  readonly numbers: readonly (readonly [orderNumber: number, order: number])[];
  readonly sides: readonly (readonly [Instrument, Sides])[];
}

type Sides = Record<OrderSide, OpenSide>;

/**
 * The open orders as running sums: a review looks at a symbol, not at every order. Attached exits come to life with
 * their entry's fills and only reduce.
 */
export class OpenOrders {
  readonly #orders = new Map<number, OpenOrder>();
  readonly #sides = new Map<Instrument, Sides>();

  of(instrument: Instrument): Sides {
    let sides = this.#sides.get(instrument);
    if (sides === undefined) {
      sides = { buy: nothing(), sell: nothing() };
      this.#sides.set(instrument, sides);
    }
    return sides;
  }

  add(command: PlaceCommand, expected: bigint, reducesOnly: boolean): void {
    const { instrument, side, type, number } = command;
    const replaced = this.#replacedBy(command);
    if (replaced?.isExit === true) {
      replaced.numbers++;
      this.#orders.set(number, replaced);
      return;
    }
    const sides = this.of(instrument);
    const opposite = sides[side === "buy" ? "sell" : "buy"];
    const exits =
      command.exits.length === 0 ? none : command.exits.map((exit) => this.#addExit(exit.number, opposite));
    const kind = reducesOnly ? "reducing" : type === "market" ? "market" : "resting";
    const order = orderOf(sides[side], kind, exits, false);
    this.#orders.set(number, order);
    if (replaced !== null && replaced.kind === kind) {
      order.replaced = replaced;
      replaced.replacements = [...replaced.replacements, order];
    }
    resize(order, expected, mostOf(command));
  }

  /** How much of a command is not new: what the open order that it is to replace may still come to. */
  madeRoom(command: PlaceCommand): {
    readonly expected: bigint;
    readonly most: bigint;
    readonly market: bigint;
  } {
    const order = this.#replacedBy(command);
    if (order === null) return noRoom;
    const { expected, most, kind, countedMost } = order;
    return { expected, most, market: kind === "market" ? countedMost : 0n };
  }

  /** Whatever is to replace it is for so much less. */
  fill(number: number, quantity: bigint, complete: boolean): void {
    const order = this.#orders.get(number);
    if (order === undefined) return;
    for (const exit of order.exits) resize(exit, exit.expected + quantity, exit.most + quantity);
    shrink(order, quantity);
    if (complete) this.end(number);
  }

  end(number: number): void {
    const order = this.#orders.get(number);
    if (order === undefined) return;
    this.#orders.delete(number);
    if (--order.numbers > 0) return;
    const { replaced, replacements } = order;
    if (replaced !== null) replaced.replacements = replaced.replacements.filter((other) => other !== order);
    resize(order, 0n, 0n);
    for (const next of replacements) {
      next.replaced = null;
      resize(next, next.expected, next.most);
    }
  }

  save(): OpenOrdersState {
    const places = new Map<OpenSide, { readonly instrument: Instrument; readonly side: OrderSide }>();
    for (const [instrument, { buy, sell }] of this.#sides) {
      places.set(buy, { instrument, side: "buy" }).set(sell, { instrument, side: "sell" });
    }
    const list = [...reachable(this.#orders.values())];
    const indexes = new Map(list.map((order, index) => [order, index]));
    const indexOf = (order: OpenOrder) => indexes.get(order)!;
    return {
      orders: list.map((order) => ({
        ...order,
        ...places.get(order.side)!,
        exits: order.exits.map(indexOf),
        replaced: order.replaced === null ? null : indexOf(order.replaced),
        replacements: order.replacements.map(indexOf),
      })),
      numbers: [...this.#orders].map(([number, order]) => [number, indexOf(order)]),
      sides: [...this.#sides],
    };
  }

  load({ orders, numbers, sides }: OpenOrdersState): void {
    for (const [instrument, both] of sides) this.#sides.set(instrument, both);
    const list = orders.map(({ instrument, side, exits, replaced, replacements, ...sums }) => ({
      order: {
        ...sums,
        side: this.of(instrument)[side],
        exits: none,
        replaced: null,
        replacements: none,
      } as {
        -readonly [K in keyof OpenOrder]: OpenOrder[K];
      },
      ties: { exits, replaced, replacements },
    }));
    const at = (index: number): OpenOrder => list[index]!.order;
    for (const { order, ties } of list) {
      order.exits = ties.exits.map(at);
      order.replaced = ties.replaced === null ? null : at(ties.replaced);
      order.replacements = ties.replacements.map(at);
    }
    for (const [number, index] of numbers) this.#orders.set(number, at(index));
  }

  #replacedBy({ replaces }: PlaceCommand): OpenOrder | null {
    return replaces === null ? null : (this.#orders.get(replaces) ?? null);
  }

  #addExit(number: number, side: OpenSide): OpenOrder {
    const order = orderOf(side, "reducing", none, true);
    this.#orders.set(number, order);
    return order;
  }
}

/** Orders and those they are tied to, each once. */
function reachable(orders: Iterable<OpenOrder>): ReadonlySet<OpenOrder> {
  const seen = new Set(orders);
  // A set that grows while it is visited is visited to its end.
  for (const { exits, replaced, replacements } of seen) {
    for (const tied of [...exits, ...replacements]) seen.add(tied);
    if (replaced !== null) seen.add(replaced);
  }
  return seen;
}

/** The most that a command can fill, in units of the lot. */
export function mostOf({ sizing }: PlaceCommand): bigint {
  return sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
}

const noRoom = { expected: 0n, most: 0n, market: 0n };

function nothing(): OpenSide {
  return { resting: 0n, restingMost: 0n, market: 0n, marketMost: 0n, reducing: 0n };
}

function orderOf(
  side: OpenSide,
  kind: OpenOrder["kind"],
  exits: readonly OpenOrder[],
  isExit: boolean,
): OpenOrder {
  return {
    side,
    kind,
    expected: 0n,
    most: 0n,
    countedExpected: 0n,
    countedMost: 0n,
    exits,
    isExit,
    numbers: 1,
    replaced: null,
    replacements: none,
  };
}

function shrink(order: OpenOrder, quantity: bigint): void {
  resize(order, beyond(order.expected, quantity), beyond(order.most, quantity));
  for (const next of order.replacements) shrink(next, quantity);
}

function resize(order: OpenOrder, expected: bigint, most: bigint): void {
  const { side, kind, replaced } = order;
  order.expected = expected;
  order.most = most;
  const counted = replaced === null ? expected : beyond(expected, replaced.expected);
  const countedMost = replaced === null ? most : beyond(most, replaced.most);
  if (kind === "reducing") side.reducing += countedMost - order.countedMost;
  else if (kind === "market") {
    side.market += counted - order.countedExpected;
    side.marketMost += countedMost - order.countedMost;
  } else {
    side.resting += counted - order.countedExpected;
    side.restingMost += countedMost - order.countedMost;
  }
  order.countedExpected = counted;
  order.countedMost = countedMost;
}

/** What `units` has above `others`, at least 0. */
export function beyond(units: bigint, others: bigint): bigint {
  return units > others ? units - others : 0n;
}
