import type { Account } from "../account/account.ts";
import { ValidationError } from "../domain/errors.ts";
import type { Execution, PlaceCommand } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketStream } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { Decision } from "../engine/decisionLog.ts";
import type { Market } from "../engine/market.ts";
import type { Journal } from "../engine/options.ts";
import type { OrderBook } from "../engine/orderBook.ts";
import { EquityRecorder, type RecorderOptions } from "../engine/recorder.ts";
import { Review } from "../engine/risk.ts";
import { costModelsOf } from "../execution/costs/costModels.ts";
import { costEstimate } from "../execution/costs/estimate.ts";
import type { Slippage } from "../execution/costs/priceMove.ts";
import type { Explanation, Facts } from "../report/explanation.ts";
import { describeWindow } from "./explainDocument.ts";
import type { AccountState, Happening, KnownOrder, Moment, SeenRow } from "./explainMoment.ts";
import { KnownOrders } from "./explainOrders.ts";
import { factsOfEnd, type RefusalContext } from "./explainRefusal.ts";
import { instrumentOf, openTimeOf, WatchedStreams } from "./explainSeen.ts";
import { MomentWindow } from "./explainWindow.ts";
import type { BacktestOptions, SimulationSettings } from "./options.ts";

/** What the explainer needs of a run besides its ports. */
export interface ExplainedRun {
  readonly engine: { readonly markets: ReadonlyMap<Instrument, Market> };
  readonly orders: OrderBook;
  readonly settings: SimulationSettings;
  /** Of each strategy. */
  readonly warmups: readonly number[];
  readonly tradeFrom: Millis;
}

type OnLog = NonNullable<BacktestOptions["onLog"]>;

/** Orders named as waiting in one moment. */
const mostWaiting = 10;

/**
 * Looks over the shoulder of a run and remembers what happened around one moment. It sits in the run's ports (streams,
 * slippage, journal, recorder, log), so a run that explains nothing has none of it.
 */
export class Explainer {
  readonly #target: Millis;
  readonly #account: Account;
  readonly #streams = new WatchedStreams();
  readonly #window: MomentWindow;
  readonly #known = new KnownOrders();
  #settings!: SimulationSettings;
  #context!: RefusalContext;
  /** Of the last order that slipped: the price shown, and what became of it. */
  #slip: { readonly base: Fixed; readonly price: Fixed } | null = null;
  #moment: Moment | null = null;
  #atEnd = false;
  /** The run as measured: when its first price was formed, and its last instant. */
  #first: Millis | null = null;
  #last: Millis = Number.NaN;

  constructor(target: Millis, account: Account) {
    this.#target = target;
    this.#account = account;
    this.#window = new MomentWindow(target);
  }

  /** Before the first event. */
  attach({ engine, orders, settings, warmups, tradeFrom }: ExplainedRun): void {
    this.#settings = settings;
    const account = this.#account;
    // Models of its own, as the engine's estimate has them: they are never told of a fill.
    const costs = costEstimate(costModelsOf(settings, settings.seed));
    const review = new Review({ account, costs, orders });
    this.#context = { account, review, costs, markets: engine.markets, warmups, tradeFrom };
  }

  streams(streams: readonly MarketStream[]): readonly MarketStream[] {
    return this.#streams.watch(streams);
  }

  slippage(inner: Slippage): Slippage {
    return {
      gaps: inner.gaps,
      slip: (input) => {
        const price = inner.slip(input);
        this.#slip = { base: input.price, price };
        return price;
      },
    };
  }

  journal(inner: Journal): Journal {
    return {
      append: (time, decision) => {
        inner.append(time, decision);
        if (!this.#window.isDone) this.#record(time, decision);
      },
      commit: () => inner.commit(),
    };
  }

  recorder(account: Account, options: RecorderOptions): EquityRecorder {
    return new WatchedRecorder(account, options, (time, isMeasured) => this.#instant(time, isMeasured));
  }

  log(inner: OnLog | undefined): OnLog {
    return (time, message, fields) => {
      if (!this.#window.isDone) this.#at(time).happenings.push({ kind: "logged", message, fields });
      inner?.(time, message, fields);
    };
  }

  /** The data have ended: what follows is the closing. */
  ending(): void {
    this.#atEnd = true;
  }

  /** @throws ValidationError GEO-OPTION-VALUE when the run has no such moment */
  result(): Explanation {
    this.#close();
    const first = this.#first;
    if (first === null || this.#window.anchor === null || this.#target < first) {
      const found = `found "${isoTime(this.#target)}"`;
      const range = first === null ? "" : `, ${isoTime(first)} to ${isoTime(this.#last)}`;
      throw new ValidationError(
        "GEO-OPTION-VALUE",
        `--explain: expected a time of the run${range}, ${found}`,
        {
          hint: "Name a time within it: bars become known at their close.",
        },
      );
    }
    return describeWindow(this.#window, this.#target, this.#settings.fillLimit);
  }

  #instant(time: Millis, isMeasured: boolean): void {
    // The strategy may have spoken at its start, which of prices without a length is the first instant itself.
    if (this.#moment?.time !== time) this.#close();
    this.#streams.since = time;
    if (isMeasured) {
      this.#first ??= Math.min(time, ...this.#streams.at(time).rows.map(openTimeOf));
      this.#last = time;
    }
    if (!this.#window.isDone && this.#window.wants(time)) this.#at(time);
  }

  /** The moment at engine time `time`, begun when it has none yet: timers fire between instants. */
  #at(time: Millis): Moment {
    if (this.#moment?.time !== time) this.#close();
    return this.#moment ?? this.#open(time);
  }

  #open(time: Millis): Moment {
    this.#moment = { time, happenings: [], seen: [], moreSeen: 0, account: null };
    return this.#moment;
  }

  #close(): void {
    const moment = this.#moment;
    if (moment === null) return;
    this.#moment = null;
    const { rows, more } = this.#streams.at(moment.time);
    moment.seen = rows.map((row): SeenRow => ({ ...row, index: this.#indexOf(row) }));
    moment.moreSeen = more;
    moment.account = this.#state();
    moment.happenings.push(...this.#waiting(moment));
    this.#window.add(moment);
  }

  /** The last bar of its symbol, at the end of its instant. */
  #indexOf(row: Omit<SeenRow, "index">): number | null {
    if (row.chunk.kind !== "bar" || row.chunk.hidden === true) return null;
    return this.#context.markets.get(instrumentOf(row))!.bars - 1;
  }

  #state(): AccountState {
    const { cash, everyHolding } = this.#account;
    const held = new Map<Instrument, bigint>();
    for (const { instrument, quantity } of everyHolding) {
      if (quantity !== 0n) held.set(instrument, (held.get(instrument) ?? 0n) + quantity);
    }
    const positions = [...held].map(([instrument, quantity]) => ({ instrument, quantity }));
    return { cash, equity: this.#account.exactEquity(), positions };
  }

  /** Orders that stood in the market before the moment and are not mentioned in it. */
  #waiting({ time, happenings }: Moment): readonly Happening[] {
    const mentioned = new Set(happenings.flatMap((each) => (each.kind === "logged" ? [] : [each.order])));
    const orders = this.#known.aliveBefore(time, mentioned, mostWaiting);
    return orders.map((order) => ({ kind: "waited", order }));
  }

  #record(time: Millis, decision: Decision): void {
    if (decision.kind === "place") {
      this.#decided(time, decision);
      return;
    }
    const order = this.#known.find(decision.number);
    // Of an end that came before its order's last fill: the engine counts it, here it says nothing.
    if (order === null) return;
    if (decision.kind === "fill") this.#filled(time, order, decision);
    else if (decision.kind === "ended") this.#ended(time, order, decision.reason);
    else this.#at(time).happenings.push({ kind: "cancelling", order, activeFrom: decision.activeFrom });
  }

  #decided(time: Millis, command: PlaceCommand): void {
    const order = this.#known.place(command, time);
    const holding = this.#account.holdingOf(command.instrument, command.owner);
    const reference = holding.hasPrice ? holding.exactMark() : null;
    this.#at(time).happenings.push({ kind: "decided", order, reference });
  }

  #filled(time: Millis, order: KnownOrder, fill: Execution): void {
    const base = this.#slip?.price === fill.price ? this.#slip.base : null;
    this.#at(time).happenings.push({ kind: "filled", order, fill, base, atEnd: this.#atEnd });
    this.#known.fill(order, fill, base ?? fill.price, time);
  }

  #ended(time: Millis, order: KnownOrder, reason: ReasonCode): void {
    this.#known.end(order.command.number);
    this.#at(time).happenings.push({
      kind: "ended",
      order,
      reason,
      facts: this.#factsOf(time, order, reason),
    });
  }

  #factsOf(time: Millis, { command, decided }: KnownOrder, reason: ReasonCode): Facts {
    const { type } = command;
    // What ends at the time of its decision has not been at the venue.
    const atFill = time > decided;
    const slips = type === "market" || type === "stop";
    // A limit may fill at a gap's open: what it would have paid, the venue does not tell.
    const fillPrice = atFill && slips ? (this.#slip?.price ?? null) : null;
    return factsOfEnd(reason, { command, time, atFill, fillPrice }, this.#context);
  }
}

/** Tells of every instant before anything of it is matched. */
class WatchedRecorder extends EquityRecorder {
  readonly #onInstant: (time: Millis, isMeasured: boolean) => void;

  constructor(
    account: Account,
    options: RecorderOptions,
    onInstant: (time: Millis, isMeasured: boolean) => void,
  ) {
    super(account, options);
    this.#onInstant = onInstant;
  }

  /** It looks at every instant. */
  override get idleUntil(): Millis {
    return Number.NEGATIVE_INFINITY;
  }

  override before(time: Millis): void {
    super.before(time);
    this.#onInstant(time, !Number.isNaN(this.from));
  }
}
