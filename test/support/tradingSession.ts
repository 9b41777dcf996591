/** A run that can be stopped between any two steps, written down, and gone on with by parts made anew. */
import { Account, type AccountOptions } from "../../src/account/account.ts";
import { InstantFeed } from "../../src/data/merge.ts";
import { formatFixed, zero } from "../../src/domain/fixed.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { Instant, MarketEvent } from "../../src/domain/market.ts";
import type { MarketStream } from "../../src/domain/ports.ts";
import { seededRandom } from "../../src/domain/random.ts";
import type { Json } from "../../src/domain/signal.ts";
import type { Millis } from "../../src/domain/time.ts";
import type { Picture } from "../../src/engine/checkpoint.ts";
import { Engine } from "../../src/engine/engine.ts";
import { NetAccount } from "../../src/engine/netAccount.ts";
import { OrderBook } from "../../src/engine/orderBook.ts";
import { EquityRecorder } from "../../src/engine/recorder.ts";
import { RiskPolicy } from "../../src/engine/riskPolicy.ts";
import { Timers } from "../../src/engine/timers.ts";
import { costModelsOf } from "../../src/execution/costs/costModels.ts";
import { costEstimate } from "../../src/execution/costs/estimate.ts";
import { realizedVolatility } from "../../src/execution/costs/realizedVolatility.ts";
import { SimulatedVenue } from "../../src/execution/simulatedVenue.ts";
import { DecisionJournal } from "../../src/run/decisionJournal.ts";
import { type Funding, scheduleFunding } from "../../src/run/funding.ts";
import { type SimulationSettings, settingsOf } from "../../src/run/options.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";

export interface World {
  readonly streams: readonly MarketStream[];
  readonly instruments: readonly Instrument[];
  readonly settings: Partial<SimulationSettings>;
  readonly account?: Partial<AccountOptions>;
  /** One or more; what each hears and sees goes into its `trace`. */
  readonly strategies: readonly ((ctx: Context, saved: Json | undefined, trace: string[]) => Handlers)[];
  readonly warmup?: number;
  readonly tradeFrom?: Millis;
  readonly timeframes?: readonly string[];
  readonly historyLimit?: number;
  readonly ticksArePrices?: boolean;
  readonly funding?: readonly Funding[];
  /** Keep the equity of every instant. @default true */
  readonly keepAll?: boolean;
  readonly onEngine?: (engine: Engine, timers: Timers) => void;
}

interface Moment {
  readonly time: Millis;
  readonly events: readonly MarketEvent[];
}

/** All instants of a world, in order. */
export async function momentsOf(streams: readonly MarketStream[]): Promise<readonly Moment[]> {
  const feed = new InstantFeed(streams);
  const instant: Instant = { time: 0, count: 0, events: [] };
  const moments: Moment[] = [];
  while (await feed.fill()) {
    while (feed.next(instant)) {
      const events = instant.events.slice(0, instant.count).map((event) => ({ ...event }));
      moments.push({ time: instant.time, events });
    }
  }
  return moments;
}

/** What a run comes to, and all it said on the way. */
export interface Outcome {
  readonly decisions: readonly string[];
  readonly trace: readonly string[];
  readonly equity: readonly string[];
  readonly measures: unknown;
  readonly reasons: unknown;
  readonly trades: readonly string[];
  readonly account: unknown;
  readonly counters: unknown;
}

export class Session {
  readonly trace: string[] = [];
  readonly #journal = new DecisionJournal(true);
  readonly #engine: Engine;
  readonly #account: Account;
  readonly #orders = new OrderBook();
  readonly #recorder: EquityRecorder;
  readonly #venue: SimulatedVenue;
  readonly #counts: () => unknown;
  readonly #settings: SimulationSettings;

  /** @param saved a picture to go on from */
  constructor(world: World, saved?: string) {
    const settings = settingsOf(world.settings);
    const { tradeFrom = Number.NEGATIVE_INFINITY, instruments } = world;
    const models = costModelsOf(settings, settings.seed);
    const account = accountOf(world, settings);
    const timers = new Timers();
    this.#settings = settings;
    this.#account = account;
    this.#recorder = new EquityRecorder(account, {
      tradeFrom,
      keepAll: world.keepAll !== false,
    });
    this.#venue = new SimulatedVenue({
      account,
      fees: models.fees,
      slippage: models.slippage,
      volatilityOf: (instrument) => realizedVolatility(this.#engine.markets.get(instrument)!.closes),
      fillLimit: settings.fillLimit,
      entryBar: settings.entryBar,
      volumeShare: settings.volumeLimit,
    });
    this.#counts = () => models.slippage.gaps;
    const view = world.strategies.length === 1 ? account : new NetAccount(account);
    this.#engine = new Engine({
      mode: "paper",
      account,
      gateway: this.#venue,
      journal: this.#journal,
      recorder: this.#recorder,
      orders: this.#orders,
      costs: costEstimate(costModelsOf(settings, settings.seed)),
      risk: settings.risk === undefined ? null : new RiskPolicy(settings.risk, view),
      sizing: settings.sizing,
      collar: settings.collar,
      timers,
      instruments,
      tradeFrom,
      latency: settings.latency === undefined ? null : () => models.latency.leaves() + models.latency.seen(),
      answered: settings.latency === undefined ? null : models.latency.answered,
      timeframes: world.timeframes ?? [],
      historyLimit: world.historyLimit,
      ticksArePrices: world.ticksArePrices === true,
      alsoSaved: { costs: models },
      strategies: world.strategies.map((create, i) => ({
        create: (ctx, state) => create(ctx, state, this.trace),
        warmup: world.warmup ?? 0,
        random: seededRandom(settings.seed + i),
        share: world.strategies.length === 1 ? null : { units: 5n, scale: 1 },
      })),
      onFill: () => {},
      onLog: (time, message, fields) =>
        void this.trace.push(`log ${time} ${message} ${JSON.stringify(fields)}`),
    });
    world.onEngine?.(this.#engine, timers);
    const now = () => this.#engine.time;
    for (const one of world.funding ?? [])
      scheduleFunding(one, { account, timers, recorder: this.#recorder, now });
    if (saved !== undefined) this.#engine.load(saved);
  }

  /** @param fast lets rows that stand alone take the engine's short way */
  step({ time, events }: Moment, fast: boolean): void {
    const { chunk, row } = events[0]!;
    const alone = events.length === 1 && row + 1 < chunk.length;
    if (fast && alone && this.#engine.run(chunk, row, row + 1) === row + 1) return;
    this.#engine.step({ time, count: events.length, events: [...events] });
  }

  save(): Picture {
    return this.#engine.save();
  }

  /** @param before what was said before the picture that this session went on from */
  finish(before: Pick<Session, "trace"> & { readonly decisions: readonly string[] }): Outcome {
    this.#engine.finish(this.#settings.atEnd);
    const { points, all, maxDrawdown, maxDrawdownDuration, exposedBars, bars, ruined, from, to } =
      this.#recorder;
    const account = this.#account;
    const point = ({ time, equity }: (typeof points)[number]) => `${time} ${formatFixed(equity)}`;
    const { liquidations, halts } = this.#engine;
    return {
      decisions: [...before.decisions, ...this.decisions()],
      trace: [...before.trace, ...this.trace],
      equity: [...points.map(point), ...(all ?? []).map(point)],
      measures: { maxDrawdown, maxDrawdownDuration, exposedBars, bars, ruined, from, to },
      reasons: [...this.#orders.counts()],
      trades: account.trades
        .all()
        .map(({ instrument, ...trade }) => texts({ ...trade, symbol: instrument.symbol })),
      account: texts({
        cash: account.cash,
        numbers: [account.cashNumber, account.cashTerms, account.equity()],
        equity: account.exactEquity(),
        balances: [...account.balances],
        fees: [...account.feesByCurrency],
        interest: account.debtInterest,
        charges: account.charges.map(({ shares, ...charge }) => [charge, [...shares]]),
        holdings: account.everyHolding.map((holding) => {
          // How many lots have been closed before the first open one is no one's business.
          const { lots, first, ...facts } = { ...holding };
          return [facts, lots.slice(first), holding.realised];
        }),
        open: account.open.map(({ instrument, owner }) => [instrument.symbol, owner]),
        margin: account.margin.state(),
      }),
      counters: {
        liquidations,
        halts,
        stale: this.#orders.stale,
        ambiguous: this.#venue.ambiguousBars,
        limited: this.#venue.volumeLimited,
        gaps: this.#counts(),
        bars: [...this.#engine.markets.values()].map((market) => [
          market.bars,
          market.seen,
          market.firstPrice,
        ]),
      },
    };
  }

  /** The lines so far; the journal takes no more afterwards. */
  decisions(): readonly string[] {
    this.#journal.digest();
    return this.#journal.lines!;
  }
}

function accountOf(world: World, settings: SimulationSettings): Account {
  const { account: kind, cash, leverage, maintenanceMargin, liquidationFee } = settings;
  return new Account({
    kind,
    currency: world.instruments[0]!.settle,
    cash,
    leverage,
    maintenance: maintenanceMargin,
    liquidationFee,
    interest: { borrow: settings.borrowRate ?? zero, debt: settings.debtRate ?? zero },
    ...world.account,
  });
}

function texts(value: unknown): string {
  return JSON.stringify(value, (_, member) => (typeof member === "bigint" ? `${member}n` : member));
}

/** What a world comes to when it is stopped before each of `cuts` (indexes of moments), and made anew. */
export async function outcomeOf(
  makeWorld: () => World,
  { cuts = [], fast = false }: { readonly cuts?: readonly number[]; readonly fast?: boolean } = {},
): Promise<Outcome> {
  let world = makeWorld();
  let session = new Session(world);
  let moments = await momentsOf(world.streams);
  const said = { trace: [] as string[], decisions: [] as string[] };
  for (let i = 0; i < moments.length; i++) {
    if (i > 0 && cuts.includes(i)) {
      const { text, because } = session.save();
      if (text === null) throw new Error(because);
      said.trace.push(...session.trace);
      said.decisions.push(...session.decisions());
      // Nothing of the old world is left: instruments, chunks, accounts are other objects.
      world = makeWorld();
      session = new Session(world, text);
      moments = await momentsOf(world.streams);
    }
    session.step(moments[i]!, fast);
  }
  return session.finish(said);
}
