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

/** An order that one side alone filled changes sides with its cause. */
export function oneSidedTransition({ session, backtest }: OrderPair, cause: Stage): Transition {
  const [before, after] = [backtest?.fills ?? [], session?.fills ?? []];
  const turn = stages.indexOf(cause);
  return new Map(stages.map((stage, i) => [stage, i < turn ? before : after]));
}

/**
 * An order that both sides filled: first the time (the backtest's fills move with the market to when the session had
 * its own; an order that was cut short is cut as the session's was), then the price, with the quantity that it buys,
 * then the fee.
 */
export function filledTransition(
  { session, backtest }: { readonly session: TracedOrder; readonly backtest: TracedOrder },
  priceAt: PriceAt,
): Transition {
  const before = backtest.fills;
  const after = session.fills;
  const timed = moved(cutShort(session, backtest), session, backtest, priceAt);
  const priced = withFeesOf(after, timed);
  return new Map<Stage, readonly TracedFill[]>([
    ["rejects", before],
    ["manual", before],
    ["timing", timed],
    ["price", priced],
    ["fees", after],
    ["other", after],
  ]);
}

/** The backtest's fills with the quantity that the session's order had got when it ended before it was full. */
function cutShort(session: TracedOrder, backtest: TracedOrder): readonly TracedFill[] {
  const { fills } = backtest;
  if (session.reason === "filled" && backtest.reason === "filled") return fills;
  const target = quantityOf(session.fills);
  const last = fills.length - 1;
  let left = target;
  return fills.flatMap(({ fill, owner }, i) => {
    const quantity = i === last || left < fill.quantity ? left : fill.quantity;
    left -= quantity;
    return quantity === 0n ? [] : [{ owner, fill: resized(fill, quantity) }];
  });
}

function resized(fill: Execution, quantity: bigint): Execution {
  if (quantity === fill.quantity) return fill;
  return changed(fill, fill.price, quantity, shareOf(fill.fee, quantity, fill.quantity, fill.instrument));
}

/** An order with a limit has its price whenever it fills; any other gets what the market asks then. */
function moved(
  fills: readonly TracedFill[],
  session: TracedOrder,
  backtest: TracedOrder,
  priceAt: PriceAt,
): readonly TracedFill[] {
  const { instrument, limit } = backtest.command;
  if (limit !== null) return fills;
  const then = priceAt(instrument, backtest.fills[0]!.fill.time);
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

/** These fills, with the fees of others shared out among them; with their own where those were paid in several coins. */
function withFeesOf(fills: readonly TracedFill[], others: readonly TracedFill[]): readonly TracedFill[] {
  const currency = others[0]?.fill.fee.currency;
  const total = quantityOf(others);
  if (currency === undefined || total === 0n || others.some(({ fill }) => fill.fee.currency !== currency)) {
    return fills;
  }
  const fees = others.map(({ fill }) => fill.fee.amount).reduce((sum, amount) => addFixed(sum, amount));
  const quantity = quantityOf(fills);
  const { instrument } = fills[0]!.fill;
  const fee = { amount: fees, currency };
  // Of a coin that is taken out of what is bought, no more than the same share of it.
  let left = currency === instrument.base ? shareOf(fee, quantity, total, instrument) : fee;
  let rest = quantity;
  return fills.map(({ fill, owner }) => {
    const share = shareOf(left, fill.quantity, rest, instrument);
    left = { amount: addFixed(left.amount, negateFixed(share.amount)), currency };
    rest -= fill.quantity;
    return { owner, fill: changed(fill, fill.price, fill.quantity, share) };
  });
}

/** `part` of `whole` of a fee, rounded to what the books count; of the base coin they count the decimals of a lot. */
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
