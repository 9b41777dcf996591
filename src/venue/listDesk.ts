import { checkCounts, checkMarket, checkPrices } from "./admission.ts";
import type { FillState, NewOrder, NewOrderList, OrderListState } from "./contract.ts";
import type { Ids } from "./ids.ts";
import type { Market } from "./market.ts";
import type { OrderDesk } from "./orderDesk.ts";
import { checkedId, draftOf, type OrderDraft } from "./orderDraft.ts";
import { listStateOf, type OrderList, ordersOf } from "./orderList.ts";
import {
  filterFailure,
  missing,
  noSuchList,
  notRequired,
  reasons,
  rejected,
  unknownOrder,
} from "./refusals.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import { isOpen, neededFor, triggersAbove, type VenueOrder } from "./venueOrder.ts";

export type ListKey = { readonly orderListId: number } | { readonly listClientOrderId: string };

/** Order lists as they come in: OCO, OTO and OTOCO. What becomes of them is the order desk's matter. */
export class ListDesk {
  readonly #orders: OrderDesk;
  readonly #ids: Ids;

  constructor(orders: OrderDesk, ids: Ids) {
    this.#orders = orders;
    this.#ids = ids;
  }

  /** @throws VenueError for what Binance would refuse; then nothing has happened */
  place(
    account: TradingAccount,
    market: Market,
    request: NewOrderList,
  ): { readonly list: OrderListState; readonly fills: readonly FillState[] } {
    const [first, legs] = draftsOf(market, request);
    this.#check(account, market, first, legs);
    const name = checkedId(request.listClientOrderId, "listClientOrderId");
    if (name !== null && findList(account, { listClientOrderId: name })?.done === false) {
      throw rejected(reasons.duplicate);
    }
    const orderListId = this.#ids.nextList();
    const working = first && this.#orders.create(account, first, orderListId);
    const made = legs.map((leg) => this.#orders.create(account, leg, orderListId));
    share(made);
    this.#checkBalance(account, working, made);
    const list: OrderList = {
      orderListId,
      listClientOrderId: name ?? this.#ids.nameOf(orderListId, "list"),
      symbol: market.rules.symbol,
      time: this.#orders.now,
      first: working,
      legs: made,
      done: false,
    };
    this.#enter(account, list);
    const fills = this.#orders.takeFills();
    this.#orders.settle();
    return { list: listStateOf(list), fills };
  }

  /** @throws VenueError -2011 */
  cancel(account: TradingAccount, symbol: string, key: ListKey): OrderListState {
    const list = findList(account, key);
    if (list === null || list.done || list.symbol !== symbol) throw unknownOrder();
    this.end(account, list);
    this.#orders.settle();
    return listStateOf(list, this.#orders.now);
  }

  end(account: TradingAccount, list: OrderList): void {
    for (const order of ordersOf(list)) if (isOpen(order)) this.#orders.end(account, order, "CANCELED");
  }

  #check(
    account: TradingAccount,
    market: Market,
    first: OrderDraft | null,
    legs: readonly OrderDraft[],
  ): void {
    const drafts = first === null ? legs : [first, ...legs];
    const now = this.#orders.now;
    for (const draft of drafts) checkPrices(draft, now);
    if (legs.length === 2) checkRelation(legs[0]!, legs[1]!, first === null ? market.last : null);
    checkCounts(drafts, account);
    const lists = [...account.lists.values()].filter(
      ({ done, symbol }) => !done && symbol === market.rules.symbol,
    );
    if (lists.length >= market.rules.maxNumOrderLists) throw filterFailure("MAX_NUM_ORDER_LISTS");
    // What is pending meets the market when the first order has filled.
    for (const draft of first === null ? legs : [first]) checkMarket(draft);
    const names = drafts.flatMap(({ clientOrderId }) => clientOrderId ?? []);
    if (new Set(names).size < names.length) throw rejected(reasons.duplicate);
    for (const name of names) this.#orders.checkName(account, name);
  }

  #checkBalance(account: TradingAccount, working: VenueOrder | null, legs: readonly VenueOrder[]): void {
    const needed = working === null ? legs.map(neededFor) : [neededFor(working)];
    const { asset } = (working ?? legs[0]!).hold;
    const free = account.wallet.free(asset);
    if (needed.some((amount) => amount > free)) throw rejected(reasons.balance);
  }

  #enter(account: TradingAccount, list: OrderList): void {
    const { first, legs } = list;
    if (first !== null) for (const leg of legs) leg.status = "PENDING_NEW";
    account.lists.set(list.orderListId, list);
    this.#orders.listChanged(account, list);
    account.tell({ kind: "listStatus", time: this.#orders.now, list: listStateOf(list) });
    for (const order of ordersOf(list)) this.#orders.enter(account, order);
    for (const order of first === null ? legs : [first]) {
      if (isOpen(order)) this.#orders.start(account, order);
    }
  }
}

/** @throws VenueError -2018 */
export function listOf(account: TradingAccount, key: ListKey): OrderList {
  const list = findList(account, key);
  if (list === null) throw noSuchList();
  return list;
}

/** The latest of that name. */
function findList(account: TradingAccount, key: ListKey): OrderList | null {
  if ("orderListId" in key) return account.lists.get(key.orderListId) ?? null;
  const named = [...account.lists.values()].filter(
    (list) => list.listClientOrderId === key.listClientOrderId,
  );
  return named.at(-1) ?? null;
}

/** Alternatives share what is locked for them: only one of them fills. */
function share(legs: VenueOrder[]): void {
  const [one, other] = legs;
  if (one !== undefined && other !== undefined) other.hold = one.hold;
}

function draftsOf(
  market: Market,
  request: NewOrderList,
): readonly [first: OrderDraft | null, legs: readonly OrderDraft[]] {
  const draft = (order: NewOrder): OrderDraft => draftOf(market, order);
  switch (request.kind) {
    case "OCO":
      return [null, request.orders.map(draft)];
    case "OTO":
      return [working(draft(request.working)), [pending(draft(request.pending))]];
    case "OTOCO":
      return [working(draft(request.working)), request.pending.map(draft)];
  }
}

/** Whose fill wakes others is a limit. */
function working(draft: OrderDraft): OrderDraft {
  if (draft.type !== "LIMIT" && draft.type !== "LIMIT_MAKER") throw missing("workingType");
  return draft;
}

function pending(draft: OrderDraft): OrderDraft {
  if (draft.byValue > 0n) throw notRequired("pendingQuoteOrderQty");
  return draft;
}

/**
 * Two alternatives of one side and quantity: one above the market, one below it, a target and a stop. Prices, the last
 * one between them (null: not known yet), are related as Binance asks.
 * @throws VenueError -2010
 */
function checkRelation(one: OrderDraft, other: OrderDraft, last: number | null): void {
  const isStop = ({ type }: OrderDraft): boolean => type === "STOP_LOSS" || type === "STOP_LOSS_LIMIT";
  const [stop, target] = isStop(one) ? [one, other] : [other, one];
  if (!isStop(stop) || isStop(target) || target.type === "MARKET" || target.type === "LIMIT") {
    throw rejected(reasons.priceRelation);
  }
  if (stop.side !== target.side || stop.size !== target.size) throw rejected(reasons.priceRelation);
  const goal = target.stop > 0 ? target.stop : target.price;
  const [above, below] = triggersAbove(stop) ? [stop.stop, goal] : [goal, stop.stop];
  const isBetween = last === null ? above > below : above > last && last > below;
  if (!isBetween) throw rejected(reasons.priceRelation);
}
