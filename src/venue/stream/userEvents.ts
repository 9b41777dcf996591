import type { AccountNews, Balance, OrderState } from "../contract.ts";
import { money } from "../http/money.ts";

type Report = Extract<AccountNews, { kind: "executionReport" }>;

/** Events of user data streams, fields as Binance has them. */
export function userEvent(news: AccountNews): string {
  switch (news.kind) {
    case "executionReport":
      return reportEvent(news);
    case "outboundAccountPosition":
      return `{"e":"outboundAccountPosition","E":${news.time},"u":${news.time},"B":[${news.balances.map(balance).join(",")}]}`;
    case "balanceUpdate":
      return `{"e":"balanceUpdate","E":${news.time},"a":"${news.asset}","d":"${money(news.delta)}","T":${news.time}}`;
    case "listStatus": {
      const { list } = news;
      const orders = list.orders.map(
        ({ symbol, orderId, clientOrderId }) => `{"s":"${symbol}","i":${orderId},"c":"${clientOrderId}"}`,
      );
      return `{"e":"listStatus","E":${news.time},"s":"${list.symbol}","g":${list.orderListId},"c":"${list.contingencyType}","l":"${list.listStatusType}","L":"${list.listOrderStatus}","r":"NONE","C":"${list.listClientOrderId}","T":${list.transactionTime},"O":[${orders.join(",")}]}`;
    }
  }
}

const nothing = "0.00000000";

function reportEvent({ time, executionType, order, fill, requestClientOrderId }: Report): string {
  // A cancelled order's own id moves to C, and c names the request.
  const [id, original] =
    requestClientOrderId === null ? [order.clientOrderId, ""] : [requestClientOrderId, order.clientOrderId];
  const last =
    fill === null ? null : { qty: money(fill.qty), price: money(fill.price), quote: money(fill.quoteQty) };
  const fee =
    fill === null ? `"n":"0","N":null` : `"n":"${money(fill.commission)}","N":"${fill.commissionAsset}"`;
  const working = isOnBook(order) ? `,"W":${order.workingTime}` : "";
  return `{"e":"executionReport","E":${time},"s":"${order.symbol}","c":"${id}","S":"${order.side}","o":"${order.type}","f":"${order.timeInForce}","q":"${money(order.origQty)}","p":"${money(order.price)}","P":"${money(order.stopPrice)}","F":"${nothing}","g":${order.orderListId},"C":"${original}","x":"${executionType}","X":"${order.status}","r":"NONE","i":${order.orderId},"l":"${last?.qty ?? nothing}","z":"${money(order.executedQty)}","L":"${last?.price ?? nothing}",${fee},"T":${order.updateTime},"t":${fill?.id ?? -1},"I":${executionId(order, fill?.id)},"w":${isOpen(order)},"m":${fill?.isMaker ?? false},"M":${fill !== null},"O":${order.time},"Z":"${money(order.cummulativeQuoteQty)}","Y":"${last?.quote ?? nothing}","Q":"${money(order.origQuoteOrderQty)}"${working},"V":"NONE"}`;
}

function balance({ asset, free, locked }: Balance): string {
  return `{"a":"${asset}","f":"${money(free)}","l":"${money(locked)}"}`;
}

function isOnBook({ workingTime }: OrderState): boolean {
  return workingTime > 0;
}

function isOpen(order: OrderState): boolean {
  return order.isWorking && (order.status === "NEW" || order.status === "PARTIALLY_FILLED");
}

/** Binance numbers executions; two of ours differ as well. */
function executionId({ orderId }: OrderState, fillId: number | undefined): number {
  return orderId * 2 + (fillId === undefined ? 0 : 1);
}
