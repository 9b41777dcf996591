import { Decimal as DecimalJs } from "decimal.js";
import { ValidationError } from "./errors.ts";

/**
 * Exact money for authors and integrators. decimal.js rounds silently at its default of 20 significant digits
 * (123456789012.34 × 98765432.12345678 comes back wrong), hence a clone of our own with 50.
 */
export const Decimal = DecimalJs.clone({ precision: 50, toExpNeg: -60, toExpPos: 60 });
export type Decimal = DecimalJs;

/** What may stand for an exact number: a double stands for its shortest decimal text. */
export type Numeric = number | string | Decimal;

/** Longer texts are refused: no price, quantity or balance has them, and their arithmetic would be endless. */
const longestText = 400;
const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * The exact decimal that `value` stands for.
 * @throws ValidationError GEO-VALUE naming `field` for NaN, Infinity, booleans, empty or foreign text.
 */
export function toDecimal(value: Numeric, field: string): Decimal {
  return new Decimal(numericText(value, field));
}

/** The text of a Numeric, checked to be a finite decimal number; the door through which all money enters. */
export function numericText(value: unknown, field: string): string {
  const text = textOf(value);
  if (text === undefined || text.length > longestText || !plainNumber.test(text)) {
    throw new ValidationError(
      "GEO-VALUE",
      `${field}: expected a finite number, a decimal string or a Decimal, found ${describe(value)}`,
    );
  }
  return text;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === "string") return value.trim();
  // Any clone of decimal.js will do, a plugin's own included: only its text crosses the border.
  if (DecimalJs.isDecimal(value)) return value.isFinite() ? value.toString() : undefined;
  return undefined;
}

/** A short, safe picture of any value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === "string") return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`;
  if (DecimalJs.isDecimal(value)) return `Decimal ${value.toString()}`;
  if (typeof value === "function") return "a function";
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
