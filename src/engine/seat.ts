import { GeoSyncError } from "../domain/errors.ts";
import type { Approved, Command, Execution } from "../domain/execution.ts";
import { type Instant, isOffered, type MarketChunk } from "../domain/market.ts";
import type { Handlers } from "../strategy/contract.ts";
import { StrategyContext } from "./context.ts";
import type { Decision } from "./decisionLog.ts";
import { Markets } from "./markets.ts";
import type { EngineOptions, SeatOptions } from "./options.ts";
import { type OrderRecord, orderView } from "./orderBook.ts";
import type { Timers } from "./timers.ts";
import { TradingDesk } from "./tradingDesk.ts";
import { FillView } from "./views.ts";

/** One strategy at the engine: the markets as it sees them, its desk, and the news that wait for it. */
export class Seat {
  readonly markets: Markets;
  readonly desk: TradingDesk;
  handlers: Handlers | null = null;
  readonly #create: SeatOptions["create"];
  readonly #context: StrategyContext;
  /** Orders whose news the strategy has not heard yet, each once however much happened to it. */
  #changed: OrderRecord[] = [];
  #fills: { readonly fill: Execution; readonly tag: string | null }[] = [];
  /** Milliseconds until an answer is here; null: at once. */
  readonly #answered: (() => number) | null;
  readonly #timers: Timers;
  /** Answers on their way. */
  readonly #late = new Set<() => void>();

  constructor(
    options: EngineOptions,
    seat: SeatOptions,
    owner: number,
    record: (decision: Decision) => void,
  ) {
    this.#create = seat.create;
    this.#answered = options.answered;
    this.#timers = options.timers;
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

  get hasNews(): boolean {
    return this.#changed.length > 0 || this.#fills.length > 0;
  }

  change(record: OrderRecord): void {
    if (record.changed || this.handlers!.onOrder === undefined) return;
    record.changed = true;
    this.#changed.push(record);
  }

  filled(fill: Execution, tag: string | null): void {
    if (this.handlers!.onFill !== undefined) this.#fills.push({ fill, tag });
  }

  /** News of orders, then of fills; what they lead to is news of the next instant. */
  notify(): void {
    if (!this.hasNews) return;
    const orders = this.#changed;
    const fills = this.#fills;
    this.#changed = [];
    this.#fills = [];
    // A picture of this moment, whenever it arrives.
    const news = orders.map((record) => {
      record.changed = false;
      return { instrument: record.command.instrument, view: orderView(record) };
    });
    const tell = () => {
      for (const { instrument, view } of news) {
        this.desk.current = this.markets.of(instrument);
        guard(this.handlers!.onOrder?.(view));
      }
      for (const { fill, tag } of fills) {
        this.desk.current = this.markets.of(fill.instrument);
        guard(this.handlers!.onFill?.(new FillView(fill, tag)));
      }
    };
    if (this.#answered === null) tell();
    else this.#tellLater(tell, this.#answered());
  }

  /** An answer takes its time; what is still on its way at the end arrives there. */
  #tellLater(tell: () => void, delay: number): void {
    const arrive = () => {
      if (this.#late.delete(arrive)) tell();
    };
    this.#late.add(arrive);
    this.#timers.add(this.desk.time + delay, arrive);
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
    for (const arrive of [...this.#late]) arrive();
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
