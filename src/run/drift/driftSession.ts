import { GeoSyncError } from "../../domain/errors.ts";
import { addFixed, type Fixed, formatFixed, negateFixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { MarketStream } from "../../domain/ports.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import type { Journal } from "../../engine/options.ts";
import type { DriftDocument, DriftedRun } from "../../report/driftDocument.ts";
import { SessionReader } from "../../store/sessionReader.ts";
import { seatsOf } from "../ensemble.ts";
import { settingsOf } from "../options.ts";
import type { Ledger } from "../session/ledger.ts";
import { type SessionManifest, unpackManifest } from "../session/manifest.ts";
import { loadStrategies, planSession } from "../session/plan.ts";
import { divergenceError, instrumentsIn, ReplayJournal, replay } from "../session/replay.ts";
import { SessionEngine } from "../session/sessionEngine.ts";
import { type SimulationResult, simulate } from "../simulate.ts";
import { describeCauses, mostExamples } from "./describe.ts";
import { journalMarket } from "./journalMarket.ts";
import { marketPrices } from "./marketPrices.ts";
import { type ComparedBars, compareBars, openOfficial } from "./officialData.ts";
import { type OrderPair, pairOrders } from "./pairs.ts";
import { type CauseShare, splitByCause } from "./split.ts";
import { OrderTraces } from "./traces.ts";

export interface DriftOptions {
  readonly stateDir: string;
  readonly name: string;
  /** Official data for the backtest; none: the session's own. */
  readonly files: readonly string[];
}

/**
 * A session against a plain backtest of its strategy, settings and period, and the difference by its causes. Reads only:
 * it may run beside the session.
 * @throws GeoSyncError GEO-SESSION; GEO-REPLAY-DIFFERS when the strategy no longer decides what it did; those of files
 */
export async function driftOf({ stateDir, name, files }: DriftOptions): Promise<DriftDocument> {
  const store = await SessionReader.open(stateDir, name);
  try {
    const manifest = unpackManifest(store.header.config);
    const instruments = instrumentsIn(store);
    if (instruments.length === 0) {
      throw new GeoSyncError("GEO-SESSION", `session "${name}": expected a journal, found nothing in it yet`);
    }
    const sources = { ledger: store, manifest, instruments, files };
    const { strategy } = store.header;
    const { mode, venue, symbols } = manifest;
    return {
      schema: "geosync.drift/1",
      session: name,
      mode,
      venue,
      symbols,
      strategy,
      ...(await measure(sources)),
    };
  } finally {
    store.close();
  }
}

interface Sources {
  readonly ledger: Pick<Ledger, "entries">;
  readonly manifest: SessionManifest;
  readonly instruments: readonly Instrument[];
  readonly files: readonly string[];
}

type Measured = Omit<DriftDocument, "schema" | "session" | "mode" | "venue" | "symbols" | "strategy">;

/** The measuring itself, of a journal wherever it lies. */
export async function measure(sources: Sources): Promise<Measured> {
  const { ledger, instruments, files, manifest } = sources;
  const session = await replayed(sources);
  const { account } = session.core;
  const market = journalMarket(ledger, instruments);
  const like = await simulated(sources, [market]);
  const { firstTime: from, lastTime: to } = session;
  const official =
    files.length === 0 || !(to >= from)
      ? null
      : await openOfficial({ files, settings: manifest.settings, instruments, from, to });
  const backtest = official === null ? like : await simulated(sources, official);
  const bars = official === null ? null : await compareBars(market, official, mostExamples);
  const shares = await splitOf(sources, session, like, market);
  const data = lessThan(like.result.finalEquity, backtest.result.finalEquity);
  const drift = lessThan(account.exactEquity(), backtest.result.finalEquity);
  return {
    currency: account.currency,
    cash: formatFixed(account.initialEquity),
    from: momentOf(from),
    to: momentOf(to),
    data: files,
    result: runOf(account.exactEquity(), session.core, session.traces),
    backtest: runOf(backtest.result.finalEquity, backtest.result, backtest.traces),
    drift: formatFixed(drift),
    causes: describeCauses({ drift, data, shares, bars }),
    bars: bars && countsOf(bars),
  };
}

interface Replayed {
  readonly core: SessionEngine;
  readonly traces: OrderTraces;
  readonly firstTime: Millis;
  readonly lastTime: Millis;
}

/** The session as it was: its journal through its engine. @throws GeoSyncError GEO-REPLAY-DIFFERS */
async function replayed({ ledger, manifest, instruments }: Sources): Promise<Replayed> {
  const { settings, tradeFrom, ticksArePrices } = manifest;
  const traces = new OrderTraces();
  const replaying = new ReplayJournal();
  const journal: Journal = {
    append(time, decision) {
      replaying.append(time, decision);
      traces.append(time, decision, core.history.origin === "user");
    },
    commit() {},
  };
  const mode = manifest.mode === "paper" ? "paper" : "live";
  const plan = { mode, settings, instruments, tradeFrom, ticksArePrices } as const;
  const core: SessionEngine = new SessionEngine(planSession(await loadStrategies(settings), plan), journal);
  let [firstTime, lastTime] = [Number.NaN, Number.NaN];
  const { divergence } = replay(ledger, instruments, core, replaying, ({ time, events, commands }) => {
    traces.isClosing ||= commands.some(({ kind }) => kind === "finish");
    if (events.length === 0) return;
    if (Number.isNaN(firstTime)) firstTime = time;
    lastTime = time;
  });
  if (divergence !== null) throw divergenceError(divergence);
  return { core, traces, firstTime, lastTime };
}

interface Simulated {
  readonly result: SimulationResult;
  readonly traces: OrderTraces;
}

/** The plain backtest: what a session is asked to be, on a simulated venue, from data that are all there. */
async function simulated(
  { manifest, instruments }: Sources,
  streams: readonly MarketStream[],
): Promise<Simulated> {
  const { settings, tradeFrom, ticksArePrices } = manifest;
  const ensemble = await loadStrategies(settings);
  const [first, ...others] = seatsOf(ensemble);
  const traces = new OrderTraces();
  const result = await simulate({
    streams,
    instruments,
    createStrategy: first!.create,
    // Nobody sells because a file has ended: a session marks what it holds.
    settings: { ...settingsOf(settings), atEnd: "mark" },
    clock: ensemble.clock,
    warmup: first!.warmup,
    share: first!.share ?? undefined,
    others,
    timeframes: [...new Set(ensemble.strategies.flatMap(({ timeframes }) => timeframes))],
    tradeFrom,
    ticksArePrices,
    onDecision: (time, decision) => traces.append(time, decision),
  });
  return { result, traces };
}

/** The difference between the session and the backtest on its own data. */
async function splitOf(
  { manifest }: Sources,
  session: Replayed,
  { traces, result }: Simulated,
  market: MarketStream,
): Promise<readonly CauseShare[]> {
  const { account, engine } = session.core;
  const lengths = [...engine.markets.values()].map(({ bar, bars }) =>
    bars === 0 ? 0 : bar.time - bar.openTime,
  );
  const barMs = Math.max(1000, ...lengths);
  // An order and its like may be decided on so far apart.
  const pairs = pairOrders(session.traces.orders, traces.orders, Math.max(60_000, 5 * barMs));
  return splitByCause({
    pairs,
    manual: session.traces.manual,
    late: barMs,
    valuation: {
      settings: settingsOf(manifest.settings),
      currency: account.currency,
      markOf(instrument, owner) {
        const holdings = [account, result.account].map((one) => one.holdingOf(instrument, owner));
        return holdings.find(({ hasPrice }) => hasPrice)?.exactMark() ?? null;
      },
    },
    priceAt: await marketPrices(market, questionsOf(pairs)),
  });
}

function questionsOf(pairs: readonly OrderPair[]) {
  return pairs.flatMap(({ session, backtest }) => {
    const firsts = [session?.fills[0], backtest?.fills[0]];
    const times = firsts.flatMap((first) => (first === undefined ? [] : [first.fill.time]));
    const instrument = session?.command.instrument;
    return times.length < 2 ? [] : times.map((time) => ({ instrument: instrument!, time }));
  });
}

function runOf(
  finalEquity: Fixed,
  { account }: Pick<SessionEngine, "account">,
  traces: OrderTraces,
): DriftedRun {
  const fees = account.everyHolding.reduce((sum, { paidFees }) => addFixed(sum, paidFees), zero);
  return {
    profit: formatFixed(lessThan(finalEquity, account.initialEquity)),
    finalEquity: formatFixed(finalEquity),
    fees: formatFixed(fees),
    orders: traces.orders.length,
    fills: traces.fills,
  };
}

function lessThan(value: Fixed, other: Fixed): Fixed {
  return addFixed(value, negateFixed(other));
}

function countsOf({ compared, differing, missing, extra }: ComparedBars) {
  return { compared, differing, missing, extra };
}

function momentOf(time: Millis): string | null {
  return Number.isFinite(time) ? isoTime(time) : null;
}
