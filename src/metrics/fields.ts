/** Readers of parsed JSON: each returns what was expected or throws GEO-VALUE with the place and what was found. */
import { describe, numericText } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { parseIso } from "../domain/time.ts";

export const schema = "geosync.backtest/1";
export const accepted = `a ${schema} document, its trades, [{ "pnl": … }], [{ "return": … }] or an array of returns`;

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of `null` is a field without a value. */
export function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function objectOf(value: unknown, at: string, what = "an object"): Fields {
  return isObject(value) ? value : fail(`${at}: expected ${what}, found ${describe(value)}`);
}

export function arrayOf(value: unknown, at: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${at}: expected an array, found ${describe(value)}`);
}

export function numberOf(value: unknown, at: string): number {
  const number = Number(decimalOf(value, at));
  return Number.isFinite(number) ? number : fail(`${at}: expected a finite number, found ${describe(value)}`);
}

export function numberOrNull(value: unknown, at: string): number | null {
  return given(value) ? numberOf(value, at) : null;
}

/** The exact text of a JSON number or a decimal string. */
export function decimalOf(value: unknown, at: string): string {
  if (typeof value === "number" || typeof value === "string") return numericText(value, at);
  return fail(`${at}: expected a number or a decimal string, found ${describe(value)}`);
}

/** Epoch ms of an ISO 8601 text. */
export function timeOf(value: unknown, at: string): number {
  const time = typeof value === "string" ? parseIso(value) : undefined;
  return (
    time ?? fail(`${at}: expected an ISO 8601 time such as 2024-01-31T00:00:00Z, found ${describe(value)}`)
  );
}

export function fail(message: string): never {
  throw new ValidationError("GEO-VALUE", message, { hint: `geosync metrics reads ${accepted}.` });
}
