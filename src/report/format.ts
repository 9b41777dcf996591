import { parseFixed, pow10 } from "../domain/fixed.ts";
import { dayMs, isoTime, parseIso } from "../domain/time.ts";
import type { Measure } from "./measures.ts";

/** What stands for a measure that is undefined. */
const undefinedMark = "–";

/** A measure as a reader wants it; the JSON has all the digits. */
export function formatMeasure(value: number | string | null, unit: Measure["unit"]): string {
  if (value === null) return undefinedMark;
  switch (unit) {
    case "share":
      return formatPercent(Number(value));
    case "ratio":
      return formatRatio(Number(value));
    case "count":
      return formatCount(Number(value));
    case "money":
      return formatMoney(String(value));
    case "seconds":
      return formatDuration(Number(value) * 1000);
  }
}

/** 12.34 % for 0.1234. Past a hundred million per cent the digits before the point say nothing: 1.23e+12 %. */
export function formatPercent(share: number): string {
  return `${formatRatio(share * 100)} %`;
}

/** Two decimals, a minus only for what is not shown as 0. */
function formatRatio(value: number): string {
  if (Math.abs(value) >= 1e8) return value.toExponential(2);
  return grouped(String(value), 2, 2).replace(/^-(0\.00)$/, "$1");
}

export function formatCount(value: number): string {
  return grouped(String(value), 0, 3);
}

/** Two decimals, or up to eight for amounts below 100; rounded from the exact text. */
export function formatMoney(text: string): string {
  const size = Math.abs(Number(text));
  if (size >= 1e12) return Number(text).toExponential(4);
  return grouped(text, 2, size < 100 ? 8 : 2);
}

/**
 * 1,234.50 with at least `least` and at most `most` decimals, rounded half away from zero from the exact digits. The
 * same as Intl makes of it, whose start alone takes longer than all the rest of a report.
 */
function grouped(text: string, least: number, most: number): string {
  const { units, scale } = parseFixed(text);
  const decimals = Math.min(scale, most);
  const step = pow10(scale - decimals);
  const rounded = ((units < 0n ? -units : units) + step / 2n) / step;
  const digits = rounded.toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const whole = digits.slice(0, point).replace(/\B(?=(?:\d{3})+$)/g, ",");
  const fraction = digits.slice(point).replace(/0+$/, "").padEnd(least, "0");
  return `${text.startsWith("-") ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A fraction as people quote costs: 0.1 % or 5 bps. */
export function formatCost(fraction: string): string {
  const basisPoints = trimmed(Number(fraction) * 10_000);
  return Number(basisPoints) >= 10 || basisPoints === "0"
    ? `${trimmed(Number(fraction) * 100)} %`
    : `${basisPoints} bps`;
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(12)));
}

export function formatDuration(ms: number): string {
  const lengths = [
    ["days", dayMs],
    ["hours", 3_600_000],
    ["minutes", 60_000],
  ] as const;
  for (const [unit, length] of lengths) {
    if (ms >= 2 * length) return `${formatCount(Math.round(ms / length))} ${unit}`;
  }
  return `${grouped(String(ms / 1000), 2, 2)} s`;
}

/** A period as dates, with the times of day when they are not both midnight. */
export function formatPeriod(from: string, to: string): string {
  const atMidnight = [from, to].every((time) => (parseIso(time) ?? 0) % dayMs === 0);
  const [start, end] = [from, to].map((time) => isoTime(parseIso(time) ?? 0));
  const cut = (time: string) =>
    atMidnight ? time.slice(0, 10) : `${time.slice(0, 10)} ${time.slice(11, 16)}`;
  return `${cut(start!)} to ${cut(end!)} UTC`;
}

/** Lines of at most `width` characters, broken at blanks; a longer word is broken where the line ends. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      if (line !== "") lines.push(line);
      line = word;
    }
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return [...lines, line];
}
