import { type Feature, single } from "./feature.ts";
import { TrailingPairs } from "./trailing.ts";

/** Features of order flow: what takers bought against what they sold. */

/** (bought − sold) / (bought + sold) over the last n bars, −1 to 1; NaN when nothing was traded in them. */
export function orderImbalance(n: number): Feature {
  const window = new TrailingPairs(n);
  return single(`orderImbalance${n}`, [window], ({ volume, bought }) => {
    if (Number.isNaN(bought)) return Number.NaN;
    window.add(2 * bought - volume, volume);
    return window.isFull ? window.ratio() : Number.NaN;
  });
}

/**
 * Kyle's lambda, the price impact of order flow: slope of the log return on signed volume (bought − sold) over the last
 * n bars. Per unit of volume; returns instead of price differences make it independent of the price's unit. NaN when
 * signed volume never varied. Albert S. Kyle, Continuous Auctions and Insider Trading, Econometrica 53 (1985); as a
 * regression: Joel Hasbrouck, Trading Costs and Returns for U.S. Equities, Journal of Finance 64 (2009).
 */
export function kyleLambda(n: number): Feature {
  const window = new TrailingPairs(n);
  return single(`kyleLambda${n}`, [window], ({ change, volume, bought }) => {
    if (Number.isNaN(change) || Number.isNaN(bought)) return Number.NaN;
    window.add(change, 2 * bought - volume);
    return window.isFull ? window.slope() : Number.NaN;
  });
}
