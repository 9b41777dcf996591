import { VenueError } from "./contract.ts";

/** Binance's refusals, as numbered and worded in its list of error codes. */

export type FilterName =
  | "PRICE_FILTER"
  | "PERCENT_PRICE_BY_SIDE"
  | "LOT_SIZE"
  | "MARKET_LOT_SIZE"
  | "NOTIONAL"
  | "MAX_NUM_ORDERS"
  | "MAX_NUM_ALGO_ORDERS"
  | "MAX_NUM_ORDER_LISTS";

export function filterFailure(filter: FilterName): VenueError {
  return new VenueError(-1013, `Filter failure: ${filter}`);
}

export function invalid(what: "quantity" | "price" | "stop price" | "quoteOrderQty"): VenueError {
  return new VenueError(-1013, `Invalid ${what}.`);
}

export function missing(parameter: string): VenueError {
  return new VenueError(
    -1102,
    `Mandatory parameter '${parameter}' was not sent, was empty/null, or malformed.`,
  );
}

export function notRequired(parameter: string): VenueError {
  return new VenueError(-1106, `Parameter '${parameter}' sent when not required.`);
}

export function tooPrecise(parameter: string): VenueError {
  return new VenueError(-1111, `Parameter '${parameter}' has too much precision.`);
}

export function illegalCharacters(parameter: string, range: string): VenueError {
  return new VenueError(
    -1100,
    `Illegal characters found in parameter '${parameter}'; legal range is '${range}'.`,
  );
}

/** -2010, with the reason that Binance's matching engine gives. */
export function rejected(reason: string): VenueError {
  return new VenueError(-2010, reason);
}

export const reasons = {
  balance: "Account has insufficient balance for requested action.",
  duplicate: "Duplicate order sent.",
  wouldTake: "Order would immediately match and take.",
  wouldTrigger: "Stop price would trigger immediately.",
  priceRelation: "The relationship of the prices for the orders is not correct.",
} as const;

export function invalidSymbol(): VenueError {
  return new VenueError(-1121, "Invalid symbol.");
}

export function invalidInterval(): VenueError {
  return new VenueError(-1120, "Invalid interval.");
}

/** Of a cancel: there is no such open order. */
export function unknownOrder(): VenueError {
  return new VenueError(-2011, "Unknown order sent.");
}

/** Of a question: there never was such an order. */
export function noSuchOrder(): VenueError {
  return new VenueError(-2013, "Order does not exist.");
}

export function noSuchList(): VenueError {
  return new VenueError(-2018, "Order list does not exist.");
}
