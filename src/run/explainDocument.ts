import type { PlaceCommand } from "../domain/execution.ts";
import { addFixed, type Fixed, formatFixed, formatUnits, negateFixed } from "../domain/fixed.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { Trail } from "../domain/trail.ts";
import type {
  AccountRecord,
  ExplainedEvent,
  ExplainedMoment,
  Explanation,
  Facts,
  OrderRecord,
} from "../report/explanation.ts";
import { becauseOf, type ExplanationRule } from "../report/explanationRules.ts";
import type { AccountState, Happening, KnownOrder, Moment } from "./explainMoment.ts";
import { seenRecord } from "./explainSeen.ts";
import { whyFilled, whyWaited } from "./explainWhy.ts";
import type { MomentWindow } from "./explainWindow.ts";

/** Exact integers into the texts of the document. */
export function describeWindow(
  { moments, anchor, leftOut, open }: MomentWindow,
  asked: Millis,
  fillLimit: "through" | "touch",
): Explanation {
  return {
    asked: isoTime(asked),
    at: isoTime(anchor!.time),
    moments: moments.map((moment) => momentRecord(moment, fillLimit)),
    leftOut,
    open: [...open].map(String),
  };
}

function momentRecord(moment: Moment, fillLimit: "through" | "touch"): ExplainedMoment {
  return {
    time: isoTime(moment.time),
    seen: moment.seen.map(seenRecord),
    moreSeen: moment.moreSeen,
    account: accountRecord(moment.account!),
    events: moment.happenings.flatMap((happening) => eventOf(happening, moment, fillLimit) ?? []),
  };
}

function accountRecord({ cash, equity, positions }: AccountState): AccountRecord {
  return {
    cash: formatFixed(cash),
    equity: formatFixed(equity),
    positions: positions.map(({ instrument, quantity }) => ({
      symbol: instrument.symbol,
      quantity: formatUnits(quantity, instrument.lot.scale),
    })),
  };
}

function eventOf(
  happening: Happening,
  { seen }: Moment,
  fillLimit: "through" | "touch",
): ExplainedEvent | null {
  switch (happening.kind) {
    case "logged":
      return { kind: "logged", message: happening.message, fields: happening.fields ?? null };
    case "decided":
      return orderEvent(happening, "decided", "decided", factsOfDecision(happening));
    case "cancelling":
      return orderEvent(happening, "cancelling", "cancelling", timed("activeFrom", happening.activeFrom));
    case "ended": {
      const kind = happening.reason.startsWith("refused:") ? "refused" : "ended";
      return orderEvent(happening, kind, happening.reason, happening.facts);
    }
    case "filled": {
      const { rule, facts } = whyFilled(happening, seen);
      return orderEvent(happening, "filled", rule, { ...facts, ...factsOfFill(happening) });
    }
    case "waited": {
      const why = whyWaited(happening, seen, fillLimit);
      return why === null ? null : orderEvent(happening, "waited", why.rule, why.facts);
    }
  }
}

function orderEvent(
  { order }: { readonly order: KnownOrder },
  kind: Exclude<ExplainedEvent["kind"], "logged">,
  rule: ExplanationRule,
  facts: Facts,
): ExplainedEvent {
  return { kind, order: orderRecord(order), rule, because: becauseOf(rule, facts), facts };
}

function factsOfDecision({ order, reference }: Extract<Happening, { kind: "decided" }>): Facts {
  const { activeFrom, exits } = order.command;
  return {
    ...timed("activeFrom", activeFrom),
    ...(reference === null ? {} : { reference: formatFixed(reference) }),
    ...Object.fromEntries(exits.map(({ role, price }) => [role, formatFixed(price)])),
  };
}

/** Nothing for a time that is no moment of the run: at once. */
function timed(name: string, time: Millis): Facts {
  return Number.isFinite(time) ? { [name]: isoTime(time) } : {};
}

function factsOfFill({ fill, base }: Extract<Happening, { kind: "filled" }>): Facts {
  const { price, quantity, instrument, fee, remaining, bar, time, clipped, maker } = fill;
  const { scale } = instrument.lot;
  return {
    time: isoTime(time),
    ...(bar < 0 ? {} : { bar: String(bar) }),
    price: formatFixed(price),
    ...(base === null ? {} : { base: formatFixed(base), slippage: formatFixed(distance(price, base)) }),
    quantity: formatUnits(quantity, scale),
    fee: formatFixed(fee.amount),
    feeCurrency: fee.currency,
    liquidity: maker ? "maker" : "taker",
    ...(remaining === 0n ? {} : { remaining: formatUnits(remaining, scale) }),
    ...(clipped ? { clipped: "true" } : {}),
  };
}

function distance(a: Fixed, b: Fixed): Fixed {
  const difference = addFixed(a, negateFixed(b));
  return difference.units < 0n ? negateFixed(difference) : difference;
}

function orderRecord({ command, decided, exitOf }: KnownOrder): OrderRecord {
  const { number, instrument, side, type, limit, stop, trail, tag, replaces } = command;
  return {
    id: String(number),
    symbol: instrument.symbol,
    side,
    type,
    ...sizeOf(command),
    limit: limit === null ? null : formatFixed(limit),
    stop: stop === null ? null : formatFixed(stop),
    trail: trail === null ? null : trailText(trail),
    tag,
    decided: isoTime(decided),
    exitOf: exitOf === null ? null : String(exitOf),
    replaces: replaces === null ? null : String(replaces),
  };
}

function sizeOf({ sizing, instrument }: PlaceCommand): Pick<OrderRecord, "quantity" | "value"> {
  if (sizing.kind === "value") return { quantity: null, value: formatFixed(sizing.value) };
  const quantity = sizing.units === 0n ? null : formatUnits(sizing.units, instrument.lot.scale);
  return { quantity, value: null };
}

function trailText(trail: Trail): string {
  if (trail.kind === "amount") return formatFixed(trail.amount);
  return `${formatFixed({ units: trail.share.units * 100n, scale: trail.share.scale })}%`;
}
