/** Arithmetic that the measures share: checked input, compensated sums, a deviation that knows float noise. */
import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";

/** Returns are quotients near 1, so two of them that differ by less than a few ulps of 1 are equal. */
export const returnNoise = 4 * Number.EPSILON;

/** @throws ValidationError GEO-VALUE naming the first element that is not a finite number. */
export function checkSeries(values: ArrayLike<number>, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) checkFinite(values[i]!, `${name}[${i}]`);
  }
}

/** @throws ValidationError GEO-VALUE unless `value` is a finite number. */
export function checkFinite(value: number, name: string): void {
  if (Number.isFinite(value)) return;
  throw new ValidationError("GEO-VALUE", `${name}: expected a finite number, found ${describe(value)}`, {
    hint: "Repair or leave out the missing values first; a measure never guesses them.",
  });
}

/** @throws ValidationError GEO-OPTION-VALUE unless `value` is finite and above `floor`. */
export function checkAbove(floor: number, value: number, name: string): void {
  if (Number.isFinite(value) && value > floor) return;
  throw new ValidationError(
    "GEO-OPTION-VALUE",
    `${name}: expected a number above ${floor}, found ${describe(value)}`,
  );
}

/** Neumaier's compensated sum: as good as twice the precision, whatever the order. */
function sum(values: ArrayLike<number>): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

/** Arithmetic mean, or `null` of nothing. */
export function mean(values: ArrayLike<number>): number | null {
  return values.length === 0 ? null : finiteOrNull(sum(values) / values.length);
}

/**
 * Sample standard deviation √(Σ(x − mean)² / (n − 1)), or `null` for fewer than two values. Exactly 0 when the values
 * differ by no more than rounding noise: 4 ulps of the largest, or `noise` if that is more.
 */
export function sampleDeviation(values: ArrayLike<number>, noise = 0): number | null {
  const center = mean(values);
  if (values.length < 2 || center === null) return null;
  let low = Infinity;
  let high = -Infinity;
  const squares = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    low = Math.min(low, value);
    high = Math.max(high, value);
    squares[i] = (value - center) ** 2;
  }
  if (high - low <= Math.max(noise, 4 * Number.EPSILON * Math.max(high, -low))) return 0;
  return finiteOrNull(Math.sqrt(sum(squares) / (values.length - 1)));
}

/** The number that `pick` finds in each item; many times faster than `Float64Array.from` with a mapper. */
export function numbersOf<T>(items: ArrayLike<T>, pick: (item: T) => number): Float64Array {
  const numbers = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) numbers[i] = pick(items[i]!);
  return numbers;
}

/** The values that pass. */
export function only(values: ArrayLike<number>, passes: (value: number) => boolean): readonly number[] {
  const passed: number[] = [];
  for (let i = 0; i < values.length; i++) if (passes(values[i]!)) passed.push(values[i]!);
  return passed;
}

/** √(Σx² / n) over all n values. */
export function rootMeanSquare(values: ArrayLike<number>): number {
  return Math.sqrt(sum(numbersOf(values, (value) => value * value)) / values.length);
}

/** a / b, or `null` where that is undefined or no finite number. */
export function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : finiteOrNull(a / b);
}

/** value × √n: what a measure of one period comes to over n of them. */
export function timesRoot(value: number | null, n: number): number | null {
  return value === null ? null : finiteOrNull(value * Math.sqrt(n));
}

/** No measure is ever NaN, Infinity or −0. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}
