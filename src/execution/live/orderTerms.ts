import type { OrderNumber, PlaceCommand, Sizing } from "../../domain/execution.ts";
import { compareFixed, divideDown, type Fixed, pow10 } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { unitValue, wholeLots } from "../../domain/instrument.ts";
import { createOrder, type Order, type OrderType, type TimeInForce } from "../../domain/order.ts";
import type { VenueAbilities } from "../../domain/ports.ts";
import { dayMs, type Millis } from "../../domain/time.ts";
import { decimalOf, least, quantityOf } from "./exact.ts";

/** An order as it is put to the venue. */
export interface OrderTerms {
  readonly number: OrderNumber;
  readonly generation: number;
  readonly type: OrderType;
  /** Units of the lot; null: by value. */
  readonly quantity: bigint | null;
  readonly value: Fixed | null;
  readonly limit: Fixed | null;
  readonly stop: Fixed | null;
  readonly timeInForce: TimeInForce;
  readonly expires: Millis | null;
  readonly postOnly: boolean;
}

export function orderOf(command: PlaceCommand, terms: OrderTerms, clientId: string): Order {
  const { instrument, side, tag } = command;
  const { type, quantity, value, limit, stop, timeInForce, expires, postOnly } = terms;
  return createOrder({
    symbol: instrument.symbol,
    side,
    type,
    quantity: quantity === null ? null : quantityOf(quantity, instrument),
    ...(value !== null && { value: decimalOf(value) }),
    price: limit === null ? null : decimalOf(limit),
    stopPrice: stop === null ? null : decimalOf(stop),
    clientId,
    tag,
    timeInForce,
    ...(expires !== null && { expires }),
    ...(postOnly && { postOnly }),
  });
}

/** How a command's own life time is put to a venue: what it lacks is kept here, with an order good till cancelled. */
export function lifetime(
  { timeInForce, expires }: PlaceCommand,
  abilities: VenueAbilities,
): Pick<OrderTerms, "timeInForce" | "expires"> {
  const has = abilities.timeInForce.includes(timeInForce);
  if (timeInForce === "GTD") return has ? { timeInForce, expires } : { timeInForce: "GTC", expires: null };
  return { timeInForce: has ? timeInForce : "GTC", expires: null };
}

/** When an order's life ends by its own terms; null: never. */
export function endOfLife({ timeInForce, expires, activeFrom }: PlaceCommand): Millis | null {
  if (timeInForce === "GTD") return expires;
  return timeInForce === "DAY" ? (Math.floor(activeFrom / dayMs) + 1) * dayMs : null;
}

export type Size =
  | { readonly units: bigint; readonly value: null }
  | { readonly units: null; readonly value: Fixed };

/**
 * How much is ordered. By value where the venue can: then what the order costs is exact, whatever the price. Else, or
 * when the price has fallen so far that the value would buy more than the cap of the decision, a quantity: what the value
 * buys at the order's own price or the last one, at most the cap. What the price does after that, no order can know.
 */
export function sizeOf(command: PlaceCommand, sizing: Sizing, byValue: boolean, price: Fixed | null): Size {
  const { instrument, type, limit } = command;
  if (sizing.kind === "quantity") return { units: wholeLots(sizing.units, instrument), value: null };
  const { value, plus, cap } = sizing;
  const at = limit ?? price;
  const bought =
    at === null || at.units <= 0n ? cap : divideDown(value, unitValue(instrument, at), instrument.lot.scale);
  if (byValue && type === "market" && plus === 0n && bought <= cap)
    return { units: null, value: wholeCents(value, instrument) };
  return { units: wholeLots(plus + least(bought, cap), instrument), value: null };
}

/** Values have the decimals that the instrument's prices and quantities give them, at most 8. */
function wholeCents(value: Fixed, { tick }: Instrument): Fixed {
  const scale = Math.min(8, tick === null ? 8 : Math.max(tick.scale, 2));
  if (value.scale <= scale) return value;
  const step = pow10(value.scale - scale);
  return { units: value.units / step, scale };
}

/** Has the market come to the stop (or a target, `up` the other way round)? */
export function isReached(price: Fixed, level: Fixed, up: boolean): boolean {
  const sign = compareFixed(price, level);
  return up ? sign >= 0 : sign <= 0;
}
