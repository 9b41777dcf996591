import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { dayMs, isoTime } from "../domain/time.ts";
import { checkAbove } from "./series.ts";

/** Equity as it became known at `time` (epoch ms): at the close of a bar or of a day. */
export interface EquitySample {
  readonly time: number;
  readonly equity: number;
}

export interface CalendarOptions {
  /** Length of the bars in ms, `null` when there are none or it is unknown. */
  readonly barMs: number | null;
  /** One return a UTC day, or one a sample. @default "day" */
  readonly mode?: "day" | "bar" | undefined;
  /** Overrides what the calendar says. */
  readonly periodsPerYear?: number | undefined;
}

export interface PeriodicReturns {
  /** Empty when they are undefined. */
  readonly returns: Float64Array;
  readonly periodsPerYear: number;
  /** In plain words: "365 days a year (daily, UTC)". */
  readonly calendar: string;
  /** Why there are no returns; `null` when there are. */
  readonly undefinedBecause: string | null;
}

/**
 * Periodic returns from equity, and how many of them make a year. The first return is against `initialEquity`.
 *
 * - A sample belongs to the UTC day of `time − 1 ms`; the last of a day counts.
 * - Samples on a Saturday: the market never closes; 365 days a year, missing days carried forward with a return of 0.
 * - None on a Saturday: 252 trading days a year, missing days absent, Sunday evening folded into Monday.
 * - Bars longer than a day: one return a bar, by their own calendar (52 weeks, 12 months, 4 quarters, 1 year).
 * - `mode: "bar"`: one return a sample.
 *
 * @throws ValidationError GEO-VALUE for a sample that is not finite or out of order, or an initial equity ≤ 0
 */
export function periodicReturns(
  samples: readonly EquitySample[],
  initialEquity: number,
  { barMs, mode = "day", periodsPerYear }: CalendarOptions,
): PeriodicReturns {
  checkSamples(samples, initialEquity);
  const series = seriesOf(samples, barMs, mode);
  const { perYear, calendar } = named(series, periodsPerYear);
  const ruin = samples.find(({ equity }) => equity <= 0);
  const undefinedBecause =
    samples.length === 0
      ? "there are no equity samples"
      : ruin === undefined
        ? null
        : `the equity was ${ruin.equity} at ${isoTime(ruin.time)}, and returns on capital that is gone are undefined`;
  const returns = undefinedBecause === null ? changes(series.equities, initialEquity) : new Float64Array();
  return { returns, periodsPerYear: perYear, calendar, undefinedBecause };
}

function checkSamples(samples: readonly EquitySample[], initialEquity: number): void {
  if (!Number.isFinite(initialEquity) || initialEquity <= 0) {
    throw new ValidationError(
      "GEO-VALUE",
      `initialEquity: expected a number above 0, found ${describe(initialEquity)}`,
      { hint: "Returns are fractions of capital: start with some." },
    );
  }
  let previous = -Infinity;
  samples.forEach(({ time, equity }, i) => {
    if (!Number.isFinite(equity)) {
      throw new ValidationError(
        "GEO-VALUE",
        `samples[${i}].equity: expected a finite number, found ${describe(equity)}`,
      );
    }
    if (!Number.isFinite(time) || time < previous) {
      throw new ValidationError(
        "GEO-VALUE",
        `samples[${i}].time: expected epoch ms at or after ${previous}, found ${describe(time)}`,
      );
    }
    previous = time;
  });
}

interface Series {
  readonly equities: readonly number[];
  readonly perYear: number;
  /** What is counted: "days" in "365 days a year". */
  readonly unit: string;
  /** What stands in brackets behind it. */
  readonly detail: string;
}

function seriesOf(samples: readonly EquitySample[], barMs: number | null, mode: "day" | "bar"): Series {
  if (barMs !== null && barMs > dayMs) return longBars(samples, barMs);
  const days = samples.map(({ time }) => Math.floor((time - 1) / dayMs));
  const neverCloses = days.some((day) => weekday(day) === saturday);
  const sessions = neverCloses ? days : tradingDays(days);
  if (mode === "bar") return eachBar(samples, barMs, sessions, neverCloses);
  const daily = lastOfEachDay(samples, sessions, neverCloses);
  return neverCloses
    ? { equities: daily, perYear: 365, unit: "days", detail: "daily, UTC" }
    : { equities: daily, perYear: 252, unit: "trading days", detail: "daily, UTC" };
}

const longPeriods = [
  { from: 7, to: 7, perYear: 52, unit: "weeks" },
  { from: 28, to: 31, perYear: 12, unit: "months" },
  { from: 90, to: 92, perYear: 4, unit: "quarters" },
  { from: 365, to: 366, perYear: 1, unit: "period" },
];

function longBars(samples: readonly EquitySample[], barMs: number): Series {
  const days = barMs / dayMs;
  const known = longPeriods.find(({ from, to }) => days >= from && days <= to);
  return {
    equities: samples.map(({ equity }) => equity),
    perYear: known?.perYear ?? 365.25 / days,
    unit: known?.unit ?? "bars",
    detail: "one return a bar",
  };
}

function eachBar(
  samples: readonly EquitySample[],
  barMs: number | null,
  sessions: readonly number[],
  neverCloses: boolean,
): Series {
  const barsPerDay = neverCloses && barMs !== null ? dayMs / barMs : medianRun(sessions);
  const days = neverCloses ? 365 : 252;
  return {
    equities: samples.map(({ equity }) => equity),
    perYear: days * barsPerDay,
    unit: "bars",
    detail: `${days} days of ${barsPerDay} bars, one return a bar`,
  };
}

const sunday = 0;
const monday = 1;
const friday = 5;
const saturday = 6;

/** Day 0 of the epoch, 1 January 1970, was a Thursday. */
function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/**
 * Sunday is the evening open of Monday's session, but only in a market that trades on Fridays too. Whole weeks without
 * a Friday are a Sunday-to-Thursday market, or daily prices stamped with the midnight that begins their day, which the
 * "time − 1 ms" moves to the day before: folding there would merge two trading days into one.
 */
function tradingDays(days: readonly number[]): readonly number[] {
  const span = (days.at(-1) ?? 0) - (days[0] ?? 0);
  const fridaysMissing = span >= 7 && !days.some((day) => weekday(day) === friday);
  if (fridaysMissing) return days;
  return days.map((day) => (weekday(day) === sunday ? day + monday - sunday : day));
}

function lastOfEachDay(
  samples: readonly EquitySample[],
  days: readonly number[],
  carryForward: boolean,
): readonly number[] {
  const equities: number[] = [];
  for (let i = 0; i < samples.length; i++) {
    if (days[i] === days[i + 1]) continue;
    equities.push(samples[i]!.equity);
    const missing = carryForward && i + 1 < days.length ? days[i + 1]! - days[i]! - 1 : 0;
    for (let gap = 0; gap < missing; gap++) equities.push(samples[i]!.equity);
  }
  return equities;
}

/** The median number of samples a day; the lower of two middles, so that it is a number of bars. */
function medianRun(days: readonly number[]): number {
  const runs: number[] = [];
  let start = 0;
  for (let i = 1; i <= days.length; i++) {
    if (i < days.length && days[i] === days[start]) continue;
    runs.push(i - start);
    start = i;
  }
  runs.sort((a, b) => a - b);
  return runs[Math.floor((runs.length - 1) / 2)] ?? 1;
}

function named(series: Series, override: number | undefined): { perYear: number; calendar: string } {
  if (override !== undefined) checkAbove(0, override, "periodsPerYear");
  if (override === undefined || override === series.perYear) {
    return {
      perYear: series.perYear,
      calendar: `${series.perYear} ${series.unit} a year (${series.detail})`,
    };
  }
  return { perYear: override, calendar: `${override} periods a year, as set (${series.detail})` };
}

function changes(equities: readonly number[], initialEquity: number): Float64Array {
  return Float64Array.from(equities, (equity, i) => {
    const before = i === 0 ? initialEquity : equities[i - 1]!;
    return (equity - before) / before;
  });
}
