import { multiplyFixed } from "../../domain/fixed.ts";
import { type MoveGaps, type PriceMove, shareOf } from "./priceMove.ts";
import { withoutVolatility } from "./volatilityMove.ts";

/**
 * The square-root law of market impact: Y × σ × √(Q / V), σ and V of the same bar, Y about 1.
 *
 * B. Tóth et al., "Anomalous price impact and the critical nature of liquidity in financial markets", Physical Review X
 * 1, 021006 (2011): I(Q) = Y σ √(Q / V), Y of order one. R. Almgren, C. Thum, E. Hauptmann, H. Li, "Direct estimation of
 * equity market impact", Risk 18(7), 2005, find the exponent 3/5 instead for temporary impact: cheaper than the root
 * for orders below the volume, so the root is the careful one.
 *
 * Where volume is unknown or nothing traded, the order counts as all of the volume (Q = V); where volatility is
 * unknown, the move is 5 bps. Each is counted.
 */
export function squareRootMove(factor: number, gaps: MoveGaps): PriceMove {
  return {
    of({ price, quantity, volume, volatility }) {
      if (!Number.isFinite(volatility)) {
        gaps.volatility++;
        return multiplyFixed(price, withoutVolatility);
      }
      const known = volume > 0 && Number.isFinite(volume);
      if (!known) gaps.volume++;
      // Finite, so that no volatility is no move however little trades.
      const participation = known ? Math.min(quantity / volume, Number.MAX_VALUE) : 1;
      return shareOf(price, factor * volatility * Math.sqrt(participation));
    },
  };
}
