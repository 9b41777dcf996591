import type { MarketApi } from "../connectivity/marketApi.ts";
import { ValidationError } from "../domain/errors.ts";
import { createInstrument, type Instrument } from "../domain/instrument.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { type Millis, parseTimeframe, type Timeframe } from "../domain/time.ts";
import type { Channel, LiveStatus } from "./liveStatus.ts";
import { systemTimers, type Timers } from "./liveTimers.ts";

export interface ExchangeDataSourceOptions {
  readonly symbols: readonly string[];
  /** @default ["candles"] */
  readonly channels?: readonly Channel[] | undefined;
  /** Of the candles: one, or several. From 1s. @default "1m" */
  readonly timeframe?: string | readonly string[] | undefined;
  /** Closed candles of each symbol and timeframe that come before the live ones. @default 0 */
  readonly warmup?: number | undefined;
  /** Instead of `warmup`: all closed candles that opened at or after this time, as after a pause. */
  readonly from?: Millis | undefined;
  /** Levels a side that pictures of a book show. @default 20 */
  readonly depth?: number | undefined;
  /** A stream without data for longer is connected anew, ms. @default a candle's length (5 minutes at most) + 15 s; 60 s; 60 s; 10 s */
  readonly maxSilenceMs?: { readonly [C in Channel]?: number } | undefined;
  /** Between questions over REST while a stream is down, ms. @default 5000 */
  readonly pollMs?: number | undefined;
  /** Market rules of a symbol. @default symbol and venue alone: no tick, lot 1e-8, volume in base */
  readonly instrumentOf?: ((symbol: string) => Instrument | Promise<Instrument>) | undefined;
  readonly onStatus?: ((status: LiveStatus) => void) | undefined;
  readonly timers?: Timers | undefined;
}

/** Options as the rest trusts them. */
export interface LivePlan {
  readonly symbols: readonly string[];
  readonly channels: readonly Channel[];
  readonly timeframes: readonly Timeframe[];
  readonly since: { readonly bars: number } | { readonly from: Millis };
  readonly depth: number;
  readonly pollMs: number;
  readonly timers: Timers;
  silenceOf(channel: Channel, timeframe: Timeframe | null): number;
  instrumentOf(symbol: string, api: MarketApi): Instrument | Promise<Instrument>;
  onStatus(status: LiveStatus): void;
}

const silences = { trades: 60_000, quotes: 60_000, book: 10_000 } as const;
const longestCandleSilence = 300_000;
const graceMs = 15_000;

/** @throws ValidationError GEO-VALUE naming the option */
export function livePlan(options: ExchangeDataSourceOptions): LivePlan {
  const { timeframe = "1m", maxSilenceMs = {}, warmup = 0, depth = 20, instrumentOf } = options;
  const timeframes = [timeframe].flat().map((text) => parseTimeframe(text));
  const candleSilence = (ms: number) => Math.min(ms, longestCandleSilence) + graceMs;
  const short = timeframes.find(({ ms }) => ms < 1000);
  if (short !== undefined) {
    throw new ValidationError("GEO-VALUE", `timeframe: expected 1s or longer, found ${short.label}`);
  }
  return {
    symbols: unique(atLeastOne(options.symbols, "symbols").map(normalizeSymbol)),
    channels: unique(atLeastOne(options.channels ?? ["candles"], "channels")),
    timeframes: atLeastOne(timeframes, "timeframe"),
    since: options.from === undefined ? { bars: whole(warmup, "warmup", 0) } : { from: options.from },
    depth: whole(depth, "depth", 1),
    pollMs: options.pollMs ?? 5_000,
    timers: options.timers ?? systemTimers,
    silenceOf: (channel, of) =>
      maxSilenceMs[channel] ?? (channel === "candles" ? candleSilence(of!.ms) : silences[channel]),
    instrumentOf: (symbol, { venue }) =>
      instrumentOf?.(symbol) ?? createInstrument(symbol, { venue, volumeUnit: "base" }),
    onStatus: options.onStatus ?? (() => {}),
  };
}

function atLeastOne<T>(values: readonly T[], option: string): readonly T[] {
  if (values.length > 0) return values;
  throw new ValidationError("GEO-VALUE", `${option}: expected at least one, found none`);
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function whole(value: number, option: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= 1_000_000) return value;
  throw new ValidationError(
    "GEO-VALUE",
    `${option}: expected a whole number from ${least}, found ${String(value)}`,
  );
}
