/** What a few orders on a simple market come to, as a row of a test. */
import { expect } from "vitest";
import type { Context } from "../../src/strategy/contract.ts";
import { type BarRow, bars, fillsOf, type RunOptions, reasonsOf, run, script } from "./market.ts";

export type Act = (ctx: Context) => void;
/** By the index of the bar at whose close they happen. */
export type Actions = Readonly<Record<number, Act>>;

export interface OrderCase {
  readonly actions: Actions;
  readonly rows: readonly BarRow[];
  readonly options?: RunOptions;
  readonly fills: readonly string[];
  readonly reasons: Readonly<Record<string, number>>;
}

export const margin = { account: "margin" } as const;

/** A market that never moves. */
export const flat = (price: number, count = 6): BarRow[] => Array(count).fill(price);

/** A market that stands at `before`, and at `after` from the open of bar 1 on. */
export const jump = (before: number, after: number): BarRow[] => [before, after, after, after, after];

export async function checkOrders(
  _: string,
  { actions, rows, options = {}, fills, reasons }: OrderCase,
): Promise<void> {
  const result = await run(script(actions), bars(rows), options);
  expect(fillsOf(result)).toEqual(fills);
  expect(reasonsOf(result)).toEqual(reasons);
}
