import { ValidationError } from "./errors.ts";
import { divideDown, divideUp, type Fixed, formatFixed } from "./fixed.ts";

/** Decimals to which venues keep balances in coins (one satoshi is 10^-8 BTC). */
export const coinScale = 8;

/** Decimals of what a single contract is worth: a dollar's worth of bitcoin has few digits at `coinScale`. */
const unitScale = 18;

/**
 * What contracts of `face` (≥ 0, in quote currency) are worth in the settlement coin at `price`, in units of
 * 10^-`coinScale`. A division, so it must be rounded: `up` is what we give or owe, down what we receive or own.
 * @throws ValidationError GEO-VALUE for a price of 0 or less.
 */
export function inverseValue(face: Fixed, price: Fixed, up: boolean): bigint {
  checkPrice(price);
  return up ? divideUp(face, price, coinScale) : divideDown(face, price, coinScale);
}

/** The same of one contract, finer and up: an order's size found from it is never too large. */
export function inverseUnitValue(face: Fixed, price: Fixed): Fixed {
  checkPrice(price);
  return { units: divideUp(face, price, unitScale), scale: unitScale };
}

function checkPrice(price: Fixed): void {
  if (price.units > 0n) return;
  throw new ValidationError(
    "GEO-VALUE",
    `price of an inverse contract: expected more than 0, found ${formatFixed(price)}`,
    {
      hint: "Is the contract settled in its quote currency after all? Then it is linear.",
    },
  );
}
