import type { Fee } from "../../domain/execution.ts";
import { divideUp, type Fixed, multiplyFixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { OrderSide } from "../../domain/order.ts";
import type { ChargedFill } from "./feeOf.ts";
import type { FeeTerms } from "./feeTerms.ts";

/** Coins are counted to this many decimals; venues round what they take up. */
export const coinDecimals = 8;

/**
 * A fee in the currency it is paid in. Exact in quote; in base (fee × quantity / value, which is quantity × rate for a
 * plain percentage) and in a token (fee / price) rounded up to 8 decimals, against us. A fill of value 0 pays in quote.
 */
export function inCurrency(
  terms: FeeTerms,
  fee: Fixed,
  fill: ChargedFill,
  side: OrderSide,
  instrument: Instrument,
): Fee {
  return terms.currency === "quote" || fee.units === 0n || fill.value.units === 0n
    ? { amount: fee, currency: instrument.settle }
    : inCoins(terms, fee, fill, side, instrument);
}

function inCoins(
  { currency }: FeeTerms,
  fee: Fixed,
  { value, quantity, lotScale }: ChargedFill,
  side: OrderSide,
  { base, settle }: Instrument,
): Fee {
  if (currency === "quote") return { amount: fee, currency: settle };
  if (currency === "base") {
    if (side === "sell") return { amount: fee, currency: settle };
    // Where lots are finer than coins, so is the fee: it never takes more than was bought.
    const scale = Math.max(coinDecimals, lotScale);
    const shares = multiplyFixed(fee, { units: quantity, scale: lotScale });
    return { amount: { units: divideUp(shares, value, scale), scale }, currency: base };
  }
  return { amount: tokensFor(fee, currency.price), currency: currency.token };
}

/** What a fee takes from the quote currency itself: a token is bought when it is needed, at its stated price. */
export function quoteCost({ currency }: FeeTerms, fee: Fixed, side: OrderSide): Fixed {
  if (currency === "quote" || fee.units === 0n) return fee;
  if (currency === "base") return side === "buy" ? zero : fee;
  return multiplyFixed(tokensFor(fee, currency.price), currency.price);
}

function tokensFor(fee: Fixed, price: Fixed): Fixed {
  return { units: divideUp(fee, price, coinDecimals), scale: coinDecimals };
}
