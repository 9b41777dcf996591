import { compareFixed, type Fixed, multiplyFixed, parseFixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import { inCurrency } from "../execution/costs/feeCurrency.ts";
import { type ChargedFill, feeOf, noCharges } from "../execution/costs/feeOf.ts";
import { type Amount, amountOf, chargeOf, fixedOf } from "./amount.ts";
import type { FillState } from "./contract.ts";
import type { Market } from "./market.ts";
import type { Taking } from "./matching.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import type { VenueOrder } from "./venueOrder.ts";

export interface Commission {
  readonly asset: string;
  readonly amount: Amount;
}

const bnb = "BNB";
/** Commissions paid in BNB are a quarter less. */
const bnbShare: Fixed = parseFixed("0.75");

/**
 * Moves the money of a fill, its hold released before: the buyer's quote for the base, the seller's base for the quote,
 * and the commission by the rules of execution's costs.
 */
export function bookFill(
  account: TradingAccount,
  order: VenueOrder,
  { price, size }: Taking,
  isMaker: boolean,
  marketOf: (symbol: string) => Market | undefined,
): Commission {
  const { market, side } = order;
  const { baseAsset, quoteAsset } = market.rules;
  const value = market.value(price, size);
  const base = market.baseAmount(size);
  const { wallet } = account;
  if (side === "BUY") {
    wallet.spend(quoteAsset, value);
    wallet.deposit(baseAsset, base);
  } else {
    wallet.spend(baseAsset, base);
    wallet.deposit(quoteAsset, value);
  }
  const commission = commissionOf(account, order, { price, size }, isMaker, marketOf);
  wallet.spend(commission.asset, commission.amount);
  return commission;
}

function commissionOf(
  account: TradingAccount,
  { market, side }: VenueOrder,
  { price, size }: { readonly price: number; readonly size: number },
  isMaker: boolean,
  marketOf: (symbol: string) => Market | undefined,
): Commission {
  const { instrument, grid, rules } = market;
  const terms = account.terms(isMaker);
  const value = fixedOf(market.value(price, size));
  const fill: ChargedFill = { value, quantity: BigInt(size), lotScale: grid.sizeScale };
  const fee = feeOf(terms, fill, noCharges);
  const taker = side === "BUY" ? "buy" : "sell";
  if (account.rates.payInBnb && fee.units > 0n) {
    const priceOfBnb = priceInQuote(rules.quoteAsset, marketOf);
    const less = multiplyFixed(fee, bnbShare);
    if (priceOfBnb !== null) {
      const currency = { token: bnb, price: priceOfBnb, label: bnb };
      const amount = amountOf(inCurrency({ ...terms, currency }, less, fill, taker, instrument).amount);
      if (amount <= account.wallet.free(bnb)) return { asset: bnb, amount };
    }
  }
  const charged = inCurrency(terms, fee, fill, taker, instrument);
  return { asset: side === "BUY" ? rules.baseAsset : rules.quoteAsset, amount: chargeOf(charged.amount) };
}

/** What a BNB costs in `quote`; null where that has no market. */
function priceInQuote(quote: string, marketOf: (symbol: string) => Market | undefined): Fixed | null {
  if (quote === bnb) return parseFixed("1");
  const market = marketOf(`${bnb}${quote}`);
  const price = market === undefined ? null : market.priceOf(market.last);
  return price !== null && compareFixed(price, parseFixed("0")) > 0 ? price : null;
}

export function fillStateOf(
  order: VenueOrder,
  id: number,
  { price, size }: Taking,
  { asset, amount }: Commission,
  time: Millis,
  isMaker: boolean,
): FillState {
  const { market, orderId, orderListId, side } = order;
  return {
    symbol: market.rules.symbol,
    id,
    orderId,
    orderListId,
    price: market.priceOf(price),
    qty: market.sizeOf(size),
    quoteQty: fixedOf(market.value(price, size)),
    commission: fixedOf(amount),
    commissionAsset: asset,
    time,
    isBuyer: side === "BUY",
    isMaker,
  };
}
