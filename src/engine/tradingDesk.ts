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
import { type Instrument, snapQuantity, unitValue } from "../domain/instrument.ts";
import type { Order, OrderId, OrderSide } from "../domain/order.ts";
import type { CostEstimate } from "../domain/ports.ts";
import type { Random } from "../domain/random.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Json } from "../domain/signal.ts";
import { didYouMean } from "../domain/suggest.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import type { Millis } from "../domain/time.ts";
import type { Context, OrderRequest, TargetRequest } from "../strategy/contract.ts";
import type { Desk } from "./context.ts";
import type { Decision } from "./decisionLog.ts";
import type { Market } from "./market.ts";
import { type OrderBook, type OrderRecord, openQuantity, orderView, reserves } from "./orderBook.ts";
import { exact, type Intent, illegal, plainMarketOrder, readRequest, type Size, tagOf } from "./request.ts";
import { approve, review } from "./risk.ts";
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

const none: Approved<Command>[] = [];

/** Turns what a strategy asks for into commands that have passed risk, or refusals. */
export class TradingDesk implements Desk {
  time: Millis = Number.NEGATIVE_INFINITY;
  current!: Market;
  readonly #options: DeskOptions;
  readonly #sink: DeskSink;
  #commands: Approved<Command>[] = none;

  constructor(options: DeskOptions, sink: DeskSink) {
    this.#options = options;
    this.#sink = sink;
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
    return [...this.#options.orders.open.values()].map(orderView);
  }

  takeCommands(): readonly Approved<Command>[] {
    const commands = this.#commands;
    this.#commands = none;
    return commands;
  }

  place(side: OrderSide, market: Market, request: OrderRequest): OrderId {
    const intent = readRequest(side, request, market.instrument);
    return this.#submit(market, intent, this.#sizingOf(market, intent));
  }

  close(market: Market, tag: unknown): OrderId | null {
    const { quantity, isFlat } = market.holding;
    if (isFlat) return null;
    const side = quantity > 0n ? "sell" : "buy";
    return this.#submit(
      market,
      marketIntent(side, tagOf(tag), true),
      ofQuantity(quantity > 0n ? quantity : -quantity),
    );
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
    const record = this.#options.orders.open.get(Number(id));
    if (record !== undefined) this.#cancel(record);
    else if (!this.#options.orders.hasIssued(Number(id)))
      throw illegal(`cancel: no order has the id ${describe(id)}`);
  }

  cancelAll(market: Market | null): void {
    for (const record of this.#options.orders.open.values()) {
      if (market === null || record.instrument === market.instrument) this.#cancel(record);
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
    const command: CancelCommand = { kind: "cancel", number: record.number, reason: "cancelled:by-strategy" };
    this.#sink.record(command);
    this.#dispatch(approve(command));
  }

  #targetQuantity(market: Market, amount: Fixed, tag: string | null): OrderId | null {
    const difference = snapQuantity(market.instrument, amount) - this.#net(market);
    if (difference === 0n) return null;
    const side = difference > 0n ? "buy" : "sell";
    return this.#submit(
      market,
      marketIntent(side, tag, false),
      ofQuantity(difference > 0n ? difference : -difference),
    );
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
      const plus = net < 0n ? -net : net;
      return this.#submit(
        market,
        marketIntent(side, tag, false),
        this.#valueAtMarket(market, side, wanted, plus),
      );
    }
    const value = unitValue(instrument, holding.exactMark());
    const present = multiplyFixed({ units: net < 0n ? -net : net, scale: instrument.lot.scale }, value);
    const difference = addFixed(wanted, negateFixed(present));
    if (difference.units > 0n) {
      // As below: what comes to less than a lot is nothing to trade.
      if (divideDown(difference, value, instrument.lot.scale) < instrument.lot.units) return null;
      return this.#submit(
        market,
        marketIntent(side, tag, false),
        this.#valueAtMarket(market, side, difference, 0n),
      );
    }
    const less = divideDown(negateFixed(difference), value, instrument.lot.scale);
    const units = less - (less % instrument.lot.units);
    if (units === 0n) return null;
    return this.#submit(market, marketIntent(wantsLong ? "sell" : "buy", tag, true), ofQuantity(units));
  }

  #valueAtMarket(market: Market, side: OrderSide, value: Fixed, plus: bigint): Sizing {
    return ofValue({ market, side, limit: null, stop: null, value, plus }, this.#options);
  }

  #net(market: Market): bigint {
    return market.holding.quantity + openQuantity(this.#options.orders, market.instrument);
  }

  #submit(market: Market, intent: Intent, sizing: Sizing): OrderId {
    const { orders, account, costs } = this.#options;
    const command = this.#command(market, intent, sizing);
    const reference = referencePrice(market, intent.limit, intent.stop);
    const expected = expectedUnits(market.instrument, sizing, reference);
    this.#sink.record(command);
    const view = { account, costs, ready: this.#isReady(market), reference, others: reserves(orders) };
    const outcome = review(command, view);
    if ("approved" in outcome) {
      orders.add(command, expected, outcome.reserve);
      this.#dispatch(outcome.approved);
    } else {
      orders.add(command, expected, null);
      this.#refuse(command, outcome.refused);
    }
    return String(command.number);
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

  #command(market: Market, intent: Intent, sizing: Sizing): PlaceCommand {
    const { orders } = this.#options;
    const { side, type, limit, stop, timeInForce, expires, postOnly, reduceOnly, stopLoss, takeProfit } =
      intent;
    const number = orders.nextNumber();
    const exits: PlaceCommand["exits"][number][] = [];
    if (stopLoss !== null) exits.push({ number: orders.nextNumber(), role: "stopLoss", price: stopLoss });
    if (takeProfit !== null)
      exits.push({ number: orders.nextNumber(), role: "takeProfit", price: takeProfit });
    return {
      kind: "place",
      number,
      instrument: market.instrument,
      side,
      type,
      sizing,
      limit,
      stop,
      timeInForce,
      expires,
      postOnly,
      reduceOnly,
      exits,
      activeFrom: this.time,
      tag: intent.tag,
    };
  }

  #sizingOf(market: Market, { side, size, limit, stop }: Intent): Sizing {
    if (size.kind === "quantity") return ofQuantity(snapQuantity(market.instrument, size.amount));
    const value =
      size.kind === "notional"
        ? size.amount
        : multiplyFixed(size.amount, this.#options.account.exactEquity());
    return ofValue({ market, side, limit, stop, value, plus: 0n }, this.#options);
  }
}

/** The size of orders whose sizing is made here. */
const sized: Size = { kind: "quantity", amount: zero };

function marketIntent(side: OrderSide, tag: string | null, reduceOnly: boolean): Intent {
  return plainMarketOrder(side, sized, reduceOnly, tag);
}
