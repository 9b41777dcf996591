import { ValidationError } from "../domain/errors.ts";
import { compareFixed, type Fixed, negateFixed, parseFixed, unitsToNumber } from "../domain/fixed.ts";
import type { Bound } from "../domain/riskLimits.ts";
import { normalizeSymbol, normalizeVenue } from "../domain/symbol.ts";
import { earliest, latest, type Millis, parseIso, parseTimeframe, type Timeframe } from "../domain/time.ts";

/** Reads the text of a setting; `at` names the flag, variable or key it came from. @throws ValidationError GEO-OPTION-VALUE */
export type Reader<T> = (text: string, at: string) => T;

export function badValue(at: string, expected: string, found: string, hint?: string): ValidationError {
  const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
  return new ValidationError("GEO-OPTION-VALUE", `${at}: expected ${expected}, found "${shown}"`, { hint });
}

export const readText: Reader<string> = (text, at) => {
  if (text.trim() === "") throw badValue(at, "a text", text);
  return text;
};

export function oneOf<const T extends string>(...choices: readonly T[]): Reader<T> {
  return (text, at) => {
    const found = choices.find((choice) => choice === text.trim().toLowerCase());
    if (found === undefined) throw badValue(at, choices.join(" or "), text);
    return found;
  };
}

/** The door for numbers: no hexadecimal, no thousands separators, no more digits than money has. */
const decimal = String.raw`[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:e[+-]?\d{1,2})?`;
const plainNumber = new RegExp(`^${decimal}$`, "i");
const withUnit = new RegExp(String.raw`^(${decimal})\s*(%|bps?)?$`, "i");

/** The text of a decimal number above 0. */
export const readPositive: Reader<string> = (text, at) => {
  const value = decimalOf(text, at, "a number above 0, such as 10000");
  if (value.units <= 0n) throw badValue(at, "a number above 0", text);
  return text.trim();
};

/** The text of a decimal number, 0 or more. */
export const readNotNegative: Reader<string> = (text, at) => {
  const value = decimalOf(text, at, "a number, 0 or more, such as 10");
  if (value.units < 0n) throw badValue(at, "a number, 0 or more", text);
  return text.trim();
};

export const readAmount: Reader<Fixed> = (text, at) => parseFixed(readPositive(text, at));

export const readPeriods: Reader<number> = (text, at) => Number(readPositive(text, at));

function decimalOf(text: string, at: string, expected: string): Fixed {
  if (!plainNumber.test(text.trim())) throw badValue(at, expected, text);
  return parseFixed(text.trim());
}

/** The largest seed that the generator tells from others: 32 bits. */
const largestSeed = 2 ** 32 - 1;

export const readSeed: Reader<number> = (text, at) => {
  const seed = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(seed <= largestSeed)) throw badValue(at, `a whole number from 0 to ${largestSeed}`, text);
  return seed;
};

const one: Fixed = { units: 1n, scale: 0 };
const oneHundredth: Fixed = { units: 1n, scale: 2 };

/** A fee or slippage. A bare number above 0.01 is taken for a forgotten unit: 0.1 would be 10 % a trade. */
export const readCost: Reader<Fixed> = (text, at) => {
  const { value, unit } = shareOf(text, at, "a share such as 0.1%, 10bps or 0.001");
  if (value.units < 0n) throw badValue(at, "0 or more: rebates are not simulated", text);
  if (unit === "" && compareFixed(value, oneHundredth) > 0) {
    throw badValue(at, "a number above 0.01 to name the unit: 0.1% or 10bps", text);
  }
  if (compareFixed(value, one) >= 0) throw badValue(at, "less than 100%", text);
  return value;
};

/** A share below 1: `5%` or `0.05`. */
export const readShare: Reader<Fixed> = (text, at) => {
  const { value } = shareOf(text, at, "a share such as 5% or 0.05");
  if (value.units < 0n) throw badValue(at, "0 or more", text);
  if (compareFixed(value, one) >= 0) throw badValue(at, "less than 100%", text, "Write 5% or 0.05.");
  return value;
};

/** A share of volume above 0 and up to all of it, or `off`. */
export const readVolumeLimit: Reader<Fixed | null> = (text, at) => {
  if (text.trim().toLowerCase() === "off") return null;
  const { value } = shareOf(text, at, "a share such as 10%, or off");
  if (value.units <= 0n || compareFixed(value, one) > 0)
    throw badValue(at, "more than 0 and no more than 100%, or off", text);
  return value;
};

/**
 * Money, or a share of equity: `500`, `5%`. A bare number below 1 is taken for a forgotten unit: 0.05 would be five
 * cents.
 */
export const readBound: Reader<Bound> = (text, at) => {
  const { value, unit } = shareOf(text, at, "money or a share of equity, such as 500 or 5%");
  if (value.units <= 0n) throw badValue(at, "more than 0", text);
  if (unit === "" && compareFixed(value, one) < 0) {
    throw badValue(at, "a number below 1 to name the unit: 5%", text);
  }
  return { of: unit === "" ? "money" : "equity", amount: value };
};

/** More of a ring buffer than that would be a typing error. */
const largestCount = 1_000_000;

export const readCount: Reader<number> = (text, at) => {
  const count = /^\d{1,7}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= largestCount))
    throw badValue(at, `a whole number from 1 to ${largestCount}`, text);
  return count;
};

/** A multiple of equity: 1 or more. */
export const readLeverage: Reader<Fixed> = (text, at) => {
  const value = readAmount(text, at);
  if (compareFixed(value, one) < 0) throw badValue(at, "1 or more", text);
  return value;
};

/** A yearly rate that is paid: 0 or more, and a bare number above 0.5 is taken for a forgotten unit. */
export const readYearlyCost: Reader<Fixed> = (text, at) => {
  const { value, unit } = shareOf(text, at, "a yearly rate such as 5% or 0.05");
  if (value.units < 0n) throw badValue(at, "0 or more", text);
  if (unit === "" && compareFixed(value, { units: 5n, scale: 1 }) > 0)
    throw badValue(at, "a number above 0.5 to name the unit: 5%", text);
  return value;
};

/** A yearly rate, which may be negative. */
export const readRate: Reader<number> = (text, at) => {
  const { value } = shareOf(text, at, "a yearly rate such as 2% or 0.02");
  if (compareFixed(value, one) >= 0 || compareFixed(value, negateFixed(one)) <= 0) {
    throw badValue(at, "a yearly rate between -100% and 100%", text, "Write 2% or 0.02.");
  }
  return unitsToNumber(value.units, value.scale);
};

/** Exact: a unit only moves the point. */
function shareOf(text: string, at: string, expected: string): { value: Fixed; unit: string } {
  const match = withUnit.exec(text.trim());
  if (match === null) throw badValue(at, expected, text);
  const unit = (match[2] ?? "").toLowerCase();
  const { units, scale } = parseFixed(match[1]!);
  return { value: { units, scale: scale + (unit === "" ? 0 : unit === "%" ? 2 : 4) }, unit };
}

export const readSymbol: Reader<string> = (text, at) => {
  inField(at, () => normalizeSymbol(text));
  return text.trim();
};

export const readVenue: Reader<string> = (text, at) => inField(at, () => normalizeVenue(text));

export const readTimeframe: Reader<Timeframe> = (text, at) => inField(at, () => parseTimeframe(text, at));

/** The domain's own check and words, as a fault of the setting. */
function inField<T>(at: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = (cause as Error).message.replace(/^(?:symbol|venue): /, "");
    throw new ValidationError("GEO-OPTION-VALUE", message.startsWith(at) ? message : `${at}: ${message}`, {
      cause,
    });
  }
}

const dates = "a date (2024-01-31, 20240131), a time (2024-01-31T12:00Z) or epoch milliseconds";

/** UTC unless the text names an offset. */
export const readTime: Reader<Millis> = (text, at) => {
  const time = timeOf(text.trim());
  if (time !== undefined && isPlausible(time)) return time;
  const hint = /^\d{9,10}$/.test(text.trim())
    ? "This looks like epoch seconds: append 000."
    : "Times are UTC, between 1800 and 2200.";
  throw badValue(at, dates, text, hint);
};

function isPlausible(time: Millis): boolean {
  return time >= earliest && time < latest;
}

function timeOf(text: string): Millis | undefined {
  if (/^\d{8}$/.test(text)) return parseIso(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);
  return /^\d{11,14}$/.test(text) ? Number(text) : parseIso(text);
}

export interface TimeRange {
  readonly from: Millis | undefined;
  readonly to: Millis | undefined;
}

/** `20240101-20240301`; either side may be open. ISO dates hold dashes themselves: the one that leaves two dates counts. */
export const readTimeRange: Reader<TimeRange> = (text, at) => {
  const found: TimeRange[] = [];
  for (let dash = text.indexOf("-"); dash >= 0; dash = text.indexOf("-", dash + 1)) {
    const sides = [text.slice(0, dash).trim(), text.slice(dash + 1).trim()] as const;
    const [from, to] = sides.map(timeOf) as [Millis | undefined, Millis | undefined];
    const read = sides.every((side, i) => side === "" || isPlausible([from, to][i] ?? Number.NaN));
    if (read && sides.join("") !== "") found.push({ from, to });
  }
  const [range] = found;
  if (range === undefined || found.length > 1) {
    throw badValue(at, "a range such as 20240101-20240301, 20240101- or -20240301", text);
  }
  return range;
};
