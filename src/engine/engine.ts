import { GeoSyncError } from "../domain/errors.ts";
import type { Approved, Command, Ended, Execution, ExecutionEvent } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { BarChunk, Instant, MarketChunk, MarketEvent } from "../domain/market.ts";
import type { Millis } from "../domain/time.ts";
import type { Handlers } from "../strategy/contract.ts";
import { closingEvent } from "./closing.ts";
import { StrategyContext } from "./context.ts";
import type { Decision } from "./decisionLog.ts";
import type { Market } from "./market.ts";
import { Markets } from "./markets.ts";
import type { EngineOptions } from "./options.ts";
import { type OrderRecord, orderView } from "./orderBook.ts";
import type { EquityRecorder } from "./recorder.ts";
import type { Timers } from "./timers.ts";
import { TradingDesk } from "./tradingDesk.ts";
import { FillView } from "./views.ts";

/** Timers of 0 ms may lead to others; so many in a row never come to an end. */
const mostRounds = 1000;

/**
 * The engine of backtest, paper and live. `step` carries all events of one instant through resting orders, account,
 * strategy and risk to the gateway; it is synchronous and reads no clock but the events'.
 */
export class Engine {
  readonly #markets: Markets;
  readonly #options: EngineOptions;
  readonly #desk: TradingDesk;
  readonly #context: StrategyContext;
  #handlers: Handlers | null = null;
  /** Orders whose news the strategy has not heard yet, each once however much happened to it. */
  #changed: OrderRecord[] = [];
  #fills: { readonly fill: Execution; readonly tag: string | null }[] = [];
  /** Something was decided in this instant. */
  #decided = false;
  readonly #single: Instant = { time: 0, count: 1, events: [{} as MarketEvent] };
  /** Nothing is open and no news waits. */
  #quiet = false;
  #timers: Timers;
  #recorder: EquityRecorder;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#markets = new Markets(options);
    this.#timers = options.timers;
    this.#recorder = options.recorder;
    this.#desk = new TradingDesk(options, {
      markets: this.#markets.all,
      changed: (record) => this.#change(record),
      record: (decision) => this.#record(decision),
    });
    this.#context = new StrategyContext(this.#desk);
  }

  get markets(): ReadonlyMap<Instrument, Market> {
    return this.#markets.all;
  }

  get time(): Millis {
    return this.#desk.time;
  }

  /**
   * Rows [from, to) of a chunk, as long as each is an instant of its own; returns the row it stopped at. Row `to` must
   * exist: whether a row stands alone shows in the next one.
   */
  run(chunk: MarketChunk, from: number, to: number): number {
    const { times } = chunk;
    const bars = chunk.kind === "bar" && !chunk.derived ? chunk : null;
    for (let row = from; row < to; row++) {
      const time = times[row]!;
      if (times[row + 1] === time) return row;
      if (bars !== null && this.#quiet && time < this.#timers.next) this.#quietBar(time, bars, row);
      else this.#stepRow(time, chunk, row);
    }
    return to;
  }

  /** All events of one time. Timers due before it fire first, each at its own time. */
  step(instant: Instant): void {
    const { time } = instant;
    if (this.#handlers === null) this.#start(instant);
    if (this.#timers.next < time) this.#fireEarlier(time);
    this.#setTime(time);
    this.#match(instant);
    this.#callStrategy(instant);
    this.#quiet =
      this.#changed.length === 0 && this.#fills.length === 0 && this.#options.orders.open.length === 0;
  }

  #stepRow(time: Millis, chunk: MarketChunk, row: number): void {
    const instant = this.#single;
    instant.time = time;
    instant.events[0]!.chunk = chunk;
    instant.events[0]!.row = row;
    this.step(instant);
  }

  /**
   * The same for one bar when no order is open and there is no news: nothing can match, no one but onBar is called.
   * Most bars of most runs come this way.
   */
  #quietBar(time: Millis, chunk: BarChunk, row: number): void {
    const recorder = this.#recorder;
    const desk = this.#desk;
    const market = this.#markets.at(chunk, row);
    if (time > desk.time) desk.time = time;
    recorder.before(time);
    market.observeBar(chunk, row);
    recorder.after(time, 1);
    desk.current = market;
    const handlers = this.#handlers!;
    if (handlers.onBar === undefined) return;
    const result: unknown = handlers.onBar(market.bar);
    if (result !== undefined) this.#guard(result);
    if (this.#decided) {
      this.#send();
      this.#quiet = false;
    }
  }

  /** Ends the run: the strategy's last word, open orders expired, positions marked or (`close`) sold at the last price. */
  finish(atEnd: "mark" | "close"): void {
    const { gateway, orders, recorder } = this.#options;
    if (this.#handlers === null) return;
    this.#book();
    this.#notify();
    this.#guard(this.#handlers.onStop?.());
    this.#send();
    this.#book();
    const numbers = () => orders.open.map(({ command }) => command.number);
    for (const number of numbers()) {
      const cancel = {
        kind: "cancel",
        number,
        reason: "expired:end-of-data",
        activeFrom: Number.NEGATIVE_INFINITY,
      };
      gateway.submit(cancel as Approved<Command>);
    }
    this.#book();
    for (const number of numbers()) this.#end({ kind: "ended", number, reason: "expired:end-of-data" });
    if (atEnd === "close") {
      this.#desk.isOver = true;
      for (const market of this.#markets.all.values()) {
        if (this.#desk.close(market, "end") === null) continue;
        this.#send();
        const bar = market.hasTicks ? -1 : market.bars - 1;
        gateway.onMarket(closingEvent(market, this.#desk.time), bar);
        this.#book();
      }
    }
    this.#options.journal.commit();
    if (atEnd === "close") recorder.after(this.#desk.time, 0);
    recorder.finish();
  }

  #start(instant: Instant): void {
    const { chunk, row } = instant.events[0]!;
    this.#setTime(chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!);
    for (const instrument of this.#options.instruments) this.#markets.of(instrument);
    this.#desk.current = this.#markets.at(chunk, row);
    this.#handlers = this.#options.createStrategy(this.#context);
    this.#guard(this.#handlers.onStart?.());
    this.#send();
  }

  #setTime(time: Millis): void {
    // Engine time never runs backwards, whatever a source says.
    if (time > this.#desk.time) this.#desk.time = time;
  }

  /** Steps 2 and 3: what was ordered earlier may fill, fills are booked, prices marked. */
  #match(instant: Instant): void {
    const { gateway, recorder } = this.#options;
    recorder.before(this.#desk.time);
    const { events, count } = instant;
    for (let i = 0; i < count; i++) {
      const event = events[i]!;
      if (event.chunk.kind === "bar" && event.chunk.derived) continue;
      const market = this.#markets.at(event.chunk, event.row);
      gateway.onMarket(event, event.chunk.kind === "bar" ? market.bars : -1);
    }
    this.#book();
    let bars = 0;
    for (let i = 0; i < count; i++) {
      const { chunk, row } = events[i]!;
      this.#markets.at(chunk, row).observe(chunk, row);
      if (chunk.kind === "bar" || this.#options.ticksArePrices) bars++;
    }
    recorder.after(this.#desk.time, bars);
  }

  /** Steps 4 to 7 for one instant. */
  #callStrategy(instant: Instant | null): void {
    this.#notify();
    this.#fireTimers();
    if (instant !== null) this.#handle(instant);
    if (this.#decided) this.#send();
  }

  #handle(instant: Instant): void {
    const handlers = this.#handlers!;
    for (let i = 0; i < instant.count; i++) {
      const { chunk, row } = instant.events[i]!;
      const market = this.#markets.at(chunk, row);
      this.#desk.current = market;
      if (chunk.kind === "bar") {
        if (handlers.onBar !== undefined) this.#guard(handlers.onBar(market.bar));
      } else if (handlers.onTick !== undefined) {
        // Several prints of one time: each is shown as itself.
        market.showTick(chunk, row);
        this.#guard(handlers.onTick(market.tick));
      }
    }
  }

  #book(): void {
    const { gateway } = this.#options;
    for (let events = gateway.drain(); events.length > 0; events = gateway.drain()) {
      for (const event of events) this.#apply(event);
    }
  }

  #apply(event: ExecutionEvent): void {
    const { orders } = this.#options;
    if (event.kind === "fill") this.#bookFill(event);
    else if (event.kind === "ended") this.#end(event);
    else {
      const record = orders.accept(event.number);
      if (record !== null) this.#change(record);
    }
  }

  #bookFill(fill: Execution): void {
    const { account, orders, onFill } = this.#options;
    const record = orders.fill(fill);
    const tag = record?.command.tag ?? null;
    account.book(fill, tag);
    this.#record(fill);
    if (this.#handlers!.onFill !== undefined) this.#fills.push({ fill, tag });
    if (record !== null) this.#change(record);
    onFill(fill, tag);
  }

  #end(event: Ended): void {
    const record = this.#options.orders.end(event.number, event.reason);
    if (record === null) return;
    this.#record(event);
    this.#change(record);
  }

  /** News of orders, then of fills; what they lead to is news of the next instant. */
  #notify(): void {
    const handlers = this.#handlers!;
    if (this.#changed.length > 0) this.#tellOrders(handlers);
    if (this.#fills.length === 0) return;
    const fills = this.#fills;
    this.#fills = [];
    for (const { fill, tag } of fills) {
      this.#desk.current = this.#markets.of(fill.instrument);
      this.#guard(handlers.onFill?.(new FillView(fill, tag)));
    }
  }

  #change(record: OrderRecord): void {
    if (record.changed || this.#handlers!.onOrder === undefined) return;
    record.changed = true;
    this.#changed.push(record);
  }

  #tellOrders(handlers: Handlers): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const record of changed) {
      record.changed = false;
      this.#desk.current = this.#markets.of(record.command.instrument);
      this.#guard(handlers.onOrder?.(orderView(record)));
    }
  }

  /** Timers due before `time`, each at its own time. */
  #fireEarlier(time: Millis): void {
    let rounds = 0;
    while (this.#timers.next < time) {
      const due = this.#timers.next;
      rounds = due > this.#desk.time ? 0 : rounds + 1;
      if (rounds > mostRounds) {
        throw new GeoSyncError(
          "GEO-STRATEGY-THREW",
          "timers of 0 ms that set each other again: time cannot go on",
          {
            hint: "Give ctx.after at least 1 ms.",
          },
        );
      }
      this.#setTime(due);
      this.#callStrategy(null);
    }
  }

  #fireTimers(): void {
    if (this.#timers.next > this.#desk.time) return;
    for (const { action } of this.#timers.take(this.#desk.time)) {
      if (typeof action === "string") this.#guard(this.#handlers!.onTimer?.(action));
      else action();
    }
  }

  /** Steps 6 and 7: decisions are written before they leave. */
  #send(): void {
    const { gateway, journal } = this.#options;
    this.#decided = false;
    journal.commit();
    for (const command of this.#desk.takeCommands()) gateway.submit(command);
  }

  #record(decision: Decision): void {
    this.#decided = true;
    this.#options.journal.append(this.#desk.time, decision);
  }

  /** A handler that answers with a promise would act outside its instant, where nothing could be replayed. */
  #guard(result: unknown): void {
    if (result === undefined || result === null || typeof (result as { then?: unknown }).then !== "function")
      return;
    throw new GeoSyncError("GEO-STRATEGY-THREW", "a handler returned a promise: handlers are synchronous", {
      hint: "Remove async; data, time and timers come through the context.",
    });
  }
}
