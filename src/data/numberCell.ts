/**
 * The plain reading of a number cell, on text and bigint. The scanner's fast path must agree with it digit for digit;
 * a test holds the two together.
 */
export interface NumberCell {
  readonly units: bigint;
  /** The value is units × 10^-decimals; 0 or more. */
  readonly decimals: number;
}

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Beyond these no price or volume is meant, and exact arithmetic on it would be slow. */
const longestCell = 80;
const largestExponent = 99;

/**
 * `12`, `-1.50`, `.5`, `5.`, `+1e-7`, and with `decimalComma` also `1,5`. Undefined for everything else: empty, NaN,
 * infinity, hexadecimal, booleans, thousands separators, currency signs.
 */
export function parseNumberCell(text: string, decimalComma: boolean): NumberCell | undefined {
  if (text.length > longestCell) return undefined;
  if (decimalComma && text.includes(".")) return undefined;
  const match = shape.exec(decimalComma ? text.replace(",", ".") : text);
  if (match === null) return undefined;
  const whole = match[2]!;
  const fraction = match[3] ?? "";
  const exponent = Number(match[4] ?? 0);
  if (whole + fraction === "" || Math.abs(exponent) > largestExponent) return undefined;
  const magnitude = BigInt(whole + fraction);
  const units = match[1] === "-" ? -magnitude : magnitude;
  const decimals = fraction.length - exponent;
  return decimals >= 0 ? { units, decimals } : { units: units * 10n ** BigInt(-decimals), decimals: 0 };
}

/** Whether a refused cell looks like a number with thousands separators. */
export function looksGrouped(text: string): boolean {
  return /^[+-]?\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?$/.test(text);
}
