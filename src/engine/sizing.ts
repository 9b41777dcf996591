import type { Sizing } from "../domain/execution.ts";
import { divideDown, type Fixed, multiplyFixed, pow10, unitsToNumber } from "../domain/fixed.ts";
import { type Instrument, unitValue, wholeLots } from "../domain/instrument.ts";
import type { OrderSide } from "../domain/order.ts";
import type { CostEstimate } from "../domain/ports.ts";
import type { Millis } from "../domain/time.ts";
import type { Market } from "./market.ts";

/** An order by value: `value` of new exposure, besides `plus` that nets what is there. */
export interface ValueOrder {
  readonly market: Market;
  readonly side: OrderSide;
  readonly limit: Fixed | null;
  readonly stop: Fixed | null;
  readonly value: Fixed;
  readonly plus: bigint;
  /** Of the decision. */
  readonly time: Millis;
}

export interface SizingRules {
  readonly sizing: "fill" | "decision";
  readonly collar: Fixed;
  readonly costs: CostEstimate;
}

export function ofQuantity(units: bigint): Sizing {
  return { kind: "quantity", units, mayShrink: false };
}

/** The value is fixed now. Its quantity is found at the fill under the collar's cap, or now (`--sizing decision`). */
export function ofValue(order: ValueOrder, { sizing, collar, costs }: SizingRules): Sizing {
  const { market, side, limit, stop, value, plus, time } = order;
  const { instrument } = market;
  const reference = referencePrice(market, limit, stop);
  // Without a price the order is refused on review; it needs no size.
  if (reference === null) return { kind: "value", value, plus, cap: 0n };
  if (sizing === "decision") {
    const size = unitsToNumber(value.units, value.scale) / unitsToNumber(reference.units, reference.scale);
    const price = limit ?? costs.slip(reference, side, instrument, size);
    const purchase = { instrument, unitValue: unitValue(instrument, price), maker: limit !== null, time };
    return { kind: "quantity", units: plus + costs.payable(purchase, value), mayShrink: true };
  }
  const remaining: Fixed = { units: pow10(collar.scale) - collar.units, scale: collar.scale };
  const floor = multiplyFixed(unitValue(instrument, reference), remaining);
  const cap = wholeLots(divideDown(value, floor, instrument.lot.scale), instrument);
  return { kind: "value", value, plus, cap };
}

/** What an order is taken to come to while it is open: one by value, what its value buys at the reference price. */
export function expectedUnits(instrument: Instrument, sizing: Sizing, reference: Fixed | null): bigint {
  if (sizing.kind === "quantity") return sizing.units;
  if (reference === null) return sizing.plus;
  const units = divideDown(sizing.value, unitValue(instrument, reference), instrument.lot.scale);
  return sizing.plus + wholeLots(units, instrument);
}

/** The price an order is sized and checked by: its own where it names one, else the last one known. */
export function referencePrice(market: Market, limit: Fixed | null, stop: Fixed | null): Fixed | null {
  return limit ?? stop ?? (market.holding.hasPrice ? market.holding.exactMark() : null);
}
