import type { Execution } from "../../domain/execution.ts";
import { addFixed, compareFixed, type Fixed, negateFixed, zero } from "../../domain/fixed.ts";
import { type CausesInput, quantityCauses } from "./causes.ts";
import { profitOf, type Valuation } from "./equity.ts";
import type { OrderPair } from "./pairs.ts";
import { type PriceAt, type Stage, stages, type Transition, transitionOf } from "./stages.ts";
import type { TracedFill } from "./traces.ts";

export interface SplitInput extends CausesInput {
  readonly valuation: Valuation;
  readonly priceAt: PriceAt;
}

/** What one order has to do with a cause. */
export interface Contribution {
  /** Of the session less of the backtest. */
  readonly amount: Fixed;
  readonly pair: OrderPair;
  /** Null but for a trade by hand. */
  readonly manual: Execution | null;
  readonly before: readonly TracedFill[];
  readonly after: readonly TracedFill[];
}

export interface CauseShare {
  readonly cause: Stage;
  readonly amount: Fixed;
  /** Largest first. */
  readonly contributions: readonly Contribution[];
}

interface Subject {
  readonly pair: OrderPair;
  readonly manual: Execution | null;
  readonly transition: Transition;
}

/**
 * The difference of profit between two lists of fills by its causes: the backtest's fills become the session's cause by
 * cause, and what the profit changes by is that cause's share. So the shares add up to the difference, exactly.
 */
export function splitByCause(input: SplitInput): readonly CauseShare[] {
  const { valuation } = input;
  const subjects = subjectsOf(input);
  let before = profitOf(
    subjects.flatMap(({ pair }) => pair.backtest?.fills ?? []),
    valuation,
  );
  return stages.map((cause, i) => {
    const fillsOf = ({ transition, pair }: Subject, stage: Stage | undefined) =>
      stage === undefined ? (pair.backtest?.fills ?? []) : transition.get(stage)!;
    const after = profitOf(
      subjects.flatMap((subject) => fillsOf(subject, cause)),
      valuation,
    );
    const amount = addFixed(after, negateFixed(before));
    before = after;
    const contributions = subjects.flatMap((subject): Contribution[] => {
      const [old, now] = [fillsOf(subject, stages[i - 1]), fillsOf(subject, cause)];
      if (old === now) return [];
      const change = addFixed(profitOf(now, valuation), negateFixed(profitOf(old, valuation)));
      if (change.units === 0n && !isOneSided(old, now)) return [];
      return [{ amount: change, pair: subject.pair, manual: subject.manual, before: old, after: now }];
    });
    return { cause, amount, contributions: contributions.sort(bySize) };
  });
}

function subjectsOf({ pairs, manual, late, priceAt }: SplitInput): readonly Subject[] {
  const causes = quantityCauses({ pairs, manual, late });
  const ofOrders = [...causes].map(([pair, cause]): Subject => {
    return { pair, manual: null, transition: transitionOf(pair, cause, priceAt) };
  });
  const byHand = manual.map((fill): Subject => {
    const after = [{ fill, owner: 0 }];
    const transition = new Map(stages.map((stage) => [stage, stage === "rejects" ? [] : after]));
    return { pair: { session: null, backtest: null }, manual: fill, transition };
  });
  return [...ofOrders, ...byHand];
}

function isOneSided(old: readonly TracedFill[], now: readonly TracedFill[]): boolean {
  return (old.length === 0) !== (now.length === 0);
}

function bySize(a: Contribution, b: Contribution): number {
  return -compareFixed(magnitude(a.amount), magnitude(b.amount));
}

function magnitude(amount: Fixed): Fixed {
  return compareFixed(amount, zero) < 0 ? negateFixed(amount) : amount;
}
