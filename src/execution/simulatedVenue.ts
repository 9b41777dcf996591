import type { Account } from "../account/account.ts";
import {
  type Approved,
  type CancelCommand,
  type ExecutionEvent,
  type PlaceCommand,
  tradedValue,
} from "../domain/execution.ts";
import { multiplyFixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, type MarketEvent } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import type { ExecutionGateway } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { dayMs, type Millis } from "../domain/time.ts";
import type { FeeModel } from "./costs/fee.ts";
import type { SlippageModel } from "./costs/slippage.ts";
import { type EntryBar, exitOnEntryBar } from "./entryBar.ts";
import {
  type Candidate,
  type FillLimit,
  fillOn,
  isMarketable,
  type Prices,
  pointPrices,
  pricesOf,
  reachesStop,
} from "./fillRules.ts";
import { type Resting, rest, restExit } from "./resting.ts";
import { sizeAtFill } from "./sizing.ts";

export interface SimulatedVenueOptions {
  readonly account: Account;
  readonly fees: FeeModel;
  readonly slippage: SlippageModel;
  readonly fillLimit: FillLimit;
  readonly entryBar: EntryBar;
}

/** An event of the present instant, copied from the engine's reused one; reused itself at a later instant. */
interface Seen {
  /** Counts the events of a run from 1. */
  serial: number;
  instrument: Instrument;
  prices: Prices;
  /** When the event's first price was formed; the stamp of its fills. */
  openTime: Millis;
  bar: number;
}

interface Newborn {
  readonly exits: readonly Resting[];
  readonly event: Seen;
  readonly entry: Candidate;
}

const nothing: ExecutionEvent[] = [];

/**
 * A venue that fills orders from market data, pessimistically. Per instant: sells before buys, so that their proceeds
 * count; within a side what fills at the open first, then stops, then limits, each in order of submission. Every
 * `drain` hands out one fill at most, for the account must have booked it before the next can be paid.
 */
export class SimulatedVenue implements ExecutionGateway {
  /** Bars in which stop and target of one position were both reached; the stop was taken. */
  ambiguousBars = 0;
  #options: SimulatedVenueOptions;
  #resting = new Map<Instrument, Resting[]>();
  #count = 0;
  #out: ExecutionEvent[] = nothing;
  /** The first `#seen` of them belong to the present instant. */
  readonly #events: Seen[] = [];
  #seen = 0;
  #serial = 0;
  #turn = 0;
  /** The orders of the last instrument that was asked for. */
  #last: Resting[] = [];
  #lastInstrument: Instrument | null = null;
  #newborn: Newborn[] = [];

  constructor(options: SimulatedVenueOptions) {
    this.#options = options;
  }

  onMarket(event: MarketEvent, bar: number): void {
    if (this.#count === 0) return;
    const { chunk, row } = event;
    const instrument = instrumentAt(chunk, row);
    if (this.#ordersOf(instrument).length === 0) return;
    const openTime = chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!;
    this.#serial++;
    this.#turn = 0;
    const seen = this.#events[this.#seen++];
    if (seen === undefined) {
      this.#events.push({ serial: this.#serial, instrument, prices: pricesOf(chunk, row), openTime, bar });
      return;
    }
    seen.serial = this.#serial;
    seen.instrument = instrument;
    pointPrices(seen.prices, chunk, row);
    seen.openTime = openTime;
    seen.bar = bar;
  }

  submit(command: Approved): void {
    if (command.kind === "place") {
      this.#add(rest(command));
      // A market order has no life of its own between being sent and being filled.
      if (command.type !== "market") this.#tell({ kind: "accepted", number: command.number });
      return;
    }
    for (const orders of this.#resting.values()) {
      const order = orders.find((candidate) => candidate.command.number === command.number);
      if (order !== undefined) this.#end(order, command.reason);
      else this.#dropUnborn(orders, command);
    }
  }

  drain(): readonly ExecutionEvent[] {
    if (this.#out === nothing && this.#seen > 0) this.#match();
    const out = this.#out;
    this.#out = nothing;
    return out;
  }

  /** Goes on from where the last drain stopped, until something happened or the instant is done. */
  #match(): void {
    while (this.#newborn.length > 0) {
      this.#matchNewborn(this.#newborn.shift()!);
      if (this.#out.length > 0) return;
    }
    const seen = this.#seen;
    while (this.#turn < seen * 2) {
      const side: OrderSide = this.#turn < seen ? "sell" : "buy";
      const event = this.#events[this.#turn < seen ? this.#turn : this.#turn - seen]!;
      if (this.#matchOne(event, side)) return;
      this.#afterwards(event, side);
      this.#turn++;
    }
    this.#seen = 0;
  }

  /** The next thing that happens to orders of `side` on `event`; false when nothing (more) does. */
  #matchOne(event: Seen, side: OrderSide): boolean {
    const orders = this.#ordersOf(event.instrument);
    let best: Candidate | null = null;
    for (const order of orders) {
      if (order.command.side !== side || !isActive(order, event)) continue;
      const reason = this.#reasonToEnd(order, event);
      if (reason !== null) {
        this.#end(order, reason);
        return true;
      }
      const candidate = fillOn(order, event.prices, this.#options.fillLimit);
      if (candidate === null) continue;
      if (best === null || rankOf(candidate) < rankOf(best)) best = candidate;
    }
    if (best === null) return false;
    if (best.order.attached !== null && !best.atOpen && this.#siblingFills(best.order, event)) {
      this.ambiguousBars++;
    }
    this.#fill(best, event);
    return true;
  }

  #siblingFills(order: Resting, { instrument, prices }: Seen): boolean {
    const { fillLimit } = this.#options;
    return this.#resting
      .get(instrument)!
      .some((other) => other !== order && areSiblings(order, other) && fillOn(other, prices, fillLimit));
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
    const { quantity } = this.#options.account.holdingOf(command.instrument);
    return command.side === "sell" ? quantity > 0n : quantity < 0n;
  }

  #fill(candidate: Candidate, event: Seen): void {
    const { order, maker, slips } = candidate;
    const { command } = order;
    const { account, fees, slippage } = this.#options;
    const { instrument, side, number } = command;
    const price = slips ? slippage.slip(candidate.price, side, instrument) : candidate.price;
    const sized = sizeAtFill(command, price, fees.factor(maker), account);
    if ("refused" in sized) {
      const orphaned = order.attached !== null && sized.refused === "refused:no-position";
      this.#end(order, orphaned ? "cancelled:oco" : sized.refused);
      return;
    }
    const { quantity, clipped } = sized;
    this.#remove(order);
    const value = tradedValue(instrument, price, quantity);
    const fee = { amount: multiplyFixed(value, fees.rate(maker)), currency: instrument.settle };
    this.#tell({
      kind: "fill",
      number,
      instrument,
      side,
      time: event.openTime,
      bar: event.bar,
      price,
      quantity,
      value,
      fee,
      maker,
      complete: true,
      clipped,
    });
    if (order.attached !== null) this.#endSiblings(order);
    if (command.exits.length > 0) this.#bearExits(candidate, event, quantity);
  }

  #bearExits(entry: Candidate, event: Seen, quantity: bigint): void {
    const exits = entry.order.command.exits.map((exit) => restExit(entry.order.command, exit, quantity));
    for (const exit of exits) {
      this.#add(exit);
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
      exit.bornOn = event.serial;
      exit.seen = true;
    }
  }

  /** What ends with the event itself, and what the next one (of the same instant, perhaps) must know of it. */
  #afterwards(event: Seen, side: OrderSide): void {
    const orders = this.#ordersOf(event.instrument);
    for (let i = 0; i < orders.length; ) {
      const order = orders[i]!;
      if (order.command.side === side && isActive(order, event)) this.#age(order, event);
      // An order that ended has left its place to the next one.
      if (orders[i] === order) i++;
    }
  }

  #age(order: Resting, event: Seen): void {
    const { timeInForce, type } = order.command;
    if (timeInForce === "IOC") this.#end(order, "expired:ioc");
    else if (timeInForce === "FOK") this.#end(order, "expired:fok");
    else if (timeInForce === "DAY") order.expires ??= (Math.floor(event.openTime / dayMs) + 1) * dayMs;
    if (type === "stop_limit" && !order.triggered) order.triggered = reachesStop(order, event.prices);
    order.seen = true;
  }

  #tell(event: ExecutionEvent): void {
    // Most often there is one; an array grown by push would cost ten times its room.
    if (this.#out === nothing) this.#out = [event];
    else this.#out.push(event);
  }

  #ordersOf(instrument: Instrument): Resting[] {
    if (instrument === this.#lastInstrument) return this.#last;
    let orders = this.#resting.get(instrument);
    if (orders === undefined) {
      orders = [];
      this.#resting.set(instrument, orders);
    }
    this.#lastInstrument = instrument;
    this.#last = orders;
    return orders;
  }

  #add(order: Resting): void {
    this.#ordersOf(order.command.instrument).push(order);
    this.#count++;
  }

  #remove(order: Resting): void {
    const orders = this.#ordersOf(order.command.instrument);
    if (orders.length === 1) orders.pop();
    else orders.splice(orders.indexOf(order), 1);
    this.#count--;
  }

  #end(order: Resting, reason: ReasonCode): void {
    this.#remove(order);
    this.#tell({ kind: "ended", number: order.command.number, reason });
    // Exits whose entry never came to life end with it.
    for (const exit of order.command.exits)
      this.#tell({ kind: "ended", number: exit.number, reason: "cancelled:oco" });
  }

  /** An exit cancelled before its entry filled will never be born. */
  #dropUnborn(orders: readonly Resting[], { number, reason }: CancelCommand): void {
    for (const order of orders) {
      const exits = order.command.exits.filter((exit) => exit.number !== number);
      if (exits.length === order.command.exits.length) continue;
      order.command = { ...order.command, exits };
      this.#tell({ kind: "ended", number, reason });
    }
  }

  #endSiblings(order: Resting): void {
    for (const other of [...this.#ordersOf(order.command.instrument)]) {
      if (areSiblings(order, other)) this.#end(other, "cancelled:oco");
    }
  }
}

/** An order uses only prices formed at or after it became active: a bar under way is not for it. */
function isActive(order: Resting, event: Seen): boolean {
  return event.openTime >= order.command.activeFrom && order.bornOn !== event.serial;
}

function areSiblings(a: Resting, b: Resting): boolean {
  return a.attached !== null && b.attached !== null && a.attached.group === b.attached.group;
}

/** In one bar of unknown path: the open first, then stops, then limits. */
function rankOf(candidate: Candidate): number {
  if (candidate.atOpen) return 0;
  return candidate.slips || candidate.order.command.type === "stop_limit" ? 1 : 2;
}
