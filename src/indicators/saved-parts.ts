import type { IndicatorState } from "./state.ts";

/** The numbers of a saved window. @throws RangeError naming the indicator when there are more or fewer than `length` */
export function requireNumbers(name: string, state: unknown, length: number): readonly number[] {
  const numbers = Array.isArray(state) ? state : [];
  if (numbers.length === length && numbers.every((one) => typeof one === "number")) return numbers;
  throw new RangeError(
    `${name}: expected a saved state with ${length} numbers, found ${JSON.stringify(state)?.slice(0, 80)}`,
  );
}

/** The parts of a saved state. @throws RangeError naming the indicator when there are fewer, or more than `most` */
export function requireParts(
  name: string,
  state: unknown,
  length: number,
  most = length,
): readonly IndicatorState[] {
  if (Array.isArray(state) && state.length >= length && state.length <= most)
    return state as IndicatorState[];
  throw new RangeError(
    `${name}: expected a saved state of ${length} parts, found ${JSON.stringify(state)?.slice(0, 80)}`,
  );
}
