import {
  addFixed,
  type Fixed,
  formatFixed,
  formatUnits,
  multiplyFixed,
  negateFixed,
  zero,
} from "../../domain/fixed.ts";
import { isoTime } from "../../domain/time.ts";
import type { CauseRecord, DriftExample } from "../../report/driftDocument.ts";
import type { ComparedBars } from "./officialData.ts";
import type { CauseShare, Contribution } from "./split.ts";
import type { TracedFill, TracedOrder } from "./traces.ts";

/** So many examples of each cause are told. */
export const mostExamples = 5;

export interface Described {
  readonly drift: Fixed;
  /** The share of data that differ. */
  readonly data: Fixed;
  readonly shares: readonly CauseShare[];
  readonly bars: ComparedBars | null;
}

/** Every cause, and what none of them explains as `other`: together the drift. */
export function describeCauses({ drift, data, shares, bars }: Described): readonly CauseRecord[] {
  const explained = shares.reduce((sum, { amount }) => addFixed(sum, amount), data);
  const rest = addFixed(drift, negateFixed(explained));
  const ofData: CauseRecord = {
    cause: "data",
    amount: formatFixed(data),
    count: bars === null ? 0 : bars.differing + bars.missing + bars.extra,
    examples: bars?.examples ?? [],
  };
  return [
    ofData,
    ...shares.map(({ cause, amount, contributions }) => ({
      cause,
      amount: formatFixed(cause === "other" ? addFixed(amount, rest) : amount),
      count: contributions.length,
      examples: contributions.slice(0, mostExamples).map(exampleOf),
    })),
  ];
}

function exampleOf(contribution: Contribution): DriftExample {
  const { amount, pair, before, after, manual } = contribution;
  const order = pair.session ?? pair.backtest;
  const first = (after[0] ?? before[0])!.fill;
  return {
    time: isoTime(first.time),
    symbol: first.instrument.symbol,
    order: pair.session === null ? null : String(order!.command.number),
    amount: formatFixed(amount),
    what: manual === null ? differenceOf(contribution) : `by hand: ${said(after)}`,
  };
}

function differenceOf({ before, after, pair }: Contribution): string {
  const { session, backtest } = pair;
  if (after.length === 0) return `${said(before)} in the backtest alone${fateOf(session, "session")}`;
  if (before.length === 0) return `${said(after)} in the session alone${fateOf(backtest, "backtest")}`;
  const told = [said(after), `instead of ${said(before)}`];
  const [fee, otherFee] = [feesOf(after), feesOf(before)];
  return said(after) === said(before) ? `${said(after)}: fee ${fee} instead of ${otherFee}` : told.join(" ");
}

/** What became of the order on the side that has no fills of it. */
function fateOf(order: TracedOrder | null, side: string): string {
  if (order === null) return `, which the ${side} did not order`;
  return `; in the ${side}: ${order.reason ?? "still open"}`;
}

/** "buy 0.5 at 100.2": all fills together, at their mean price. */
function said(fills: readonly TracedFill[]): string {
  const { side, instrument } = fills[0]!.fill;
  const { scale } = instrument.lot;
  const units = fills.reduce((sum, { fill }) => sum + fill.quantity, 0n);
  return `${side} ${formatUnits(units, scale)} at ${meanOf(fills, { units, scale })}`;
}

/** Exact where there is one price; else to the hundredth of its finest digit. */
function meanOf(fills: readonly TracedFill[], total: Fixed): string {
  const prices = new Set(fills.map(({ fill }) => formatFixed(fill.price)));
  if (prices.size === 1) return [...prices][0]!;
  const cost = fills
    .map(({ fill }) => multiplyFixed(fill.price, { units: fill.quantity, scale: total.scale }))
    .reduce(addFixed, zero);
  // cost has the decimals of price and lot, total those of the lot: two more are left of the price's.
  const units = (cost.units * 100n) / total.units;
  return `${formatUnits(units, cost.scale - total.scale + 2)} on average`;
}

function feesOf(fills: readonly TracedFill[]): string {
  const sums = new Map<string, Fixed>();
  for (const { fill } of fills) {
    const { amount, currency } = fill.fee;
    sums.set(currency, addFixed(sums.get(currency) ?? zero, amount));
  }
  return [...sums].map(([currency, amount]) => `${formatFixed(amount)} ${currency}`).join(" and ");
}
