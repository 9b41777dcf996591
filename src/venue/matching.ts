import { type Offer, reachOf, walk } from "../execution/bookFills.ts";
import { feedOrder, hasLimit, remainingOf, type VenueOrder } from "./venueOrder.ts";

/**
 * What an order gets of the book as it stands. The rules are those of backtests (`execution/bookFills`): what is new
 * takes level by level; what rested fills at its own price, up to what the other side has there. They are called by
 * themselves, without the simulated venue around them: that one keeps a run's single account in one currency, waits
 * for the next row of a recorded book, and remembers what was taken of it; here accounts hold many assets, requests are
 * answered at once, and what is taken leaves the book.
 */
export interface Taking {
  /** What is paid, and the level whose liquidity it is; points. */
  readonly price: number;
  readonly level: number;
  readonly size: number;
}

/** All that it can have now; the size of an order by value as well. */
export function takingsOf(order: VenueOrder): readonly Taking[] {
  const { size, byValue } = order;
  if (size > 0) return ofSize(order, remainingOf(order));
  const { market, side } = order;
  const touch = side === "BUY" ? market.ladder.ask : market.ladder.bid;
  // At the best price it buys most; a seller needs more the worse the price gets, and meets no more than there is.
  const best = Number(byValue / market.value(touch, 1)) + 1;
  return forValue(order, offersFor(order, side === "BUY" ? best : Number.POSITIVE_INFINITY));
}

function ofSize(order: VenueOrder, size: number): readonly Taking[] {
  return walk(offersFor(order, size), BigInt(size)).fills.map(({ offer, quantity }) =>
    taking(offer, Number(quantity)),
  );
}

function offersFor(order: VenueOrder, wanted: number): readonly Offer[] {
  const { market, side } = order;
  const worst = side === "BUY" ? Number.POSITIVE_INFINITY : 0;
  const standing = market.ladder.offersTo(side, wanted, hasLimit(order) ? order.price : worst);
  return reachOf(feedOrder(order), standing, "touch", market.untaken).offers;
}

/** Whole steps that the value buys or sells, level by level. */
function forValue({ market, byValue }: VenueOrder, offers: readonly Offer[]): readonly Taking[] {
  const { step } = market.grid;
  const takings: Taking[] = [];
  let left = byValue;
  for (const offer of offers) {
    const price = Number(offer.price.units);
    const affordable = Number(left / market.value(price, step)) * step;
    const size = Math.min(affordable, Number(offer.available));
    if (size === 0) break;
    takings.push(taking(offer, size));
    left -= market.value(price, size);
    if (size === affordable) break;
  }
  return takings;
}

function taking({ price, level }: Offer, size: number): Taking {
  return { price: Number(price.units), level: Number(level.units), size };
}
