import type { Account } from "../account/account.ts";
import type { Holding } from "../account/holding.ts";
import type { PlaceCommand, Sizing } from "../domain/execution.ts";
import {
  addFixed,
  approximate,
  compareFixed,
  divideDown,
  type Fixed,
  multiplyFixed,
  negateFixed,
} from "../domain/fixed.ts";
import { type Instrument, isTooSmall, unitValue, wholeLots } from "../domain/instrument.ts";
import type { ReasonCode } from "../domain/reasons.ts";

export type Sized =
  | { readonly quantity: bigint; readonly clipped: boolean }
  | { readonly refused: ReasonCode };

/**
 * The quantity that a fill at `price` (slippage included) takes of what is still to be filled (`sizing`), given what the account holds and can pay at that
 * moment. Orders by value shrink to what can be paid; orders by quantity are refused when they can't be.
 */
export function sizeAtFill(
  command: PlaceCommand,
  sizing: Sizing,
  price: Fixed,
  feeFactor: Fixed,
  account: Account,
): Sized {
  const { instrument, side } = command;
  const holding = account.holdingOf(instrument);
  const closable = closableUnits(holding, side);
  const value = unitValue(instrument, price);

  let quantity: bigint;
  let clipped = false;
  if (sizing.kind === "quantity") quantity = sizing.units;
  else {
    const bought = lotsFor(sizing.value, multiplyFixed(value, feeFactor), instrument);
    clipped = bought > sizing.cap;
    quantity = sizing.plus + (clipped ? sizing.cap : bought);
  }
  const reducesOnly = command.reduceOnly || (side === "sell" && account.kind === "cash");
  if (reducesOnly && quantity > closable) {
    if (closable === 0n) return { refused: "refused:no-position" };
    quantity = closable;
    clipped = true;
  }
  if (quantity > closable && !surelyPayable(account, closable, quantity, value, feeFactor, instrument)) {
    const unitCost = multiplyFixed(value, feeFactor);
    const free = freeAfterClosing(account, holding, closable, value, unitCost);
    const cost = multiplyFixed({ units: quantity - closable, scale: instrument.lot.scale }, unitCost);
    if (compareFixed(cost, free) > 0) {
      if (sizing.kind === "quantity" && !sizing.mayShrink) return { refused: "refused:insufficient-cash" };
      const payable = free.units > 0n ? lotsFor(free, unitCost, instrument) : 0n;
      if (closable + payable === 0n) return { refused: "refused:insufficient-cash" };
      quantity = closable + payable;
      clipped = true;
    }
  }
  quantity = wholeLots(quantity, instrument);
  if (quantity === 0n) return { refused: "refused:below-lot" };
  if (isTooSmall(instrument, quantity, value)) return { refused: "refused:min-notional" };
  return { quantity, clipped };
}

/** The quick look before the exact one: nothing is closed first, and the cash covers the cost by far. */
function surelyPayable(
  account: Account,
  closable: bigint,
  quantity: bigint,
  value: Fixed,
  feeFactor: Fixed,
  { lot }: Instrument,
): boolean {
  if (closable !== 0n) return false;
  const size = approximate(quantity, lot.scale);
  const price = approximate(value.units, value.scale);
  return account.surelyCovers(size * price * approximate(feeFactor.units, feeFactor.scale));
}

/** What an order of that side would close before it opens anything. */
function closableUnits({ size, quantity }: Holding, side: PlaceCommand["side"]): bigint {
  if (side === "sell") return size > 0 ? quantity : 0n;
  return size < 0 ? -quantity : 0n;
}

/** How much `value` pays for at `unitCost` (fee included), in whole lots. */
function lotsFor(value: Fixed, unitCost: Fixed, instrument: Instrument): bigint {
  return wholeLots(divideDown(value, unitCost, instrument.lot.scale), instrument);
}

/**
 * What opening may cost once `closable` is closed and its fee is paid: a sold long pays in, a bought-back short frees
 * its backing.
 */
function freeAfterClosing(
  account: Account,
  holding: Holding,
  closable: bigint,
  value: Fixed,
  unitCost: Fixed,
): Fixed {
  const free = account.free();
  if (closable === 0n) return free;
  const closed: Fixed = { units: closable, scale: holding.instrument.lot.scale };
  const paid = negateFixed(multiplyFixed(closed, unitCost));
  // Selling pays in the value less the fee, which is twice the value less (value + fee).
  const back = holding.quantity > 0n ? multiplyFixed(closed, value) : holding.exactValue();
  return addFixed(free, addFixed(addFixed(back, back), paid));
}
