import { createHash } from "node:crypto";
import { openFeed } from "../../data/feedFile.ts";
import { ValidationError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Json, Signal } from "../../domain/signal.ts";
import { parseTimeframe } from "../../domain/time.ts";
import type { FeaturePipeline } from "../../features/index.ts";
import type { BacktestDocument } from "../../report/document.ts";
import type { Strategy, StrategyDefinition, VectorStrategy } from "../../strategy/contract.ts";
import { backtest } from "../backtest.ts";
import type { Ensemble } from "../ensemble.ts";
import type { BacktestOptions, SimulationSettings } from "../options.ts";
import { loadPlugin, type Plugged, plugIn } from "../plugin.ts";
import { SimulationClock } from "../simulate.ts";
import type { MarketDataSource } from "./dataSource.ts";
import type { Frame } from "./frame.ts";
import { RunRecorder } from "./recorder.ts";

/**
 * A strategy: the name or path of a file, or in the program itself a vectorised function, a class with `generateSignal`
 * or what `defineStrategy` gives.
 */
export type StrategyInput = string | StrategyDefinition | (new () => Strategy) | VectorStrategy;

export interface StrategyOptions {
  readonly params?: { readonly [name: string]: Json } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a run gave. Frames and signals have one row a bar, in order; no bar is left out. */
export interface StrategyRun {
  readonly symbol: string;
  readonly venue: string;
  /** openTime, time, open, high, low, close, volume. Volume is NaN when the data has none. */
  readonly marketFrame: Frame;
  /** time, the price column, and every feature; NaN where there is not enough to tell. */
  readonly featureFrame: Frame;
  /**
   * What the strategy said of each bar. A definition says nothing but trades: its signal is the last order it asked for
   * up to the bar's close, `exit` for one that only reduces.
   */
  readonly signals: readonly Signal[];
  /** The engine's own backtest, as `geosync backtest --json` prints it. */
  readonly result: BacktestDocument;
}

export interface RunRequest {
  readonly source: MarketDataSource;
  /** Checked to lie where data may be read. */
  readonly path: string;
  readonly strategy: StrategyInput;
  readonly options: StrategyOptions;
  readonly pipeline: FeaturePipeline;
  readonly simulation: Partial<SimulationSettings>;
  readonly maxRows: number;
  readonly cwd: string;
}

/** With what the market of the run was, for orders that follow it. */
export interface FinishedStrategyRun {
  readonly run: StrategyRun;
  readonly instrument: Instrument;
}

/** @throws GeoSyncError: what the file, the strategy or the options have wrong */
export async function runStrategy(request: RunRequest): Promise<FinishedStrategyRun> {
  const options = optionsOf(request);
  const { instrument, hasVolume } = await lookInto(options);
  const recorder = new RunRecorder(request.pipeline, hasVolume, request.maxRows);
  let form: Plugged["form"] = "definition";
  const load = async (asked: BacktestOptions, seed: number): Promise<Ensemble> => {
    const clock = new SimulationClock(seed);
    const plugged = await plug(request.strategy, asked, clock, recorder);
    form = plugged.form;
    return { strategies: [recorded(plugged, recorder)], clock, clocks: [clock] };
  };
  const { document } = await backtest(options, undefined, {
    load,
    checkRows: (rows) => recorder.checkRows(rows),
    // Classes and vectors say what they think; of a definition only its orders tell.
    onDecision: (time, decision) => {
      if (form === "definition") recorder.onDecision(time, decision);
    },
  });
  const { marketFrame, featureFrame, signals } = recorder;
  const { symbol, venue } = instrument;
  const run = Object.freeze({
    ...{ symbol, venue, marketFrame, featureFrame },
    signals: Object.freeze(signals),
    result: document,
  });
  return { run, instrument };
}

function optionsOf({ source, path, strategy, options, simulation, cwd }: RunRequest): BacktestOptions {
  const { timeframe, path: _, ...market } = source;
  return {
    ...simulation,
    ...market,
    files: [path],
    strategy: typeof strategy === "string" ? strategy : nameOf(strategy),
    timeframe: timeframe === undefined ? undefined : parseTimeframe(timeframe),
    params: options.params,
    signal: options.signal,
    cwd,
  };
}

/** What must be known before the first bar comes. */
async function lookInto(options: BacktestOptions): Promise<{ instrument: Instrument; hasVolume: boolean }> {
  const { symbol, venue, lot, tick, minNotional, volumeUnit, timeframe, stamp } = options;
  const path = options.files[0]!;
  const instrument = { venue, lot, tick, minNotional, volumeUnit };
  const file = await openFeed(path, { symbol, timeframe, stamp, instrument, hash: false });
  if (file.symbols.length !== 1) {
    throw new ValidationError(
      "GEO-DATA-SYMBOL",
      `${path}: expected one symbol a run, found ${file.symbols.slice(0, 10).join(", ")}`,
      { hint: "Name one of them: new MarketDataSource({ path, symbol })." },
    );
  }
  // What a bar made of quotes or of a book without trades calls its volume is none.
  const isTraded = file.kind === "bar" || file.kind === "tick" ? file.hasVolume : file.hasTrades;
  return { instrument: file.instruments[0]!, hasVolume: isTraded };
}

async function plug(
  strategy: StrategyInput,
  options: BacktestOptions,
  clock: SimulationClock,
  watch: RunRecorder,
): Promise<Plugged> {
  if (typeof strategy === "string") return loadPlugin(options, clock, watch);
  const name = nameOf(strategy);
  const params = options.params ?? {};
  // The program's own frames are in the error already.
  const blame = (error: unknown) => error;
  return plugIn(strategy, { name, path: "(in process)", sha256: hashOf(strategy), params, blame, watch });
}

function recorded(plugged: Plugged, recorder: RunRecorder): Plugged {
  return {
    ...plugged,
    create: (context, saved) => recorder.around((inner) => plugged.create(inner, saved), context),
    withSeries: (series) => recorded(plugged.withSeries(series), recorder),
  };
}

function nameOf(strategy: unknown): string {
  const name: unknown = (strategy as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === "string" && name.trim() !== "" ? name : "strategy";
}

/** Of the text of its code; what it closes over is not in it. */
function hashOf(strategy: Exclude<StrategyInput, string>): string {
  const code = typeof strategy === "function" ? strategy : strategy?.create;
  return createHash("sha256").update(String(code)).digest("hex");
}

/** The last close, where the frames end. */
export function lastPrice(run: StrategyRun): { readonly time: number; readonly price: number } {
  const close = run.marketFrame.column("close");
  const time = run.marketFrame.column("time");
  return { time: time[time.length - 1]!, price: close[close.length - 1]! };
}
