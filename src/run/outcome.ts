import type { Account } from "../account/account.ts";
import type { Trade } from "../account/trade.ts";
import { describeRiskLimits } from "../config/riskPolicy.ts";
import type { FeedFile } from "../data/feedFile.ts";
import {
  addFixed,
  type Fixed,
  formatFixed,
  formatUnits,
  negateFixed,
  unitsToNumber,
  zero,
} from "../domain/fixed.ts";
import type { Json } from "../domain/signal.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { Market } from "../engine/market.ts";
import type { EquityPoint } from "../engine/recorder.ts";
import { computePanel, type Metrics } from "../metrics/panel.ts";
import { canonicalHash } from "../report/canonical.ts";
import type {
  BacktestDocument,
  DataFacts,
  FillRecord,
  PositionRecord,
  RunDetails,
  RunFacts,
  TradeRecord,
} from "../report/document.ts";
import { attributionOf } from "./attribution.ts";
import type { Feeds } from "./feeds.ts";
import type { BacktestOptions, BacktestOutcome, SimulationSettings } from "./options.ts";
import type { Plugged } from "./plugin.ts";
import type { SimulationResult } from "./simulate.ts";
import { version } from "./version.ts";
import { warningsOf } from "./warnings.ts";

export interface FinishedRun {
  readonly options: BacktestOptions;
  readonly settings: SimulationSettings;
  readonly result: SimulationResult;
  readonly feeds: Feeds;
  /** Of the file of finer data; null when there is none. */
  readonly detailSha256: string | null;
  readonly strategies: readonly Plugged[];
  readonly durationMs: number;
}

/** Exact integers into the texts of the document. */
export function describeRun(finished: FinishedRun): BacktestOutcome {
  const { result, options } = finished;
  const names = finished.strategies.map(({ name }) => name);
  const closed = result.trades;
  const trades = closed.map((trade) => tradeRecord(trade, names.length > 1 ? names[trade.owner]! : null));
  const metrics = metricsOf(finished, trades);
  const body = {
    metrics,
    equity: result.recorder.points.map(equityRow),
    trades,
    positions: positionsOf(result.account),
    attribution: attributionOf(result.account, closed, names),
    reasons: Object.fromEntries([...result.reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
    warnings: warningsOf(finished, trades.length),
  };
  const draft: BacktestDocument = { schema: "geosync.backtest/1", run: runFacts(finished), ...body };
  const explain = result.explanation === null ? {} : { explain: result.explanation };
  const document = { ...draft, run: { ...draft.run, id: canonicalHash(draft).slice(0, 12) }, ...explain };
  return { document, details: options.details === true ? detailsOf(result) : null };
}

function metricsOf(
  { options, settings, result, feeds }: FinishedRun,
  trades: readonly TradeRecord[],
): Metrics {
  const { recorder } = result;
  const { riskFreeRate, periodsPerYear, returns } = options;
  return computePanel({
    initialEquity: formatFixed(settings.cash),
    finalEquity: formatFixed(result.finalEquity),
    fees: formatFixed(result.fees),
    daily: recorder.points.map(({ time, equity }) => [time, formatFixed(equity)]),
    barSamples: recorder.all?.map(({ time, equity }) => [time, formatFixed(equity)]),
    barMs: shortestBar(feeds.files),
    maxDrawdown: recorder.maxDrawdown,
    maxDrawdownDuration: recorder.maxDrawdownDuration / 1000,
    exposure: recorder.bars === 0 ? null : recorder.exposedBars / recorder.bars,
    buyAndHoldReturn: buyAndHold(result.markets),
    trades,
    options: { riskFreeRate, periodsPerYear, returns },
  });
}

function runFacts(finished: FinishedRun): RunFacts {
  const { options, settings, result, feeds, strategies, detailSha256, durationMs } = finished;
  const { files } = feeds;
  const { recorder } = result;
  const [strategy, ...others] = strategies.map(({ name, params, sha256, form, path }) => {
    return { name, params: plain(params), sha256, form, path };
  });
  return {
    id: "",
    version,
    strategy: strategy!,
    others,
    data: files.map(dataFacts),
    ...(detailSha256 === null ? {} : { detail: { path: feeds.detail!.file.path, sha256: detailSha256 } }),
    venue: files[0]!.instruments[0]!.venue,
    account: settings.account,
    leverage: formatFixed(result.account.margin.leverage),
    ...chargesOf(result.account),
    currency: result.account.currency,
    seed: settings.seed,
    cash: formatFixed(settings.cash),
    costs: {
      ...result.costs,
      fillLimit: settings.fillLimit,
      entryBar: settings.entryBar,
      volumeLimit: settings.volumeLimit === null ? null : formatFixed(settings.volumeLimit),
    },
    sizing: settings.sizing,
    collar: formatFixed(settings.collar),
    risk:
      settings.risk === undefined
        ? null
        : {
            limits: describeRiskLimits(settings.risk),
            halts: result.halts.map(({ time, action, because }) => ({
              time: isoTime(time),
              action,
              because,
            })),
          },
    atEnd: settings.atEnd,
    ...periodOf(files, options.from),
    bars: recorder.bars,
    fills: result.fills,
    clipped: result.clipped,
    liquidations: result.liquidations,
    ambiguousBars: result.ambiguousBars,
    decisionsSha256: result.decisionsSha256,
    durationMs: Math.round(durationMs),
  };
}

/** From the start of the first measured bar to that of the last. */
function periodOf(
  files: readonly FeedFile[],
  from: Millis = Number.NEGATIVE_INFINITY,
): { from: string; to: string } {
  const summaries = files.map((file) => file.summary());
  const first = Math.min(...summaries.map((summary) => summary.from!));
  const last = Math.max(...summaries.map((summary) => summary.to!));
  return { from: isoTime(Math.max(first, from)), to: isoTime(last) };
}

/** What stands in the place of a timeframe where rows have no length. */
const rowNames = { bar: "bars", tick: "ticks", quote: "quotes", book: "book" } as const;

function dataFacts(file: FeedFile): DataFacts {
  const { rows, from, to, sha256 } = file.summary();
  return {
    path: file.path,
    sha256: sha256!,
    symbol: file.symbols.join(","),
    rows,
    from: isoTime(from!),
    to: isoTime(to!),
    timeframe: file.timeframe?.label ?? rowNames[file.kind],
  };
}

function chargesOf({ charges }: Account): { interest: string; funding: string } {
  const sum = (ofFunding: boolean): string =>
    formatFixed(
      charges
        .filter(({ kind }) => (kind === "funding") === ofFunding)
        .reduce((total, { amount }) => addFixed(total, amount), zero),
    );
  return { interest: sum(false), funding: sum(true) };
}

export function tradeRecord(trade: Trade, strategy: string | null): TradeRecord {
  const { instrument, quantity, priceScale, moneyScale, entryValue: value } = trade;
  const entryPrice: Fixed = { units: trade.entryPrice, scale: priceScale };
  const size: Fixed = { units: quantity, scale: instrument.lot.scale };
  return {
    symbol: instrument.symbol,
    side: trade.side,
    quantity: formatFixed(size),
    entryTime: isoTime(trade.entryTime),
    entryPrice: formatFixed(entryPrice),
    entryBar: trade.entryBar,
    exitTime: isoTime(trade.exitTime),
    exitPrice: formatUnits(trade.exitPrice, priceScale),
    exitBar: trade.exitBar,
    fees: formatUnits(trade.fees, moneyScale),
    pnl: formatUnits(trade.pnl, moneyScale),
    return: unitsToNumber(trade.pnl, moneyScale) / unitsToNumber(value.units, value.scale),
    bars: trade.exitBar - trade.entryBar,
    entryTag: trade.entryTag,
    exitTag: trade.exitTag,
    strategy,
  };
}

export function positionsOf(account: Account): readonly PositionRecord[] {
  return account.everyHolding
    .filter(({ isFlat }) => !isFlat)
    .map((holding) => {
      const cost: Fixed = { units: holding.openCost, scale: holding.notionalScale };
      return {
        symbol: holding.instrument.symbol,
        quantity: formatUnits(holding.quantity, holding.instrument.lot.scale),
        entryPrice: holding.entryPrice!,
        currentPrice: formatFixed(holding.exactMark()),
        unrealizedPnl: formatFixed(addFixed(holding.exactWorth(), negateFixed(cost))),
        realizedPnl: formatFixed(holding.realised),
      };
    });
}

/** Mean over the symbols of last / first close − 1: what doing nothing would have earned, without costs. */
export function buyAndHold(markets: readonly Market[]): number | null {
  const returns = markets
    .map(({ firstPrice, holding }) => holding.mark / firstPrice - 1)
    .filter(Number.isFinite);
  return returns.length === 0 ? null : returns.reduce((sum, value) => sum + value, 0) / returns.length;
}

function shortestBar(files: readonly FeedFile[]): number | null {
  const lengths = files.flatMap(({ timeframe }) => (timeframe === null ? [] : [timeframe.ms]));
  return lengths.length === 0 ? null : Math.min(...lengths);
}

function detailsOf({ details, recorder }: SimulationResult): RunDetails {
  return {
    decisions: details!.decisions,
    fills: details!.fills.map(
      ({ fill, tag }): FillRecord => ({
        orderId: String(fill.number),
        symbol: fill.instrument.symbol,
        side: fill.side,
        time: isoTime(fill.time),
        bar: fill.bar,
        price: formatFixed(fill.price),
        quantity: formatUnits(fill.quantity, fill.instrument.lot.scale),
        fee: formatFixed(fill.fee.amount),
        feeCurrency: fill.fee.currency,
        maker: fill.maker,
        clipped: fill.clipped,
        tag,
      }),
    ),
    equity: recorder.all!.map(equityRow),
  };
}

export function equityRow({ time, equity }: EquityPoint): readonly [string, string] {
  return [isoTime(time), formatFixed(equity)];
}

/** Parameters as JSON has them: no undefined, no class instances. */
function plain(params: unknown): { readonly [name: string]: Json } {
  return JSON.parse(JSON.stringify(params ?? {})) as { readonly [name: string]: Json };
}
