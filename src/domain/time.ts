import { ValidationError } from "./errors.ts";

/** UTC epoch milliseconds; files in µs or ns keep their fraction as far as a double holds it. */
export type Millis = number;

export const dayMs = 86_400_000;

/** Times outside these are a wrong unit or a typing error, not market data. */
export const earliest = Date.UTC(1800, 0, 1);
export const latest = Date.UTC(2200, 0, 1);

/** ISO 8601 UTC; milliseconds only when there are some. */
export function isoTime(time: Millis): string {
  const text = new Date(time).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, 19)}Z` : text;
}

export interface Timeframe {
  /** As traders write it: 1m, 4h, 1d, 1w, 1M. */
  readonly label: string;
  readonly ms: number;
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
  y: 365 * dayMs,
};

/** @throws ValidationError GEO-VALUE when `text` is not like 1m, 15m, 4h, 1d, 1w, 1M. */
export function parseTimeframe(text: string, field = "timeframe"): Timeframe {
  const match = /^(\d{1,6})(ms|s|m|h|d|w|M|y)$/.exec(text.trim());
  const count = Number(match?.[1]);
  if (match === null || count === 0) {
    throw new ValidationError(
      "GEO-VALUE",
      `${field}: expected a timeframe such as 1m, 15m, 4h, 1d or 1w, found "${text}"`,
    );
  }
  const ms = count * units[match[2]!]!;
  // Asked for, 4w are four weeks; only lengths found in data are taken for months.
  return match[2] === "M" || match[2] === "y" ? { label: match[0], ms } : ofFixedUnits(ms);
}

/** The timeframe of a bar length; months and years are named by the calendar lengths they can have. */
export function timeframeOf(ms: number): Timeframe {
  if (ms >= 28 * dayMs && ms <= 31 * dayMs) return { label: "1M", ms };
  if (ms >= 365 * dayMs && ms <= 366 * dayMs) return { label: "1y", ms };
  return ofFixedUnits(ms);
}

function ofFixedUnits(ms: number): Timeframe {
  for (const unit of ["w", "d", "h", "m", "s"] as const) {
    if (ms % units[unit]! === 0) return { label: `${ms / units[unit]!}${unit}`, ms };
  }
  return { label: `${ms}ms`, ms };
}

const isoShape =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** Epoch ms of an ISO 8601 date or time (UTC unless it names an offset), or undefined when it is none. */
export function parseIso(text: string): Millis | undefined {
  const match = isoShape.exec(text);
  if (match === null) return undefined;
  // One by one: heads of files are read by the thousand, before any of this is compiled.
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4] ?? 0);
  const minute = Number(match[5] ?? 0);
  const second = Number(match[6] ?? 0);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetMs(match[8]);
  if (offset === undefined) return undefined;
  const days = Date.UTC(year, month - 1, day) / dayMs;
  const whole = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000;
  if (match[7] === undefined) return whole - offset;
  const nanos = match[7].padEnd(9, "0");
  // Whole milliseconds are exact; only what lies below one is rounded, once.
  return whole + Number(nanos.slice(0, 3)) - offset + Number(nanos.slice(3)) / 1e6;
}

export function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function offsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || /^(z|utc)$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 15 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Start and end of the UTC interval of `timeframe` that holds `time`: weeks from Monday, months by the calendar. */
export function intervalOf(time: Millis, timeframe: Timeframe): readonly [start: Millis, end: Millis] {
  const { label, ms } = timeframe;
  if (label.endsWith("M") || label.endsWith("y")) return calendarInterval(time, label);
  // The epoch was a Thursday; weeks start on Monday, 1970-01-05.
  const offset = ms % (7 * dayMs) === 0 ? 4 * dayMs : 0;
  const start = Math.floor((time - offset) / ms) * ms + offset;
  return [start, start + ms];
}

function calendarInterval(time: Millis, label: string): readonly [Millis, Millis] {
  const date = new Date(time);
  const months = Number.parseInt(label, 10) * (label.endsWith("y") ? 12 : 1);
  const first = Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months) * months;
  const start = (month: number): Millis => Date.UTC(Math.floor(month / 12), month % 12);
  return [start(first), start(first + months)];
}
