import { addFixed, compareFixed, type Fixed, multiplyFixed, negateFixed, zero } from "../../domain/fixed.ts";
import type { FeeTerms } from "./feeTerms.ts";

/** What is charged: value in quote currency, quantity in units of 10^-lotScale. */
export interface ChargedFill {
  readonly value: Fixed;
  readonly quantity: bigint;
  readonly lotScale: number;
}

/** What the earlier fills of an order came to. Minimum and cap hold for the order, not for each of its parts. */
export interface OrderCharges {
  readonly value: Fixed;
  /** By rate, quantity and order, before minimum and cap. */
  readonly linear: Fixed;
  readonly charged: Fixed;
}

/** Of an order without fills. */
export const noCharges: OrderCharges = { value: zero, linear: zero, charged: zero };

/**
 * The fee of a fill, exact, in quote currency: what the order comes to with it, less what was charged before. A fill
 * never pays back: should a cap sink below what was charged (a maker's part after a taker's), it costs nothing.
 */
export function feeOf(terms: FeeTerms, fill: ChargedFill, before: OrderCharges): Fixed {
  const linear = linearFee(terms, fill, before);
  if (terms.minimum === null && terms.maximumRate === null) return linear;
  const total = bounded(terms, addFixed(before.linear, linear), addFixed(before.value, fill.value));
  const fee = addFixed(total, negateFixed(before.charged));
  return fee.units < 0n ? zero : fee;
}

/** `before` and this fill, for the next part of the same order. */
export function withFill(terms: FeeTerms, fill: ChargedFill, fee: Fixed, before: OrderCharges): OrderCharges {
  return {
    value: addFixed(before.value, fill.value),
    linear: addFixed(before.linear, linearFee(terms, fill, before)),
    charged: addFixed(before.charged, fee),
  };
}

/** By what it says, not by identity: after a restart it is another object. */
export function isUnfilled({ value }: OrderCharges): boolean {
  return value.units === 0n;
}

/** What an order of a certain age still owes for having been placed. */
export function perOrderDue(terms: FeeTerms, before: OrderCharges): Fixed {
  return isUnfilled(before) ? terms.perOrder : zero;
}

function linearFee(terms: FeeTerms, fill: ChargedFill, before: OrderCharges): Fixed {
  const { rate, perUnit } = terms;
  let fee = multiplyFixed(fill.value, rate);
  if (perUnit.units !== 0n) {
    fee = addFixed(fee, multiplyFixed({ units: fill.quantity, scale: fill.lotScale }, perUnit));
  }
  const perOrder = perOrderDue(terms, before);
  return perOrder.units === 0n ? fee : addFixed(fee, perOrder);
}

/** The cap has the last word: a broker with both charges small orders the cap, not the minimum. */
function bounded({ minimum, maximumRate }: FeeTerms, linear: Fixed, value: Fixed): Fixed {
  const fee = minimum !== null && compareFixed(linear, minimum) < 0 ? minimum : linear;
  if (maximumRate === null) return fee;
  const cap = multiplyFixed(value, maximumRate);
  return compareFixed(cap, fee) < 0 ? cap : fee;
}
