import type { Account } from "../account/account.ts";
import { describe } from "../domain/decimal.ts";
import type { Approved, CancelCommand, Command, PlaceCommand, Sizing } from "../domain/execution.ts";
import {
  addFixed,
  divideDown,
  type Fixed,
  multiplyFixed,
  negateFixed,
  unitsToNumber,
  zero,
} from "../domain/fixed.ts";
import { type Instrument, snapQuantity, unitValue, wholeLots } from "../domain/instrument.ts";
import type { Order, OrderId, OrderSide } from "../domain/order.ts";
import type { CostEstimate } from "../domain/ports.ts";
import type { Random } from "../domain/random.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Json } from "../domain/signal.ts";
import { didYouMean } from "../domain/suggest.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import type { Millis } from "../domain/time.ts";
import type { Context, OrderChanges, OrderRequest, TargetRequest } from "../strategy/contract.ts";
import { amendedTerms } from "./amend.ts";
import { placeCommand } from "./command.ts";
import type { Desk } from "./context.ts";
import type { Decision } from "./decisionLog.ts";
import type { Market } from "./market.ts";
import { type OrderBook, type OrderRecord, openQuantity, orderView } from "./orderBook.ts";
import {
  exact,
  illegal,
  plainMarketOrder,
  readSize,
  readTerms,
  reducingMarketOrder,
  type Size,
  type Terms,
  tagOf,
} from "./request.ts";
import { approve, Review } from "./risk.ts";
import { expectedUnits, ofQuantity, ofValue, referencePrice } from "./sizing.ts";
import type { Timers } from "./timers.ts";

export interface DeskOptions {
  readonly mode: Context["mode"];
  readonly account: Account;
  readonly orders: OrderBook;
  readonly timers: Timers;
  readonly random: Random;
  readonly costs: CostEstimate;
  /** `fill`: orders by value get their quantity at the fill. `decision`: at the decision. */
  readonly sizing: "fill" | "decision";
  /** How far below the reference a fill may lie before an order by value is cut, as a fraction. */
  readonly collar: Fixed;
  /** Bars (or ticks, without bars) a symbol must have had before orders for it count. */
  readonly warmup: number;
  /** Orders before it are refused, and nothing before it is measured. */
  readonly tradeFrom: Millis;
  /** Milliseconds from what a strategy decides on until its order is at the venue; null: none. */
  readonly latency: (() => number) | null;
  readonly onLog: (
    time: Millis,
    message: string,
    fields: { readonly [key: string]: Json } | undefined,
  ) => void;
}

/** What the desk tells the engine. */
export interface DeskSink {
  readonly markets: ReadonlyMap<Instrument, Market>;
  /** The strategy will hear of it at the next instant. */
  changed(record: OrderRecord): void;
  /** An entry for the log of decisions. */
  record(decision: Decision): void;
}

interface Snapped {
  readonly size: Size | null;
  readonly instrument: Instrument | null;
  readonly sizing: Sizing;
}

const none: Approved<Command>[] = [];

/** Turns what a strategy asks for into commands that have passed risk, or refusals. */
export class TradingDesk implements Desk {
  time: Millis = Number.NEGATIVE_INFINITY;
  current!: Market;
  /** The data have ended: what is sold then needs no time to arrive. */
  isOver = false;
  readonly #options: DeskOptions;
  readonly #sink: DeskSink;
  readonly #review: Review;
  #commands: Approved<Command>[] = none;
  /** The last size by quantity: strategies tend to ask for the same again and again. */
  #snapped: Snapped = { size: null, instrument: null, sizing: ofQuantity(0n) };

  constructor(options: DeskOptions, sink: DeskSink) {
    this.#options = options;
    this.#sink = sink;
    this.#review = new Review(options);
  }

  get mode(): Context["mode"] {
    return this.#options.mode;
  }
  get accountKind(): Context["account"] {
    return this.#options.account.kind;
  }
  get ready(): boolean {
    return this.#isReady(this.current);
  }
  get symbols(): readonly string[] {
    return [...this.#sink.markets.keys()].map((instrument) => instrument.symbol);
  }
  get cash(): number {
    const { cash } = this.#options.account;
    return unitsToNumber(cash.units, cash.scale);
  }
  get equity(): number {
    return this.#options.account.equity();
  }

  market(symbol: string): Market {
    const name = normalizeSymbol(String(symbol));
    for (const market of this.#sink.markets.values()) if (market.instrument.symbol === name) return market;
    throw illegal(
      `unknown symbol "${symbol}".${didYouMean(name, this.symbols)}`,
      `Known so far: ${this.symbols.join(", ")}.`,
    );
  }

  openOrders(): readonly Order[] {
    return this.#options.orders.open.map(orderView);
  }

  takeCommands(): readonly Approved<Command>[] {
    const commands = this.#commands;
    this.#commands = none;
    return commands;
  }

  place(side: OrderSide, market: Market, request: OrderRequest): OrderId {
    const size = readSize(request);
    const terms = readTerms(side, request, market.instrument);
    return this.#submit(market, side, this.#sizingOf(market, side, size, terms), terms, tagOf(request.tag));
  }

  close(market: Market, tag: unknown): OrderId | null {
    const { quantity, isFlat, isLong } = market.holding;
    if (isFlat) return null;
    const sizing = ofQuantity(isLong ? quantity : -quantity);
    return this.#submit(market, isLong ? "sell" : "buy", sizing, reducingMarketOrder, tagOf(tag));
  }

  target(market: Market, request: TargetRequest): OrderId | null {
    if (typeof request !== "object" || request === null) {
      throw illegal(`target: expected an object such as { fraction: 1 }, found ${describe(request)}`);
    }
    const { symbol: _, tag, ...size } = request as TargetRequest & { readonly [key: string]: unknown };
    const member = Object.keys(size)[0];
    if ((member !== "quantity" && member !== "fraction") || Object.keys(size).length !== 1) {
      throw illegal(
        `target: expected either quantity or fraction, found ${Object.keys(size).join(" and ") || "none"}`,
      );
    }
    const amount = exact(size[member], `target.${member}`);
    const label = tagOf(tag);
    return member === "quantity"
      ? this.#targetQuantity(market, amount, label)
      : this.#targetFraction(market, amount, label);
  }

  cancel(id: OrderId): void {
    const record = this.#options.orders.find(Number(id));
    if (record !== null) this.#cancel(record);
    else if (!this.#options.orders.hasIssued(Number(id)))
      throw illegal(`cancel: no order has the id ${describe(id)}`);
  }

  amend(id: OrderId, changes: OrderChanges): OrderId {
    const record = this.#options.orders.find(Number(id));
    if (record === null) throw illegal(`amend: expected the id of an open order, found ${describe(id)}`);
    // A cancel may be under way: then this one comes too late, or not.
    const { command, cancelRequested } = record;
    const terms = amendedTerms(record, changes, this.#options.orders);
    const market = this.#sink.markets.get(command.instrument)!;
    const sizing = this.#amendedSizing(record, changes);
    // Whatever it held back is free for the one that takes its place.
    record.cancelRequested = true;
    const replacement = this.#submit(market, command.side, sizing, terms, command.tag, command.number);
    record.cancelRequested = cancelRequested || this.#options.orders.find(Number(replacement)) !== null;
    return replacement;
  }

  cancelAll(market: Market | null): void {
    for (const record of this.#options.orders.open) {
      if (market === null || record.command.instrument === market.instrument) this.#cancel(record);
    }
  }

  random(): number {
    return this.#options.random();
  }

  after(ms: number, tag: string): void {
    this.#options.timers.add(this.time + ms, tag);
  }

  log(message: string, fields: { readonly [key: string]: Json } | undefined): void {
    this.#options.onLog(this.time, message, fields);
  }

  #isReady(market: Market): boolean {
    return market.seen >= this.#options.warmup && this.time > this.#options.tradeFrom;
  }

  #dispatch(command: Approved<Command>): void {
    // One command is the rule: an array of one is a tenth of an array grown by push.
    if (this.#commands === none) this.#commands = [command];
    else this.#commands.push(command);
  }

  #cancel(record: OrderRecord): void {
    if (record.cancelRequested) return;
    record.cancelRequested = true;
    const { number } = record.command;
    const { latency } = this.#options;
    const activeFrom = latency === null ? Number.NEGATIVE_INFINITY : this.time + latency();
    const command: CancelCommand = { kind: "cancel", number, reason: "cancelled:by-strategy", activeFrom };
    this.#sink.record(command);
    this.#dispatch(approve(command));
  }

  #targetQuantity(market: Market, amount: Fixed, tag: string | null): OrderId | null {
    const difference = snapQuantity(market.instrument, amount) - this.#net(market);
    if (difference === 0n) return null;
    const sizing = ofQuantity(difference > 0n ? difference : -difference);
    return this.#submit(market, difference > 0n ? "buy" : "sell", sizing, plainMarketOrder, tag);
  }

  /**
   * The difference between what is wanted and what there is, both at the reference price. What crosses zero nets the
   * old position by quantity and opens the new one by value.
   */
  #targetFraction(market: Market, fraction: Fixed, tag: string | null): OrderId | null {
    const net = this.#net(market);
    const { instrument, holding } = market;
    if (fraction.units === 0n) return this.#targetQuantity(market, zero, tag);
    const wantsLong = fraction.units > 0n;
    const wanted = multiplyFixed(
      wantsLong ? fraction : negateFixed(fraction),
      this.#options.account.exactEquity(),
    );
    const side = wantsLong ? "buy" : "sell";
    const crosses = net !== 0n && net > 0n !== wantsLong;
    if (net === 0n || crosses || !holding.hasPrice) {
      const sizing = this.#valueAtMarket(market, side, wanted, net < 0n ? -net : net);
      return this.#submit(market, side, sizing, plainMarketOrder, tag);
    }
    const value = unitValue(instrument, holding.exactMark());
    const present = multiplyFixed({ units: net < 0n ? -net : net, scale: instrument.lot.scale }, value);
    const difference = addFixed(wanted, negateFixed(present));
    if (difference.units > 0n) {
      // As below: what comes to less than a lot is nothing to trade.
      if (divideDown(difference, value, instrument.lot.scale) < instrument.lot.units) return null;
      const sizing = this.#valueAtMarket(market, side, difference, 0n);
      return this.#submit(market, side, sizing, plainMarketOrder, tag);
    }
    const less = divideDown(negateFixed(difference), value, instrument.lot.scale);
    const units = wholeLots(less, instrument);
    if (units === 0n) return null;
    return this.#submit(market, wantsLong ? "sell" : "buy", ofQuantity(units), reducingMarketOrder, tag);
  }

  #valueAtMarket(market: Market, side: OrderSide, value: Fixed, plus: bigint): Sizing {
    return ofValue({ market, side, limit: null, stop: null, value, plus, time: this.time }, this.#options);
  }

  #net(market: Market): bigint {
    return market.holding.quantity + openQuantity(this.#options.orders, market.instrument);
  }

  #submit(
    market: Market,
    side: OrderSide,
    sizing: Sizing,
    terms: Terms,
    tag: string | null,
    replaces: number | null = null,
  ): OrderId {
    const { orders, latency } = this.#options;
    const activeFrom = latency === null || this.isOver ? this.time : this.time + latency();
    const command = placeCommand(market, { side, sizing, terms, tag, replaces, activeFrom }, orders);
    this.#sink.record(command);
    const refused = this.#review.refuses(command, this.#isReady(market));
    const record = orders.add(command, this.#expectedUnits(market, command));
    if (refused !== null) this.#refuse(command, refused);
    else {
      record.reserves = true;
      this.#dispatch(approve(command));
    }
    return String(command.number);
  }

  /** For netting: an order by value is taken to come to what its value buys at the reference price. */
  #expectedUnits(market: Market, { instrument, sizing, limit, stop }: PlaceCommand): bigint {
    if (sizing.kind === "quantity") return sizing.units;
    return expectedUnits(instrument, sizing, referencePrice(market, limit, stop));
  }

  #refuse(command: PlaceCommand, reason: ReasonCode): void {
    this.#end(command.number, reason);
    for (const exit of command.exits) this.#end(exit.number, "cancelled:oco");
  }

  #end(number: number, reason: ReasonCode): void {
    const record = this.#options.orders.end(number, reason);
    if (record === null) return;
    this.#sink.record({ kind: "ended", number, reason });
    this.#sink.changed(record);
  }

  #amendedSizing({ command, quantity, filled }: OrderRecord, changes: OrderChanges): Sizing {
    const { instrument, sizing } = command;
    if (changes.quantity !== undefined) {
      const amount = exact(changes.quantity, "amend.quantity");
      if (amount.units <= 0n)
        throw illegal("amend: expected a quantity above 0; cancel takes the order back");
      return ofQuantity(snapQuantity(instrument, amount));
    }
    return quantity === null ? sizing : ofQuantity(quantity - filled);
  }

  #sizingOf(market: Market, side: OrderSide, size: Size, { limit, stop }: Terms): Sizing {
    const { instrument } = market;
    if (size.kind === "quantity") {
      if (size === this.#snapped.size && instrument === this.#snapped.instrument) return this.#snapped.sizing;
      const sizing = ofQuantity(snapQuantity(instrument, size.amount));
      this.#snapped = { size, instrument, sizing };
      return sizing;
    }
    const value =
      size.kind === "notional"
        ? size.amount
        : multiplyFixed(size.amount, this.#options.account.exactEquity());
    return ofValue({ market, side, limit, stop, value, plus: 0n, time: this.time }, this.#options);
  }
}
