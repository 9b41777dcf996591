import type { FixedColumn } from "../domain/columns.ts";
import type { Approved, Command, PlaceCommand } from "../domain/execution.ts";
import { formatFixed } from "../domain/fixed.ts";
import type { MarketEvent } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import type { ExecutionGateway } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { type Millis, timeframeOf } from "../domain/time.ts";
import type { Bookkeeper } from "./bookkeeper.ts";
import type { Market } from "./market.ts";
import type { EngineOptions } from "./options.ts";
import type { Seat } from "./seat.ts";

/** Takes all open orders back from a simulated venue. */
export function withdrawAll(
  { gateway, orders }: Pick<EngineOptions, "gateway" | "orders">,
  books: Bookkeeper,
  reason: ReasonCode,
): void {
  const numbers = () => orders.open.map(({ command }) => command.number);
  for (const number of numbers()) {
    const cancel = { kind: "cancel", number, reason, activeFrom: Number.NEGATIVE_INFINITY };
    gateway.submit(cancel as Approved<Command>);
  }
  books.book();
  for (const number of numbers()) books.end({ kind: "ended", number, reason });
}

/** `--at-end close`: one more bar at the last known price, on which what is held is sold under the usual rules. */
export function closeAll(
  { markets, desk }: Seat,
  time: Millis,
  offer: (event: MarketEvent, bar: number) => void,
): void {
  desk.isOver = true;
  for (const market of markets.all.values()) {
    if (desk.close(market, "end") === null) continue;
    const side = market.holding.size < 0 ? "buy" : "sell";
    offer(lastPriceEvent(market, time, side), market.hasTicks ? -1 : market.bars - 1);
  }
}

/** Shows a resting order the last price, as if it were the next. */
export function offerLastPrice(
  gateway: ExecutionGateway,
  market: Market,
  { number, side }: PlaceCommand,
  time: Millis,
): void {
  if (!market.holding.hasPrice || gateway.offerTo === undefined) return;
  gateway.offerTo(number, lastPriceEvent(market, time, side), market.hasTicks ? -1 : market.bars - 1);
}

/** One more bar at the last price that an order of that side would find. */
function lastPriceEvent(market: Market, time: Millis, side: OrderSide): MarketEvent {
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
