import type { Instrument } from "../domain/instrument.ts";
import type { BarChunk, Instant, MarketChunk, MarketEvent } from "../domain/market.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Millis } from "../domain/time.ts";
import { Bookkeeper } from "./bookkeeper.ts";
import { loadRun, type Picture, type RunParts, readRun, saveRun } from "./checkpoint.ts";
import { closeAll, offerLastPrice, withdrawAll } from "./closing.ts";
import type { Decision } from "./decisionLog.ts";
import { Liquidator } from "./liquidator.ts";
import type { Market } from "./market.ts";
import type { EngineOptions } from "./options.ts";
import { type Decided, QuietBars } from "./quietBars.ts";
import { type Halt, RiskWatch } from "./riskWatch.ts";
import { Seat } from "./seat.ts";
import { sendApproved } from "./sending.ts";
import { endless, type Timers } from "./timers.ts";
import type { TradingDesk } from "./tradingDesk.ts";

/** Timers of 0 ms may lead to others; so many in a row never come to an end. */
const mostRounds = 1000;

/**
 * The engine of backtest, paper and live. `step` carries all events of one instant through resting orders, account,
 * strategies and risk to the gateway; it is synchronous and reads no clock but the events'.
 */
export class Engine {
  readonly #options: EngineOptions;
  /** The strategies, in the order given: within an instant each has its turn. */
  readonly #seats: readonly Seat[];
  readonly #first: Seat;
  readonly #alone: boolean;
  #started = false;
  /** In this instant. */
  readonly #pace: Decided = { decided: false };
  readonly #single: Instant = { time: 0, count: 1, events: [{} as MarketEvent] };
  /** Nothing is open and no news waits. */
  #quiet = false;
  #timers: Timers;
  /** Null without a risk policy. */
  readonly #watch: RiskWatch | null;
  /** Null on a cash account: what is paid for is nobody else's to sell. */
  readonly #liquidator: Liquidator | null;
  readonly #books: Bookkeeper;
  readonly #quietBars: QuietBars;
  #nextAccrual: Millis;
  readonly #asked: (() => void)[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#timers = options.timers;
    const record = (decision: Decision) => this.#record(decision);
    this.#seats = options.strategies.map((seat, owner) => new Seat(options, seat, owner, record));
    this.#first = this.#seats[0]!;
    this.#alone = this.#seats.length === 1;
    this.#nextAccrual = options.account.nextAccrual;
    this.#liquidator = options.account.kind === "cash" ? null : new Liquidator(options.account, this.#seats);
    const flatten = () => this.#seats.map(({ desk }) => desk.flatten()).includes(true);
    this.#watch = options.risk === null ? null : new RiskWatch(options.risk, options, flatten);
    this.#quietBars = new QuietBars(options, this.#first, this.#watch, this.#pace);
    this.#books = new Bookkeeper({ ...options, seats: this.#seats, watch: this.#watch, record });
  }

  get markets(): ReadonlyMap<Instrument, Market> {
    return this.#first.markets.all;
  }

  get time(): Millis {
    return this.#first.desk.time;
  }

  /** Positions that were closed by force. */
  get liquidations(): number {
    return this.#liquidator?.count ?? 0;
  }

  /** What the risk policy did. */
  get halts(): readonly Halt[] {
    return this.#watch?.halts ?? [];
  }

  /**
   * Rows [from, to) of a chunk, as long as each is an instant of its own; returns the row it stopped at. Row `to` must
   * exist: whether a row stands alone shows in the next one.
   */
  run(chunk: MarketChunk, from: number, to: number): number {
    const { times } = chunk;
    const { account } = this.#options;
    const plain =
      chunk.kind === "bar" && chunk.instrumentOf === null && !chunk.derived && chunk.hidden !== true;
    for (let row = from; row < to; row++) {
      // What is held on margin can be liquidated by any bar.
      const safe = this.#liquidator === null || !account.hasPosition;
      if (plain && safe && this.#alone && this.#quiet) {
        row = this.#runQuietly(chunk, row, to);
        if (row === to) break;
      }
      if (times[row + 1] === times[row]) return row;
      this.#stepRow(chunk, row);
    }
    return to;
  }

  /**
   * All events of one time. Timers due before it fire first, each at its own time. Without events: the clock went on,
   * or the gateway has news.
   */
  step(instant: Instant): void {
    const { time } = instant;
    if (!this.#started) {
      if (instant.count === 0) return;
      this.#start(instant);
    }
    if (this.#timers.next < time) this.#fireEarlier(time);
    this.#setTime(time);
    this.#match(instant);
    this.#callStrategies(instant);
    this.#quiet = this.#options.orders.open.length === 0 && !this.#hasNews();
  }

  /** Everything that the next steps depend on, as text; to be asked for between two steps. */
  save(): Picture {
    if (!this.#started) return { text: null, because: "nothing has happened yet" };
    const [decided, quiet] = [this.#pace.decided, this.#quiet];
    return saveRun(this.#parts, { time: this.time, decided, quiet, liquidations: this.liquidations });
  }

  /**
   * Goes on where the run was when the picture was taken. For a new engine with parts as new, of the same settings; the
   * instruments of the run must be known from the start.
   * @throws ValidationError GEO-SESSION for a picture of something else
   */
  load(text: string): void {
    const state = readRun(text, this.#options);
    const { time, decided, quiet, liquidations } = state.step;
    this.#started = true;
    [this.#pace.decided, this.#quiet] = [decided, quiet];
    // First of all: strategies are made once more, and may look at the clock.
    this.#setTime(time);
    if (this.#liquidator !== null) this.#liquidator.count = liquidations;
    loadRun(this.#parts, state);
    this.#nextAccrual = this.#options.account.nextAccrual;
  }

  get #parts(): RunParts {
    return { options: this.#options, seats: this.#seats, watch: this.#watch };
  }

  #runQuietly(chunk: BarChunk, from: number, to: number): number {
    const row = this.#quietBars.run(chunk, from, to);
    if (this.#pace.decided) {
      this.#send();
      this.#quiet = false;
    }
    return row;
  }

  #stepRow(chunk: MarketChunk, row: number): void {
    const instant = this.#single;
    instant.time = chunk.times[row]!;
    instant.events[0]!.chunk = chunk;
    instant.events[0]!.row = row;
    this.step(instant);
  }

  /** Done in the next step, when its prices are known and before the strategies have their say: what a user asks for. */
  ask(action: () => void): void {
    this.#asked.push(action);
  }

  /** The desk of the strategy that an order belongs to; users trade at that of the first. */
  deskOf(number: number | null): TradingDesk {
    const owner = number === null ? 0 : (this.#options.orders.find(number)?.command.owner ?? 0);
    return this.#seats[owner]!.desk;
  }

  /**
   * On a simulated venue, between two steps: an order meets the price that is known (of an offer: the other side's)
   * instead of waiting for the next one.
   */
  meetLastPrice(number: number): void {
    const command = this.#options.orders.find(number)?.command;
    if (command !== undefined)
      offerLastPrice(this.#options.gateway, this.#first.markets.of(command.instrument), command, this.time);
    this.bookNews();
    this.#options.recorder.after(this.time, 0);
  }

  /** What the gateway has had to say since the last step: a user waits for it. Strategies hear of it in the next. */
  bookNews(): void {
    this.#books.book();
    this.#options.journal.commit();
    this.#quiet = false;
  }

  /** From the next step on, until nothing is left: what is open is taken back, what is held is closed. Needs a risk policy. */
  flatten(): void {
    this.#watch!.flatten();
  }

  /** Of a simulated venue: takes every open order back at once, whatever its latency. */
  cancelAll(reason: ReasonCode): void {
    if (!this.#started) return;
    withdrawAll(this.#options, this.#books, reason);
    this.#options.journal.commit();
  }

  /** What is decided up to then comes too late, as the data does: refused, unless it only reduces. */
  catchUp(until: Millis): void {
    for (const { desk } of this.#seats) desk.staleUntil = until;
  }

  /** Ends the run: the strategies' last word, open orders expired, positions marked or (`close`) sold at the last price. */
  finish(atEnd: "mark" | "close"): void {
    const { recorder } = this.#options;
    if (!this.#started) return;
    this.#books.book();
    for (const seat of this.#seats) seat.notify();
    for (const seat of this.#seats) seat.stop();
    this.#send();
    this.#books.book();
    withdrawAll(this.#options, this.#books, "expired:end-of-data");
    if (this.time >= this.#nextAccrual) this.#accrue(this.time + 1);
    if (atEnd === "close") this.#closeAll();
    this.#options.journal.commit();
    if (atEnd === "close") recorder.after(this.time, 0);
    recorder.finish();
  }

  #closeAll(): void {
    for (const seat of this.#seats) {
      closeAll(seat, this.time, (event, bar) => {
        this.#send();
        this.#options.gateway.onMarket(event, bar);
        this.#books.book();
      });
    }
  }

  #start(instant: Instant): void {
    const { chunk, row } = instant.events[0]!;
    this.#started = true;
    this.#setTime(chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!);
    for (const seat of this.#seats) seat.start(chunk, row, this.#options);
    this.#send();
  }

  #setTime(time: Millis): void {
    // Engine time never runs backwards, whatever a source says.
    if (!(time > this.time)) return;
    for (const { desk } of this.#seats) desk.time = time;
  }

  /** Steps 2 and 3: what was ordered earlier may fill, fills are booked, prices marked. */
  #match(instant: Instant): void {
    const { gateway, recorder } = this.#options;
    const { markets } = this.#first;
    if (this.time > this.#nextAccrual) this.#accrue(this.time);
    recorder.before(this.time);
    const { events, count } = instant;
    for (let i = 0; i < count; i++) {
      const event = events[i]!;
      const { chunk, row } = event;
      const market = markets.at(chunk, row);
      if (chunk.kind === "bar" && chunk.derived) market.closesAt = chunk.times[row]!;
      else gateway.onMarket(event, market.barOfFills(chunk, row));
    }
    this.#books.book();
    let bars = 0;
    let shown = false;
    for (let i = 0; i < count; i++) {
      const { chunk, row } = events[i]!;
      // Hidden rows are news for the venue alone: prices, indexes and measures go by what is shown.
      if (chunk.hidden === true) continue;
      shown = true;
      for (let s = 0; s < this.#seats.length; s++) this.#seats[s]!.markets.at(chunk, row).observe(chunk, row);
      if (chunk.kind === "bar" || (chunk.kind === "tick" && this.#options.ticksArePrices)) bars++;
    }
    if (!shown) {
      if (count === 0) this.#watch?.look(this.time);
      return;
    }
    if (this.#liquidator !== null) this.#liquidator.look(instant);
    recorder.after(this.time, bars);
    this.#watch?.look(this.time);
  }

  /** Interest of the days that have ended. */
  #accrue(time: Millis): void {
    const { account } = this.#options;
    account.accrue(time);
    this.#nextAccrual = account.nextAccrual;
  }

  /** Steps 4 to 7 for one instant. */
  #callStrategies(instant: Instant | null): void {
    const seats = this.#seats;
    if (instant !== null && this.#asked.length > 0) for (const action of this.#asked.splice(0)) action();
    for (let i = 0; i < seats.length; i++) seats[i]!.notify();
    this.#fireTimers();
    if (instant !== null) for (let i = 0; i < seats.length; i++) seats[i]!.handle(instant);
    if (this.#pace.decided) this.#send();
  }

  #hasNews(): boolean {
    for (let i = 0; i < this.#seats.length; i++) if (this.#seats[i]!.hasNews) return true;
    return false;
  }

  /** Timers due before `time`, each at its own time. */
  #fireEarlier(time: Millis): void {
    let rounds = 0;
    while (this.#timers.next < time) {
      const due = this.#timers.next;
      rounds = due > this.time ? 0 : rounds + 1;
      if (rounds > mostRounds) throw endless();
      this.#setTime(due);
      this.#callStrategies(null);
    }
  }

  #fireTimers(): void {
    if (this.#timers.next > this.time) return;
    for (const { action } of this.#timers.take(this.time)) action();
  }

  /** Steps 6 and 7: decisions are written before they leave. */
  #send(): void {
    this.#pace.decided = false;
    this.#options.journal.commit();
    for (let i = 0; i < this.#seats.length; i++) sendApproved(this.#seats[i]!, this.#options, this.time);
  }

  #record(decision: Decision): void {
    this.#pace.decided = true;
    this.#options.journal.append(this.time, decision);
  }
}
