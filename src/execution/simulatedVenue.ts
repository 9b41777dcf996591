import type { Account } from "../account/account.ts";
import {
  type Approved,
  type ExecutionEvent,
  type OrderNumber,
  type PlaceCommand,
  tradedValue,
} from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, type MarketEvent } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import type { ExecutionGateway } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { dayMs, type Millis } from "../domain/time.ts";
import { walk } from "./bookFills.ts";
import {
  BookMatching,
  type BookMatchingState,
  type OfferCandidate,
  standsInBook,
  worstPrice,
} from "./bookMatching.ts";
import { chargedFee } from "./costs/chargedFee.ts";
import { feeOf, withFill } from "./costs/feeOf.ts";
import type { FeeSchedule } from "./costs/feeTerms.ts";
import type { Slippage } from "./costs/priceMove.ts";
import { type EntryBar, exitOnEntryBar } from "./entryBar.ts";
import { type Candidate, type FillLimit, fillOn, isBefore, isMarketable, reachesStop } from "./fillRules.ts";
import { sizeOnOffers } from "./offerSizing.ts";
import type { Resting } from "./resting.ts";
import { SeenEvent } from "./seenEvent.ts";
import { sizeAtFill } from "./sizing.ts";
import { SlipQuery } from "./slipQuery.ts";
import { followBest, trailingFill } from "./trailing.ts";
import { VenueOrders, type VenueOrdersState } from "./venueOrders.ts";

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

interface Newborn {
  readonly exits: readonly Resting[];
  readonly event: SeenEvent;
  readonly entry: Candidate;
}

export interface SimulatedVenueState {
  readonly ambiguousBars: number;
  readonly volumeLimited: number;
  readonly orders: VenueOrdersState;
  readonly books: BookMatchingState;
  readonly serial: number;
  readonly now: Millis;
}

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
  readonly #orders = new VenueOrders();
  readonly #books: BookMatching;
  readonly #query: SlipQuery;
  /** The first `#seen` of them belong to the present instant. */
  readonly #events: SeenEvent[] = [];
  #seen = 0;
  #serial = 0;
  #turn = 0;
  #newborn: Newborn[] = [];
  /** Of the last event seen. */
  #now: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: SimulatedVenueOptions) {
    this.#options = options;
    this.#books = new BookMatching(options.fillLimit);
    this.#query = new SlipQuery(options.volatilityOf);
  }

  onMarket(event: MarketEvent, bar: number): void {
    if (this.#orders.isEmpty) {
      this.#books.passBy(event);
      return;
    }
    const { chunk, row } = event;
    this.#now = chunk.times[row]!;
    const instrument = instrumentAt(chunk, row);
    this.#orders.arrive(chunk.kind === "bar" ? chunk.openTimes[row]! : this.#now);
    if (this.#orders.of(instrument).length === 0) {
      this.#books.passBy(event);
      return;
    }
    this.#serial++;
    this.#turn = 0;
    let seen = this.#events[this.#seen];
    if (seen === undefined) {
      seen = new SeenEvent(event, instrument, this.#options.volumeShare);
      this.#events.push(seen);
    } else seen.show(event, instrument);
    this.#seen++;
    seen.serial = this.#serial;
    seen.bar = bar;
    seen.besideBook = chunk.kind === "tick" && this.#books.covers(instrument);
  }

  offerTo(number: OrderNumber, event: MarketEvent, bar: number): void {
    const seen = this.#seen;
    this.onMarket(event, bar);
    if (this.#seen > seen) this.#events[seen]!.only = number;
  }

  submit(command: Approved): void {
    this.#orders.submit(command, this.#now);
  }

  drain(): readonly ExecutionEvent[] {
    if (!this.#orders.hasNews && this.#seen > 0) this.#match();
    return this.#orders.takeNews();
  }

  /** Between two instants: nothing is half matched. */
  save(): SimulatedVenueState {
    const { ambiguousBars, volumeLimited } = this;
    const [orders, books] = [this.#orders.save(), this.#books.save()];
    return { ambiguousBars, volumeLimited, orders, books, serial: this.#serial, now: this.#now };
  }

  load({ ambiguousBars, volumeLimited, orders, books, serial, now }: SimulatedVenueState): void {
    [this.ambiguousBars, this.volumeLimited] = [ambiguousBars, volumeLimited];
    this.#orders.load(orders);
    this.#books.load(books);
    [this.#serial, this.#now] = [serial, now];
  }

  /** Goes on from where the last drain stopped, until something happened or the instant is done. */
  #match(): void {
    while (this.#newborn.length > 0) {
      this.#matchNewborn(this.#newborn.shift()!);
      if (this.#orders.hasNews) return;
    }
    const seen = this.#seen;
    while (this.#turn < seen * 2) {
      const side: OrderSide = this.#turn < seen ? "sell" : "buy";
      const event = this.#events[this.#turn < seen ? this.#turn : this.#turn - seen]!;
      if (event.offered !== null) this.#books.show(event.offered, event.row, event.instrument, side);
      while (this.#matchOne(event, side)) if (this.#orders.hasNews) return;
      this.#afterwards(event, side);
      this.#turn++;
    }
    this.#seen = 0;
  }

  /** The next thing that happens to orders of `side` on `event`; false when nothing (more) does. */
  #matchOne(event: SeenEvent, side: OrderSide): boolean {
    const orders = this.#orders.of(event.instrument);
    let best: Candidate | null = null;
    for (let i = 0; i < orders.length; i++) {
      const order = orders[i]!;
      if (order.command.side !== side || !event.isFor(order)) continue;
      const reason = this.#reasonToEnd(order, event);
      if (reason !== null) {
        this.#orders.end(order, reason);
        return true;
      }
      const candidate = this.#candidate(order, event);
      if (candidate !== null && (best === null || isBefore(candidate, best))) best = candidate;
    }
    if (best === null) return false;
    if (!best.atOpen && this.#siblingFills(best.order, event)) this.ambiguousBars++;
    this.#fill(best, event);
    return true;
  }

  #candidate(order: Resting, { offered, besideBook, prices }: SeenEvent): Candidate | OfferCandidate | null {
    if (offered !== null) return this.#books.candidate(order);
    if (besideBook && !standsInBook(order)) return null;
    const { fillLimit } = this.#options;
    return order.command.trail === null
      ? fillOn(order, prices, fillLimit)
      : trailingFill(order, prices, fillLimit);
  }

  /** Would an order that this one cancels have filled in the same bar? Of two sides, the sells come first anyway. */
  #siblingFills(order: Resting, event: SeenEvent): boolean {
    const { attached, command } = order;
    if (attached === null && command.group === null) return false;
    return this.#orders.siblingsOf(order).some((other) => {
      const { instrument, side } = other.command;
      if (instrument !== command.instrument || side !== command.side || !event.isFor(other)) return false;
      return this.#candidate(other, event) !== null;
    });
  }

  #reasonToEnd(order: Resting, event: SeenEvent): ReasonCode | null {
    const { command } = order;
    if (order.expires !== null && event.openTime >= order.expires) {
      return command.timeInForce === "DAY" ? "expired:day" : "expired:gtd";
    }
    if (order.attached !== null && !this.#holdsAgainst(command) && !this.#orders.mayStillGrow(order)) {
      return "cancelled:oco";
    }
    if (command.postOnly && !order.seen && this.#wouldTake(order, event)) return "expired:post-only";
    return null;
  }

  #wouldTake(order: Resting, { offered, besideBook, prices }: SeenEvent): boolean {
    if (offered !== null) return this.#books.isMarketable(order);
    return !besideBook && isMarketable(order, prices, this.#options.fillLimit);
  }

  #holdsAgainst(command: PlaceCommand): boolean {
    const { size } = this.#options.account.holdingOf(command.instrument, command.owner);
    return command.side === "sell" ? size > 0 : size < 0;
  }

  #fill(candidate: Candidate | OfferCandidate, event: SeenEvent): void {
    const { order, maker } = candidate;
    const { command, charges: before } = order;
    const { account, fees, slippage } = this.#options;
    const { instrument, side, number } = command;
    const { openTime: time, bar } = event;
    const terms = fees.terms(maker, instrument, time);
    const cut = "offers" in candidate && sizeOnOffers(order, candidate.offers, terms);
    const { sizing } = order;
    const price = candidate.slips ? slippage.slip(this.#query.ask(candidate, event)) : candidate.price;
    const payable = "offers" in candidate ? worstPrice(candidate) : price;
    const sized = sizeAtFill(command, { sizing, price: payable, fees: terms, before }, account);
    if ("refused" in sized) {
      const orphaned = order.attached !== null && sized.refused === "refused:no-position";
      if (orphaned && this.#orders.mayStillGrow(order)) order.doneWith = event.serial;
      else this.#orders.end(order, orphaned ? "cancelled:oco" : sized.refused);
      return;
    }
    const clipped = sized.clipped || cut;
    const quantity =
      "offers" in candidate
        ? this.#takeOffer(sized.quantity, candidate)
        : this.#takeTraded(sized.quantity, order, event);
    if (quantity === 0n) return;
    const remaining = sized.quantity - quantity;
    const value = tradedValue(instrument, price, quantity, side);
    const charged = { value, quantity, lotScale: instrument.lot.scale };
    const amount = feeOf(terms, charged, before);
    const fee = chargedFee(terms, amount, charged, command, account.margin.liquidationFee);
    if (remaining > 0n) order.charges = withFill(terms, charged, amount, before);
    fees.booked?.(value, instrument, time);
    this.#orders.tell({
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
    this.#orders.fillTold(order, quantity, remaining);
    if (command.exits.length === 0) return;
    const exits = this.#orders.protect(order, quantity);
    if (exits.length > 0) this.#newborn.push({ exits, event, entry: candidate });
  }

  /** What stands at the best offer; a fill-or-kill order ends when all offers together don't hold it. */
  #takeOffer(quantity: bigint, candidate: OfferCandidate): bigint {
    const { order, offers } = candidate;
    if (order.command.timeInForce === "FOK" && walk(offers, quantity).remaining > 0n) {
      this.#orders.end(order, "expired:fok");
      return 0n;
    }
    const { available } = offers[0];
    const taken = available === null || available > quantity ? quantity : available;
    this.#books.take(candidate, taken);
    return taken;
  }

  /** What the event's volume gives of it. When that is less than was wanted, the event is done with. */
  #takeTraded(quantity: bigint, order: Resting, event: SeenEvent): bigint {
    const { type, timeInForce } = order.command;
    const taken = event.take(quantity, timeInForce === "FOK");
    if (taken === quantity) return taken;
    this.volumeLimited++;
    order.doneWith = event.serial;
    // A stop that was reached stays so, wherever the price goes from there.
    if (type === "stop") order.triggered = true;
    if (timeInForce === "FOK") this.#orders.end(order, "expired:fok");
    return taken;
  }

  #matchNewborn({ exits, event, entry }: Newborn): void {
    const { entryBar, fillLimit } = this.#options;
    // A row of a book has no inside: nothing happened after the entry yet.
    if (event.offered === null) {
      const { candidate, ambiguous } = exitOnEntryBar(exits, event.prices, entry, entryBar, fillLimit);
      if (ambiguous) this.ambiguousBars++;
      if (candidate !== null) this.#fill(candidate, event);
    }
    // The entry's own bar is done with; from the next one on they are orders like any other.
    for (const exit of exits) {
      exit.doneWith = event.serial;
      exit.seen = true;
    }
  }

  /** What ends with the event itself, and what the next one (of the same instant, perhaps) must know of it. */
  #afterwards(event: SeenEvent, side: OrderSide): void {
    if (event.besideBook) return;
    const orders = this.#orders.of(event.instrument);
    for (let i = 0; i < orders.length; ) {
      const order = orders[i]!;
      const { side: own, activeFrom, number } = order.command;
      const isMeant = event.only === null || event.only === number;
      if (own === side && isMeant && event.openTime >= activeFrom) this.#age(order, event);
      // An order that ended has left its place to the next one.
      if (orders[i] === order) i++;
    }
  }

  #age(order: Resting, event: SeenEvent): void {
    const { timeInForce, type, trail } = order.command;
    if (timeInForce === "IOC") this.#orders.end(order, "expired:ioc");
    else if (timeInForce === "FOK") this.#orders.end(order, "expired:fok");
    else if (timeInForce === "DAY") order.expires ??= (Math.floor(event.openTime / dayMs) + 1) * dayMs;
    if (event.offered !== null) this.#books.age(order);
    else {
      if (type === "stop_limit" && !order.triggered) order.triggered = reachesStop(order, event.prices);
      if (trail !== null) followBest(order, event.prices);
    }
    order.seen = true;
  }
}
