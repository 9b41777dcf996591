import "./v8.ts";
import type { Account } from "../account/account.ts";
import type { Trade } from "../account/trade.ts";
import { InstantFeed } from "../data/merge.ts";
import type { CostDescription } from "../domain/costs.ts";
import type { Execution } from "../domain/execution.ts";
import { addFixed, type Fixed, zero } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Instant } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import { type Random, seededRandom } from "../domain/random.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";
import type { Decision } from "../engine/decisionLog.ts";
import { Engine } from "../engine/engine.ts";
import type { Market } from "../engine/market.ts";
import type { SeatOptions } from "../engine/options.ts";
import { OrderBook } from "../engine/orderBook.ts";
import { EquityRecorder } from "../engine/recorder.ts";
import { RiskPolicy } from "../engine/riskPolicy.ts";
import type { Halt } from "../engine/riskWatch.ts";
import { Timers } from "../engine/timers.ts";
import { costModelsOf } from "../execution/costs/costModels.ts";
import { costEstimate } from "../execution/costs/estimate.ts";
import type { MoveGaps } from "../execution/costs/priceMove.ts";
import type { Explanation } from "../report/explanation.ts";
import type { Context, Handlers } from "../strategy/contract.ts";
import type { PluginClock } from "../strategy/environment.ts";
import { DecisionJournal } from "./decisionJournal.ts";
import { Explainer } from "./explain.ts";
import { type Funding, scheduleFunding } from "./funding.ts";
import { type SimulationSettings, settingsOf } from "./options.ts";
import { accountOf, riskView, simulatedVenueOf } from "./parts.ts";

export interface SimulationOptions {
  /** Merged by time; ties in the order given. */
  readonly streams: readonly MarketStream[];
  readonly createStrategy: (context: Context) => Handlers;
  /** Known from the start; others join as they appear. */
  readonly instruments: readonly Instrument[];
  readonly settings?: Partial<SimulationSettings> | undefined;
  readonly clock?: SimulationClock | undefined;
  readonly warmup?: number | undefined;
  /** The part of equity that the strategy's fractions are of. @default all of it */
  readonly share?: Fixed | undefined;
  /** Further strategies on the same account. */
  readonly others?: readonly SeatOptions[] | undefined;
  readonly timeframes?: readonly string[] | undefined;
  /** Orders before it are refused, and nothing before it is measured. */
  readonly tradeFrom?: Millis | undefined;
  /** Funding of perpetuals, settled at its times. */
  readonly funding?: readonly Funding[] | undefined;
  /** The streams hold no bars: a tick counts as one, and closes are the prints. */
  readonly ticksArePrices?: boolean | undefined;
  readonly details?: boolean | undefined;
  readonly equityOfEveryBar?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told each decision, as it is written to the journal. */
  readonly onDecision?: ((time: Millis, decision: Decision) => void) | undefined;
  /** Remember what happened around this moment. */
  readonly explain?: Millis | undefined;
  readonly onLog?:
    | ((time: Millis, message: string, fields: { readonly [key: string]: Json } | undefined) => void)
    | undefined;
}

/** What happened, in exact integers; reports turn it into text. */
export interface SimulationResult {
  readonly initialCash: Fixed;
  readonly finalEquity: Fixed;
  readonly fees: Fixed;
  /** Made afresh each time it is read. */
  readonly trades: readonly Trade[];
  readonly fills: number;
  readonly clipped: number;
  /** Positions that were closed by force. */
  readonly liquidations: number;
  readonly details: {
    readonly fills: readonly { readonly fill: Execution; readonly tag: string | null }[];
    readonly decisions: readonly string[];
  } | null;
  readonly markets: readonly Market[];
  readonly recorder: EquityRecorder;
  readonly reasons: ReadonlyMap<ReasonCode, number>;
  readonly ambiguousBars: number;
  /** Fills cut short by the volume there was. */
  readonly volumeLimited: number;
  /** How often slippage had to do without volume or volatility. */
  readonly slippageGaps: Readonly<MoveGaps>;
  readonly costs: CostDescription;
  /** What the risk policy did. */
  readonly halts: readonly Halt[];
  readonly decisionsSha256: string;
  readonly account: Account;
  /** When one was asked for. */
  readonly explanation: Explanation | null;
}

/** Time and chance of a run, for what was made before its engine (a plugin's Date, Math.random and timers). */
export class SimulationClock implements PluginClock {
  readonly timers: Timers;
  readonly random: Random;
  /** The run's engine, from its start on. */
  engine: { readonly time: Millis } | null = null;
  readonly #first: SimulationClock;

  /** @param first that of the run's first strategy: time and timers are one, chance is each one's own */
  constructor(seed: number, first?: SimulationClock) {
    this.random = seededRandom(seed);
    this.timers = first?.timers ?? new Timers();
    this.#first = first ?? this;
  }

  now(): Millis {
    const time = this.#first.engine?.time ?? 0;
    return Number.isFinite(time) ? time : 0;
  }
  setTimer(ms: number, callback: () => void): number {
    // As in Node, no less than 1 ms: a callback that sets itself again must not stop time.
    return this.timers.add(this.now() + Math.max(1, ms), callback);
  }
  clearTimer(handle: number): void {
    this.timers.cancel(handle);
  }
}

/**
 * Runs a strategy over market data on a simulated venue: the composition root of every backtest.
 * @throws what the data or the strategy throws; the signal's reason when aborted.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const settings = settingsOf(options.settings ?? {});
  const clock = options.clock ?? new SimulationClock(settings.seed);
  const { tradeFrom = Number.NEGATIVE_INFINITY } = options;
  const fills: { fill: Execution; tag: string | null }[] = [];
  const counts = { fills: 0, clipped: 0 };
  const account = accountOf(settings, options.instruments[0]!.settle);
  const explainer = options.explain === undefined ? null : new Explainer(options.explain, account);
  const { fees, slippage, latency, described } = costModelsOf(settings, settings.seed);
  const { sizing, collar } = settings;
  const costs = { fees, slippage: explainer?.slippage(slippage) ?? slippage };
  const gateway = simulatedVenueOf(settings, costs, account, () => engine.markets);
  const journal = new DecisionJournal(options.details === true, options.onDecision);
  const recording = { tradeFrom, keepAll: options.equityOfEveryBar === true };
  const recorder = explainer?.recorder(account, recording) ?? new EquityRecorder(account, recording);
  const orders = new OrderBook();
  const strategies = strategiesOf(options, clock);
  const engine: Engine = new Engine({
    mode: "backtest",
    account,
    gateway,
    journal: explainer?.journal(journal) ?? journal,
    recorder,
    orders,
    costs: costEstimate(costModelsOf(settings, settings.seed)),
    risk:
      settings.risk === undefined
        ? null
        : new RiskPolicy(settings.risk, riskView(strategies.length, account)),
    sizing,
    collar,
    timers: clock.timers,
    instruments: options.instruments,
    tradeFrom,
    latency: settings.latency === undefined ? null : () => latency.leaves() + latency.seen(),
    answered: settings.latency === undefined ? null : latency.answered,
    timeframes: options.timeframes ?? [],
    ticksArePrices: options.ticksArePrices === true,
    strategies,
    onFill(fill, tag) {
      counts.fills++;
      if (fill.clipped) counts.clipped++;
      if (options.details === true) fills.push({ fill, tag });
    },
    onLog: explainer?.log(options.onLog) ?? options.onLog ?? (() => {}),
  });
  clock.engine = engine;
  const now = () => engine.time;
  for (const one of options.funding ?? [])
    scheduleFunding(one, { account, timers: clock.timers, recorder, now });
  explainer?.attach({ engine, orders, settings, warmups: strategies.map(({ warmup }) => warmup), tradeFrom });
  await drive(engine, explainer?.streams(options.streams) ?? options.streams, options.signal);
  explainer?.ending();
  engine.finish(settings.atEnd);
  const markets = [...engine.markets.values()];
  return {
    initialCash: settings.cash,
    liquidations: engine.liquidations,
    finalEquity: account.exactEquity(),
    fees: account.everyHolding.reduce((sum, { paidFees }) => addFixed(sum, paidFees), zero),
    get trades() {
      return account.trades.all();
    },
    ...counts,
    details: options.details === true ? { fills, decisions: journal.lines! } : null,
    markets,
    recorder,
    reasons: orders.counts(),
    ambiguousBars: gateway.ambiguousBars,
    volumeLimited: gateway.volumeLimited,
    slippageGaps: slippage.gaps,
    halts: engine.halts,
    costs: described,
    decisionsSha256: journal.digest(),
    account,
    explanation: explainer?.result() ?? null,
  };
}

function strategiesOf(options: SimulationOptions, clock: SimulationClock): readonly SeatOptions[] {
  const { createStrategy: create, warmup = 0, others = [] } = options;
  const strategies = [{ create, warmup, random: clock.random, share: options.share ?? null }, ...others];
  return strategies;
}

/** Chunks cross the async border here, and nowhere a single event. */
async function drive(
  engine: Engine,
  streams: readonly MarketStream[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const feed = new InstantFeed(streams);
  const instant: Instant = { time: 0, count: 0, events: [] };
  try {
    while (await feed.fill()) {
      signal?.throwIfAborted();
      advance(engine, feed, instant);
    }
  } finally {
    await feed.close();
  }
}

function advance(engine: Engine, feed: InstantFeed, instant: Instant): void {
  const run = engine.run.bind(engine);
  for (feed.runAhead(run); feed.next(instant); feed.runAhead(run)) engine.step(instant);
}
