import {
  type CancelReplace,
  type OrderAnswer,
  type OrderListState,
  type OrderState,
  VenueError,
} from "../contract.ts";
import { money } from "./money.ts";
import type { Operation } from "./operation.ts";
import { type AnswerShape, answerJson, cancelledJson, listAnswerJson, orderJson } from "./orderJson.ts";
import { keyOf, orderOf, singleNames } from "./orderParams.ts";
import type { Params } from "./params.ts";
import { badCombination, Refusal, refusalJson } from "./refusal.ts";

const shapes: readonly AnswerShape[] = ["ACK", "RESULT", "FULL"];
const whole = { limit: 1000 };

const place: Operation = {
  rest: "POST /api/v3/order",
  ws: "order.place",
  security: "TRADE",
  params: singleNames,
  weight: 1,
  orders: 1,
  run({ exchange, account, params }) {
    const order = orderOf(params);
    const shape = shapeOf(params, order.type === "MARKET" || order.type === "LIMIT" ? "FULL" : "ACK");
    return answerJson(exchange.place(account, order), shape);
  },
};

const test: Operation = {
  rest: "POST /api/v3/order/test",
  ws: "order.test",
  security: "TRADE",
  params: [...singleNames, "computeCommissionRates"],
  weight: (params) => (params.has("computeCommissionRates") ? 20 : 1),
  run({ exchange, account, params }) {
    const order = orderOf(params);
    exchange.place(account, { ...order, test: true });
    if (params.flag("computeCommissionRates") !== true) return "{}";
    return `{${commissionFields(exchange.commission(account, order.symbol), "ForOrder")}}`;
  },
};

const query: Operation = {
  rest: "GET /api/v3/order",
  ws: "order.status",
  security: "SIGNED",
  params: ["symbol", "orderId", "origClientOrderId"],
  weight: 4,
  run: ({ exchange, account, params }) =>
    orderJson(exchange.order(account, params.needSymbol(), keyOf(params))),
};

const cancel: Operation = {
  rest: "DELETE /api/v3/order",
  ws: "order.cancel",
  security: "TRADE",
  params: ["symbol", "orderId", "origClientOrderId", "newClientOrderId", "cancelRestrictions"],
  weight: 1,
  run({ exchange, account, params, newId }) {
    const symbol = params.needSymbol();
    const key = keyOf(params);
    const requestId = params.id("newClientOrderId") ?? newId();
    checkRestrictions(params, () => exchange.order(account, symbol, key));
    const order = exchange.cancel(account, symbol, key, requestId);
    // Of a list, all of it is cancelled, and the answer says so.
    if (order.orderListId === -1) return cancelledJson(order, requestId);
    return cancelledList(exchange.list(account, { orderListId: order.orderListId }), requestId);
  },
};

const cancelAll: Operation = {
  rest: "DELETE /api/v3/openOrders",
  ws: "openOrders.cancelAll",
  security: "TRADE",
  params: ["symbol"],
  weight: 1,
  run({ exchange, account, params, newId }) {
    const cancelled = exchange.cancelAll(account, params.needSymbol());
    const requestId = newId();
    return `[${cancelled
      .map((one) => ("orders" in one ? cancelledList(one, requestId) : cancelledJson(one, requestId)))
      .join(",")}]`;
  },
};

const cancelReplace: Operation = {
  rest: "POST /api/v3/order/cancelReplace",
  ws: "order.cancelReplace",
  security: "TRADE",
  params: [
    ...singleNames,
    ...["cancelReplaceMode", "cancelNewClientOrderId", "cancelOrigClientOrderId", "cancelOrderId"],
    ...["cancelRestrictions", "orderRateLimitExceededMode"],
  ],
  weight: 1,
  orders: 1,
  run({ exchange, account, params, newId }) {
    params.need("cancelReplaceMode");
    const mode = params.choice("cancelReplaceMode", ["STOP_ON_FAILURE", "ALLOW_FAILURE"] as const)!;
    const order = orderOf(params);
    const shape = shapeOf(params, order.type === "MARKET" || order.type === "LIMIT" ? "FULL" : "ACK");
    const key = keyOf(params, "cancelOrderId", "cancelOrigClientOrderId");
    checkRestrictions(params, () => exchange.order(account, order.symbol, key));
    const requestId = params.id("cancelNewClientOrderId") ?? newId();
    const request: CancelReplace = { cancel: key, cancelNewClientOrderId: requestId, mode, order };
    return replacedJson(exchange.cancelReplace(account, request), requestId, shape);
  },
};

const openOrders: Operation = {
  rest: "GET /api/v3/openOrders",
  ws: "openOrders.status",
  security: "SIGNED",
  params: ["symbol"],
  weight: (params) => (params.has("symbol") ? 6 : 80),
  run: ({ exchange, account, params }) =>
    `[${exchange.openOrders(account, params.symbol()).map(orderJson).join(",")}]`,
};

const allOrders: Operation = {
  rest: "GET /api/v3/allOrders",
  ws: "allOrders",
  security: "SIGNED",
  params: ["symbol", "orderId", "startTime", "endTime", "limit"],
  weight: 20,
  run({ exchange, account, params }) {
    const symbol = params.needSymbol();
    const orderId = params.integer("orderId");
    const page = { ...pageOf(params, 500), ...(orderId === null ? {} : { orderId }) };
    return `[${exchange.allOrders(account, symbol, page).map(orderJson).join(",")}]`;
  },
};

export const tradeOperations: readonly Operation[] = [
  ...[place, test, query, cancel, cancelAll, cancelReplace, openOrders, allOrders],
];

/** Start, end and limit, as Binance names and checks them. @throws VenueError -1127, -1128 */
export function pageOf(params: Params, usual: number, most = whole.limit) {
  const startTime = params.integer("startTime");
  const endTime = params.integer("endTime");
  if (startTime !== null && endTime !== null && startTime > endTime) throw badCombination();
  return {
    ...(startTime === null ? {} : { startTime: millis(startTime) }),
    ...(endTime === null ? {} : { endTime: millis(endTime) }),
    limit: params.limit(usual, most),
  };
}

/** Both rates of an order, under the names that `suffix` ends. */
export function commissionFields(
  { maker, taker }: { readonly maker: OrderState["price"]; readonly taker: OrderState["price"] },
  suffix: "" | "ForOrder",
): string {
  const none = `"maker":"0.00000000","taker":"0.00000000"`;
  const both = suffix === "" ? `,"buyer":"0.00000000","seller":"0.00000000"` : "";
  return `"standardCommission${suffix}":{"maker":"${money(maker)}","taker":"${money(taker)}"${both}},"specialCommission${suffix}":{${none}${both}},"taxCommission${suffix}":{${none}${both}},"discount":{"enabledForAccount":false,"enabledForSymbol":false,"discountAsset":"BNB","discount":"0.75000000"}`;
}

export function cancelledList(list: OrderListState, requestId: string): string {
  return listAnswerJson(
    list,
    list.orders.map((order) => cancelledJson(order, requestId)),
  );
}

function shapeOf(params: Params, usual: AnswerShape): AnswerShape {
  return params.choice("newOrderRespType", shapes) ?? usual;
}

/** Timestamps in µs are taken as well. */
function millis(time: number): number {
  return time >= 1e14 ? Math.floor(time / 1000) : time;
}

/** @throws VenueError -2011 when the order is not in the state that the client wants it cancelled in */
function checkRestrictions(params: Params, find: () => OrderState): void {
  const only = params.choice("cancelRestrictions", ["ONLY_NEW", "ONLY_PARTIALLY_FILLED"] as const);
  if (only === null || find().status === only.slice("ONLY_".length)) return;
  throw new VenueError(-2011, "Order was not canceled due to cancel restrictions.");
}

interface Replaced {
  readonly cancelled: OrderState | VenueError;
  readonly placed: OrderAnswer | VenueError | null;
}

/** @throws Refusal -2022 when nothing was done, -2021 when one of the two was */
function replacedJson({ cancelled, placed }: Replaced, requestId: string, shape: AnswerShape): string {
  const cancelFailed = cancelled instanceof VenueError;
  const placeFailed = placed instanceof VenueError;
  const cancelText = cancelFailed ? refusalJson(cancelled) : cancelledJson(cancelled, requestId);
  const placeText =
    placed === null ? "null" : placed instanceof VenueError ? refusalJson(placed) : answerJson(placed, shape);
  const placeResult = placed === null ? "NOT_ATTEMPTED" : placeFailed ? "FAILURE" : "SUCCESS";
  const text = `{"cancelResult":"${cancelFailed ? "FAILURE" : "SUCCESS"}","newOrderResult":"${placeResult}","cancelResponse":${cancelText},"newOrderResponse":${placeText}}`;
  if (!cancelFailed && placeResult === "SUCCESS") return text;
  if (cancelFailed && placeResult !== "SUCCESS") {
    throw new Refusal(-2022, "Order cancel-replace failed.", 400, text);
  }
  throw new Refusal(-2021, "Order cancel-replace partially failed.", 409, text);
}
