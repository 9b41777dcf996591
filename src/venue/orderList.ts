import type { Millis } from "../domain/time.ts";
import type { OrderListState } from "./contract.ts";
import { isOpen, stateOf, type VenueOrder } from "./venueOrder.ts";

/**
 * Orders that depend on each other. `legs` come to life when `first` has filled, or at once when there is none (OCO);
 * two legs are alternatives: one ends the other.
 */
export interface OrderList {
  readonly orderListId: number;
  readonly listClientOrderId: string;
  readonly symbol: string;
  readonly time: Millis;
  readonly first: VenueOrder | null;
  readonly legs: readonly VenueOrder[];
  done: boolean;
}

export function ordersOf({ first, legs }: OrderList): readonly VenueOrder[] {
  return first === null ? legs : [first, ...legs];
}

export function isListDone(list: OrderList): boolean {
  return !ordersOf(list).some(isOpen);
}

export function listStateOf(list: OrderList, time: Millis = list.time): OrderListState {
  return {
    orderListId: list.orderListId,
    // An OTOCO is an OTO whose second part is an OCO.
    contingencyType: list.first === null ? "OCO" : "OTO",
    listStatusType: list.done ? "ALL_DONE" : "EXEC_STARTED",
    listOrderStatus: list.done ? "ALL_DONE" : "EXECUTING",
    listClientOrderId: list.listClientOrderId,
    transactionTime: time,
    symbol: list.symbol,
    orders: ordersOf(list).map(stateOf),
  };
}
