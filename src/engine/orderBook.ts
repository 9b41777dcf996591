import { Decimal } from "../domain/decimal.ts";
import type { AttachedExit, Execution, PlaceCommand } from "../domain/execution.ts";
import { addFixed, type Fixed, formatFixed, multiplyFixed, zero } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { nextStatus, type Order, type OrderSide, type OrderStatus, type OrderType } from "../domain/order.ts";
import { type ReasonCode, statusOf } from "../domain/reasons.ts";
import type { Reserve } from "./risk.ts";
import { decimalOf } from "./views.ts";

/** The engine's own account of one request, from the asking to its one reason. */
export interface OrderRecord {
  readonly number: number;
  readonly instrument: Instrument;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly limit: Fixed | null;
  readonly stop: Fixed | null;
  readonly tag: string | null;
  readonly attached: boolean;
  status: OrderStatus;
  reason: ReasonCode | null;
  /** Units of the lot; null until an order by value is sized. */
  quantity: bigint | null;
  /** What the order is taken to come to while it is open: for netting. */
  expected: bigint;
  filled: bigint;
  /** Σ price × quantity of its fills. */
  cost: Fixed;
  cancelRequested: boolean;
  /** Its strategy has news of it coming. */
  changed: boolean;
  /** What it holds back of the account's free equity, or will set free; null when nothing. */
  reserve: Reserve | null;
}

const none: readonly Reserve[] = [];

/** All requests of a run: the open ones by number, the ended ones as counts of their reasons. */
export class OrderBook {
  readonly open = new Map<number, OrderRecord>();
  readonly reasons = new Map<ReasonCode, number>();
  /** Updates that were repeated or overtaken. */
  stale = 0;
  #numbers = 0;

  nextNumber(): number {
    return ++this.#numbers;
  }

  hasIssued(number: number): boolean {
    return Number.isInteger(number) && number >= 1 && number <= this.#numbers;
  }

  add(command: PlaceCommand, expected: bigint, reserve: Reserve | null): OrderRecord {
    const quantity = command.sizing.kind === "quantity" ? command.sizing.units : null;
    const { number, instrument, side, type, limit, stop, tag } = command;
    const record: OrderRecord = {
      number,
      instrument,
      side,
      type,
      limit,
      stop,
      tag,
      attached: false,
      status: "pending",
      reason: null,
      quantity,
      expected,
      filled: 0n,
      cost: zero,
      cancelRequested: false,
      changed: false,
      reserve,
    };
    this.open.set(number, record);
    for (const exit of command.exits) this.#addExit(record, exit);
    return record;
  }

  accept(number: number): OrderRecord | null {
    return this.#change(number, "accepted");
  }

  /** Books a fill on its order. An order that had ended keeps its end; the fill counts all the same. */
  fill(fill: Execution): OrderRecord | null {
    const record = this.open.get(fill.number);
    if (record === undefined) {
      this.stale++;
      return null;
    }
    const cost = multiplyFixed(fill.price, { units: fill.quantity, scale: fill.instrument.lot.scale });
    record.cost = record.filled === 0n ? cost : addFixed(record.cost, cost);
    record.filled += fill.quantity;
    if (fill.complete) {
      record.quantity = record.filled;
      this.#end(record, "filled");
    } else {
      this.#change(fill.number, "partially_filled");
    }
    return record;
  }

  end(number: number, reason: ReasonCode): OrderRecord | null {
    const record = this.open.get(number);
    if (record !== undefined) return this.#end(record, reason);
    this.stale++;
    return null;
  }

  #end(record: OrderRecord, reason: ReasonCode): OrderRecord | null {
    const status = nextStatus(record.status, statusOf(reason));
    if (status === "stale") {
      this.stale++;
      return null;
    }
    record.status = status;
    record.reason = reason;
    record.reserve = null;
    this.open.delete(record.number);
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    return record;
  }

  #change(number: number, change: Parameters<typeof nextStatus>[1]): OrderRecord | null {
    const record = this.open.get(number);
    const status = record === undefined ? "stale" : nextStatus(record.status, change);
    if (record === undefined || status === "stale") {
      this.stale++;
      return null;
    }
    record.status = status;
    return record;
  }

  #addExit(entry: OrderRecord, exit: AttachedExit): void {
    const stops = exit.role === "stopLoss";
    this.open.set(exit.number, {
      ...entry,
      number: exit.number,
      side: entry.side === "buy" ? "sell" : "buy",
      type: stops ? "stop" : "limit",
      limit: stops ? null : exit.price,
      stop: stops ? exit.price : null,
      attached: true,
      quantity: null,
      expected: 0n,
      reserve: null,
    });
  }
}

/** An order as its strategy sees it: a picture of this moment. */
export function orderView(record: OrderRecord): Order {
  const { lot } = record.instrument;
  const filledQuantity = decimalOf({ units: record.filled, scale: lot.scale });
  return Object.freeze({
    id: String(record.number),
    symbol: record.instrument.symbol,
    side: record.side,
    type: record.type,
    status: record.status,
    inDoubt: false,
    quantity: record.quantity === null ? null : decimalOf({ units: record.quantity, scale: lot.scale }),
    price: record.limit === null ? null : decimalOf(record.limit),
    stopPrice: record.stop === null ? null : decimalOf(record.stop),
    filledQuantity,
    averagePrice:
      record.filled === 0n ? null : new Decimal(formatFixed(record.cost)).dividedBy(filledQuantity),
    reason: record.reason,
    tag: record.tag,
  });
}

/** Signed quantity that open orders still mean to add; attached exits only protect. */
export function openQuantity(book: OrderBook, instrument: Instrument): bigint {
  let total = 0n;
  for (const record of book.open.values()) {
    if (record.instrument !== instrument || record.attached || record.cancelRequested) continue;
    const rest = record.expected - record.filled;
    total += record.side === "buy" ? rest : -rest;
  }
  return total;
}

/** What open orders hold back of the account, or will set free. */
export function reserves(book: OrderBook): readonly Reserve[] {
  if (book.open.size === 0) return none;
  const all: Reserve[] = [];
  for (const { reserve, cancelRequested } of book.open.values()) {
    if (reserve !== null && !cancelRequested) all.push(reserve);
  }
  return all;
}
