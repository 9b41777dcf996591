import {
  type Command,
  type Execution,
  exitCommand,
  type LiveEvent,
  type OrderNumber,
  type PlaceCommand,
} from "../../domain/execution.ts";
import { addFixed, type Fixed, negateFixed, pow10, zero } from "../../domain/fixed.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";

/** What a journal says of an order. Plain data, so that a checkpoint can keep it. */
export interface KnownOrder {
  readonly command: PlaceCommand;
  /** Of an attached exit: its entry. */
  readonly entry: OrderNumber | null;
  /** Units of the lot. */
  filled: bigint;
  /** Of what it has bought, taken as fees; units of the lot's scale, rounded up. */
  charged: bigint;
  /** Of an entry: what its exits have taken back; all of it, once what it brought is gone. */
  exited: bigint;
  /** What had been filled in the place that it takes, when it was decided on. */
  readonly filledBefore: bigint;
  /** The order whose place it was to take had ended, or was to be cancelled, already. */
  readonly tooLate: boolean;
  /** What the orders whose place it takes have filled so far. */
  inherited: bigint;
  accepted: boolean;
  cancel: ReasonCode | null;
  /** Why it ended; null while it is open. */
  ended: ReasonCode | null;
  generation: number;
  /** Filled by earlier generations. */
  filledEarlier: bigint;
  /** Where its stop (or limit) stands after its last move. */
  price: Fixed | null;
}

/** What a journal says of a symbol. */
export interface KnownSymbol {
  readonly symbol: string;
  /** Held by the session: bought less sold, less fees in the base currency. */
  held: Fixed;
  /** All own trades up to this one have been told. */
  trade: string | null;
  /** Its time, or when the session began to look. */
  time: Millis;
  /** Trades told beyond it. */
  readonly told: string[];
}

export interface RestoredOrders {
  readonly orders: readonly KnownOrder[];
  readonly symbols: readonly KnownSymbol[];
}

/**
 * What of a journal the order manager needs after a restart: commands as they became durable and events as they were
 * taken, folded in their order. Its own record while it runs, too, so that the two can't differ.
 */
export class SessionLedger {
  readonly #orders = new Map<OrderNumber, KnownOrder>();
  readonly #symbols = new Map<string, KnownSymbol>();

  constructor(from: RestoredOrders = { orders: [], symbols: [] }) {
    for (const order of from.orders) this.#orders.set(order.command.number, { ...order });
    for (const one of from.symbols) this.#symbols.set(one.symbol, { ...one, told: [...one.told] });
  }

  /** For a checkpoint, or `OrderManager.restore`. */
  state(): RestoredOrders {
    return {
      orders: [...this.#orders.values()].map((order) => ({ ...order })),
      symbols: [...this.#symbols.values()].map((one) => ({ ...one, told: [...one.told] })),
    };
  }

  order(number: OrderNumber): KnownOrder | undefined {
    return this.#orders.get(number);
  }

  command(command: Command): void {
    if (command.kind === "cancel") {
      const order = this.#orders.get(command.number);
      if (order !== undefined) order.cancel ??= command.reason;
    } else this.#place(command);
  }

  event(event: LiveEvent): void {
    if (event.kind === "fill") this.#fill(event);
    else if (event.kind === "booked") this.#booked(event.symbol, event.trade, event.time);
    else if (event.kind === "halt") {
      if (event.trade !== undefined) this.#symbolOf(event.symbol!, Number.NaN).told.push(event.trade);
    } else this.#change(event);
  }

  #change(event: Exclude<LiveEvent, { kind: "fill" | "booked" | "halt" }>): void {
    const order = this.#orders.get(event.number);
    if (order === undefined) return;
    if (event.kind === "accepted") order.accepted = true;
    else if (event.kind === "cancelling") order.cancel ??= event.reason;
    else if (event.kind === "ended") {
      order.ended ??= event.reason;
      const entry = order.entry === null ? undefined : this.#orders.get(order.entry);
      if (entry !== undefined && event.reason === "filled") entry.exited = entry.filled;
      this.#forget(order);
    } else if (event.kind === "moved" && event.generation > order.generation) {
      order.generation = event.generation;
      order.filledEarlier = order.filled;
      order.price = event.price;
    }
  }

  #place(command: PlaceCommand): void {
    const replaced = command.replaces === null ? undefined : this.#orders.get(command.replaces);
    const inPlace = replaced === undefined ? 0n : replaced.filled + replaced.inherited;
    const tooLate = command.replaces !== null && (replaced === undefined || isGoing(replaced));
    this.#add(command, replaced?.entry ?? null, inPlace, tooLate);
    if (replaced !== undefined) replaced.cancel ??= "cancelled:by-strategy";
    for (const exit of command.exits) {
      const none = { kind: "quantity", units: 0n, mayShrink: false } as const;
      this.#add(exitCommand(command, exit, none), command.number, 0n, false);
    }
    this.#symbolOf(command.instrument.symbol, command.activeFrom);
  }

  #add(command: PlaceCommand, entry: OrderNumber | null, inPlace: bigint, tooLate: boolean): void {
    this.#orders.set(command.number, {
      command,
      entry,
      filled: 0n,
      charged: 0n,
      exited: 0n,
      filledBefore: inPlace,
      inherited: inPlace,
      tooLate,
      accepted: false,
      cancel: null,
      ended: null,
      generation: 0,
      filledEarlier: 0n,
      price: null,
    });
  }

  #fill(fill: Execution): void {
    const order = this.#orders.get(fill.number);
    if (order !== undefined) {
      order.filled += fill.quantity;
      order.charged += chargedBy(fill);
      this.#bequeath(order, fill.quantity);
      if (fill.remaining === 0n) order.ended ??= "filled";
      const entry = order.entry === null ? undefined : this.#orders.get(order.entry);
      if (entry !== undefined)
        entry.exited = fill.remaining === 0n ? entry.filled : entry.exited + fill.quantity;
      for (const other of cancelledBy(order, entry, this.#orders.values()))
        if (other.ended === null) other.cancel ??= "cancelled:oco";
      this.#forget(order);
    }
    const known = this.#symbolOf(fill.instrument.symbol, fill.time);
    known.held = addFixed(known.held, heldBy(fill));
    if (fill.trade !== undefined) known.told.push(fill.trade);
  }

  #bequeath({ command }: KnownOrder, quantity: bigint): void {
    for (const heir of this.#orders.values()) {
      if (heir.command.replaces !== command.number) continue;
      heir.inherited += quantity;
      this.#bequeath(heir, quantity);
    }
  }

  #booked(symbol: string, trade: string | null, time: Millis): void {
    const known = this.#symbolOf(symbol, time);
    known.trade = trade;
    known.time = time;
    // Some may lie beyond it, and what comes twice mostly comes soon.
    if (known.told.length > toldKept) known.told.splice(0, known.told.length - toldKept);
  }

  /** An entry stays as long as its exits do, and as long as trades of it may be told late. */
  #forget(order: KnownOrder): void {
    if (this.#orders.size <= endedKept) return;
    const protectedOnes = new Set<OrderNumber | null>();
    for (const { entry, ended } of this.#orders.values()) if (ended === null) protectedOnes.add(entry);
    for (const one of this.#orders.values()) {
      if (this.#orders.size <= endedKept) return;
      const { number } = one.command;
      if (one.ended !== null && one !== order && !protectedOnes.has(number)) this.#orders.delete(number);
    }
  }

  #symbolOf(symbol: string, time: Millis): KnownSymbol {
    let known = this.#symbols.get(symbol);
    if (known === undefined) {
      known = { symbol, held: zero, trade: null, time, told: [] };
      this.#symbols.set(symbol, known);
    }
    return known;
  }
}

/**
 * What a fill cancels: the other orders of its group, and the entry that an exit gets out of. That follows from the fill
 * alone, so that it is done after a restart, too.
 */
export function* cancelledBy<Order extends Pick<KnownOrder, "command">>(
  filled: Order,
  entry: Order | null | undefined,
  all: Iterable<Order>,
): Generator<Order> {
  if (entry !== null && entry !== undefined) yield entry;
  const { group, owner } = filled.command;
  if (group === null) return;
  for (const other of all)
    if (other !== filled && other.command.group === group && other.command.owner === owner) yield other;
}

function isGoing({ ended, cancel }: KnownOrder): boolean {
  return ended !== null || cancel !== null;
}

/** Orders, ended ones included, and ids of trades that are remembered. */
const endedKept = 500;
const toldKept = 1000;

/** What a fill takes of what it buys as a fee in that currency, in units of the lot's scale. */
export function chargedBy({ side, fee, instrument }: Execution): bigint {
  if (side === "sell" || fee.currency !== instrument.base || fee.amount.units <= 0n) return 0n;
  const { units, scale } = fee.amount;
  if (scale <= instrument.lot.scale) return units * pow10(instrument.lot.scale - scale);
  const step = pow10(scale - instrument.lot.scale);
  return (units + step - 1n) / step;
}

/** What a fill changes of the holding: the quantity, less a fee in the base currency. */
export function heldBy({ side, quantity, fee, instrument }: Execution): Fixed {
  const size: Fixed = { units: side === "buy" ? quantity : -quantity, scale: instrument.lot.scale };
  return fee.currency === instrument.base ? addFixed(size, negateFixed(fee.amount)) : size;
}
