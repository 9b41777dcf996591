import { Decimal } from "../domain/decimal.ts";
import { type AttachedExit, type Execution, exitCommand, type PlaceCommand } from "../domain/execution.ts";
import { addFixed, type Fixed, formatFixed, multiplyFixed, zero } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { nextStatus, type Order, type OrderStatus } from "../domain/order.ts";
import { type ReasonCode, statusOf } from "../domain/reasons.ts";
import { decimalOf } from "./views.ts";

/** The engine's own account of one request, from the asking to its one reason. */
export interface OrderRecord {
  readonly command: PlaceCommand;
  /** Number of the order whose attached exit it is; null for orders of their own. */
  readonly entry: number | null;
  status: OrderStatus;
  reason: ReasonCode | null;
  /** Units of the lot; null until an order by value is sized. */
  quantity: bigint | null;
  /** What the order is taken to come to while it is open: for netting. */
  expected: bigint;
  filled: bigint;
  /** Its fills so far; one is the rule, and an array of one costs more than the fill. */
  fills: Execution | readonly Execution[] | null;
  cancelRequested: boolean;
  /** Its strategy has news of it coming. */
  changed: boolean;
  /** The venue's answer is not known. */
  inDoubt: boolean;
  /** It passed the review, so it may hold back some of the account's free equity, or will set some free. */
  reserves: boolean;
}

export interface OrderBookState {
  readonly stale: number;
  readonly open: readonly OrderRecord[];
  readonly reasons: readonly (readonly [ReasonCode, number])[];
  readonly numbers: number;
  readonly filled: number;
}

const alone: readonly OrderRecord[] = [];

/** All requests of a run: the open ones in order of their numbers, the ended ones as counts of their reasons. */
export class OrderBook {
  /** Updates that were repeated or overtaken. */
  stale = 0;
  /** Ascending by number: few are open at a time, and what comes last is asked for first. */
  readonly #open: OrderRecord[] = [];
  readonly #reasons = new Map<ReasonCode, number>();
  #numbers = 0;
  /** The commonest reason, counted apart. */
  #filled = 0;

  get open(): readonly OrderRecord[] {
    return this.#open;
  }

  save(): OrderBookState {
    const { stale } = this;
    return {
      stale,
      open: this.#open,
      reasons: [...this.#reasons],
      numbers: this.#numbers,
      filled: this.#filled,
    };
  }

  load({ stale, open, reasons, numbers, filled }: OrderBookState): void {
    this.stale = stale;
    this.#open.push(...open);
    for (const [reason, count] of reasons) this.#reasons.set(reason, count);
    this.#numbers = numbers;
    this.#filled = filled;
  }

  /** Numbers given out so far. */
  get issued(): number {
    return this.#numbers;
  }

  nextNumber(): number {
    return ++this.#numbers;
  }

  hasIssued(number: number): boolean {
    return Number.isInteger(number) && number >= 1 && number <= this.#numbers;
  }

  /** The open order of that number. */
  find(number: number): OrderRecord | null {
    const index = this.#indexOf(number);
    return index < 0 ? null : this.#open[index]!;
  }

  add(command: PlaceCommand, expected: bigint): OrderRecord {
    const { sizing, exits, replaces } = command;
    // What takes an exit's place is an exit.
    const entry = replaces === null ? null : (this.find(replaces)?.entry ?? null);
    const quantity = sizing.kind === "quantity" && entry === null ? sizing.units : null;
    const record = recordOf(command, quantity, expected, entry);
    this.#open.push(record);
    for (let i = 0; i < exits.length; i++) this.#addExit(command, exits[i]!);
    return record;
  }

  doubt(number: number, inDoubt: boolean): void {
    const record = this.find(number);
    if (record !== null) record.inDoubt = inDoubt;
  }

  accept(number: number): OrderRecord | null {
    const record = this.find(number);
    const status = record === null ? "stale" : nextStatus(record.status, "accepted");
    if (record === null || status === "stale") {
      this.stale++;
      return null;
    }
    record.status = status;
    record.inDoubt = false;
    return record;
  }

  /** Books a fill on its order. An order that had ended keeps its end; the fill counts all the same. */
  fill(fill: Execution): OrderRecord | null {
    const index = this.#indexOf(fill.number);
    if (index < 0) {
      this.stale++;
      return null;
    }
    const record = this.#open[index]!;
    const { fills } = record;
    record.fills = fills === null ? fill : "kind" in fills ? [fills, fill] : [...fills, fill];
    record.filled = fills === null ? fill.quantity : record.filled + fill.quantity;
    if (record.cancelRequested) this.#takeOff(fill);
    if (fill.remaining === 0n) {
      record.quantity = record.filled;
      this.#end(record, index, "filled");
    } else {
      // An order by value, or one cut to what is held or payable, has its size from its first fill on.
      record.quantity = record.filled + fill.remaining;
      record.expected = record.quantity;
      record.status = nextStatus(record.status, "partially_filled") as OrderStatus;
    }
    return record;
  }

  /** An order that is on its way to take the place of this one is for so much less. */
  #takeOff({ number, quantity }: Pick<Execution, "number" | "quantity">): void {
    for (const next of this.#open) {
      if (next.command.replaces !== number) continue;
      next.expected = next.expected > quantity ? next.expected - quantity : 0n;
      if (next.quantity !== null) next.quantity = next.quantity > quantity ? next.quantity - quantity : 0n;
      this.#takeOff({ number: next.command.number, quantity });
    }
  }

  end(number: number, reason: ReasonCode): OrderRecord | null {
    const index = this.#indexOf(number);
    if (index >= 0) return this.#end(this.#open[index]!, index, reason);
    this.stale++;
    return null;
  }

  /** How often requests ended for each reason. */
  counts(): ReadonlyMap<ReasonCode, number> {
    return new Map(this.#filled === 0 ? this.#reasons : [["filled", this.#filled], ...this.#reasons]);
  }

  #end(record: OrderRecord, index: number, reason: ReasonCode): OrderRecord {
    record.status = nextStatus(record.status, statusOf(reason)) as OrderStatus;
    record.reason = reason;
    if (index === this.#open.length - 1) this.#open.pop();
    else this.#open.splice(index, 1);
    if (reason === "filled") this.#filled++;
    else this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    return record;
  }

  #indexOf(number: number): number {
    const open = this.#open;
    let low = 0;
    let high = open.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = open[middle]!.command.number;
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #addExit(entry: PlaceCommand, exit: AttachedExit): void {
    const command = exitCommand(entry, exit, { kind: "quantity", units: 0n, mayShrink: false });
    this.#open.push(recordOf(command, null, 0n, entry.number));
  }
}

function recordOf(
  command: PlaceCommand,
  quantity: bigint | null,
  expected: bigint,
  entry: number | null,
): OrderRecord {
  return {
    command,
    entry,
    status: "pending",
    reason: null,
    quantity,
    expected,
    filled: 0n,
    fills: null,
    cancelRequested: false,
    changed: false,
    inDoubt: false,
    reserves: false,
  };
}

/** An order as its strategy sees it: a picture of this moment. */
export function orderView(record: OrderRecord): Order {
  const { number, instrument, side, type, limit, stop, tag } = record.command;
  const { scale } = instrument.lot;
  const filledQuantity = decimalOf({ units: record.filled, scale });
  return Object.freeze({
    id: String(number),
    symbol: instrument.symbol,
    side,
    type,
    status: record.status,
    inDoubt: record.inDoubt,
    quantity: record.quantity === null ? null : decimalOf({ units: record.quantity, scale }),
    price: limit === null ? null : decimalOf(limit),
    stopPrice: stop === null ? null : decimalOf(stop),
    filledQuantity,
    averagePrice:
      record.filled === 0n ? null : new Decimal(formatFixed(costOf(record))).dividedBy(filledQuantity),
    reason: record.reason,
    tag,
  });
}

/** Σ price × quantity of its fills. */
function costOf({ fills }: OrderRecord): Fixed {
  if (fills === null) return zero;
  return ("kind" in fills ? [fills] : fills).reduce((sum, { price, quantity, instrument }) => {
    return addFixed(sum, multiplyFixed(price, { units: quantity, scale: instrument.lot.scale }));
  }, zero);
}

/** Signed quantity that open orders still mean to add; attached exits only protect. */
export function openQuantity(open: readonly OrderRecord[], instrument: Instrument): bigint {
  let total = 0n;
  for (const record of open) {
    if (record.command.instrument !== instrument || record.entry !== null || record.cancelRequested) continue;
    const rest = record.expected - record.filled;
    total += record.command.side === "buy" ? rest : -rest;
  }
  return total;
}

/** Orders that hold back some of the account, or will set some free. */
export function reserving({ open }: OrderBook): readonly OrderRecord[] {
  if (open.length === 0) return alone;
  return open.filter(({ reserves, cancelRequested }) => reserves && !cancelRequested);
}
