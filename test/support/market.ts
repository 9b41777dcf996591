/** Markets in memory, from decimal texts, and runs of strategies on them. */
import { columnOf } from "../../src/domain/columns.ts";
import { type Fixed, formatFixed, formatUnits, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument, type Instrument, type InstrumentOptions } from "../../src/domain/instrument.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import type { MarketStream } from "../../src/domain/ports.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { type Millis, parseTimeframe } from "../../src/domain/time.ts";
import type { SimulationSettings } from "../../src/run/options.ts";
import { type SimulationOptions, type SimulationResult, simulate } from "../../src/run/simulate.ts";
import type { Context, Handlers, StrategyDefinition } from "../../src/strategy/contract.ts";
import { parseParams, warmupOf } from "../../src/strategy/index.ts";

/** A Monday, midnight UTC. */
export const start = Date.UTC(2024, 0, 1);
export const minute = 60_000;

export interface Series extends MarketStream {
  readonly instruments: readonly Instrument[];
  readonly kind: "bar" | "tick";
}

export interface SeriesOptions {
  readonly symbol?: string;
  /** @default "1m" */
  readonly timeframe?: string;
  /** @default start */
  readonly from?: Millis;
  /** Rows of a chunk. @default all in one */
  readonly chunk?: number;
  readonly instrument?: InstrumentOptions;
  /** Of every row. @default 1 */
  readonly volume?: string | number;
}

/** One price (a bar that never moved), open and close (high and low the outer of the two), or open, high, low, close. */
export type BarRow = string | number | readonly (string | number)[];

/** Bars in a row; null leaves a gap of one bar. */
export function bars(rows: readonly (BarRow | null)[], options: SeriesOptions = {}): Series {
  const { timeframe = "1m", from = start } = options;
  const { ms } = parseTimeframe(timeframe);
  const placed = rows.flatMap((row, slot) => (row === null ? [] : [barAt(row, from + slot * ms, ms)]));
  return series("bar", [createInstrument(options.symbol ?? "A", options.instrument)], placed, options);
}

/** Trade prints: milliseconds after `from`, and a price. */
export function ticks(
  rows: readonly (readonly [number, string | number])[],
  options: SeriesOptions = {},
): Series {
  const { from = start } = options;
  const placed = rows.map(([after, price]) => ({
    openTime: from + after,
    time: from + after,
    cells: [price],
    of: 0,
  }));
  return series("tick", [createInstrument(options.symbol ?? "A", options.instrument)], placed, options);
}

/** Bars of several symbols in the rows of one stream, as a file with a symbol column has them; slot by slot. */
export function table(
  columns: Readonly<Record<string, readonly (BarRow | null)[]>>,
  options: SeriesOptions = {},
): Series {
  const { timeframe = "1m", from = start } = options;
  const { ms } = parseTimeframe(timeframe);
  const placed = Object.values(columns).flatMap((rows, of) =>
    rows.flatMap((row, slot) => (row === null ? [] : [{ ...barAt(row, from + slot * ms, ms), of }])),
  );
  const instruments = Object.keys(columns).map((symbol) => createInstrument(symbol, options.instrument));
  return series(
    "bar",
    instruments,
    placed.sort((a, b) => a.time - b.time || a.of - b.of),
    options,
  );
}

/** A driftless walk around `from` in steps of ±1: one from close to open, one from open to close. */
export function walk(seed: number, length: number, from = 1000): readonly BarRow[] {
  const random = seededRandom(seed);
  let price = from;
  const step = () => (price += random() < 0.5 ? -1 : 1);
  return Array.from({ length }, () => [step(), step()]);
}

export interface RunOptions
  extends Partial<SimulationSettings>,
    Omit<Partial<SimulationOptions>, "settings" | "streams" | "createStrategy"> {
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What a strategy does on `streams`, without costs unless they are given, decisions and fills kept. */
export function run(
  strategy: StrategyDefinition | ((ctx: Context) => Handlers),
  streams: Series | readonly Series[],
  options: RunOptions = {},
): Promise<SimulationResult> {
  const all = Array.isArray(streams) ? (streams as readonly Series[]) : [streams as Series];
  const { params, ...given } = options;
  const settings = { makerFee: fixed(0), takerFee: fixed(0), slippage: fixed(0), ...given };
  return simulate({
    streams: all,
    instruments: all.flatMap(({ instruments }) => instruments),
    ticksArePrices: all.every(({ kind }) => kind === "tick"),
    details: true,
    equityOfEveryBar: true,
    ...(typeof strategy === "function" ? { createStrategy: strategy } : plug(strategy, params ?? {})),
    ...given,
    settings,
  });
}

/** A strategy that acts at the close of the bars named by their index. */
export function script(
  actions: Readonly<Record<number, (ctx: Context) => void>>,
): (ctx: Context) => Handlers {
  return (ctx) => ({ onBar: (bar) => actions[bar.index]?.(ctx) });
}

export function fixed(text: string | number): Fixed {
  return parseFixed(String(text));
}

/** Fills as `side quantity symbol @ price, bar index`. */
export function fillsOf({ details }: SimulationResult): readonly string[] {
  return details!.fills.map(({ fill }) => {
    const { side, quantity, instrument, price, bar } = fill;
    return `${side} ${formatUnits(quantity, instrument.lot.scale)} ${instrument.symbol} @ ${formatFixed(price)}, ${bar}`;
  });
}

export function reasonsOf({ reasons }: SimulationResult): Readonly<Record<string, number>> {
  return Object.fromEntries(reasons);
}

export function equityOf({ finalEquity }: SimulationResult): string {
  return formatFixed(finalEquity);
}

/** Lines of the decision log, parsed: ["order" | "cancel" | "fill" | "end", number, time, …]. */
export function decisionsOf({
  details,
}: SimulationResult): readonly (readonly [string, number, Millis, ...unknown[]])[] {
  return details!.decisions.map((line) => JSON.parse(line));
}

interface Row {
  readonly openTime: Millis;
  readonly time: Millis;
  /** Texts of open, high, low, close, or of the price. */
  readonly cells: readonly (string | number)[];
  /** Index of the instrument. */
  readonly of: number;
}

function barAt(row: BarRow, openTime: Millis, ms: number): Row {
  const cells = Array.isArray(row) ? (row as readonly (string | number)[]) : [row as string, row as string];
  const [open, second] = cells as [string | number, string | number];
  const [high, low] = Number(open) > Number(second) ? [open, second] : [second, open];
  return {
    openTime,
    time: openTime + ms,
    cells: cells.length === 4 ? cells : [open, high, low, second],
    of: 0,
  };
}

function series(
  kind: Series["kind"],
  instruments: readonly Instrument[],
  rows: readonly Row[],
  { chunk = Number.POSITIVE_INFINITY, timeframe = "1m", volume = 1 }: SeriesOptions,
): Series {
  return {
    kind,
    instruments,
    async *events() {
      for (let from = 0; from < rows.length; from += chunk) {
        yield chunkOf(kind, instruments, rows.slice(from, from + chunk), timeframe, volume);
      }
    },
  };
}

function chunkOf(
  kind: Series["kind"],
  instruments: readonly Instrument[],
  rows: readonly Row[],
  timeframe: string,
  volume: string | number,
): MarketChunk {
  const column = (index: number) => columnOf(rows.map(({ cells }) => fixed(cells[index]!)));
  const shared = {
    length: rows.length,
    instruments,
    instrumentOf: instruments.length === 1 ? null : Uint16Array.from(rows, ({ of }) => of),
    times: Float64Array.from(rows, ({ time }) => time),
    volume: columnOf(rows.map(() => fixed(volume))),
  };
  if (kind === "tick") return { ...shared, kind, price: column(0), sides: null, ids: null };
  return {
    ...shared,
    kind,
    timeframe: parseTimeframe(timeframe),
    openTimes: Float64Array.from(rows, ({ openTime }) => openTime),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    derived: false,
  };
}

function plug(definition: StrategyDefinition, raw: Readonly<Record<string, unknown>>) {
  const params = parseParams(definition, raw);
  return {
    createStrategy: (context: Context) => definition.create(params, context),
    warmup: warmupOf(definition, params),
    timeframes: definition.timeframes ?? [],
  };
}
