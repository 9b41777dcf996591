import { nearestDouble } from "./wholeNumbers.ts";

/**
 * Exact fixed-point arithmetic of the hot path: an amount is `units × 10^-scale`, units a bigint. There is no
 * division here but the one that floors, so nothing is ever rounded in silence.
 */
export interface Fixed {
  readonly units: bigint;
  readonly scale: number;
}

export const zero: Fixed = { units: 0n, scale: 0 };

const powers: bigint[] = [1n];

/** 10^n, n ≥ 0. */
export function pow10(n: number): bigint {
  while (powers.length <= n) powers.push(powers[powers.length - 1]! * 10n);
  return powers[n]!;
}

/** Exact value of a decimal text such as "-12.50" or "1e-8". The text must have passed `numericText`. */
export function parseFixed(text: string): Fixed {
  const e = text.search(/[eE]/);
  const mantissa = e < 0 ? text : text.slice(0, e);
  const exponent = e < 0 ? 0 : Number(text.slice(e + 1));
  const dot = mantissa.indexOf(".");
  const digits = dot < 0 ? mantissa : mantissa.slice(0, dot) + mantissa.slice(dot + 1);
  const negative = digits.startsWith("-");
  const magnitude = BigInt(negative || digits.startsWith("+") ? digits.slice(1) || "0" : digits || "0");
  const scale = (dot < 0 ? 0 : mantissa.length - dot - 1) - exponent;
  const units = negative ? -magnitude : magnitude;
  return scale >= 0 ? { units, scale } : { units: units * pow10(-scale), scale: 0 };
}

/** The same amount on a finer scale (`to ≥ from`). */
export function widen(units: bigint, from: number, to: number): bigint {
  return to === from ? units : units * pow10(to - from);
}

/** The shortest exact decimal text: no exponent, no trailing zeros. */
export function formatUnits(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, "0");
  let end = digits.length;
  const point = end - scale;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const text =
    end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
}

export function formatFixed(value: Fixed): string {
  return formatUnits(value.units, value.scale);
}

/** Past this many decimals 10^scale is no longer an exact double. */
const exactPowers = 22;
const doublePowers = Float64Array.from({ length: exactPowers + 1 }, (_, n) => Number(`1e${n}`));
const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** The nearest double (one correctly rounded division of two exact doubles, or a parse of the text). */
export function unitsToNumber(units: bigint, scale: number): number {
  if (scale <= exactPowers && units <= safe && units >= -safe)
    return nearestDouble(units) / doublePowers[scale]!;
  return Number(formatUnits(units, scale));
}

/** A double within two roundings of the amount: for what is looked at on every bar, not for what is said. */
export function approximate(units: bigint, scale: number): number {
  return nearestDouble(units) / (scale <= exactPowers ? doublePowers[scale]! : 10 ** scale);
}

/** Sign of a − b, exactly. */
export function compareFixed(a: Fixed, b: Fixed): number {
  if (a.scale === b.scale) return a.units < b.units ? -1 : a.units > b.units ? 1 : 0;
  const scale = Math.max(a.scale, b.scale);
  const x = widen(a.units, a.scale, scale);
  const y = widen(b.units, b.scale, scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function addFixed(a: Fixed, b: Fixed): Fixed {
  if (a.scale === b.scale) return { units: a.units + b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: widen(a.units, a.scale, scale) + widen(b.units, b.scale, scale), scale };
}

export function negateFixed(value: Fixed): Fixed {
  return { units: -value.units, scale: value.scale };
}

export function multiplyFixed(a: Fixed, b: Fixed): Fixed {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** a / b floored to a multiple of 10^-scale, for a ≥ 0 and b > 0. */
export function divideDown(a: Fixed, b: Fixed, scale: number): bigint {
  const shift = scale + b.scale - a.scale;
  return shift >= 0 ? (a.units * pow10(shift)) / b.units : a.units / (b.units * pow10(-shift));
}

/** a / b raised to a multiple of 10^-scale, for a ≥ 0 and b > 0: what a charge is rounded to. */
export function divideUp(a: Fixed, b: Fixed, scale: number): bigint {
  const shift = scale + b.scale - a.scale;
  const [dividend, divisor] =
    shift >= 0 ? [a.units * pow10(shift), b.units] : [a.units, b.units * pow10(-shift)];
  return (dividend + divisor - 1n) / divisor;
}

/** 1 + fraction: what a fee adds to a price. */
export function onePlus(fraction: Fixed): Fixed {
  return { units: pow10(fraction.scale) + fraction.units, scale: fraction.scale };
}
