import { compareFixed, divideUp, type Fixed, pow10, widen } from "../domain/fixed.ts";
import { tooPrecise } from "./refusals.ts";

/**
 * Money of the exchange, of any asset: a whole number of 10^-8, as Binance counts it. Rules of symbols are such that
 * price × quantity has no more decimals, so that nothing but commissions is ever rounded.
 */
export type Amount = bigint;

export const amountScale = 8;

export function fixedOf(amount: Amount): Fixed {
  return { units: amount, scale: amountScale };
}

/** An amount with at most 8 decimals, exactly. */
export function amountOf({ units, scale }: Fixed): Amount {
  return scale <= amountScale ? widen(units, scale, amountScale) : units / pow10(scale - amountScale);
}

const one: Fixed = { units: 1n, scale: 0 };

/** What is charged is rounded up to a whole 10^-8. */
export function chargeOf(charge: Fixed): Amount {
  return divideUp(charge, one, amountScale);
}

/** The same value counted in 10^-scale. @throws VenueError -1111 when it has more decimals than that */
export function atScale(value: Fixed, scale: number, parameter: string): Fixed {
  if (value.scale === scale) return value;
  if (value.scale < scale) return { units: widen(value.units, value.scale, scale), scale };
  const cut = pow10(value.scale - scale);
  if (value.units % cut !== 0n) throw tooPrecise(parameter);
  return { units: value.units / cut, scale };
}

export function isLess(a: Fixed, b: Fixed): boolean {
  return compareFixed(a, b) < 0;
}

export function isMore(a: Fixed, b: Fixed): boolean {
  return compareFixed(a, b) > 0;
}
