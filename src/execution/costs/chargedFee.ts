import { type Fee, liquidationTag, type PlaceCommand } from "../../domain/execution.ts";
import { addFixed, type Fixed, multiplyFixed } from "../../domain/fixed.ts";
import { inCurrency, quoteCost } from "./feeCurrency.ts";
import type { ChargedFill } from "./feeOf.ts";
import type { FeeTerms } from "./feeTerms.ts";

/**
 * What the account is charged for a fill whose fee comes to `amount` in quote.
 * @param liquidationFee of the value, on top of the fee, when the venue closes a position by force
 */
export function chargedFee(
  terms: FeeTerms,
  amount: Fixed,
  fill: ChargedFill,
  { side, instrument, tag }: PlaceCommand,
  liquidationFee: Fixed,
): Fee {
  if (tag === liquidationTag && liquidationFee.units > 0n) {
    return {
      amount: addFixed(amount, multiplyFixed(fill.value, liquidationFee)),
      currency: instrument.settle,
    };
  }
  // A token is bought when it is needed.
  if (typeof terms.currency !== "string")
    return { amount: quoteCost(terms, amount, side), currency: instrument.settle };
  return inCurrency(terms, amount, fill, side, instrument);
}
