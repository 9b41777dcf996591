import { Decimal } from "../../domain/decimal.ts";
import { OrderError, ValidationError } from "../../domain/errors.ts";
import { parseFixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Order, OrderId } from "../../domain/order.ts";
import type { Signal } from "../../domain/signal.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { normalizeVenue } from "../../domain/symbol.ts";
import { MarketDataSource, type MarketDataSourceOptions } from "./dataSource.ts";
import { LiveVenue } from "./liveVenue.ts";
import { type ExecutionRequest, readRequest, type SignalInput } from "./request.ts";
import {
  lastPrice,
  runStrategy,
  type StrategyInput,
  type StrategyOptions,
  type StrategyRun,
} from "./strategyRun.ts";
import type { GeoSyncSystem } from "./system.ts";

/**
 * Data, features, strategy and orders behind one door: a strategy is run on a file by the backtest engine, and what it
 * says may then be sent to a venue, through the risk policy.
 *
 *     const system = buildGeoSyncSystem({ allowedDataRoots: ["data"] });
 *     const orchestrator = new GeoSyncOrchestrator(system);
 *     const run = await orchestrator.runStrategy({ path: "data/BTCUSDT_1m.csv", venue: "BINANCE" }, "momentum");
 *     await orchestrator.ensureLiveLoop();
 *     const signal = run.signals.at(-1)!;
 *     const order = await orchestrator.submitSignal({ signal, venue: "binance", quantity: "0.1" });
 *     await orchestrator.stop();
 */
export class GeoSyncOrchestrator {
  readonly system: GeoSyncSystem;
  readonly #venues = new Map<string, LiveVenue>();
  /** What was run, by symbol; its price is that of the last close. */
  readonly #markets = new Map<string, { instrument: Instrument; price: number; time: number }>();
  readonly #symbolOf = new WeakMap<Signal, string>();
  /** Of the start; null when there is none, or it failed. */
  #loop: Promise<void> | null = null;
  #stopping: Promise<void> = Promise.resolve();

  constructor(system: GeoSyncSystem) {
    this.system = system;
    const named = system.venues ?? new Map([["BINANCE", {}]]);
    for (const [name, options] of named) this.#venues.set(name, new LiveVenue(name, options, system));
  }

  /**
   * Runs a strategy over a file, one symbol, with the engine of every backtest.
   * @throws GeoSyncError GEO-FILE for a path outside the allowed roots; what file, strategy and options have wrong
   */
  async runStrategy(
    source: MarketDataSource | MarketDataSourceOptions,
    strategy: StrategyInput,
    options: StrategyOptions = {},
  ): Promise<StrategyRun> {
    const { dataRoots, featurePipeline: pipeline, simulation, limits, cwd } = this.system;
    const market = source instanceof MarketDataSource ? source : new MarketDataSource(source);
    const path = await dataRoots.admit(market.path);
    const { maxRows } = limits;
    const finished = await runStrategy({
      ...{ source: market, path, strategy, options },
      ...{ pipeline, simulation, maxRows, cwd },
    });
    await this.#remember(finished.run, finished.instrument);
    return finished.run;
  }

  /**
   * Connects all venues, once: later and simultaneous calls share the one start. Order news comes until `stop`.
   * @throws ConnectionError when a venue can't be reached; all are disconnected then, and it may be tried again
   */
  ensureLiveLoop(): Promise<void> {
    if (this.#loop !== null) return this.#loop;
    const loop = this.#stopping.then(() => this.#start());
    this.#loop = loop;
    loop.catch(() => {
      if (this.#loop === loop) this.#loop = null;
    });
    return loop;
  }

  /**
   * Sends a signal as an order: a market order, or a limit order at `price`. Waits for a start that is under way.
   * @returns the order with its id and status; `order` tells how it goes on
   * @throws ValidationError GEO-VALUE naming the member; OrderError GEO-ORDER-REFUSED by the risk policy or the venue,
   * GEO-ORDER-UNKNOWN, GEO-ORDER-REQUEST before the live loop is started
   */
  async submitSignal(request: ExecutionRequest): Promise<Order> {
    const intent = readRequest(request, (signal) => this.#symbolFor(signal));
    const venue = this.#venue(intent.venue);
    if (this.#loop === null) throw notStarted();
    await this.#loop;
    return venue.submit(intent);
  }

  /** An order of this orchestrator as it stands; null when there is none of that id. */
  order(venue: string, id: OrderId): Order | null {
    return this.#venue(normalizeVenue(venue)).desk.order(id);
  }

  /** All orders it sent to the venue, oldest first. */
  orders(venue: string): readonly Order[] {
    return this.#venue(normalizeVenue(venue)).desk.orders;
  }

  /** Disconnects all venues, after what is being sent. Open orders stay open there. Does nothing when not started. */
  async stop(): Promise<void> {
    const loop = this.#loop;
    if (loop === null) return this.#stopping;
    this.#loop = null;
    const stopped = loop.then(() => this.#stopAll()).catch(() => {});
    this.#stopping = stopped;
    return stopped;
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#venues.values()].map((venue) => venue.stop()));
  }

  async #start(): Promise<void> {
    const venues = [...this.#venues.values()];
    const starts = await Promise.allSettled(venues.map((venue) => venue.start()));
    const failed = starts.find((start) => start.status === "rejected");
    if (failed === undefined) return;
    await Promise.allSettled(venues.map((venue) => venue.stop()));
    throw failed.reason;
  }

  async #remember(run: StrategyRun, instrument: Instrument): Promise<void> {
    const { symbol, venue } = run;
    for (const signal of run.signals) this.#symbolOf.set(signal, symbol);
    const { price, time } = lastPrice(run);
    this.#markets.set(symbol, { instrument, price, time });
    if (this.system.venues === null && !this.#venues.has(venue)) await this.#add(venue);
    await Promise.all([...this.#venues.values()].map((one) => this.#quote(one, symbol)));
  }

  async #add(name: string): Promise<void> {
    const venue = new LiveVenue(name, {}, this.system);
    this.#venues.set(name, venue);
    for (const symbol of this.#markets.keys()) await this.#quote(venue, symbol);
    if (this.#loop === null) return;
    await this.#loop;
    await venue.start();
  }

  async #quote(venue: LiveVenue, symbol: string): Promise<void> {
    const { instrument, price, time } = this.#markets.get(symbol)!;
    // The shortest decimal of the double: the close as the file has it, up to 15 digits.
    await venue.quote(instrument, parseFixed(new Decimal(price).toFixed()), time);
  }

  #symbolFor(signal: SignalInput): string {
    const known = typeof signal === "object" && signal !== null ? this.#symbolOf.get(signal) : undefined;
    if (known !== undefined) return known;
    const symbols = [...this.#markets.keys()];
    if (symbols.length === 1) return symbols[0]!;
    const found =
      symbols.length === 0 ? "none, and nothing was run" : `none, and ${symbols.join(", ")} were run`;
    throw new ValidationError("GEO-VALUE", `ExecutionRequest.symbol: expected a symbol, found ${found}`);
  }

  #venue(name: string): LiveVenue {
    const venue = this.#venues.get(name);
    if (venue !== undefined) return venue;
    const known = [...this.#venues.keys()];
    throw new ValidationError(
      "GEO-VALUE",
      `ExecutionRequest.venue: expected one of ${known.join(", ")}, found ${name}.${didYouMean(name, known)}`,
      { hint: "Name it in the venues of buildGeoSyncSystem." },
    );
  }
}

function notStarted(): OrderError {
  return new OrderError("GEO-ORDER-REQUEST", "submitSignal: expected a live loop that runs, found none", {
    hint: "Call and await ensureLiveLoop() first.",
  });
}
