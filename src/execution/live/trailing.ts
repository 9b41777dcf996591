import { compareFixed, type Fixed } from "../../domain/fixed.ts";
import { trailedStop } from "../../domain/trail.ts";
import type { OrderSet } from "./orderSet.ts";

/** The market has come to a price: trailing stops of the symbol follow, only ever closer to it. */
export function followPrice(orders: OrderSet, symbol: string, price: Fixed): void {
  for (const unit of orders.units) {
    if (unit.symbol !== symbol) continue;
    for (const track of unit.tracks) {
      const { trail, side, instrument, stop } = track.command;
      if (trail === null || track.ended) continue;
      // After a restart the venue says first where it stands.
      if (track.leg?.state === "doubt" && track.leg.price === null) continue;
      const standing = track.moved ?? track.leg?.price ?? stop;
      const next = trailedStop(trail, price, side, instrument);
      const gain = standing === null ? 0 : compareFixed(next, standing);
      if (standing === null || (side === "sell" ? gain > 0 : gain < 0)) track.moved = next;
    }
  }
}
