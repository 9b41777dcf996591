import type { Account } from "../account/account.ts";
import { describe } from "../domain/decimal.ts";
import {
  type Approved,
  type CancelCommand,
  type Command,
  flattenTag,
  type PlaceCommand,
  type Sizing,
} from "../domain/execution.ts";
import { type Fixed, unitsToNumber } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Order, type OrderId, type OrderSide, orderIdOf } from "../domain/order.ts";
import type { CostEstimate } from "../domain/ports.ts";
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
import type { SeatOptions } from "./options.ts";
import { type OrderBook, type OrderRecord, openQuantity, orderView } from "./orderBook.ts";
import {
  illegal,
  readSize,
  readTarget,
  readTerms,
  reducingMarketOrder,
  type Terms,
  tagOf,
} from "./request.ts";
import { approve, Review } from "./risk.ts";
import type { RiskPolicy } from "./riskPolicy.ts";
import { Sizer } from "./sizer.ts";
import { ofQuantity } from "./sizing.ts";
import type { Timers } from "./timers.ts";

/** What all desks of a run share. */
export interface SharedDeskOptions {
  readonly mode: Context["mode"];
  readonly account: Account;
  readonly orders: OrderBook;
  readonly timers: Timers;
  readonly costs: CostEstimate;
  /** The user's own limits; null: none. */
  readonly risk: RiskPolicy | null;
  /** `fill`: orders by value get their quantity at the fill. `decision`: at the decision. */
  readonly sizing: "fill" | "decision";
  /** How far below the reference a fill may lie before an order by value is cut, as a fraction. */
  readonly collar: Fixed;
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

export interface DeskOptions extends SharedDeskOptions, Omit<SeatOptions, "create"> {
  /** Which of the run's strategies it belongs to. */
  readonly owner: number;
}

/** What the desk tells the engine. */
export interface DeskSink {
  readonly markets: ReadonlyMap<Instrument, Market>;
  /** The strategy will hear of it at the next instant. */
  changed(record: OrderRecord): void;
  /** An entry for the log of decisions. */
  record(decision: Decision): void;
  /** A timer of the strategy is due. */
  timer(tag: string): void;
}

const none: Approved<Command>[] = [];

/** Turns what a strategy asks for into commands that have passed risk, or refusals. */
export class TradingDesk implements Desk {
  time: Millis = Number.NEGATIVE_INFINITY;
  current!: Market;
  /** The data have ended: what is sold then needs no time to arrive. */
  isOver = false;
  /** Somebody other than the strategy asks: no warm-up of its holds, and no data were too old to decide on. */
  #byUser = false;
  /** Data up to then are old when they arrive, as after an outage: nothing is opened on them. */
  staleUntil: Millis = Number.NEGATIVE_INFINITY;
  readonly #options: DeskOptions;
  readonly #sink: DeskSink;
  readonly #review: Review;
  readonly #sizer: Sizer;
  #commands: Approved<Command>[] = none;
  /** What its timers are known as. */
  readonly #timer: string;

  constructor(options: DeskOptions, sink: DeskSink) {
    this.#options = options;
    this.#sink = sink;
    this.#review = new Review(options);
    this.#sizer = new Sizer(options);
    this.#timer = `strategy ${options.owner}`;
    options.timers.know(this.#timer, (tag: string) => sink.timer(tag));
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
    const { account, share } = this.#options;
    return share === null ? account.equity() : account.equity() * unitsToNumber(share.units, share.scale);
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
    return this.#own().map(orderView);
  }

  /** What is asked for within is a user's own doing. */
  byUser<T>(action: () => T): T {
    this.#byUser = true;
    try {
      return action();
    } finally {
      this.#byUser = false;
    }
  }

  takeCommands(): readonly Approved<Command>[] {
    const commands = this.#commands;
    this.#commands = none;
    return commands;
  }

  place(side: OrderSide, market: Market, request: OrderRequest): OrderId {
    const size = readSize(request);
    const terms = readTerms(side, request, market.instrument);
    const sizing = this.#sizer.sizingOf(market, side, size, terms, this.time);
    return this.#submit(market, side, sizing, terms, tagOf(request.tag));
  }

  close(market: Market, tag: unknown): OrderId | null {
    return this.closePosition(market, tagOf(tag));
  }

  closePosition(market: Market, tag: string | null): OrderId | null {
    const { quantity, isFlat, isLong } = market.holding;
    if (isFlat) return null;
    const sizing = ofQuantity(isLong ? quantity : -quantity);
    return this.#submit(market, isLong ? "sell" : "buy", sizing, reducingMarketOrder, tag);
  }

  target(market: Market, request: TargetRequest): OrderId | null {
    const target = readTarget(request);
    const tag = tagOf(request.tag);
    const net = market.holding.quantity + openQuantity(this.#own(), market.instrument);
    const move = this.#sizer.moveTo(target, market, net, this.time);
    return move === null ? null : this.#submit(market, move.side, move.sizing, move.terms, tag);
  }

  cancel(id: OrderId): void {
    const record = this.#find(id);
    if (record !== null) this.#cancel(record);
    else if (!this.#options.orders.hasIssued(Number(id)))
      throw illegal(`cancel: no order has the id ${describe(id)}`);
  }

  amend(id: OrderId, changes: OrderChanges): OrderId {
    const record = this.#find(id);
    if (record === null) throw illegal(`amend: expected the id of an open order, found ${describe(id)}`);
    // A cancel may be under way: then this one comes too late, or not.
    const { command, cancelRequested } = record;
    const terms = amendedTerms(record, changes, this.#options.orders);
    const market = this.#sink.markets.get(command.instrument)!;
    const sizing = this.#sizer.amended(record, changes);
    // Whatever it held back is free for the one that takes its place.
    record.cancelRequested = true;
    const replacement = this.#submit(market, command.side, sizing, terms, command.tag, command.number);
    record.cancelRequested = cancelRequested || this.#options.orders.find(Number(replacement)) !== null;
    return replacement;
  }

  /** Takes back what is open and closes what is held: the risk policy says so. Nothing to do while closes are on their way. */
  flatten(): boolean {
    const held = [...this.#sink.markets.values()].filter(({ holding }) => !holding.isFlat);
    const open = this.#own();
    const closing = open.filter(({ command }) => command.tag === flattenTag);
    for (const record of open) if (!closing.includes(record)) this.#cancel(record);
    for (const market of held) {
      if (!closing.some(({ command }) => command.instrument === market.instrument))
        this.closePosition(market, flattenTag);
    }
    return held.length > 0 || open.length > 0;
  }

  isClosing(instrument: Instrument, tag: string): boolean {
    return this.#own().some(({ command }) => command.instrument === instrument && command.tag === tag);
  }

  cancelAll(market: Market | null): void {
    for (const record of this.#own()) {
      if (market === null || record.command.instrument === market.instrument) this.#cancel(record);
    }
  }

  random(): number {
    return this.#options.random();
  }

  after(ms: number, tag: string): void {
    this.#options.timers.set(this.#timer, this.time + ms, tag);
  }

  log(message: string, fields: { readonly [key: string]: Json } | undefined): void {
    this.#options.onLog(this.time, message, fields);
  }

  /** The strategy's own open orders. */
  #own(): readonly OrderRecord[] {
    const { orders, owner } = this.#options;
    return orders.open.filter(({ command }) => command.owner === owner);
  }

  #find(id: OrderId): OrderRecord | null {
    const record = this.#options.orders.find(Number(id));
    return record?.command.owner === this.#options.owner ? record : null;
  }

  #isReady(market: Market): boolean {
    return (this.#byUser || market.seen >= this.#options.warmup) && this.time > this.#options.tradeFrom;
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
    const reason = this.#byUser ? "cancelled:by-user" : "cancelled:by-strategy";
    const command: CancelCommand = { kind: "cancel", number, reason, activeFrom };
    this.#sink.record(command);
    this.#dispatch(approve(command));
  }

  #submit(
    market: Market,
    side: OrderSide,
    sizing: Sizing,
    terms: Terms,
    tag: string | null,
    replaces: number | null = null,
  ): OrderId {
    const { orders, latency, risk, owner } = this.#options;
    const activeFrom = latency === null || this.isOver ? this.time : this.time + latency();
    const asked = placeCommand(market, { owner, side, sizing, terms, tag, replaces, activeFrom }, orders);
    const expected = this.#sizer.expectedUnits(market, asked);
    const ready = this.#isReady(market);
    const verdict = risk === null || !ready ? null : risk.review(asked, expected, this.time);
    // What closes passes every limit, so it must not open anything should the position be gone by then.
    const command = verdict === "reduce-only" ? { ...asked, reduceOnly: true } : asked;
    this.#sink.record(command);
    const limited = verdict === "reduce-only" ? null : verdict;
    const stale = this.time <= this.staleUntil && !this.#byUser;
    const refused = limited ?? this.#review.refuses(command, ready, stale);
    const record = orders.add(command, expected);
    if (refused !== null) this.refuse(command, refused);
    else {
      record.reserves = true;
      risk?.placed(command, expected, this.time);
      this.#dispatch(approve(command));
    }
    return orderIdOf(command.number);
  }

  /** Ends an order that has not left yet, and its exits with it. The one it was to replace stays what it is. */
  refuse(command: PlaceCommand, reason: ReasonCode): void {
    this.#end(command.number, reason);
    for (const exit of command.exits) this.#end(exit.number, "cancelled:oco");
    const replaced = command.replaces === null ? null : this.#options.orders.find(command.replaces);
    if (replaced !== null) replaced.cancelRequested = false;
  }

  #end(number: number, reason: ReasonCode): void {
    const record = this.#options.orders.end(number, reason);
    if (record === null) return;
    this.#sink.record({ kind: "ended", number, reason });
    this.#sink.changed(record);
  }
}
