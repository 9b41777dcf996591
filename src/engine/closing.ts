import type { FixedColumn } from "../domain/columns.ts";
import { formatFixed } from "../domain/fixed.ts";
import type { MarketEvent } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import { type Millis, timeframeOf } from "../domain/time.ts";
import type { Market } from "./market.ts";

/** `--at-end close`: one more bar at the last known price, on which what is held can be sold under the usual rules. */
export function closingEvent(market: Market, time: Millis): MarketEvent {
  return lastPriceEvent(market, time, market.holding.size < 0 ? "buy" : "sell");
}

/** One more bar at the last price that an order of that side would find. */
export function lastPriceEvent(market: Market, time: Millis, side: OrderSide): MarketEvent {
  const price = oneCell(formatFixed(market.priceFor(side)));
  const times = Float64Array.of(time);
  return {
    row: 0,
    chunk: {
      kind: "bar",
      length: 1,
      instruments: [market.instrument],
      instrumentOf: null,
      timeframe: timeframeOf(1),
      openTimes: times,
      times,
      open: price,
      high: price,
      low: price,
      close: price,
      // Enough for whatever is held: what is sold here is a valuation, not a trade of that moment.
      volume: oneCell("1e30"),
      derived: false,
    },
  };
}

function oneCell(text: string): FixedColumn {
  return { mantissas: Float64Array.of(Number.NaN), scale: 0, wide: new Map([[0, text]]) };
}
