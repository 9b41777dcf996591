import type { Account } from "../account/account.ts";
import {
  type Approved,
  type CancelCommand,
  type ExecutionEvent,
  type Fee,
  liquidationTag,
  type PlaceCommand,
  tradedValue,
} from "../domain/execution.ts";
import { addFixed, type Fixed, multiplyFixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, type MarketChunk, type MarketEvent } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import type { ExecutionGateway } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { dayMs, type Millis } from "../domain/time.ts";
import { inCurrency, quoteCost } from "./costs/feeCurrency.ts";
import { type ChargedFill, feeOf, withFill } from "./costs/feeOf.ts";
import type { FeeSchedule, FeeTerms } from "./costs/feeTerms.ts";
import type { Slippage } from "./costs/priceMove.ts";
import { type EntryBar, exitOnEntryBar } from "./entryBar.ts";
import {
  type Candidate,
  type FillLimit,
  fillOn,
  isBefore,
  isMarketable,
  type Prices,
  pointPrices,
  pricesOf,
  reachesStop,
} from "./fillRules.ts";
import { availableUnits } from "./liquidity.ts";
import { type Resting, rest, restExit } from "./resting.ts";
import { RestingOrders } from "./restingOrders.ts";
import { sizeAtFill } from "./sizing.ts";
import { SlipQuery } from "./slipQuery.ts";
import { followBest, trailingFill } from "./trailing.ts";

export interface SimulatedVenueOptions {
  readonly account: Account;
  readonly fees: FeeSchedule;
  readonly slippage: Slippage;
  /** Of an instrument's closes known so far. */
  readonly volatilityOf: (instrument: Instrument) => number;
  readonly fillLimit: FillLimit;
  readonly entryBar: EntryBar;
  /** The share of an event's volume that our orders may take; null: no limit. */
  readonly volumeShare: Fixed | null;
}

/** An event of the present instant, copied from the engine's reused one; reused itself at a later instant. */
interface Seen {
  /** Counts the events of a run from 1. */
  serial: number;
  instrument: Instrument;
  prices: Prices;
  chunk: MarketChunk;
  row: number;
  /** When the event's first price was formed; the stamp of its fills. */
  openTime: Millis;
  bar: number;
  /** What its volume still gives, in units of the lot; null: no limit; undefined: not asked for yet. */
  left: bigint | null | undefined;
}

interface Newborn {
  readonly exits: readonly Resting[];
  readonly event: Seen;
  readonly entry: Candidate;
}

const nothing: ExecutionEvent[] = [];

/**
 * A venue that fills orders from market data, pessimistically. Per instant: sells before buys, so that their proceeds
 * count; within a side what fills at the open first, then stops, then limits, the price that is reached first before
 * the others, each in order of submission. Every `drain` hands out one fill at most, for the account must have booked
 * it before the next can be paid.
 */
export class SimulatedVenue implements ExecutionGateway {
  /** Bars in which stop and target of one position were both reached; the stop was taken. */
  ambiguousBars = 0;
  /** Fills cut short by the volume there was. */
  volumeLimited = 0;
  readonly #options: SimulatedVenueOptions;
  readonly #orders = new RestingOrders();
  readonly #query: SlipQuery;
  #out: ExecutionEvent[] = nothing;
  /** The first `#seen` of them belong to the present instant. */
  readonly #events: Seen[] = [];
  #seen = 0;
  #serial = 0;
  #turn = 0;
  #newborn: Newborn[] = [];
  /** Cancels on their way. */
  #cancels: CancelCommand[] = [];

  constructor(options: SimulatedVenueOptions) {
    this.#options = options;
    this.#query = new SlipQuery(options.volatilityOf);
  }

  onMarket(event: MarketEvent, bar: number): void {
    if (this.#orders.count === 0) return;
    const { chunk, row } = event;
    const instrument = instrumentAt(chunk, row);
    const openTime = chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!;
    if (this.#cancels.length > 0) this.#cancelUntil(openTime);
    if (this.#orders.of(instrument).length === 0) return;
    this.#serial++;
    this.#turn = 0;
    const seen = this.#events[this.#seen] ?? this.#newEvent(event, instrument);
    this.#seen++;
    seen.serial = this.#serial;
    seen.instrument = instrument;
    pointPrices(seen.prices, chunk, row);
    seen.chunk = chunk;
    seen.row = row;
    seen.openTime = openTime;
    seen.bar = bar;
    seen.left = this.#options.volumeShare === null ? null : undefined;
  }

  submit(command: Approved): void {
    if (command.kind === "cancel") {
      // A cancel that is under way when a price is formed comes too late for it.
      if (command.activeFrom > Number.NEGATIVE_INFINITY) this.#cancels.push(command);
      else this.#cancel(command);
      return;
    }
    if (command.replaces !== null && !this.#takeOut(command.replaces)) {
      this.#tell({ kind: "ended", number: command.number, reason: "refused:nothing-to-replace" });
      return;
    }
    this.#orders.add(rest(command));
    // A market order has no life of its own between being sent and being filled.
    if (command.type !== "market") this.#tell({ kind: "accepted", number: command.number });
  }

  drain(): readonly ExecutionEvent[] {
    if (this.#out === nothing && this.#seen > 0) this.#match();
    const out = this.#out;
    this.#out = nothing;
    return out;
  }

  #newEvent({ chunk, row }: MarketEvent, instrument: Instrument): Seen {
    const prices = pricesOf(chunk, row);
    const seen = { serial: 0, instrument, prices, chunk, row, openTime: 0, bar: 0, left: null };
    this.#events.push(seen);
    return seen;
  }

  /** Goes on from where the last drain stopped, until something happened or the instant is done. */
  #match(): void {
    while (this.#newborn.length > 0) {
      this.#matchNewborn(this.#newborn.shift()!);
      if (this.#out !== nothing) return;
    }
    const seen = this.#seen;
    while (this.#turn < seen * 2) {
      const side: OrderSide = this.#turn < seen ? "sell" : "buy";
      const event = this.#events[this.#turn < seen ? this.#turn : this.#turn - seen]!;
      while (this.#matchOne(event, side)) if (this.#out !== nothing) return;
      this.#afterwards(event, side);
      this.#turn++;
    }
    this.#seen = 0;
  }

  /** The next thing that happens to orders of `side` on `event`; false when nothing (more) does. */
  #matchOne(event: Seen, side: OrderSide): boolean {
    const orders = this.#orders.of(event.instrument);
    let best: Candidate | null = null;
    for (let i = 0; i < orders.length; i++) {
      const order = orders[i]!;
      if (order.command.side !== side || !isActive(order, event)) continue;
      const reason = this.#reasonToEnd(order, event);
      if (reason !== null) {
        this.#end(order, reason);
        return true;
      }
      const candidate = this.#candidate(order, event.prices);
      if (candidate !== null && (best === null || isBefore(candidate, best))) best = candidate;
    }
    if (best === null) return false;
    if (best.order.attached !== null && !best.atOpen && this.#siblingFills(best.order, event)) {
      this.ambiguousBars++;
    }
    this.#fill(best, event);
    return true;
  }

  #candidate(order: Resting, prices: Prices): Candidate | null {
    const { fillLimit } = this.#options;
    return order.command.trail === null
      ? fillOn(order, prices, fillLimit)
      : trailingFill(order, prices, fillLimit);
  }

  #siblingFills(order: Resting, { prices }: Seen): boolean {
    const { fillLimit } = this.#options;
    return this.#orders.siblingsOf(order).some((other) => fillOn(other, prices, fillLimit) !== null);
  }

  #reasonToEnd(order: Resting, event: Seen): ReasonCode | null {
    const { command } = order;
    if (order.expires !== null && event.openTime >= order.expires) {
      return command.timeInForce === "DAY" ? "expired:day" : "expired:gtd";
    }
    if (order.attached !== null && !this.#holdsAgainst(command)) return "cancelled:oco";
    if (command.postOnly && !order.seen && isMarketable(order, event.prices, this.#options.fillLimit)) {
      return "expired:post-only";
    }
    return null;
  }

  #holdsAgainst(command: PlaceCommand): boolean {
    const { size } = this.#options.account.holdingOf(command.instrument, command.owner);
    return command.side === "sell" ? size > 0 : size < 0;
  }

  #fill(candidate: Candidate, event: Seen): void {
    const { order, maker } = candidate;
    const { command, sizing, charges: before } = order;
    const { account, fees } = this.#options;
    const { instrument, side, number } = command;
    const { openTime: time, bar } = event;
    const terms = fees.terms(maker, instrument, time);
    const price = candidate.slips ? this.#slipped(candidate, event) : candidate.price;
    const sized = sizeAtFill(command, { sizing, price, fees: terms, before }, account);
    if ("refused" in sized) {
      const orphaned = order.attached !== null && sized.refused === "refused:no-position";
      this.#end(order, orphaned ? "cancelled:oco" : sized.refused);
      return;
    }
    const { clipped } = sized;
    const quantity = this.#take(sized.quantity, order, event);
    if (quantity === 0n) return;
    const remaining = sized.quantity - quantity;
    const value = tradedValue(instrument, price, quantity, side);
    const charged = { value, quantity, lotScale: instrument.lot.scale };
    const amount = feeOf(terms, charged, before);
    const fee = this.#feeOf(terms, amount, charged, command);
    if (remaining > 0n) order.charges = withFill(terms, charged, amount, before);
    fees.booked?.(value, instrument, time);
    this.#tell({
      kind: "fill",
      number,
      instrument,
      side,
      time,
      bar,
      price,
      quantity,
      value,
      fee,
      maker,
      remaining,
      clipped,
    });
    if (remaining === 0n) this.#orders.remove(order);
    else {
      const mayShrink = order.sizing.kind === "value" || order.sizing.mayShrink;
      order.begun = true;
      order.sizing = { kind: "quantity", units: remaining, mayShrink };
    }
    if (order.attached !== null || command.group !== null) this.#settleSiblings(order, remaining);
    if (command.exits.length > 0) this.#protect(candidate, event, quantity);
  }

  #feeOf(terms: FeeTerms, amount: Fixed, fill: ChargedFill, { side, instrument, tag }: PlaceCommand): Fee {
    const { liquidationFee } = this.#options.account.margin;
    if (tag === liquidationTag && liquidationFee.units > 0n) {
      return {
        amount: addFixed(amount, multiplyFixed(fill.value, liquidationFee)),
        currency: instrument.settle,
      };
    }
    // A token is bought when it is needed.
    if (typeof terms.currency !== "string")
      return { amount: quoteCost(terms, amount, side), currency: instrument.settle };
    return inCurrency(terms, amount, fill, side, instrument);
  }

  #slipped({ order, price }: Candidate, { chunk, row, instrument }: Seen): Fixed {
    const query = this.#query;
    query.price = price;
    query.side = order.command.side;
    query.instrument = instrument;
    query.sizing = order.sizing;
    query.chunk = chunk;
    query.row = row;
    return this.#options.slippage.slip(query);
  }

  /** What the event's volume gives of it. Nothing: the event is done with, and a fill-or-kill order ends. */
  #take(quantity: bigint, order: Resting, event: Seen): bigint {
    if (event.left === null) return quantity;
    const { chunk, row, instrument } = event;
    event.left ??= availableUnits(chunk, row, instrument, this.#options.volumeShare);
    if (event.left === null) return quantity;
    const taken = quantity < event.left ? quantity : event.left;
    if (taken < quantity) {
      this.volumeLimited++;
      order.doneWith = event.serial;
      if (order.command.timeInForce === "FOK") {
        this.#end(order, "expired:fok");
        return 0n;
      }
    }
    // The same liquidity is never taken twice.
    event.left -= taken;
    return taken;
  }

  /** Exits come to life with the first fill of their entry, and grow with the following ones. */
  #protect(entry: Candidate, event: Seen, quantity: bigint): void {
    const { command } = entry.order;
    const living = this.#orders.exitsOf(command);
    if (living.length > 0) {
      for (const exit of living) {
        const units = exit.sizing.kind === "quantity" ? exit.sizing.units + quantity : quantity;
        exit.sizing = { kind: "quantity", units, mayShrink: false };
      }
      return;
    }
    const exits = command.exits.map((exit) => restExit(command, exit, quantity));
    for (const exit of exits) {
      this.#orders.add(exit);
      this.#tell({ kind: "accepted", number: exit.command.number });
    }
    this.#newborn.push({ exits, event, entry });
  }

  #matchNewborn({ exits, event, entry }: Newborn): void {
    const { entryBar, fillLimit } = this.#options;
    const { candidate, ambiguous } = exitOnEntryBar(exits, event.prices, entry, entryBar, fillLimit);
    if (ambiguous) this.ambiguousBars++;
    if (candidate !== null) this.#fill(candidate, event);
    // The entry's own bar is done with; from the next one on they are orders like any other.
    for (const exit of exits) {
      exit.doneWith = event.serial;
      exit.seen = true;
    }
  }

  /** What ends with the event itself, and what the next one (of the same instant, perhaps) must know of it. */
  #afterwards(event: Seen, side: OrderSide): void {
    const orders = this.#orders.of(event.instrument);
    for (let i = 0; i < orders.length; ) {
      const order = orders[i]!;
      if (order.command.side === side && event.openTime >= order.command.activeFrom) this.#age(order, event);
      // An order that ended has left its place to the next one.
      if (orders[i] === order) i++;
    }
  }

  #age(order: Resting, event: Seen): void {
    const { timeInForce, type, trail } = order.command;
    if (timeInForce === "IOC") this.#end(order, "expired:ioc");
    else if (timeInForce === "FOK") this.#end(order, "expired:fok");
    else if (timeInForce === "DAY") order.expires ??= (Math.floor(event.openTime / dayMs) + 1) * dayMs;
    if (type === "stop_limit" && !order.triggered) order.triggered = reachesStop(order, event.prices);
    if (trail !== null) followBest(order, event.prices);
    order.seen = true;
  }

  #tell(event: ExecutionEvent): void {
    // Most often there is one; an array grown by push would cost ten times its room.
    if (this.#out === nothing) this.#out = [event];
    else this.#out.push(event);
  }

  #cancelUntil(time: Millis): void {
    const due = this.#cancels.filter(({ activeFrom }) => activeFrom <= time);
    if (due.length === 0) return;
    this.#cancels = this.#cancels.filter(({ activeFrom }) => activeFrom > time);
    for (const cancel of due) this.#cancel(cancel);
  }

  #cancel({ number, reason }: CancelCommand): void {
    const order = this.#orders.numbered(number);
    if (order !== null) this.#end(order, reason);
    else this.#dropUnborn(number, reason);
  }

  /** Makes room for the order that replaces it; false when it is gone. */
  #takeOut(number: number): boolean {
    const order = this.#orders.numbered(number);
    if (order === null) return false;
    this.#end(order, "cancelled:by-strategy");
    return true;
  }

  #end(order: Resting, reason: ReasonCode): void {
    this.#orders.remove(order);
    this.#tell({ kind: "ended", number: order.command.number, reason });
    if (order.begun) return;
    // Exits whose entry never came to life end with it.
    for (const exit of order.command.exits)
      this.#tell({ kind: "ended", number: exit.number, reason: "cancelled:oco" });
  }

  /** An exit cancelled before its entry filled will never be born. */
  #dropUnborn(number: number, reason: ReasonCode): void {
    const entry = this.#orders.find(({ command, begun }) => {
      return !begun && command.exits.some((exit) => exit.number === number);
    });
    if (entry === null) return;
    const exits = entry.command.exits.filter((exit) => exit.number !== number);
    entry.command = { ...entry.command, exits };
    this.#tell({ kind: "ended", number, reason });
  }

  /** One cancels the other; an exit that fills in part leaves its sibling the rest, and its entry may add no more. */
  #settleSiblings(order: Resting, remaining: bigint): void {
    const { attached } = order;
    for (const sibling of this.#orders.siblingsOf(order)) {
      if (attached !== null && remaining > 0n) {
        sibling.sizing = { kind: "quantity", units: remaining, mayShrink: false };
      } else this.#end(sibling, "cancelled:oco");
    }
    const entry = attached === null ? null : this.#orders.numbered(attached.entry);
    if (entry !== null) this.#end(entry, "cancelled:oco");
  }
}

/** An order uses only prices formed at or after it became active: a bar under way is not for it. */
function isActive(order: Resting, event: Seen): boolean {
  return event.openTime >= order.command.activeFrom && order.doneWith !== event.serial;
}
