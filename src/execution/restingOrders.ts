import type { PlaceCommand } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import { areSiblings, type Resting } from "./resting.ts";

export type RestingOrdersState = readonly (readonly [Instrument, readonly Resting[]])[];

/** The orders in the simulated venue's book, by instrument, in the order of their arrival. */
export class RestingOrders {
  count = 0;
  readonly #all = new Map<Instrument, Resting[]>();
  /** Those of the last instrument that was asked for. */
  #last: Resting[] = [];
  #lastInstrument: Instrument | null = null;

  of(instrument: Instrument): readonly Resting[] {
    return this.#listOf(instrument);
  }

  add(order: Resting): void {
    this.#listOf(order.command.instrument).push(order);
    this.count++;
  }

  remove(order: Resting): void {
    const orders = this.#listOf(order.command.instrument);
    if (orders.length === 1) orders.pop();
    else orders.splice(orders.indexOf(order), 1);
    this.count--;
  }

  /** Instruments in the order in which they were first asked for: in that order orders are looked for. */
  save(): RestingOrdersState {
    return [...this.#all];
  }

  load(state: RestingOrdersState): void {
    for (const [instrument, orders] of state) {
      this.#all.set(instrument, [...orders]);
      this.count += orders.length;
    }
  }

  find(matches: (order: Resting) => boolean): Resting | null {
    for (const orders of this.#all.values()) {
      const found = orders.find(matches);
      if (found !== undefined) return found;
    }
    return null;
  }

  numbered(number: number): Resting | null {
    return this.find(({ command }) => command.number === number);
  }

  /** The entry with an exit of that number that has not come to life yet. */
  entryOf(number: number): Resting | null {
    return this.find(({ command, filled }) => {
      return filled === 0n && command.exits.some((exit) => exit.number === number);
    });
  }

  /** The exits of an entry that have come to life. */
  exitsOf({ instrument, number }: PlaceCommand): readonly Resting[] {
    return this.of(instrument).filter(({ attached }) => attached?.entry === number);
  }

  siblingsOf(order: Resting): readonly Resting[] {
    if (order.attached !== null) {
      return this.of(order.command.instrument).filter(
        (other) => other !== order && areSiblings(order, other),
      );
    }
    const siblings: Resting[] = [];
    for (const orders of this.#all.values()) {
      siblings.push(...orders.filter((other) => other !== order && areSiblings(order, other)));
    }
    return siblings;
  }

  #listOf(instrument: Instrument): Resting[] {
    if (instrument === this.#lastInstrument) return this.#last;
    let orders = this.#all.get(instrument);
    if (orders === undefined) {
      orders = [];
      this.#all.set(instrument, orders);
    }
    this.#lastInstrument = instrument;
    this.#last = orders;
    return orders;
  }
}
