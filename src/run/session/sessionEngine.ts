import "../v8.ts";
import type { Account } from "../../account/account.ts";
import { type Execution, type ExecutionEvent, flattenTag, type LiveEvent } from "../../domain/execution.ts";
import { addFixed, type Fixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Instant } from "../../domain/market.ts";
import type { ExecutionGateway } from "../../domain/ports.ts";
import type { Json } from "../../domain/signal.ts";
import type { Millis } from "../../domain/time.ts";
import type { Picture } from "../../engine/checkpoint.ts";
import { Engine } from "../../engine/engine.ts";
import type { Journal, SeatOptions } from "../../engine/options.ts";
import { OrderBook } from "../../engine/orderBook.ts";
import { EquityRecorder } from "../../engine/recorder.ts";
import { RiskPolicy } from "../../engine/riskPolicy.ts";
import type { Timers } from "../../engine/timers.ts";
import { costModelsOf } from "../../execution/costs/costModels.ts";
import { costEstimate } from "../../execution/costs/estimate.ts";
import { type RestoredOrders, SessionLedger } from "../../execution/live/restored.ts";
import type { SimulationSettings } from "../options.ts";
import { accountOf, riskView, simulatedVenueOf } from "../parts.ts";
import type { SimulationClock } from "../simulate.ts";
import { type HistoryState, OrderHistory } from "./orderHistory.ts";
import type { SessionCommand, Step } from "./step.ts";
import { UserDesk, type UserDeskState } from "./userDesk.ts";

/** What a session's engine is made of: the same plan and the same steps make the same decisions. */
export interface SessionPlan {
  readonly mode: "paper" | "live";
  readonly settings: SimulationSettings;
  readonly instruments: readonly Instrument[];
  readonly strategies: readonly SeatOptions[];
  readonly clock: SimulationClock;
  readonly timeframes: readonly string[];
  /** Orders before it are refused, and nothing before it is measured. */
  readonly tradeFrom: Millis;
  readonly ticksArePrices: boolean;
  /** So many closes, and bars of another timeframe, are kept; null: all. */
  readonly historyLimit: number | null;
  /** Of a live session: takes what is approved, once the journal has it. */
  readonly send?: ExecutionGateway["submit"];
  readonly onFill?: (fill: Execution, tag: string | null) => void;
  readonly onLog?: (
    time: Millis,
    message: string,
    fields: { readonly [key: string]: Json } | undefined,
  ) => void;
}

/** What a session's engine comes to between two steps. */
export interface CoreState {
  readonly engine: string;
  readonly fills: number;
  readonly known: RestoredOrders;
  readonly history: HistoryState;
  readonly asked: UserDeskState;
}

/** The engine of a session, driven step by step. */
export class SessionEngine {
  readonly engine: Engine;
  readonly account: Account;
  readonly orders = new OrderBook();
  readonly recorder: EquityRecorder;
  readonly history = new OrderHistory();
  /** Where users trade. */
  readonly users: UserDesk;
  /** Always there, so that trading can be halted. */
  readonly risk: RiskPolicy;
  fills = 0;
  /** Fees in currencies that the session has no money of, by currency. */
  readonly feesBeside = new Map<string, Fixed>();
  isFinished = false;
  /** What the steps so far say of orders at the venue. */
  #known = new SessionLedger();
  readonly #gateway: ExecutionGateway & { admit?(events: readonly ExecutionEvent[]): void };
  readonly #timers: Timers;
  readonly #simulates: boolean;
  readonly #journal: Journal;
  #holdsCommits = false;
  #owesCommit = false;
  readonly #instant: Instant = { time: 0, count: 0, events: [] };

  constructor(plan: SessionPlan, journal: Journal) {
    const { settings, strategies, clock, mode, tradeFrom } = plan;
    this.account = accountOf(settings, plan.instruments[0]!.settle);
    this.recorder = new EquityRecorder(this.account, { tradeFrom, keepAll: false });
    this.risk = new RiskPolicy(settings.risk ?? {}, riskView(strategies.length, this.account));
    const costs = costModelsOf(settings, settings.seed);
    const { latency } = costs;
    const simulated = mode === "paper";
    this.#simulates = simulated;
    this.#journal = journal;
    this.#gateway = simulated
      ? simulatedVenueOf(settings, costs, this.account, () => this.engine.markets)
      : new AdmittingGateway((command) => {
          this.#known.command(command);
          plan.send?.(command);
        });
    const isDelayed = simulated && settings.latency !== undefined;
    this.engine = new Engine({
      mode,
      account: this.account,
      gateway: this.#gateway,
      journal: {
        append: (time, decision) => {
          this.history.decided(time, decision);
          journal.append(time, decision);
        },
        commit: () => {
          this.#owesCommit = this.#holdsCommits;
          if (!this.#holdsCommits) journal.commit();
        },
      },
      recorder: this.recorder,
      orders: this.orders,
      costs: costEstimate(costModelsOf(settings, settings.seed)),
      risk: this.risk,
      sizing: settings.sizing,
      collar: settings.collar,
      timers: clock.timers,
      instruments: plan.instruments,
      tradeFrom,
      latency: isDelayed ? () => latency.leaves() + latency.seen() : null,
      answered: isDelayed ? latency.answered : null,
      timeframes: plan.timeframes,
      ticksArePrices: plan.ticksArePrices,
      historyLimit: plan.historyLimit ?? undefined,
      strategies,
      onFill: (fill, tag) => {
        this.fills++;
        plan.onFill?.(fill, tag);
      },
      onLog: plan.onLog ?? (() => {}),
      alsoSaved: { costs },
    });
    clock.engine = this.engine;
    this.#timers = clock.timers;
    this.users = new UserDesk(this.engine, this.history, this.account.kind === "cash");
  }

  /** When the strategy's next timer is due: the clock must have made a step by then. */
  get nextTimer(): Millis {
    return this.#timers.next;
  }

  /** The first market event has come; before it there is nothing that a clock could move. */
  get isStarted(): boolean {
    return Number.isFinite(this.engine.time);
  }

  /** For the order manager, after a restart. */
  get known(): RestoredOrders {
    return this.#known.state();
  }

  /** Between two steps; without a state, why there is none now. */
  save():
    | { readonly state: CoreState; readonly because: null }
    | { readonly state: null; readonly because: string } {
    const { text, because }: Picture = this.engine.save();
    if (text === null) return { state: null, because };
    const [history, asked] = [this.history.save(), this.users.save()];
    return { state: { engine: text, fills: this.fills, known: this.known, history, asked }, because: null };
  }

  /** For a new engine of the same plan. @throws ValidationError GEO-SESSION; what the strategy throws */
  load({ engine, fills, known, history, asked }: CoreState): void {
    this.history.load(history);
    this.users.load(asked);
    this.engine.load(engine);
    this.fills = fills;
    this.#known = new SessionLedger(known);
  }

  apply({ time, events, executions, commands }: Step): void {
    if (executions.length > 0) for (const event of executions) this.#known.event(event);
    if (commands.length > 0) for (const command of commands) this.#obey(command);
    if (this.isFinished) return;
    if (executions.length > 0) this.#admit(executions);
    const instant = this.#instant;
    instant.time = time;
    instant.count = events.length;
    for (let i = 0; i < events.length; i++) instant.events[i] = events[i]!;
    this.users.answers.clear();
    // On paper nothing leaves: whoever asked is answered when what came of it is safe, all in one go.
    this.#holdsCommits = this.#simulates && commands.some((command) => "key" in command);
    this.engine.step(instant);
    for (const [{ kind }, { order }] of this.users.answers) {
      if (order !== null && kind !== "cancel") this.engine.meetLastPrice(order);
      else this.engine.bookNews();
    }
    if (this.#simulates && commands.some(({ kind }) => kind === "flatten")) this.#closeAtLastPrice();
    this.#holdsCommits = false;
    if (this.#owesCommit) this.#journal.commit();
    this.#owesCommit = false;
  }

  /** Who flattens by hand wants it now, as with any order of a user: a file that has been played has no next price. */
  #closeAtLastPrice(): void {
    const closing = this.orders.open.filter(({ command }) => command.tag === flattenTag);
    for (const { command } of closing) this.engine.meetLastPrice(command.number);
  }

  #admit(events: readonly LiveEvent[]): void {
    const ofOrders = events.filter((event) => this.#isForOrders(event));
    this.#gateway.admit?.(ofOrders.map((event) => (event.kind === "fill" ? this.#bookable(event) : event)));
  }

  /**
   * A fee in a coin that the session neither trades nor holds (BNB, say) is paid from what lies beside it in the
   * account: it is counted apart, and no money of the session's.
   */
  #bookable(fill: Execution): Execution {
    const { amount, currency } = fill.fee;
    if (currency === fill.instrument.base || this.account.canPay(currency, amount)) return fill;
    this.feesBeside.set(currency, addFixed(this.feesBeside.get(currency) ?? zero, amount));
    return { ...fill, fee: { amount: zero, currency: this.account.currency } };
  }

  /** What the venue told besides what happened to orders. */
  #isForOrders(event: LiveEvent): event is ExecutionEvent {
    switch (event.kind) {
      case "doubt":
      case "settled":
        this.orders.doubt(event.number, event.kind === "doubt");
        return false;
      case "halt":
        this.risk.kill(event.message);
        return false;
      case "cancelling":
        // It is on its way: why must outlive us, though nothing is decided here.
        this.#owesCommit = true;
        return false;
      case "moved":
      case "booked":
        return false;
      default:
        return true;
    }
  }

  #obey(command: SessionCommand): void {
    switch (command.kind) {
      case "halt":
        this.risk.kill(command.because);
        break;
      case "resume":
        this.risk.resume();
        break;
      case "flatten":
        this.engine.flatten();
        break;
      case "cancelAll":
        this.engine.cancelAll("cancelled:by-user");
        break;
      case "catchUp":
        this.engine.catchUp(command.until);
        break;
      case "finish":
        this.engine.finish(command.atEnd);
        this.isFinished = true;
        break;
      default:
        this.engine.ask(() => this.users.do(command));
    }
  }
}

/** The way out of a live session: what the venue said enters with a step, so that a replay can say it again. */
class AdmittingGateway implements ExecutionGateway {
  readonly submit: ExecutionGateway["submit"];
  #events: readonly ExecutionEvent[] = none;

  constructor(send: ExecutionGateway["submit"]) {
    this.submit = send;
  }

  admit(events: readonly ExecutionEvent[]): void {
    this.#events = this.#events.length === 0 ? events : [...this.#events, ...events];
  }

  /** Prices move nothing here: the venue tells. */
  onMarket(): void {}

  drain(): readonly ExecutionEvent[] {
    const events = this.#events;
    this.#events = none;
    return events;
  }
}

const none: readonly ExecutionEvent[] = [];
