import {
  addFixed,
  compareFixed,
  divideDown,
  type Fixed,
  multiplyFixed,
  negateFixed,
  onePlus,
} from "../../domain/fixed.ts";
import { coinDecimals, quoteCost } from "./feeCurrency.ts";
import { feeOf, type OrderCharges, perOrderDue } from "./feeOf.ts";
import type { FeeTerms } from "./feeTerms.ts";

/** What is bought, but for how much of it. */
export interface Purchase {
  /** Quote value of one unit, > 0. */
  readonly unitValue: Fixed;
  readonly lot: Fixed;
  /** Of the same order; noCharges before its first fill. */
  readonly before: OrderCharges;
}

/**
 * The largest quantity whose value and fee `funds` pay for: whole lots, in units of 10^-lot.scale, 0 when not even one
 * is payable. Exact: one lot more would cost more than `funds`.
 *
 * The fee of q units is min(cap, max(minimum, linear)), each of them linear in q; so is each condition "value + this
 * one ≤ funds", and the answer is put together from their answers in the same order.
 */
export function payable(terms: FeeTerms, purchase: Purchase, funds: Fixed): bigint {
  // Taken from what is bought, the fee leaves the funds alone.
  if (terms.currency === "base") return atLeastNone(most(funds, purchase.unitValue, purchase.lot));
  if (terms.currency === "quote") return payableInQuote(terms, purchase, funds);
  return payableWithTokens(terms, purchase, funds, terms.currency.price);
}

function payableInQuote(terms: FeeTerms, { unitValue, lot, before }: Purchase, funds: Fixed): bigint {
  const { rate, perUnit, minimum, maximumRate } = terms;
  const linearUnit = addFixed(multiplyFixed(unitValue, onePlus(rate)), perUnit);
  const perOrder = perOrderDue(terms, before);
  if (minimum === null && maximumRate === null) {
    return atLeastNone(most(less(funds, perOrder), linearUnit, lot));
  }
  // What was charged before counts towards minimum and cap.
  const left = addFixed(funds, before.charged);
  let quantity = most(less(less(left, before.linear), perOrder), linearUnit, lot);
  if (minimum !== null) quantity = smaller(quantity, most(less(left, minimum), unitValue, lot));
  if (maximumRate !== null) {
    const capped = less(left, multiplyFixed(before.value, maximumRate));
    quantity = larger(quantity, most(capped, multiplyFixed(unitValue, onePlus(maximumRate)), lot));
  }
  // A fill never pays back: it costs its value at least.
  return atLeastNone(smaller(quantity, most(funds, unitValue, lot)));
}

/** Rounding up to whole token decimals costs less than one of them: the answer lies within that much of `funds`. */
function payableWithTokens(terms: FeeTerms, purchase: Purchase, funds: Fixed, price: Fixed): bigint {
  const { lot } = purchase;
  const roundedUp: Fixed = { units: price.units, scale: price.scale + coinDecimals };
  let low = payableInQuote(terms, purchase, less(funds, roundedUp)) / lot.units;
  let high = payableInQuote(terms, purchase, funds) / lot.units;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (compareFixed(costOf(terms, purchase, middle * lot.units), funds) <= 0) low = middle;
    else high = middle - 1n;
  }
  return low * lot.units;
}

/** What buying `quantity` takes from the quote currency. */
export function costOf(terms: FeeTerms, { unitValue, lot, before }: Purchase, quantity: bigint): Fixed {
  const value = multiplyFixed(unitValue, { units: quantity, scale: lot.scale });
  const fee = feeOf(terms, { value, quantity, lotScale: lot.scale }, before);
  return addFixed(value, quoteCost(terms, fee, "buy"));
}

/** Whole lots within `funds`; below zero when `funds` are. */
function most(funds: Fixed, unitCost: Fixed, lot: Fixed): bigint {
  if (funds.units < 0n) return -1n;
  const units = divideDown(funds, unitCost, lot.scale);
  return units - (units % lot.units);
}

function less(a: Fixed, b: Fixed): Fixed {
  return b.units === 0n ? a : addFixed(a, negateFixed(b));
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function atLeastNone(quantity: bigint): bigint {
  return quantity < 0n ? 0n : quantity;
}
