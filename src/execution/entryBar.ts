import { compareFixed } from "../domain/fixed.ts";
import { type Candidate, type FillLimit, fillOn, type Prices } from "./fillRules.ts";
import type { Resting } from "./resting.ts";

/**
 * What attached exits do in the bar that filled their entry. `pessimistic`: the stop counts when the bar reached it,
 * the target only when the entry filled at the open, for else it may have been reached before. `skip`: neither.
 */
export type EntryBar = "pessimistic" | "skip";

export interface EntryBarOutcome {
  readonly candidate: Candidate | null;
  /** Both stop and target were reached; the stop is taken. */
  readonly ambiguous: boolean;
}

export function exitOnEntryBar(
  exits: readonly Resting[],
  prices: Prices,
  entry: Candidate,
  entryBar: EntryBar,
  rule: FillLimit,
): EntryBarOutcome {
  // A tick has no inside: nothing was traded after the entry yet.
  if (entryBar === "skip" || prices.isTick) return { candidate: null, ambiguous: false };
  let stop: Candidate | null = null;
  let target: Candidate | null = null;
  for (const exit of exits) {
    const candidate = fillOn(exit, prices, rule);
    if (candidate === null) continue;
    if (exit.attached!.role === "stopLoss") stop = afterEntry(candidate, entry);
    else if (entry.atOpen) target = candidate;
  }
  return { candidate: stop ?? target, ambiguous: stop !== null && target !== null };
}

/** The bar's open lies before an entry within the bar: a stop gets no better price than the entry's own, and none of the open. */
function afterEntry(candidate: Candidate, entry: Candidate): Candidate {
  if (!candidate.atOpen) return candidate;
  const { trigger: stop, command } = candidate.order;
  const sign = command.side === "sell" ? 1 : -1;
  const price = compareFixed(stop!, entry.price) * sign < 0 ? stop! : entry.price;
  return { ...candidate, price, atOpen: false };
}
