import { fixedAt } from "../domain/columns.ts";
import { compareFixed, type Fixed } from "../domain/fixed.ts";
import type { OrderSide } from "../domain/order.ts";
import { trailedStop } from "../domain/trail.ts";
import { type Candidate, type FillLimit, fillOn, type Prices } from "./fillRules.ts";
import { moveStop, type Resting } from "./resting.ts";

/**
 * Whether and at what price a trailing stop fills. The open is the event's first price, so the stop has followed it
 * before anything else counts. A bar does not tell whether its best price came before its worst: the stop is taken
 * where it stood; where the best price moves it, it counts from the next event on, unless the close lies beyond: then
 * it was crossed afterwards.
 */
export function trailingFill(order: Resting, prices: Prices, rule: FillLimit): Candidate | null {
  followPrice(order, fixedAt(prices.open, prices.row));
  const standing = fillOn(order, prices, rule);
  if (standing !== null) return standing;
  const { side } = order.command;
  const stop = stopAfter(order, bestOf(prices, side));
  const beyond = compareFixed(fixedAt(prices.close, prices.row), stop);
  if (side === "sell" ? beyond > 0 : beyond < 0) return null;
  return { order, price: stop, atOpen: false, maker: false, slips: true };
}

/** The event is done with: the stop has followed its best price. */
export function followBest(order: Resting, prices: Prices): void {
  followPrice(order, bestOf(prices, order.command.side));
}

function bestOf(prices: Prices, side: OrderSide): Fixed {
  return fixedAt(side === "sell" ? prices.high : prices.low, prices.row);
}

/** The market has come to a price that the order could trade at: its stop follows, when that is a better one. */
export function followPrice(order: Resting, best: Fixed): void {
  const stop = stopAfter(order, best);
  if (stop !== order.trigger) moveStop(order, stop);
}

/** Only ever closer to the market. */
function stopAfter({ command, trigger }: Resting, best: Fixed): Fixed {
  const { side, trail, instrument } = command;
  const stop = trailedStop(trail!, best, side, instrument);
  const gain = compareFixed(stop, trigger!);
  return (side === "sell" ? gain > 0 : gain < 0) ? stop : trigger!;
}
