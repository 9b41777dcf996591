import { GeoSyncError } from "../domain/errors.ts";
import type { Approved, Command, Execution } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Instant, isOffered, type MarketChunk } from "../domain/market.ts";
import { loadRandom, type Random, type RandomState, randomState } from "../domain/random.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";
import type { Handlers } from "../strategy/contract.ts";
import { StrategyContext } from "./context.ts";
import type { Decision } from "./decisionLog.ts";
import type { MarketState } from "./market.ts";
import { Markets } from "./markets.ts";
import {
  loadedNews,
  type News,
  type NewsState,
  savedNews,
  WaitingNews,
  type WaitingNewsState,
} from "./news.ts";
import type { EngineOptions, SeatOptions } from "./options.ts";
import type { OrderBook, OrderRecord } from "./orderBook.ts";
import type { Timers } from "./timers.ts";
import { TradingDesk } from "./tradingDesk.ts";
import { FillView } from "./views.ts";

export interface SeatState {
  readonly strategy: Json;
  readonly random: RandomState | null;
  readonly markets: readonly MarketState[];
  /** Of the event that was handled last: what a timer's orders are for. */
  readonly current: Instrument;
  readonly news: WaitingNewsState;
  readonly late: readonly (readonly [number, NewsState])[];
  readonly answers: number;
  /** What was decided up to then came too late. */
  readonly staleUntil: Millis;
}

/** One strategy at the engine: the markets as it sees them, its desk, and the news that wait for it. */
export class Seat {
  readonly markets: Markets;
  readonly desk: TradingDesk;
  handlers: Handlers | null = null;
  readonly #create: SeatOptions["create"];
  readonly #random: Random;
  readonly #orders: OrderBook;
  readonly #context: StrategyContext;
  readonly #news = new WaitingNews();
  /** Milliseconds until an answer is here; null: at once. */
  readonly #answered: (() => number) | null;
  readonly #timers: Timers;
  /** What its timers are known as. */
  readonly #answerTimer: string;
  /** Answers on their way, by their number. */
  readonly #late = new Map<number, News>();
  #answers = 0;

  constructor(
    options: EngineOptions,
    seat: SeatOptions,
    owner: number,
    record: (decision: Decision) => void,
  ) {
    this.#create = seat.create;
    this.#random = seat.random;
    this.#orders = options.orders;
    this.#answered = options.answered;
    this.#timers = options.timers;
    this.#answerTimer = `answer ${owner}`;
    this.#timers.know(this.#answerTimer, (answer: number) => this.#arrive(answer));
    this.markets = new Markets(options, owner);
    this.desk = new TradingDesk(
      { ...options, ...seat, owner },
      {
        markets: this.markets.all,
        changed: (news) => this.change(news),
        record,
        timer: (tag) => guard(this.handlers!.onTimer?.(tag)),
      },
    );
    this.#context = new StrategyContext(this.desk);
  }

  start(chunk: MarketChunk, row: number, options: EngineOptions): void {
    for (const instrument of options.instruments) this.markets.of(instrument);
    this.desk.current = this.markets.at(chunk, row);
    this.handlers = this.#create(this.#context);
    guard(this.handlers.onStart?.());
  }

  /** Null: its strategy has no `save`. */
  save(): SeatState | null {
    const strategy = this.handlers?.save?.();
    if (strategy === undefined) return null;
    return {
      strategy,
      random: randomState(this.#random),
      markets: this.markets.save(),
      current: this.desk.current.instrument,
      news: this.#news.save(),
      late: [...this.#late].map(([answer, news]) => [answer, savedNews(news)]),
      answers: this.#answers,
      staleUntil: this.desk.staleUntil,
    };
  }

  /** Once the account and the open orders are there. The strategy is made with what it saved; `onStart` has been. */
  load(state: SeatState): void {
    this.markets.load(state.markets);
    this.desk.current = this.markets.of(state.current);
    this.#news.load(state.news, this.#orders);
    for (const [answer, news] of state.late) this.#late.set(answer, loadedNews(news));
    this.#answers = state.answers;
    this.desk.staleUntil = state.staleUntil;
    this.handlers = this.#create(this.#context, state.strategy);
    // Whatever was drawn just now was drawn at the first start, too.
    loadRandom(this.#random, state.random);
  }

  get hasNews(): boolean {
    return !this.#news.isEmpty;
  }

  change(record: OrderRecord): void {
    // While the strategy is being made, no one knows yet what it listens to.
    if (this.handlers === null || this.handlers.onOrder !== undefined) this.#news.order(record);
  }

  filled(fill: Execution, tag: string | null): void {
    if (this.handlers!.onFill !== undefined) this.#news.fill(fill, tag);
  }

  /** News of orders, then of fills; what they lead to is news of the next instant. */
  notify(): void {
    if (this.#news.isEmpty) return;
    // A picture of this moment, whenever it arrives.
    const news = this.#news.take();
    if (this.#answered === null) this.#tell(news);
    else this.#tellLater(news, this.#answered());
  }

  #tell({ orders, fills }: News): void {
    for (const { instrument, view } of orders) {
      this.desk.current = this.markets.of(instrument);
      guard(this.handlers!.onOrder?.(view));
    }
    for (const { fill, tag } of fills) {
      this.desk.current = this.markets.of(fill.instrument);
      guard(this.handlers!.onFill?.(new FillView(fill, tag)));
    }
  }

  /** An answer takes its time; what is still on its way at the end arrives there. */
  #tellLater(news: News, delay: number): void {
    const answer = ++this.#answers;
    this.#late.set(answer, news);
    this.#timers.set(this.#answerTimer, this.desk.time + delay, answer);
  }

  #arrive(answer: number): void {
    const news = this.#late.get(answer);
    if (this.#late.delete(answer)) this.#tell(news!);
  }

  handle(instant: Instant): void {
    const handlers = this.handlers!;
    for (let i = 0; i < instant.count; i++) {
      const { chunk, row } = instant.events[i]!;
      if (chunk.hidden === true) continue;
      const market = this.markets.at(chunk, row);
      this.desk.current = market;
      if (chunk.kind === "bar") {
        if (handlers.onBar !== undefined) guard(handlers.onBar(market.bar));
      } else if (isOffered(chunk)) {
        market.showOffer(chunk, row);
        guard(chunk.kind === "quote" ? handlers.onQuote?.(market.quote) : handlers.onBook?.(market.book));
      } else if (handlers.onTick !== undefined) {
        // Several prints of one time: each is shown as itself.
        market.showTick(chunk, row);
        guard(handlers.onTick(market.tick));
      }
    }
  }

  stop(): void {
    for (const answer of [...this.#late.keys()]) this.#arrive(answer);
    guard(this.handlers!.onStop?.());
  }

  takeCommands(): readonly Approved<Command>[] {
    return this.desk.takeCommands();
  }
}

/** A handler that answers with a promise would act outside its instant, where nothing could be replayed. */
export function guard(result: unknown): void {
  if (result === undefined || result === null || typeof (result as { then?: unknown }).then !== "function")
    return;
  throw new GeoSyncError("GEO-STRATEGY-THREW", "a handler returned a promise: handlers are synchronous", {
    hint: "Remove async; data, time and timers come through the context.",
  });
}
