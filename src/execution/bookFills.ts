import type { PlaceCommand } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { ConsumedLiquidity } from "./consumedLiquidity.ts";
import type { FillLimit } from "./fillRules.ts";
import { compareLevel, type MarketSide, priceAt, sizeAt } from "./marketSide.ts";

/** The part of a resting order that these rules read. */
export interface FeedOrder {
  readonly command: Pick<PlaceCommand, "side" | "type" | "limit">;
  /** Where a stop triggers. */
  readonly trigger: Fixed | null;
  /** Nearest doubles of limit and trigger, NaN when absent. */
  readonly limit: number;
  readonly stop: number;
  /** An earlier row of the market has been seen while the order was active: a limit stands in the book by now. */
  readonly seen: boolean;
  /** An earlier row reached its stop. */
  readonly triggered: boolean;
}

/** A level that an order can take from. */
export interface Offer {
  /** What is paid: the level's price, or the limit of an order that rested. */
  readonly price: Fixed;
  /** The level whose liquidity it is, and all that it shows; null when the source names no sizes. */
  readonly level: Fixed;
  readonly shown: Fixed | null;
  /** Whole lots that are left of it, in units of 10^-lot.scale; null: as many as are wanted. */
  readonly available: bigint | null;
}

export interface Reach {
  /** The stop has been reached, by this row or earlier. True for orders without a stop. */
  readonly triggered: boolean;
  readonly maker: boolean;
  /** Best first; levels that are used up are left out. */
  readonly offers: readonly Offer[];
}

/**
 * What an order can take of a row of quotes or of a book.
 * - A market order takes the other side, level by level; so does a stop from the row on whose best price on that side
 *   is at or beyond it. What the row does not hold waits for the next.
 * - A limit that is new to the market takes what stands at its limit or better, as taker: a quote is firm.
 * - A limit that rested fills as maker, at its own price, when the other side is through it (`touch`: at it), up to
 *   what stands there.
 */
export function reachOf(
  order: FeedOrder,
  side: MarketSide,
  rule: FillLimit,
  consumed: ConsumedLiquidity,
): Reach {
  const { type } = order.command;
  const stops = type === "stop" || type === "stop_limit";
  const triggered = !stops || order.triggered || reachesStopOn(order, side);
  if (!triggered) return { triggered, maker: false, offers: [] };
  if (type === "market" || type === "stop") {
    return { triggered, maker: false, offers: offersOf(side, side.levels, null, consumed) };
  }
  const limit = order.command.limit!;
  // A stop-limit meets the market when its stop is reached: only from the next row on it has rested.
  const maker = order.seen && (!stops || order.triggered);
  const within = levelsWithin(order, side, !maker || rule === "touch");
  return { triggered, maker, offers: offersOf(side, within, maker ? limit : null, consumed) };
}

/** True when the best price that the order could get is at or beyond its stop. */
export function reachesStopOn({ command, trigger, stop }: FeedOrder, side: MarketSide): boolean {
  if (side.levels === 0) return false;
  return compareLevel(side, 0, trigger!, stop) * signOf(command) >= 0;
}

/** True when a limit would take liquidity if it came now; what `postOnly` forbids. */
export function isMarketableOn(order: FeedOrder, side: MarketSide): boolean {
  return levelsWithin(order, side, true) > 0;
}

function levelsWithin({ command, limit }: FeedOrder, side: MarketSide, atLimit: boolean): number {
  const sign = signOf(command);
  let level = 0;
  for (; level < side.levels; level++) {
    const order = compareLevel(side, level, command.limit!, limit) * sign;
    if (order > 0 || (order === 0 && !atLimit)) break;
  }
  return level;
}

function offersOf(
  side: MarketSide,
  levels: number,
  own: Fixed | null,
  consumed: ConsumedLiquidity,
): readonly Offer[] {
  const offers: Offer[] = [];
  for (let l = 0; l < levels; l++) {
    const level = priceAt(side, l);
    const shown = sizeAt(side, l);
    const available = consumed.left(level, shown);
    if (available === null || available > 0n) offers.push({ price: own ?? level, level, shown, available });
  }
  return offers;
}

function signOf({ side }: FeedOrder["command"]): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

export interface PartialFill {
  readonly offer: Offer;
  /** Units of 10^-lot.scale, > 0. */
  readonly quantity: bigint;
}

export interface Walk {
  readonly fills: readonly PartialFill[];
  readonly remaining: bigint;
}

/**
 * The fills of a quantity that walks the offers, and what remains of it. Nothing is taken yet: for each fill that is
 * booked call `ConsumedLiquidity.take`. Fill-or-kill: only when nothing remains.
 */
export function walk(offers: readonly Offer[], quantity: bigint): Walk {
  const fills: PartialFill[] = [];
  let remaining = quantity;
  for (const offer of offers) {
    if (remaining === 0n) break;
    const { available } = offer;
    const taken = available === null || available > remaining ? remaining : available;
    fills.push({ offer, quantity: taken });
    remaining -= taken;
  }
  return { fills, remaining };
}
