import { type Execution, exitCommand, type OrderNumber, type PlaceCommand } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import type { KnownOrder } from "./explainMoment.ts";

/** The orders of a run that may still have news, exits that wait for their entry among them. */
export class KnownOrders {
  readonly #orders = new Map<OrderNumber, KnownOrder>();

  find(number: OrderNumber): KnownOrder | null {
    return this.#orders.get(number) ?? null;
  }

  place(command: PlaceCommand, time: Millis): KnownOrder {
    const replaced = command.replaces === null ? null : this.find(command.replaces);
    // What takes an exit's place is an exit, and waits for the entry as that one did.
    const order: KnownOrder =
      replaced === null || replaced.exitOf === null
        ? { command, decided: time, exitOf: null, alive: time, entryPrice: null }
        : { ...replaced, command, decided: time };
    this.#orders.set(command.number, order);
    for (const exit of command.exits) {
      this.#orders.set(exit.number, {
        command: exitCommand(command, exit, { kind: "quantity", units: 0n, mayShrink: false }),
        decided: time,
        exitOf: command.number,
        alive: null,
        entryPrice: null,
      });
    }
    return order;
  }

  /** @param price before slippage */
  fill(order: KnownOrder, { remaining, number }: Execution, price: Fixed, time: Millis): void {
    if (remaining === 0n) this.#orders.delete(number);
    if (order.command.exits.length === 0) return;
    for (const exit of this.#orders.values()) {
      if (exit.exitOf !== number) continue;
      // Exits come to life with the first fill of their entry.
      exit.alive ??= time;
      exit.entryPrice ??= price;
    }
  }

  end(number: OrderNumber): void {
    this.#orders.delete(number);
  }

  /** Those that stood in the market before `time`, at most `most` of them. */
  aliveBefore(time: Millis, except: ReadonlySet<KnownOrder>, most: number): readonly KnownOrder[] {
    const alive: KnownOrder[] = [];
    for (const order of this.#orders.values()) {
      if (alive.length === most) break;
      if (order.alive !== null && order.alive < time && !except.has(order)) alive.push(order);
    }
    return alive;
  }
}
