import type { NewOrder, NewOrderList, OrderListState, WireType } from "../contract.ts";
import type { Call, Operation } from "./operation.ts";
import { listAnswerJson, listJson, reportJson } from "./orderJson.ts";
import { type ListKey, listKeyOf, namesOf, orderOf, type Prefix, sideOf } from "./orderParams.ts";
import type { Params } from "./params.ts";
import { mandatory } from "./refusal.ts";
import { cancelledList, pageOf } from "./tradeOperations.ts";

const common = ["symbol", "listClientOrderId", "newOrderRespType", "selfTradePreventionMode"];

const oco: Operation = {
  rest: "POST /api/v3/orderList/oco",
  ws: "orderList.place.oco",
  security: "TRADE",
  params: [...common, "side", "quantity", ...namesOf("above"), ...namesOf("below")],
  weight: 1,
  orders: 2,
  run(call) {
    const orders = pairOf(call.params, "above", "below", sharedOf(call.params, ""));
    return placed(call, { kind: "OCO", listClientOrderId: call.params.id("listClientOrderId"), orders });
  },
};

/** The older request for the same: a limit order and a stop. */
const legacyOco: Operation = {
  rest: "POST /api/v3/order/oco",
  ws: "orderList.place",
  security: "TRADE",
  params: [
    ...[...common, "side", "quantity", "price", "stopPrice", "stopLimitPrice", "stopLimitTimeInForce"],
    ...["limitClientOrderId", "stopClientOrderId", "limitIcebergQty", "stopIcebergQty", "trailingDelta"],
    ...["limitStrategyId", "limitStrategyType", "stopStrategyId", "stopStrategyType"],
  ],
  weight: 1,
  orders: 2,
  run(call) {
    const { params } = call;
    const { limit, stop } = legacyPair(params);
    // The limit order of a sale lies above the price, of a purchase below it.
    const orders = limit.side === "SELL" ? ([limit, stop] as const) : ([stop, limit] as const);
    return placed(call, { kind: "OCO", listClientOrderId: params.id("listClientOrderId"), orders });
  },
};

const oto: Operation = {
  rest: "POST /api/v3/orderList/oto",
  ws: "orderList.place.oto",
  security: "TRADE",
  params: [...common, ...namesOf("working", "Side", "Quantity"), ...namesOf("pending", "Side", "Quantity")],
  weight: 1,
  orders: 2,
  run(call) {
    const { params } = call;
    const working = orderOf(params, "working");
    const pending = orderOf(params, "pending");
    return placed(call, {
      kind: "OTO",
      listClientOrderId: params.id("listClientOrderId"),
      working,
      pending,
    });
  },
};

const otoco: Operation = {
  rest: "POST /api/v3/orderList/otoco",
  ws: "orderList.place.otoco",
  security: "TRADE",
  params: [
    ...[...common, ...namesOf("working", "Side", "Quantity"), "pendingSide", "pendingQuantity"],
    ...[...namesOf("pendingAbove"), ...namesOf("pendingBelow")],
  ],
  weight: 1,
  orders: 3,
  run(call) {
    const { params } = call;
    const working = orderOf(params, "working");
    const pending = pairOf(params, "pendingAbove", "pendingBelow", sharedOf(params, "pending"));
    return placed(call, {
      kind: "OTOCO",
      listClientOrderId: params.id("listClientOrderId"),
      working,
      pending,
    });
  },
};

const query: Operation = {
  rest: "GET /api/v3/orderList",
  ws: "orderList.status",
  security: "SIGNED",
  params: ["orderListId", "origClientOrderId"],
  weight: 4,
  run: ({ exchange, account, params }) =>
    listJson(exchange.list(account, listKeyOf(params, "origClientOrderId"))),
};

const cancel: Operation = {
  rest: "DELETE /api/v3/orderList",
  ws: "orderList.cancel",
  security: "TRADE",
  params: ["symbol", "orderListId", "listClientOrderId", "newClientOrderId"],
  weight: 1,
  run({ exchange, account, params, newId }) {
    const symbol = params.needSymbol();
    const key: ListKey = listKeyOf(params, "listClientOrderId");
    return cancelledList(exchange.cancelList(account, symbol, key), params.id("newClientOrderId") ?? newId());
  },
};

const open: Operation = {
  rest: "GET /api/v3/openOrderList",
  ws: "openOrderLists.status",
  security: "SIGNED",
  params: [],
  weight: 6,
  run: ({ exchange, account }) => `[${exchange.openLists(account).map(listJson).join(",")}]`,
};

const all: Operation = {
  rest: "GET /api/v3/allOrderList",
  ws: "allOrderLists",
  security: "SIGNED",
  params: ["fromId", "startTime", "endTime", "limit"],
  weight: 20,
  run(call) {
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit } = pageOf(call.params, 500);
    const fromId = call.params.integer("fromId");
    const lists = listsOf(call).filter(
      (list) =>
        (fromId === null || list.orderListId >= fromId) &&
        list.transactionTime >= startTime &&
        list.transactionTime <= endTime,
    );
    const page = fromId === null && startTime === 0 ? lists.slice(-limit) : lists.slice(0, limit);
    return `[${page.map(listJson).join(",")}]`;
  },
};

export const listOperations: readonly Operation[] = [oco, legacyOco, oto, otoco, query, cancel, open, all];

function placed({ exchange, account }: Call, list: NewOrderList): string {
  const answer = exchange.placeList(account, list);
  return listAnswerJson(answer.list, answer.list.orders.map(reportJson));
}

function sharedOf(params: Params, prefix: "" | "pending") {
  const quantityName = prefix === "" ? "quantity" : "pendingQuantity";
  const side = sideOf(params, prefix === "" ? "side" : "pendingSide");
  params.need(quantityName);
  return { side, quantity: params.decimal(quantityName)! };
}

function pairOf(
  params: Params,
  above: Prefix,
  below: Prefix,
  shared: ReturnType<typeof sharedOf>,
): readonly [NewOrder, NewOrder] {
  return [orderOf(params, above, shared), orderOf(params, below, shared)];
}

function legacyPair(params: Params): { readonly limit: NewOrder; readonly stop: NewOrder } {
  const symbol = params.needSymbol();
  const { side, quantity } = sharedOf(params, "");
  for (const name of ["price", "stopPrice"]) params.need(name);
  const stopLimitPrice = params.decimal("stopLimitPrice");
  const timeInForce = params.choice("stopLimitTimeInForce", ["GTC", "IOC", "FOK"] as const);
  if (stopLimitPrice !== null && timeInForce === null) throw mandatory("stopLimitTimeInForce");
  const order = (type: WireType, id: string): NewOrder => ({
    ...{ symbol, side, type, quantity, timeInForce: null, quoteOrderQty: null, price: null, stopPrice: null },
    ...{ newClientOrderId: params.id(id), test: false },
  });
  const stop = order(stopLimitPrice === null ? "STOP_LOSS" : "STOP_LOSS_LIMIT", "stopClientOrderId");
  return {
    limit: { ...order("LIMIT_MAKER", "limitClientOrderId"), price: params.decimal("price") },
    stop: { ...stop, stopPrice: params.decimal("stopPrice"), price: stopLimitPrice, timeInForce },
  };
}

/** Every list of the account: those that are open, and those that its orders tell of. */
function listsOf({ exchange, account }: Call): readonly OrderListState[] {
  const ids = new Set<number>();
  for (const { symbol } of exchange.symbols) {
    for (const { orderListId } of exchange.allOrders(account, symbol, { limit: 1000 })) {
      if (orderListId !== -1) ids.add(orderListId);
    }
  }
  for (const { orderListId } of exchange.openLists(account)) ids.add(orderListId);
  return [...ids].sort((a, b) => a - b).map((orderListId) => exchange.list(account, { orderListId }));
}
