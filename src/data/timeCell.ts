import { dayMs, daysIn, earliest, latest, type Millis, parseIso } from "../domain/time.ts";

/**
 * How a file writes its times, decided once from its head.
 * - iso: 2024-01-31, 2024-01-31T09:30:00.123456+02:00 (UTC unless it names an offset)
 * - epoch: seconds, milliseconds, microseconds or nanoseconds since 1970, by magnitude, row by row
 * - compact: 20240131, 20240131 093000, 202401310930, 20240131093000
 * - year-first, day-first, month-first: 2024/01/31, 31/01/2024 or 31.01.2024, 01/31/2024, with or without a clock
 */
export type TimeFormat = "iso" | "epoch" | "compact" | "year-first" | "day-first" | "month-first";

const clock = "(?:[T ](\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?)?";
const epochShape = /^([+-]?)(\d{1,19})(?:\.(\d{1,9})\d*)?$/;
const compactShape = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,9}))?)?)?$/;
const yearFirstShape = new RegExp(`^(\\d{4})[/.](\\d{1,2})[/.](\\d{1,2})${clock}$`);
const yearLastShape = new RegExp(`^(\\d{1,2})[/.](\\d{1,2})[/.](\\d{4})${clock}$`);

/** Epoch ms of a time cell, or undefined when it is no time in `format` or lies outside 1800–2200. */
export function parseTimeCell(text: string, format: TimeFormat): Millis | undefined {
  const time = read(text, format);
  return time !== undefined && time >= earliest && time <= latest ? time : undefined;
}

function read(text: string, format: TimeFormat): Millis | undefined {
  switch (format) {
    case "iso":
      return parseIso(text);
    case "epoch":
      return parseEpoch(text);
    case "compact":
      return parseCalendar(compactShape.exec(text), [1, 2, 3]);
    case "year-first":
      return parseCalendar(yearFirstShape.exec(text), [1, 2, 3]);
    case "day-first":
      return parseCalendar(yearLastShape.exec(text), [3, 2, 1]);
    case "month-first":
      return parseCalendar(yearLastShape.exec(text), [3, 1, 2]);
  }
}

/**
 * The unit follows from the magnitude: within 1800–2200 seconds stay below 10^10, milliseconds below 10^13 and
 * microseconds below 10^16. (Binance changed from ms to µs in 2025, hence row by row.)
 */
function parseEpoch(text: string): Millis | undefined {
  const match = epochShape.exec(text);
  if (match === null) return undefined;
  const count = BigInt(match[2]!);
  const nanosPerUnit =
    count < 10n ** 10n ? 10n ** 9n : count < 10n ** 13n ? 10n ** 6n : count < 10n ** 16n ? 1000n : 1n;
  const fraction = BigInt((match[3] ?? "").padEnd(9, "0"));
  const magnitude = count * nanosPerUnit + (fraction * nanosPerUnit) / 1_000_000_000n;
  const nanos = match[1] === "-" ? -magnitude : magnitude;
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  // The same sum as in the scanner and in parseIso (whole ms + ns / 10^6), so that all agree to the last bit.
  return Number((nanos - rest) / 1_000_000n) + Number(rest) / 1e6;
}

function parseCalendar(match: RegExpExecArray | null, order: readonly [number, number, number]) {
  if (match === null) return undefined;
  const [year, month, day] = order.map((index) => Number(match[index])) as [number, number, number];
  const [hour, minute, second] = [match[4], match[5], match[6]].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const nanos = (match[7] ?? "").padEnd(9, "0");
  const days = Date.UTC(year, month - 1, day) / dayMs;
  const whole = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + Number(nanos.slice(0, 3));
  return whole + Number(nanos.slice(3)) / 1e6;
}

/** What the times of a head say about their format; `ambiguous` and `unknown` are for the caller to refuse. */
export function detectTimeFormat(samples: readonly string[]): TimeFormat | "ambiguous" | "unknown" {
  const shapes = [
    ["iso", (text: string) => /^\d{4}-\d\d-\d\d/.test(text)],
    ["number", (text: string) => epochShape.test(text)],
    ["compact", (text: string) => /^\d{8}[T ]/.test(text) && parseTimeCell(text, "compact") !== undefined],
    ["year-first", (text: string) => yearFirstShape.test(text)],
    ["year-last", (text: string) => yearLastShape.test(text)],
  ] as const;
  let best: (typeof shapes)[number][0] | undefined;
  let most = 0;
  for (const [name, fits] of shapes) {
    const count = samples.filter(fits).length;
    if (count > most) [best, most] = [name, count];
    if (count === samples.length) break;
  }
  if (best === undefined) return "unknown";
  if (best === "number") return numberFormat(samples.filter((text) => epochShape.test(text)));
  if (best === "year-last") return yearLastFormat(samples);
  return best;
}

/** 20240131 is also a number of seconds (in 1970): calendar digits win only when every sample is a calendar day. */
function numberFormat(samples: readonly string[]): TimeFormat {
  const calendar = (text: string) =>
    /^(\d{8}|\d{12}|\d{14})$/.test(text) && parseTimeCell(text, "compact") !== undefined;
  return samples.every(calendar) ? "compact" : "epoch";
}

function yearLastFormat(samples: readonly string[]): TimeFormat | "ambiguous" {
  const matches = samples.map((text) => yearLastShape.exec(text)).filter((match) => match !== null);
  const dayFirst = matches.some((match) => Number(match[1]) > 12);
  const monthFirst = matches.some((match) => Number(match[2]) > 12);
  if (dayFirst !== monthFirst) return dayFirst ? "day-first" : "month-first";
  // Dots are written in countries that put the day first.
  return !dayFirst && matches.every((match) => match[0].includes(".", 1) && !match[0].includes("/"))
    ? "day-first"
    : "ambiguous";
}
