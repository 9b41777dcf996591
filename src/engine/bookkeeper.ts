import type { Ended, Execution, ExecutionEvent } from "../domain/execution.ts";
import type { Decision } from "./decisionLog.ts";
import type { EngineOptions } from "./options.ts";
import type { OrderRecord } from "./orderBook.ts";
import type { RiskWatch } from "./riskWatch.ts";
import type { Seat } from "./seat.ts";

export interface BookkeeperOptions extends Pick<EngineOptions, "account" | "gateway" | "orders" | "onFill"> {
  readonly risk: EngineOptions["risk"];
  readonly seats: readonly Seat[];
  readonly watch: RiskWatch | null;
  readonly record: (decision: Decision) => void;
}

/** Enters what the gateway tells in the books: of the account, of orders, of risk; and leaves word for the strategies. */
export class Bookkeeper {
  readonly #options: BookkeeperOptions;

  constructor(options: BookkeeperOptions) {
    this.#options = options;
  }

  /** All there is to be told: what is booked may lead to more. */
  book(): void {
    const { gateway } = this.#options;
    for (let events = gateway.drain(); events.length > 0; events = gateway.drain()) {
      for (const event of events) this.#apply(event);
    }
  }

  end(event: Ended): void {
    const { orders, risk, record } = this.#options;
    const ended = orders.end(event.number, event.reason);
    risk?.ended(event.number);
    if (ended === null) return;
    record(event);
    this.#seatOf(ended).change(ended);
  }

  #apply(event: ExecutionEvent): void {
    if (event.kind === "fill") this.#fill(event);
    else if (event.kind === "ended") this.end(event);
    else {
      const record = this.#options.orders.accept(event.number);
      if (record !== null) this.#seatOf(record).change(record);
    }
  }

  #fill(fill: Execution): void {
    const { account, orders, watch, record, onFill } = this.#options;
    const order = orders.fill(fill);
    const tag = order?.command.tag ?? null;
    account.book(fill, tag, order?.command.owner ?? 0);
    watch?.booked(fill);
    record(fill);
    if (order !== null) {
      const seat = this.#seatOf(order);
      seat.filled(fill, tag);
      seat.change(order);
    }
    onFill(fill, tag);
  }

  #seatOf({ command }: OrderRecord): Seat {
    return this.#options.seats[command.owner]!;
  }
}
