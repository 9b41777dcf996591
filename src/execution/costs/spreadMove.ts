import type { Spread } from "../../domain/costs.ts";
import { ValidationError } from "../../domain/errors.ts";
import { type Fixed, multiplyFixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { PriceMove } from "./priceMove.ts";

const half: Fixed = { units: 5n, scale: 1 };

/**
 * Half of the spread: bars and prints show a price in the middle, and who takes liquidity buys at the ask and sells at
 * the bid. A spread known from quotes goes before the assumed one.
 * @throws ValidationError GEO-OPTION-VALUE from `of`, for a spread in ticks of an instrument without them
 */
export function spreadMove(assumed: Spread): PriceMove {
  return {
    of({ price, spread, instrument }) {
      if (spread !== null) return multiplyFixed(spread, half);
      if (assumed.kind === "share") return multiplyFixed(multiplyFixed(price, assumed.share), half);
      return multiplyFixed(multiplyFixed(tickOf(instrument, assumed.label), assumed.ticks), half);
    },
  };
}

function tickOf({ symbol, tick }: Instrument, spread: string): Fixed {
  if (tick !== null) return tick;
  throw new ValidationError(
    "GEO-OPTION-VALUE",
    `--spread: ${spread}: expected ${symbol} to have a tick, found none`,
    {
      hint: "Say how large it is with --tick, or write the spread as a share: 2bps.",
    },
  );
}
