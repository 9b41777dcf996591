import type { IndicatorState } from "./indicator.ts";

/** The numbers of a saved window. @throws RangeError naming the indicator when there are more or fewer than `length` */
export function requireNumbers(name: string, state: unknown, length: number): readonly number[] {
  const numbers = Array.isArray(state) ? state : [];
  if (numbers.length === length && numbers.every((one) => typeof one === "number")) return numbers;
  throw new RangeError(
    `${name}: expected a saved state with ${length} numbers, found ${JSON.stringify(state)?.slice(0, 80)}`,
  );
}

/** The parts of a saved state. @throws RangeError naming the indicator when there are more or fewer than `length` */
export function requireParts(name: string, state: unknown, length: number): IndicatorState {
  if (Array.isArray(state) && state.length === length) return state as IndicatorState;
  throw new RangeError(
    `${name}: expected a saved state of ${length} parts, found ${JSON.stringify(state)?.slice(0, 80)}`,
  );
}
