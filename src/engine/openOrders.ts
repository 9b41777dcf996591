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
  expected: bigint;
  most: bigint;
  readonly exits: readonly OpenOrder[];
}

const noExits: readonly OpenOrder[] = [];

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
    const sides = this.of(instrument);
    const opposite = sides[side === "buy" ? "sell" : "buy"];
    const exits =
      command.exits.length === 0
        ? noExits
        : command.exits.map((exit) => this.#addExit(exit.number, opposite));
    const kind = reducesOnly ? "reducing" : type === "market" ? "market" : "resting";
    const order: OpenOrder = { side: sides[side], kind, expected: 0n, most: 0n, exits };
    this.#orders.set(number, order);
    change(order, expected, mostOf(command));
  }

  fill(number: number, quantity: bigint, complete: boolean): void {
    const order = this.#orders.get(number);
    if (order === undefined) return;
    for (const exit of order.exits) change(exit, quantity, quantity);
    change(order, -least(quantity, order.expected), -least(quantity, order.most));
    if (complete) this.end(number);
  }

  end(number: number): void {
    const order = this.#orders.get(number);
    if (order === undefined) return;
    change(order, -order.expected, -order.most);
    this.#orders.delete(number);
  }

  #addExit(number: number, side: OpenSide): OpenOrder {
    const order: OpenOrder = { side, kind: "reducing", expected: 0n, most: 0n, exits: noExits };
    this.#orders.set(number, order);
    return order;
  }
}

/** The most that a command can fill, in units of the lot. */
export function mostOf({ sizing }: PlaceCommand): bigint {
  return sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
}

function nothing(): OpenSide {
  return { resting: 0n, restingMost: 0n, market: 0n, marketMost: 0n, reducing: 0n };
}

function change(order: OpenOrder, expected: bigint, most: bigint): void {
  order.expected += expected;
  order.most += most;
  const { side, kind } = order;
  if (kind === "reducing") side.reducing += most;
  else if (kind === "market") {
    side.market += expected;
    side.marketMost += most;
  } else {
    side.resting += expected;
    side.restingMost += most;
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
