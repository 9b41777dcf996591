import { OrderError } from "../domain/errors.ts";
import { createOrder, type Order } from "../domain/order.ts";

/**
 * The order as it will be sent, checked again (callers in JavaScript have no types) and with a name.
 * @throws ValidationError GEO-VALUE naming the field; OrderError GEO-ORDER-REQUEST for one that was sent before
 */
export function freshOrder(order: Order, makeName: () => string): Order {
  const { symbol, side, type, quantity, price, stopPrice, tag, timeInForce, expires, postOnly, value } =
    order;
  if (order.status !== undefined && order.status !== "pending") {
    throw new OrderError("GEO-ORDER-REQUEST", `Order.status: expected pending, found ${order.status}`, {
      hint: "Make a new order: each is sent once.",
    });
  }
  return createOrder({
    symbol,
    side,
    type,
    quantity: quantity as Order["quantity"],
    price,
    stopPrice,
    tag,
    clientId: order.clientId ?? makeName(),
    ...(timeInForce !== undefined && { timeInForce }),
    ...(expires !== undefined && { expires }),
    ...(postOnly !== undefined && { postOnly }),
    ...(quantity === null && value !== undefined && { value }),
  });
}

const namesKept = 100_000;

/** A client id names one order, once: venues take the name of a closed order a second time, and would fill it twice. */
export class NamedOnce {
  readonly #used = new Set<string>();

  /** @throws OrderError GEO-ORDER-REQUEST */
  use(clientId: string): void {
    if (this.#used.has(clientId)) {
      throw new OrderError(
        "GEO-ORDER-REQUEST",
        `Order.clientId: expected a new name, found ${clientId} again`,
        {
          hint: `Ask findOrder(symbol, "${clientId}") what became of the first one.`,
        },
      );
    }
    this.#used.add(clientId);
    if (this.#used.size > namesKept) this.#used.delete(this.#used.values().next().value!);
  }

  /** Of an order that surely is not there: it may be sent again under its name. */
  release(clientId: string): void {
    this.#used.delete(clientId);
  }
}
