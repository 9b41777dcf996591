import type { Restorable } from "./state.ts";

/**
 * An incremental indicator: feed each value once, in order. `value` is NaN until `ready` (comparisons with NaN are
 * false) and changes only in `update`, which also returns it. An input that is no finite number is refused with a
 * TypeError and leaves the indicator as it was.
 */
export interface Indicator<I = number> {
  update(input: I): number;
  readonly value: number;
  readonly ready: boolean;
}

/** One that goes on in another process exactly as if it had never been interrupted. */
export interface SavableIndicator<I = number> extends Indicator<I>, Restorable {}
