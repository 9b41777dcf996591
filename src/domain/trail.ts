import { addFixed, type Fixed, multiplyFixed, negateFixed, pow10 } from "./fixed.ts";
import { type Instrument, snapPrice } from "./instrument.ts";
import type { OrderSide } from "./order.ts";

/** How far a trailing stop stays behind the best price: an amount of money, or a share of that price. */
export type Trail =
  | { readonly kind: "amount"; readonly amount: Fixed }
  | { readonly kind: "share"; readonly share: Fixed };

/** The stop of a trailing order when the best price so far is `best`; on the tick that triggers later. */
export function trailedStop(trail: Trail, best: Fixed, side: OrderSide, instrument: Instrument): Fixed {
  const sells = side === "sell";
  if (trail.kind === "amount") {
    const stop = addFixed(best, sells ? negateFixed(trail.amount) : trail.amount);
    return snapPrice(instrument, stop, !sells);
  }
  const { share } = trail;
  const one = pow10(share.scale);
  const factor: Fixed = { units: sells ? one - share.units : one + share.units, scale: share.scale };
  return snapPrice(instrument, multiplyFixed(best, factor), !sells);
}
