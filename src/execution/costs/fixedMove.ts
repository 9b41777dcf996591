import { type Fixed, multiplyFixed } from "../../domain/fixed.ts";
import type { PriceMove } from "./priceMove.ts";

/** Always the same fraction of the price (5 bps = 0.0005), exactly. */
export function fixedMove(fraction: Fixed): PriceMove {
  return { of: ({ price }) => multiplyFixed(price, fraction) };
}
