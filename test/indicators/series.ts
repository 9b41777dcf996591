import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Indicator } from "../../src/indicators/index.ts";

export interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** A random walk of two-decimal candles; the same seed gives the same walk. */
export function walk(length: number, seed: number): Candle[] {
  const random = uniform(seed);
  let cents = 10_000_00;
  return Array.from({ length }, () => {
    const path = Array.from({ length: 4 }, () => (cents += Math.floor(random() * 401) - 200));
    return {
      open: path[0]! / 100,
      high: Math.max(...path) / 100,
      low: Math.min(...path) / 100,
      close: path[3]! / 100,
    };
  });
}

export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Market data that lives beside the project, where present. */
export interface SharedFile {
  readonly name: string;
  readonly present: boolean;
  candles(): Candle[];
}

export const sharedFiles: readonly SharedFile[] = ["GOOG_1d.csv", "EURUSD_1h.csv"].map((name) => {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  return { name, present: existsSync(path), candles: () => readCandles(path) };
});

function readCandles(path: string): Candle[] {
  const [, ...rows] = readFileSync(path, "utf8").trimEnd().split("\n");
  return rows.map((row) => {
    const [, open, high, low, close] = row.split(",").map(Number);
    return { open: open!, high: high!, low: low!, close: close! };
  });
}

export function feed<I>(indicator: Indicator<I>, inputs: Iterable<I>): number[] {
  return Array.from(inputs, (input) => indicator.update(input));
}

/** Largest |found - expected| / |expected|; values that are missing must be missing in both. */
export function worstRelativeError(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [i, value] of found.entries()) {
    const other = expected[i]!;
    if (Number.isNaN(value) !== Number.isNaN(other)) return Number.POSITIVE_INFINITY;
    if (Number.isNaN(value) || value === other) continue;
    worst = Math.max(worst, Math.abs(value - other) / Math.abs(other));
  }
  return worst;
}

/** Of the n values that end at index `end`, taken straight from the definitions, after shifting by one of them. */
export function directMean(values: ArrayLike<number>, end: number, n: number): number {
  const origin = values[end]!;
  let sum = 0;
  for (let i = end - n + 1; i <= end; i++) sum += values[i]! - origin;
  return origin + sum / n;
}

export function directDeviation(values: ArrayLike<number>, end: number, n: number): number {
  const origin = values[end]!;
  let sum = 0;
  for (let i = end - n + 1; i <= end; i++) sum += values[i]! - origin;
  let squares = 0;
  for (let i = end - n + 1; i <= end; i++) squares += (values[i]! - origin - sum / n) ** 2;
  return Math.sqrt(squares / n);
}
