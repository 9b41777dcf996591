import type { Account } from "../account/account.ts";
import type { Holding } from "../account/holding.ts";
import { type PlaceCommand, type Sizing, tradedValue } from "../domain/execution.ts";
import { addFixed, approximate, compareFixed, type Fixed, zero } from "../domain/fixed.ts";
import { type Instrument, isTooSmall, unitValue, wholeLots } from "../domain/instrument.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { isUnfilled, type OrderCharges } from "./costs/feeOf.ts";
import { type FeeTerms, timesFees } from "./costs/feeTerms.ts";
import { costOf, payable } from "./costs/payable.ts";

export type Sized =
  | { readonly quantity: bigint; readonly clipped: boolean }
  | { readonly refused: ReasonCode };

/** What a fill is sized by besides its command. */
export interface FillTerms {
  /** Of what is still to be filled. */
  readonly sizing: Sizing;
  /** Slippage included. */
  readonly price: Fixed;
  readonly fees: FeeTerms;
  /** Of the order's earlier fills. */
  readonly before: OrderCharges;
}

/**
 * The quantity that a fill takes of what is still to be filled, given what the account holds and can pay at that
 * moment. Orders by value shrink to what can be paid; orders by quantity are refused when they can't be.
 */
export function sizeAtFill(command: PlaceCommand, terms: FillTerms, account: Account): Sized {
  const { instrument, side } = command;
  const { sizing, price, fees, before } = terms;
  const holding = account.holdingOf(instrument, command.owner);
  const closable = closableUnits(holding, side);
  const value = unitValue(instrument, price);

  let quantity = sizing.kind === "quantity" ? sizing.units : 0n;
  let clipped = false;
  if (sizing.kind === "value") ({ quantity, clipped } = bought(sizing, value, instrument, terms));
  const reducesOnly = command.reduceOnly || (side === "sell" && account.kind === "cash");
  if (reducesOnly && quantity > closable) {
    if (closable === 0n) return { refused: "refused:no-position" };
    quantity = closable;
    clipped = true;
  }
  if (quantity > closable && !surelyPayable(account, closable, quantity, value, fees, instrument)) {
    const most = mostPayable(account, holding, closable, quantity, value, terms);
    if (most < quantity) {
      if ((sizing.kind === "quantity" && !sizing.mayShrink) || most === 0n)
        return { refused: "refused:insufficient-cash" };
      quantity = most;
      clipped = true;
    }
  }
  quantity = wholeLots(quantity, instrument);
  if (quantity === 0n) return { refused: "refused:below-lot" };
  // What is left of an order may be small.
  if (isUnfilled(before) && isTooSmall(instrument, quantity, value))
    return { refused: "refused:min-notional" };
  return { quantity, clipped };
}

/** What a value buys, and whether its cap cut it short. */
function bought(
  { value, plus, cap }: Extract<Sizing, { kind: "value" }>,
  unitValue: Fixed,
  { lot }: Instrument,
  { fees, before }: FillTerms,
): { readonly quantity: bigint; readonly clipped: boolean } {
  const most = payable(fees, { unitValue, lot, before }, value);
  return most > cap ? { quantity: plus + cap, clipped: true } : { quantity: plus + most, clipped: false };
}

/** `quantity`, or as much of it as can be paid; what only closes always can. */
function mostPayable(
  account: Account,
  holding: Holding,
  closable: bigint,
  quantity: bigint,
  unitValue: Fixed,
  { price, fees, before }: FillTerms,
): bigint {
  const purchase = { unitValue, lot: holding.instrument.lot, before };
  const funds = fundsAfterClosing(account, holding, closable, price);
  // With leverage a fee takes equity that would have backed as many times its amount.
  const charged = account.margin.isPlain ? fees : timesFees(fees, account.margin.leverage);
  if (compareFixed(costOf(charged, purchase, quantity), funds) <= 0) return quantity;
  const most = payable(charged, purchase, funds);
  return most > closable ? most : closable;
}

/** The quick look before the exact one: nothing is closed first, and the cash covers the cost by far. */
function surelyPayable(
  account: Account,
  closable: bigint,
  quantity: bigint,
  value: Fixed,
  { rate, perUnit, perOrder, minimum }: FeeTerms,
  { lot }: Instrument,
): boolean {
  if (
    closable !== 0n ||
    !account.margin.isPlain ||
    perUnit.units !== 0n ||
    perOrder.units !== 0n ||
    minimum !== null
  )
    return false;
  const size = approximate(quantity, lot.scale);
  const price = approximate(value.units, value.scale);
  return account.surelyCovers(size * price * (1 + approximate(rate.units, rate.scale)));
}

/** What an order of that side would close before it opens anything. */
function closableUnits({ size, quantity }: Holding, side: PlaceCommand["side"]): bigint {
  if (side === "sell") return size > 0 ? quantity : 0n;
  return size < 0 ? -quantity : 0n;
}

/**
 * What the whole order, its fee included, may cost when `closable` is closed first: that frees its backing, and its own
 * value is not to be paid.
 */
function fundsAfterClosing({ margin }: Account, holding: Holding, closable: bigint, price: Fixed): Fixed {
  if (closable === 0n) return margin.free();
  const side = holding.quantity > 0n ? "sell" : "buy";
  const own = tradedValue(holding.instrument, price, closable, side);
  return addFixed(margin.freeAfterClosing(holding, closable, price, zero), own);
}

/** About how much an order comes to at `price`, in the base currency: what moves a price needs no more. */
export function estimatedQuantity(sizing: Sizing, price: Fixed, { lot }: Instrument): number {
  if (sizing.kind === "quantity") return approximate(sizing.units, lot.scale);
  const bought = approximate(sizing.value.units, sizing.value.scale) / approximate(price.units, price.scale);
  return bought + approximate(sizing.plus, lot.scale);
}
