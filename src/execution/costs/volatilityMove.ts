import type { Fixed } from "../../domain/fixed.ts";
import { multiplyFixed } from "../../domain/fixed.ts";
import { type MoveGaps, type PriceMove, shareOf } from "./priceMove.ts";

/** What holds while volatility is unknown: 5 bps of the price, the usual slippage. Each time is counted. */
export const withoutVolatility: Fixed = { units: 5n, scale: 4 };

/** k × σ of a bar: markets that move much have moved on by the time an order arrives. */
export function volatilityMove(factor: number, gaps: MoveGaps): PriceMove {
  return {
    of({ price, volatility }) {
      if (Number.isFinite(volatility)) return shareOf(price, factor * volatility);
      gaps.volatility++;
      return multiplyFixed(price, withoutVolatility);
    },
  };
}
