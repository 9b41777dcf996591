import { GeoSyncError } from "../../domain/errors.ts";
import type { Approved, Command, LiveEvent, PlaceCommand } from "../../domain/execution.ts";
import type { Fixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Order } from "../../domain/order.ts";
import type { AccountUpdate, TradingAdapter } from "../../domain/ports.ts";
import type { Random } from "../../domain/random.ts";
import { type ReasonCode, reasons } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import { Books } from "./books.ts";
import { ClientIds } from "./clientIds.ts";
import { ExitPair } from "./exitPair.ts";
import { Leg } from "./leg.ts";
import { News, type Status } from "./news.ts";
import { OrderSet } from "./orderSet.ts";
import { Quiet, type Timers } from "./pace.ts";
import { ReconcileLoop } from "./reconcileLoop.ts";
import { type DriftReport, Reconciler } from "./reconciler.ts";
import { cancelledBy, type KnownOrder, type RestoredOrders, SessionLedger } from "./restored.ts";
import { Runner } from "./runner.ts";
import { Single } from "./single.ts";
import { Track } from "./track.ts";
import { followPrice } from "./trailing.ts";
import { VenueDesk } from "./venueDesk.ts";
import { unprotects } from "./verdict.ts";

export interface OrderManagerOptions {
  readonly adapter: TradingAdapter;
  /** Short id of the session, 6 to 12 of a-z and 0-9: part of the names of its orders for ever. */
  readonly session: string;
  readonly instruments: readonly Instrument[];
  /** The venue's clock, in ms; never far before it. */
  now(): Millis;
  readonly timers: Timers;
  /** For jitter only. */
  readonly random: Random;
  /** Something came in: `take` it. */
  wake(): void;
  readonly onStatus?: (status: Status) => void;
  /** What manual trades lead to: fills of order number 0, or a request to halt. */
  readonly onDrift: "adopt" | "halt";
  /** A request that was sent arrives within this or never, in ms: what the venue takes as recvWindow, and some. @default 6000 */
  readonly settleAfterMs?: number;
  /** Between two reconciliations, in ms. @default 60000 */
  readonly reconcileEveryMs?: number;
  /** Between two moves of one trailing stop, in ms. @default 1000 */
  readonly moveEveryMs?: number;
  /** How many orders with a stop the venue lets stand of a symbol; null: as many as one likes. @default null */
  readonly mostStops?: (symbol: string) => number | null;
}

/**
 * The engine's orders at a real venue: each sent once, its fate asked for until it is known, every trade booked once,
 * whatever is lost, late, repeated or out of order, and whenever this process dies. What it knows beyond the journal
 * the venue can tell again; so a restart is `restore` and `start`.
 */
export class OrderManager {
  readonly #options: OrderManagerOptions;
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #ids: ClientIds;
  readonly #orders: OrderSet;
  readonly #news: News;
  readonly #books: Books;
  readonly #desk: VenueDesk;
  readonly #loop: ReconcileLoop;
  readonly #runner: Runner;
  #ledger = new SessionLedger();
  #stopped = false;

  constructor(options: OrderManagerOptions) {
    this.#options = options;
    const { adapter, random, timers } = options;
    const now = () => options.now();
    const onStatus = options.onStatus ?? (() => {});
    const instruments = new Map(options.instruments.map((one) => [one.symbol, one]));
    this.#instruments = instruments;
    this.#ids = new ClientIds(options.session);
    const quiet = new Quiet(random);
    const orders = new OrderSet(
      adapter.abilities,
      this.#ids,
      options.moveEveryMs ?? 1000,
      options.mostStops ?? (() => null),
    );
    const news = new News(() => options.wake());
    this.#orders = orders;
    this.#news = news;
    const books = new Books({
      ...{ orders, news, onStatus, instruments },
      onDrift: options.onDrift,
      onProof: (track, leg) => this.#desk.announce(track, leg),
      onFill: (track) => this.#filled(track),
    });
    this.#books = books;
    const settleAfterMs = options.settleAfterMs ?? 6000;
    this.#desk = new VenueDesk({
      ...{ adapter, orders, books, news, quiet, random, instruments, settleAfterMs, onStatus, now },
    });
    const reconciler = new Reconciler({
      ...{ adapter, orders, books, desk: this.#desk, instruments, onStatus, now },
    });
    this.#loop = new ReconcileLoop({
      run: () => reconciler.run().finally(() => this.#runner.pump()),
      failed: (error) => this.#desk.failed(error),
      everyMs: options.reconcileEveryMs ?? 60_000,
      ...{ timers, random },
    });
    this.#runner = new Runner({
      ...{ orders, quiet, timers, now },
      perform: (step) => {
        if (step.kind === "cancel") this.#tellCancel(step.track);
        return this.#desk.perform(step);
      },
      end: (track, reason) => this.#end(track, reason),
    });
  }

  /** Commands that are durable in the journal. Never throws for the network: answers come as events. */
  submit(command: Approved<Command>): void {
    this.#ledger.command(command);
    if (command.kind === "cancel") {
      const track = this.#orders.track(command.number);
      if (track !== undefined) track.cancel ??= command.reason;
    } else this.#place(command);
    this.#runner.pump();
  }

  /** What came in since the last call, in order. The caller journals it before the engine sees it. */
  take(): readonly LiveEvent[] {
    const events = this.#news.take();
    for (const event of events) this.#ledger.event(event);
    return events;
  }

  /** What a checkpoint must keep for `restore`; of everything submitted and taken so far. */
  state(): RestoredOrders {
    return this.#ledger.state();
  }

  /** After a restart and before `start`: what the journal says (see SessionLedger). */
  restore(known: RestoredOrders): void {
    this.#ledger = new SessionLedger(known);
    for (const symbol of known.symbols) this.#books.restore(symbol);
    for (const order of known.orders) {
      const track = this.#track(order);
      if (!track.ended) this.#askFor(track, order);
    }
    for (const order of known.orders) {
      const track = this.#orders.track(order.command.number)!;
      if (order.entry === null && !track.ended) this.#orders.addUnit(new Single(track, this.#orders));
      this.#restoreExits(track, order, known);
    }
  }

  #restoreExits(entry: Track, { command, exited, filled }: KnownOrder, known: RestoredOrders): void {
    const exits = known.orders.filter((one) => one.entry === command.number);
    const open = exits.some(({ ended }) => ended === null);
    const exposed = filled > exited && this.#orders.held(command.instrument) !== 0n;
    if (!open && !exposed) return;
    // One that had filled may have been sent again since, for what its entry brought later.
    const needed = exits.filter(({ ended }) => ended === null || ended === "filled");
    if (needed.length === 0) return;
    const tracks = needed.map((one) => this.#orders.track(one.command.number)!);
    for (const [i, track] of tracks.entries()) if (track.ended) this.#askFor(track, needed[i]!);
    this.#orders.addUnit(new ExitPair(entry, tracks, exited, this.#orders));
  }

  /** Listens to the venue and reconciles with it; settles when every open question is. */
  async start(): Promise<void> {
    for (const symbol of this.#instruments.keys()) this.#books.open(symbol, this.#options.now());
    this.#sayWhatIsGuarded();
    void this.#listen();
    await this.#loop.untilDone();
    this.#runner.start();
    await this.#runner.until(() => this.#isSettled());
    void this.#loop.atIntervals();
  }

  /**
   * Asks the venue for open orders, own trades and balances; differences become events.
   * @throws ConnectionError when the venue can't be asked
   */
  async reconcile(): Promise<DriftReport> {
    return await this.#loop.once();
  }

  /** The market has traded (or could be traded) at that price: trailing stops follow, guarded orders may be due. */
  onPrice(symbol: string, price: Fixed): void {
    this.#orders.setPrice(symbol, price);
    followPrice(this.#orders, symbol, price);
    this.#runner.pump();
  }

  /** Takes open orders back; settles when all of them have ended. @param keep protective: attached exits and stops stay */
  async cancelAll(reason: ReasonCode, keep: "nothing" | "protective" = "nothing"): Promise<void> {
    const tracks = [...this.#orders.tracks].filter((track) => {
      // One that was told as filled may stand there again, for what its entry brought late.
      return !track.isOver && !(keep === "protective" && track.isProtective);
    });
    for (const track of tracks) track.cancel ??= reason;
    this.#runner.pump();
    await this.#runner.until(() => tracks.every(({ isOver }) => isOver));
  }

  /** Settles when nothing is in doubt and nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#runner.until(() => this.#isSettled());
  }

  /** Sends nothing more. Orders at the venue stay as they are. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#loop.stop();
    this.#runner.stop();
    return Promise.resolve();
  }

  #place(command: PlaceCommand): void {
    const { number } = command;
    const track = this.#track(this.#ledger.order(number)!);
    const { replaced } = track;
    if (replaced !== null) replaced.cancel ??= "cancelled:by-strategy";
    const exits = command.exits.map((exit) => this.#track(this.#ledger.order(exit.number)!));
    const pair = track.entry === null ? undefined : this.#orders.pairOf(track.entry);
    if (pair !== undefined) pair.add(track);
    else this.#orders.addUnit(new Single(track, this.#orders));
    if (exits.length > 0) this.#orders.addUnit(new ExitPair(track, exits, 0n, this.#orders));
  }

  #track(known: KnownOrder): Track {
    const { command, entry } = known;
    const find = (number: number | null) => (number === null ? null : (this.#orders.track(number) ?? null));
    const track = new Track(known, find(entry), find(command.replaces));
    this.#orders.addTrack(track);
    return track;
  }

  /** It may have been sent, or moved, after the last that the journal knows of it. */
  #askFor(track: Track, { generation, filled, filledEarlier }: KnownOrder): void {
    const { number, command } = track;
    const name = { number, generation: Math.max(1, generation) };
    const clientId = this.#ids.of(name);
    const terms = { ...name, clientId, quantity: null, price: null, restored: true };
    track.leg = new Leg(terms, this.#options.now());
    track.leg.booked = filled - filledEarlier;
    track.leg.filled = track.leg.booked;
    track.probes = track.entry !== null || command.trail !== null;
  }

  #end(track: Track, reason: ReasonCode): void {
    this.#news.end(track, reason);
    const { entry, command } = track;
    const pair = entry === null ? undefined : this.#orders.pairOf(entry);
    if (pair !== undefined && reason === "filled") pair.exited = pair.entry.filled;
    if (entry === null || command.stop === null || !unprotects.has(reason)) return;
    if ((pair?.wanted ?? 0n) === 0n) return;
    const { words } = track.leg ?? { words: "" };
    const said = words === "" ? "" : ` (${words})`;
    const message = `order ${entry.number} is left without its stop ${track.number}: ${reasons[reason]}${said}`;
    this.#options.onStatus?.({ level: "error", code: "unprotected", message });
    this.#news.tell({ kind: "halt", cause: "unprotected", message });
  }

  #filled(track: Track): void {
    for (const other of cancelledBy(track, track.entry, this.#orders.tracks))
      if (!other.ended) other.cancel ??= "cancelled:oco";
  }

  /** Told before it leaves: after a restart nobody could tell it from a cancel by hand. Of a group, the fill tells. */
  #tellCancel({ number, cancel, ended }: Track): void {
    if (cancel === null || cancel === "cancelled:oco" || ended) return;
    if (this.#ledger.order(number)?.cancel !== null) return;
    this.#news.tell({ kind: "cancelling", number, reason: cancel });
  }

  async #listen(): Promise<void> {
    try {
      await this.#hearAll();
    } catch (error) {
      this.#desk.failed(error);
      const message = "the venue's account updates have ended by an error";
      this.#news.tell({ kind: "halt", cause: "answer", message });
    }
  }

  async #hearAll(): Promise<void> {
    for await (const update of this.#options.adapter.updates()) {
      if (this.#stopped) return;
      try {
        this.#hear(update);
      } catch (error) {
        if (!(error instanceof GeoSyncError)) throw error;
        this.#news.tell({ kind: "halt", cause: "answer", message: error.message });
      }
      this.#runner.pump();
    }
  }

  #hear(update: AccountUpdate): void {
    if (update.kind === "order") this.#hearOrder(update.order);
    else if (update.kind === "trade") this.#hearTrade(update);
    else if (update.kind === "gap") void this.#loop.untilDone();
  }

  #hearOrder(order: Order): void {
    const named = this.#ids.parse(order.clientId);
    const track = named === null ? undefined : this.#orders.track(named.number);
    const leg = track?.leg;
    if (track !== undefined && leg?.terms.generation === named!.generation)
      this.#desk.hear(track, leg, order);
  }

  #hearTrade({ trade }: { readonly trade: Parameters<Books["take"]>[0] }): void {
    if (!this.#instruments.has(trade.symbol) || this.#books.take(trade) !== "pending") return;
    const fetched = this.#desk.fetchTrades(trade.symbol).catch((error: unknown) => this.#desk.failed(error));
    void fetched.then(() => this.#runner.pump());
  }

  #isSettled(): boolean {
    const now = this.#options.now();
    return this.#orders.units.every((unit) => {
      const legs = unit.tracks.flatMap(({ leg }) => leg ?? []);
      const quiet = legs.every(
        (leg) => leg.isDone || (leg.state === "open" && !leg.lacksTrades && !leg.stale),
      );
      // What is yet to be sent, such as after a plea for quiet, is still under way.
      return quiet && !unit.busy && ["idle", "wait"].includes(unit.next(now).kind);
    });
  }

  #sayWhatIsGuarded(): void {
    const { types, exits } = this.#options.adapter.abilities;
    const say = (message: string) => this.#options.onStatus?.({ level: "warning", code: "guarded", message });
    if (!types.includes("stop"))
      say(
        "the venue has no stop orders: stops are watched from here, and nothing guards while geosync is down",
      );
    else if (!exits)
      say(
        "the venue has no pairs of stop and target: the stop stands there, the target is watched from here",
      );
  }
}
