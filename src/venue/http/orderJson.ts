import type { Fixed } from "../../domain/fixed.ts";
import type { FillState, OrderAnswer, OrderListState, OrderState } from "../contract.ts";
import { money } from "./money.ts";

/** Orders, fills and lists as Binance's answers have them, fields in its order. */

export type AnswerShape = "ACK" | "RESULT" | "FULL";

const prevention = `"selfTradePreventionMode":"NONE"`;

/** Answers to a new order. */
export function answerJson({ order, fills }: OrderAnswer, shape: AnswerShape): string {
  const head = `{"symbol":"${order.symbol}","orderId":${order.orderId},"orderListId":${order.orderListId},"clientOrderId":"${order.clientOrderId}","transactTime":${order.updateTime}`;
  if (shape === "ACK") return `${head}}`;
  const result = `${head},${amounts(order)},"workingTime":${order.workingTime}`;
  if (shape === "RESULT") return `${result},${prevention}}`;
  return `${result},"fills":[${fills.map(fillJson).join(",")}],${prevention}}`;
}

/** Answers to queries. */
export function orderJson(order: OrderState): string {
  return `{"symbol":"${order.symbol}","orderId":${order.orderId},"orderListId":${order.orderListId},"clientOrderId":"${order.clientOrderId}","price":"${money(order.price)}","origQty":"${money(order.origQty)}","executedQty":"${money(order.executedQty)}","cummulativeQuoteQty":"${money(order.cummulativeQuoteQty)}","status":"${order.status}","timeInForce":"${order.timeInForce}","type":"${order.type}","side":"${order.side}","stopPrice":"${money(order.stopPrice)}","icebergQty":"0.00000000","time":${order.time},"updateTime":${order.updateTime},"isWorking":${order.isWorking},"workingTime":${order.workingTime},"origQuoteOrderQty":"${money(order.origQuoteOrderQty)}",${prevention}}`;
}

/** Answers to cancellations: the request's own id takes the place of the order's. */
export function cancelledJson(order: OrderState, requestId: string): string {
  return `{"symbol":"${order.symbol}","origClientOrderId":"${order.clientOrderId}","orderId":${order.orderId},"orderListId":${order.orderListId},"clientOrderId":"${requestId}","transactTime":${order.updateTime},${amounts(order)},${prevention}}`;
}

/** What placing or cancelling a list answers: its orders by name, then their reports. */
export function listAnswerJson(list: OrderListState, reports: readonly string[]): string {
  return `{${listFields(list)},"orderReports":[${reports.join(",")}]}`;
}

export function listJson(list: OrderListState): string {
  return `{${listFields(list)}}`;
}

export function tradeJson(fill: FillState): string {
  return `{"symbol":"${fill.symbol}","id":${fill.id},"orderId":${fill.orderId},"orderListId":${fill.orderListId},"price":"${money(fill.price)}","qty":"${money(fill.qty)}","quoteQty":"${money(fill.quoteQty)}","commission":"${money(fill.commission)}","commissionAsset":"${fill.commissionAsset}","time":${fill.time},"isBuyer":${fill.isBuyer},"isMaker":${fill.isMaker},"isBestMatch":true}`;
}

/** Of an order within a list: no fills, as Binance has it. */
export function reportJson(order: OrderState): string {
  return answerJson({ order, fills: [] }, "RESULT");
}

function listFields(list: OrderListState): string {
  const orders = list.orders.map(
    (order) =>
      `{"symbol":"${order.symbol}","orderId":${order.orderId},"clientOrderId":"${order.clientOrderId}"}`,
  );
  return `"orderListId":${list.orderListId},"contingencyType":"${list.contingencyType}","listStatusType":"${list.listStatusType}","listOrderStatus":"${list.listOrderStatus}","listClientOrderId":"${list.listClientOrderId}","transactionTime":${list.transactionTime},"symbol":"${list.symbol}","orders":[${orders.join(",")}]`;
}

function amounts(order: OrderState): string {
  const stop = isSet(order.stopPrice) ? `,"stopPrice":"${money(order.stopPrice)}"` : "";
  return `"price":"${money(order.price)}","origQty":"${money(order.origQty)}","executedQty":"${money(order.executedQty)}","origQuoteOrderQty":"${money(order.origQuoteOrderQty)}","cummulativeQuoteQty":"${money(order.cummulativeQuoteQty)}","status":"${order.status}","timeInForce":"${order.timeInForce}","type":"${order.type}","side":"${order.side}"${stop}`;
}

function isSet({ units }: Fixed): boolean {
  return units !== 0n;
}

function fillJson(fill: FillState): string {
  return `{"price":"${money(fill.price)}","qty":"${money(fill.qty)}","commission":"${money(fill.commission)}","commissionAsset":"${fill.commissionAsset}","tradeId":${fill.id}}`;
}
