import type { PlaceCommand } from "../domain/execution.ts";
import { compareFixed, type Fixed, formatFixed } from "../domain/fixed.ts";
import { isoTime } from "../domain/time.ts";
import type { Facts } from "../report/explanation.ts";
import type { ExplanationRule } from "../report/explanationRules.ts";
import type { Happening, SeenRow } from "./explainMoment.ts";
import { instrumentOf, isMatched, openTimeOf, type PriceRange, rangeOf } from "./explainSeen.ts";

/** A rule of the table and the facts it speaks of. */
export interface Why {
  readonly rule: ExplanationRule;
  readonly facts: Facts;
}

type Filled = Extract<Happening, { kind: "filled" }>;
type Waited = Extract<Happening, { kind: "waited" }>;
type FillLimit = "through" | "touch";

/** Which rule a fill came by, read from what it filled on; the venue's own rules stand in docs/fill-rules.md. */
export function whyFilled(filled: Filled, seen: readonly SeenRow[]): Why {
  const { fill, base, order, atEnd } = filled;
  const { command } = order;
  const unslipped = base ?? fill.price;
  if (atEnd) return { rule: "fill:at-end", facts: { base: formatFixed(unslipped) } };
  const row = seen.find((each) => isMatchedBy(each, command) && openTimeOf(each) === fill.time) ?? null;
  const range = row === null ? null : rangeOf(row, command.side);
  const facts: Facts = {
    ...termsOf(command),
    ...(range === null
      ? {}
      : { open: formatFixed(range.first), extreme: formatFixed(furthest(command, range)) }),
    ...(base === null ? {} : { base: formatFixed(base) }),
  };
  return { rule: ruleOf(filled, unslipped, row, range), facts };
}

function ruleOf(
  { order, fill }: Filled,
  base: Fixed,
  row: SeenRow | null,
  range: PriceRange | null,
): ExplanationRule {
  const { command } = order;
  if (row === null || range === null) return "fill";
  const { kind } = row.chunk;
  if (command.type === "market") {
    return kind === "bar" ? "fill:first-price" : kind === "tick" ? "fill:first-print" : "fill:other-side";
  }
  if (command.type === "limit") {
    if (kind === "quote" || kind === "book") return "fill:limit";
    if (compareFixed(fill.price, command.limit!) !== 0) return "fill:limit-open";
    return compareFixed(furthest(command, range), command.limit!) === 0
      ? "fill:limit-touch"
      : "fill:limit-through";
  }
  if (command.type === "stop_limit") return "fill:stop-limit";
  if (command.trail !== null) return "fill:trail";
  return stopRuleOf(order, base, range);
}

function stopRuleOf(
  { command, entryPrice }: Filled["order"],
  base: Fixed,
  range: PriceRange,
): ExplanationRule {
  const sign = command.side === "buy" ? 1 : -1;
  const gaps = compareFixed(range.first, command.stop!) * sign >= 0;
  if (gaps && compareFixed(base, range.first) === 0) return "fill:stop-gap";
  if (compareFixed(base, command.stop!) === 0) return "fill:stop";
  return entryPrice !== null ? "fill:stop-entry" : "fill";
}

/** Why an open order was not filled by what was seen; null when nothing of its market was. */
export function whyWaited({ order }: Waited, seen: readonly SeenRow[], fillLimit: FillLimit): Why | null {
  const { command } = order;
  const row = seen.findLast((each) => isMatchedBy(each, command)) ?? null;
  if (row === null) return null;
  const openTime = openTimeOf(row);
  if (openTime < command.activeFrom) {
    const facts = { openTime: isoTime(openTime), activeFrom: isoTime(command.activeFrom) };
    return { rule: "wait:not-active", facts };
  }
  const range = rangeOf(row, command.side);
  if (range === null || command.type === "market") return { rule: "wait", facts: {} };
  const buys = command.side === "buy";
  const facts: Facts = {
    ...termsOf(command),
    extreme: formatFixed(furthest(command, range)),
    side: sideOf(row, furthest(command, range) === range.low, buys),
    low: formatFixed(range.low),
    high: formatFixed(range.high),
  };
  return { rule: waitRuleOf(command, range, fillLimit), facts };
}

function waitRuleOf(command: PlaceCommand, range: PriceRange, fillLimit: FillLimit): ExplanationRule {
  const sign = command.side === "buy" ? 1 : -1;
  const extreme = furthest(command, range);
  if (command.trail !== null) return "wait:trail";
  if (command.type === "stop_limit") return "wait:stop-limit";
  if (command.type === "stop") return compareFixed(extreme, command.stop!) * sign < 0 ? "wait:stop" : "wait";
  const beyond = compareFixed(extreme, command.limit!) * sign;
  if (beyond > 0) return "wait:limit";
  return beyond === 0 && fillLimit === "through" ? "wait:limit-touch" : "wait";
}

/** What the number that an order is held against is called. */
function sideOf({ chunk }: SeenRow, isLow: boolean, buys: boolean): string {
  if (chunk.kind === "bar") return isLow ? "low" : "high";
  return chunk.kind === "tick" ? "price" : buys ? "ask" : "bid";
}

/** Limits of buys and stops of sells are reached from above, the others from below. */
function furthest({ side, type }: PlaceCommand, { low, high }: PriceRange): Fixed {
  return (side === "buy") === (type === "limit") ? low : high;
}

function termsOf({ limit, stop }: PlaceCommand): Facts {
  return {
    ...(limit === null ? {} : { limit: formatFixed(limit) }),
    ...(stop === null ? {} : { stop: formatFixed(stop) }),
  };
}

function isMatchedBy(seen: SeenRow, { instrument }: PlaceCommand): boolean {
  return isMatched(seen) && instrumentOf(seen) === instrument;
}
