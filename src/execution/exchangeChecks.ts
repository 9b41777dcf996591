import type { OrderRules } from "../connectivity/ordersApi.ts";
import type { Decimal } from "../domain/decimal.ts";
import { OrderError } from "../domain/errors.ts";
import {
  compareFixed,
  type Fixed,
  formatFixed,
  formatUnits,
  multiplyFixed,
  parseFixed,
} from "../domain/fixed.ts";
import { snapPrice, snapQuantity } from "../domain/instrument.ts";
import type { Order } from "../domain/order.ts";
import type { VenueAbilities } from "../domain/ports.ts";

/** What an order is held against before it is sent. */
export interface VenueLimits {
  readonly venue: string;
  readonly abilities: VenueAbilities;
  readonly clientId: RegExp;
  readonly rules: OrderRules;
}

/**
 * Refuses what the venue would refuse, exactly and before anything is sent. An order off the grid is never moved onto
 * it in silence: the nearest valid values are named instead.
 * @throws OrderError GEO-ORDER-REFUSED naming the field
 */
export function checkOrder(order: Order, limits: VenueLimits): void {
  checkAbilities(order, limits);
  const { rules, clientId } = limits;
  if (order.clientId !== undefined && !clientId.test(order.clientId)) {
    throw refused(
      order,
      `Order.clientId: expected a name like ${clientId.source}, found "${order.clientId}"`,
    );
  }
  if (order.price !== null) checkPrice(order, "price", order.price, rules);
  if (order.stopPrice !== null) checkPrice(order, "stopPrice", order.stopPrice, rules);
  if (order.quantity !== null) checkQuantity(order, order.quantity, rules);
  else checkValue(order, rules);
  const price = order.price ?? order.stopPrice;
  if (price !== null) checkNotional(order, exact(price), rules);
}

/**
 * The value of an order at `price`, against the smallest and largest that the venue takes.
 * @throws OrderError GEO-ORDER-REFUSED
 */
export function checkNotional(order: Order, price: Fixed, { instrument, maxNotional }: OrderRules): void {
  const { minNotional, quote, multiplier } = instrument;
  const value =
    order.quantity === null
      ? exact(order.value!)
      : multiplyFixed(multiplyFixed(exact(order.quantity), price), multiplier);
  if (minNotional !== null && compareFixed(value, minNotional) < 0) {
    const least = `a value of at least ${formatFixed(minNotional)} ${quote}`;
    throw refused(order, `Order.quantity: expected ${least}, found ${formatFixed(value)}`);
  }
  if (maxNotional !== null && compareFixed(value, maxNotional) > 0) {
    const most = `a value of at most ${formatFixed(maxNotional)} ${quote}`;
    throw refused(order, `Order.quantity: expected ${most}, found ${formatFixed(value)}`);
  }
}

function checkAbilities(order: Order, { venue, abilities }: VenueLimits): void {
  const { type, timeInForce = "GTC", postOnly, quantity } = order;
  if (!abilities.types.includes(type)) {
    const hint = "Guard the position from your own side, or trade on a venue that has them.";
    throw refused(
      order,
      `Order.type: expected ${abilities.types.join(", ")} on ${venue}, found ${type}`,
      hint,
    );
  }
  if (!abilities.timeInForce.includes(timeInForce)) {
    const able = abilities.timeInForce.join(", ");
    const hint = "Send it as GTC and cancel it at its time.";
    throw refused(order, `Order.timeInForce: expected ${able} on ${venue}, found ${timeInForce}`, hint);
  }
  // A market order takes what there is and is done: only GTC, the default, says nothing that could be ignored.
  if ((type === "market" || type === "stop") && timeInForce !== "GTC") {
    const hint = "Leave it out; a limit order can be immediate-or-cancel.";
    throw refused(order, `Order.timeInForce: expected none for a ${type} order, found ${timeInForce}`, hint);
  }
  if (postOnly === true && (type !== "limit" || timeInForce !== "GTC" || !abilities.postOnly)) {
    const expected = abilities.postOnly ? "a GTC limit order" : `${venue} to have it`;
    throw refused(order, `Order.postOnly: expected ${expected}, found a ${timeInForce} ${type} order`);
  }
  if (quantity === null && !abilities.byValue) {
    throw refused(
      order,
      `Order.value: expected a quantity on ${venue}, found a value`,
      "Work the quantity out.",
    );
  }
}

function checkPrice(order: Order, field: "price" | "stopPrice", value: Decimal, rules: OrderRules): void {
  const price = exact(value);
  const { minPrice, maxPrice, instrument } = rules;
  const between = (): string =>
    `${minPrice === null ? "any" : formatFixed(minPrice)} to ${maxPrice === null ? "any" : formatFixed(maxPrice)}`;
  if (
    (minPrice !== null && compareFixed(price, minPrice) < 0) ||
    (maxPrice !== null && compareFixed(price, maxPrice) > 0)
  ) {
    throw refused(order, `Order.${field}: expected a price from ${between()}, found ${value.toFixed()}`);
  }
  const [low, high] = [snapPrice(instrument, price, false), snapPrice(instrument, price, true)];
  if (compareFixed(low, high) === 0) return;
  const expected = `a multiple of ${formatFixed(instrument.tick!)}`;
  throw refused(order, `Order.${field}: expected ${expected}, found ${value.toFixed()}`, nearest(low, high));
}

function checkQuantity(order: Order, value: Decimal, rules: OrderRules): void {
  const quantity = exact(value);
  const { instrument, minQuantity } = rules;
  const { lot } = instrument;
  const low: Fixed = { units: snapQuantity(instrument, quantity), scale: lot.scale };
  if (compareFixed(low, quantity) !== 0) {
    const high = { units: low.units + lot.units, scale: lot.scale };
    const expected = `a multiple of ${formatFixed(lot)}`;
    throw refused(
      order,
      `Order.quantity: expected ${expected}, found ${value.toFixed()}`,
      nearest(low, high),
    );
  }
  const atMarket = order.type === "market" || order.type === "stop";
  const most = atMarket ? rules.maxMarketQuantity : rules.maxQuantity;
  if (minQuantity !== null && compareFixed(quantity, minQuantity) < 0) {
    throw refused(
      order,
      `Order.quantity: expected at least ${formatFixed(minQuantity)}, found ${value.toFixed()}`,
    );
  }
  if (most !== null && compareFixed(quantity, most) > 0) {
    const hint = "Send it in several orders.";
    throw refused(
      order,
      `Order.quantity: expected at most ${formatFixed(most)}, found ${value.toFixed()}`,
      hint,
    );
  }
}

function checkValue(order: Order, rules: OrderRules): void {
  const value = order.value!;
  if (value.decimalPlaces() > rules.valueScale) {
    const down = value.toDecimalPlaces(rules.valueScale, 1).toFixed();
    const expected = `at most ${rules.valueScale} decimals`;
    throw refused(order, `Order.value: expected ${expected}, found ${value.toFixed()}`, `Below: ${down}.`);
  }
  checkNotional(order, exact(value), rules);
}

function nearest(low: Fixed, high: Fixed): string {
  const values = low.units > 0n ? [low, high] : [high];
  return `Nearest valid: ${values.map(({ units, scale }) => formatUnits(units, scale)).join(" or ")}.`;
}

function exact(value: Decimal): Fixed {
  return parseFixed(value.toFixed());
}

function refused(order: Order, message: string, hint?: string): OrderError {
  return new OrderError("GEO-ORDER-REFUSED", `${order.symbol} ${order.side}: ${message}`, { hint });
}
