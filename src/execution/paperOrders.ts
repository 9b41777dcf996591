import { Decimal } from "../domain/decimal.ts";
import { type Execution, noExits, type PlaceCommand, type Sizing } from "../domain/execution.ts";
import {
  divideDown,
  type Fixed,
  formatFixed,
  formatUnits,
  multiplyFixed,
  parseFixed,
} from "../domain/fixed.ts";
import { type Instrument, snapQuantity, unitValue, wholeLots } from "../domain/instrument.ts";
import { applyChange, type Order } from "../domain/order.ts";
import type { OwnTrade } from "../domain/ports.ts";
import { type ReasonCode, statusOf } from "../domain/reasons.ts";
import type { Millis } from "../domain/time.ts";

/** Between orders as integrators have them and the simulated venue's own language. */

/** An order by value buys no more than if the price fell by 5 % until its fill: the share of the price it is sized by. */
const collared: Fixed = { units: 95n, scale: 2 };

interface CommandTerms {
  readonly number: number;
  readonly instrument: Instrument;
  readonly price: Fixed;
  readonly group: string | null;
  readonly activeFrom: Millis;
}

/** The order has been checked to lie on the instrument's grid. */
export function commandOf(order: Order, terms: CommandTerms): PlaceCommand {
  const { number, instrument, price, group, activeFrom } = terms;
  return {
    kind: "place",
    number,
    owner: 0,
    instrument,
    side: order.side,
    type: order.type,
    sizing: sizingOf(order, instrument, price),
    limit: order.price === null ? null : fixedOf(order.price),
    stop: order.stopPrice === null ? null : fixedOf(order.stopPrice),
    trail: null,
    timeInForce: order.timeInForce ?? "GTC",
    expires: order.expires ?? null,
    postOnly: order.postOnly ?? false,
    // A pair of exits protects what is held and never opens anything.
    reduceOnly: group !== null,
    exits: noExits,
    group,
    replaces: null,
    activeFrom,
    tag: order.tag,
  };
}

function sizingOf({ quantity, value }: Order, instrument: Instrument, price: Fixed): Sizing {
  if (quantity !== null) {
    return { kind: "quantity", units: snapQuantity(instrument, fixedOf(quantity)), mayShrink: false };
  }
  const floor = multiplyFixed(unitValue(instrument, price), collared);
  const amount = fixedOf(value!);
  const cap = wholeLots(divideDown(amount, floor, instrument.lot.scale), instrument);
  return { kind: "value", value: amount, plus: 0n, cap };
}

/** The order after a fill; done when the venue says so, however little of it there was to fill. */
export function filledOrder(order: Order, fill: Execution): Order {
  const quantity = new Decimal(formatUnits(fill.quantity, fill.instrument.lot.scale));
  const after = applyChange(order, { kind: "filled", quantity, price: decimalOf(fill.price) });
  if (fill.remaining > 0n || after.status === "filled") return after;
  return Object.freeze({
    ...after,
    quantity: after.quantity ?? after.filledQuantity,
    status: "filled",
    reason: "filled",
  });
}

export function endedOrder(order: Order, reason: ReasonCode): Order {
  const kind = statusOf(reason) === "rejected" ? "rejected" : "cancelled";
  return applyChange(order, { kind, reason });
}

export function ownTrade(fill: Execution, order: Order, id: number): OwnTrade {
  return {
    id: String(id),
    orderId: order.id,
    clientId: order.clientId ?? null,
    symbol: order.symbol,
    side: order.side,
    time: fill.time,
    price: decimalOf(fill.price),
    quantity: new Decimal(formatUnits(fill.quantity, fill.instrument.lot.scale)),
    fee: { amount: decimalOf(fill.fee.amount), currency: fill.fee.currency },
    maker: fill.maker,
  };
}

export function fixedOf(value: Decimal): Fixed {
  return parseFixed(value.toFixed());
}

export function decimalOf(value: Fixed): Decimal {
  return new Decimal(formatFixed(value));
}
