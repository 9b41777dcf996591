import { describe, numericText } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { earliest, latest, type Millis } from "../domain/time.ts";
import type { Candle, LevelText } from "./marketApi.ts";

/** What venues answered, checked; every function throws ValidationError GEO-VALUE for what makes no sense. */

/** ccxt's row: open time, open, high, low, close, volume. */
export function readCandle(row: unknown, closed = false): Candle {
  const [openTime, open, high, low, close, volume] = readList(row, "a candle");
  const candle = {
    openTime: readTime(openTime, "openTime"),
    open: readText(open, "open"),
    high: readText(high, "high"),
    low: readText(low, "low"),
    close: readText(close, "close"),
    volume: readText(volume, "volume"),
    closed,
  };
  const [o, h, l, c] = [candle.open, candle.high, candle.low, candle.close].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (l > 0 && l <= Math.min(o, c) && h >= Math.max(o, c) && Number(candle.volume) >= 0) return candle;
  throw nonsense("a candle between its low and its high", row);
}

export function readLevels(cells: unknown): readonly LevelText[] {
  return readList(cells, "levels").map((cell) => {
    const [price, size] = readList(cell, "a level");
    return [readText(price, "price"), readText(size, "size")];
  });
}

/** Decimal text; of a double the shortest, which is the venue's own up to 15 digits. */
export function readText(value: unknown, field: string): string {
  return numericText(value, field);
}

export function readTime(value: unknown, field: string): Millis {
  const time = Number(value);
  if (time >= earliest && time <= latest) return time;
  throw nonsense(`${field}: a time in epoch ms`, value);
}

export function readId(value: unknown, field: string): number {
  const id = Number(value);
  if (value !== null && value !== "" && Number.isSafeInteger(id)) return id;
  throw nonsense(`${field}: a whole number`, value);
}

export function readList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw nonsense(what, value);
}

export function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw nonsense(what, value);
}

function nonsense(expected: string, found: unknown): ValidationError {
  const text =
    typeof found === "object" && found !== null ? JSON.stringify(found).slice(0, 120) : describe(found);
  return new ValidationError("GEO-VALUE", `expected ${expected}, found ${text}`);
}
