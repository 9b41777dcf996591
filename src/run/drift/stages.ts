import { type Execution, type Fee, tradedValue } from "../../domain/execution.ts";
import { addFixed, type Fixed, negateFixed, pow10 } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";
import type { DriftCause } from "../../report/driftDocument.ts";
import type { OrderPair } from "./pairs.ts";
import type { TracedFill, TracedOrder } from "./traces.ts";

/** The price of the market at a time, by the session's own data; null when it knows none. */
export type PriceAt = (instrument: Instrument, time: Millis) => Fixed | null;

/** The causes that fills are changed for, in the order in which they are. */
export const stages = [
  "rejects",
  "manual",
  "timing",
  "price",
  "fees",
  "other",
] as const satisfies DriftCause[];
export type Stage = (typeof stages)[number];

/** The fills of an order on the way from the backtest's to the session's: after each cause, those that it leaves. */
export type Transition = ReadonlyMap<Stage, readonly TracedFill[]>;

/**
 * Time moves the backtest's fills with the market to when the session had its own, then they get the session's price,
 * then its fee; with the turn of `quantity` they get the session's quantity. An order that one side alone filled comes
 * or goes with that turn.
 */
export function transitionOf(
  { session, backtest }: OrderPair,
  quantity: Stage,
  priceAt: PriceAt,
): Transition {
  const [before, after] = [backtest?.fills ?? noFills, session?.fills ?? noFills];
  const turn = stages.indexOf(quantity);
  if (before.length === 0 || after.length === 0) {
    return new Map(stages.map((stage, i) => [stage, i < turn ? before : after]));
  }
  const moved = movedInTime(session!, backtest!, priceAt);
  const [old, now] = [quantityOf(before), quantityOf(after)];
  return new Map(
    stages.map((stage, i) => [stage, inStage(stage, { before, moved, after }, i < turn ? old : now)]),
  );
}

/** Of an order that both sides filled. */
interface Versions {
  readonly before: readonly TracedFill[];
  readonly moved: readonly TracedFill[];
  readonly after: readonly TracedFill[];
}

function inStage(stage: Stage, { before, moved, after }: Versions, quantity: bigint): readonly TracedFill[] {
  switch (stage) {
    case "rejects":
    case "manual":
      return resized(before, quantity);
    case "timing":
      return resized(moved, quantity);
    case "price":
      return withFeesOf(resized(after, quantity), resized(moved, quantity));
    case "fees":
      return resized(after, quantity);
    case "other":
      return after;
  }
}

const noFills: readonly TracedFill[] = [];

/** The same fills, cut off where their quantity is reached; the last one grows when there is too little. */
function resized(fills: readonly TracedFill[], target: bigint): readonly TracedFill[] {
  if (quantityOf(fills) === target) return fills;
  let left = target;
  return fills.flatMap(({ fill, owner }, i) => {
    const isLast = i === fills.length - 1;
    const quantity = isLast || left < fill.quantity ? left : fill.quantity;
    left -= quantity;
    if (quantity === 0n) return [];
    const fee = shareOf(fill.fee, quantity, fill.quantity, fill.instrument);
    return [{ owner, fill: changed(fill, fill.price, quantity, fee) }];
  });
}

/** An order with a limit has its price whenever it fills; any other gets what the market asks then. */
function movedInTime(session: TracedOrder, backtest: TracedOrder, priceAt: PriceAt): readonly TracedFill[] {
  const { fills } = backtest;
  const { instrument, limit } = backtest.command;
  if (limit !== null) return fills;
  const then = priceAt(instrument, fills[0]!.fill.time);
  const now = priceAt(instrument, session.fills[0]!.fill.time);
  if (then === null || now === null) return fills;
  const shift = addFixed(now, negateFixed(then));
  if (shift.units === 0n) return fills;
  const shifted = fills.map(({ fill, owner }) => ({
    owner,
    fill: changed(fill, addFixed(fill.price, shift), fill.quantity, fill.fee),
  }));
  return shifted.every(({ fill }) => fill.price.units > 0n) ? shifted : fills;
}

/**
 * These fills, with the fees of others of the same quantity shared out among them; with their own where those were paid
 * in several coins.
 */
function withFeesOf(fills: readonly TracedFill[], others: readonly TracedFill[]): readonly TracedFill[] {
  const currency = others[0]?.fill.fee.currency;
  if (currency === undefined || others.some(({ fill }) => fill.fee.currency !== currency)) return fills;
  const { instrument } = others[0]!.fill;
  const amount = others.map(({ fill }) => fill.fee.amount).reduce((sum, one) => addFixed(sum, one));
  let left: Fee = { amount, currency };
  let rest = quantityOf(fills);
  return fills.map(({ fill, owner }) => {
    const share = shareOf(left, fill.quantity, rest, instrument);
    left = { amount: addFixed(left.amount, negateFixed(share.amount)), currency };
    rest -= fill.quantity;
    return { owner, fill: changed(fill, fill.price, fill.quantity, share) };
  });
}

/** `part` of `whole` of a fee, rounded to what the books count: of the base coin, the decimals of a lot. */
function shareOf({ amount, currency }: Fee, part: bigint, whole: bigint, { base, lot }: Instrument): Fee {
  const { scale } = amount;
  const step = currency === base && scale > lot.scale ? pow10(scale - lot.scale) : 1n;
  return { amount: { units: ((amount.units * part) / whole / step) * step, scale }, currency };
}

function quantityOf(fills: readonly TracedFill[]): bigint {
  return fills.reduce((sum, { fill }) => sum + fill.quantity, 0n);
}

function changed(fill: Execution, price: Fixed, quantity: bigint, fee: Fee): Execution {
  const value = tradedValue(fill.instrument, price, quantity, fill.side);
  return { ...fill, price, quantity, value, fee };
}
