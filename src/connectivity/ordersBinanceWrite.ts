import type { Order } from "../domain/order.ts";
import type { ProtectiveExits } from "../domain/ports.ts";

export type Params = Readonly<Record<string, string | number | boolean>>;

const stopTypes = { stop: "STOP_LOSS", stop_limit: "STOP_LOSS_LIMIT" } as const;

/** The parameters of `POST order`, exactly as the order says. */
export function orderParams(order: Order, market: string): Params {
  const { side, type, quantity, price, stopPrice, value, clientId } = order;
  return {
    symbol: market,
    side: side.toUpperCase(),
    type: wireType(order),
    ...(quantity !== null && { quantity: quantity.toFixed() }),
    ...(quantity === null && value !== undefined && { quoteOrderQty: value.toFixed() }),
    ...(price !== null && { price: price.toFixed() }),
    ...(stopPrice !== null && { stopPrice: stopPrice.toFixed() }),
    // Market and stop orders, and those that only make, have none of their own.
    ...(hasTimeInForce(order) && { timeInForce: order.timeInForce ?? "GTC" }),
    ...(clientId !== undefined && { newClientOrderId: clientId }),
    newOrderRespType: type === "market" ? "FULL" : "RESULT",
  };
}

function wireType({ type, postOnly }: Order): string {
  if (type === "market") return "MARKET";
  if (type === "limit") return postOnly === true ? "LIMIT_MAKER" : "LIMIT";
  return stopTypes[type];
}

function hasTimeInForce({ type, postOnly }: Order): boolean {
  return type === "stop_limit" || (type === "limit" && postOnly !== true);
}

/**
 * The parameters of `POST orderList/oco`. What sells takes its profit above the market and stops below it; what buys a
 * short back the other way round.
 */
export function exitListOf(exits: ProtectiveExits, market: string): Params {
  const { side, quantity, stopLoss, takeProfit } = exits;
  const [above, below] = side === "sell" ? (["profit", "stop"] as const) : (["stop", "profit"] as const);
  const leg = (where: "above" | "below", role: "profit" | "stop"): Params =>
    role === "profit"
      ? {
          [`${where}Type`]: "LIMIT_MAKER",
          [`${where}Price`]: takeProfit!.price.toFixed(),
          [`${where}ClientOrderId`]: takeProfit!.clientId,
        }
      : {
          [`${where}Type`]: "STOP_LOSS",
          [`${where}StopPrice`]: stopLoss!.price.toFixed(),
          [`${where}ClientOrderId`]: stopLoss!.clientId,
        };
  return {
    symbol: market,
    side: side.toUpperCase(),
    quantity: quantity.toFixed(),
    ...leg("above", above),
    ...leg("below", below),
    newOrderRespType: "RESULT",
  };
}
