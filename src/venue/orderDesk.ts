import type { Millis } from "../domain/time.ts";
import { checkBalance, checkCounts, checkMarket, checkPrices, isReached, wouldTake } from "./admission.ts";
import { type Amount, fixedOf } from "./amount.ts";
import { bookFill, fillStateOf } from "./booking.ts";
import type { ChangeLog } from "./changeLog.ts";
import type { ExecutionType, FillState, NewOrder, OrderAnswer } from "./contract.ts";
import { relock, sharedNeed } from "./holds.ts";
import type { Ids } from "./ids.ts";
import type { Market } from "./market.ts";
import { type Taking, takingsOf } from "./matching.ts";
import { draftOf, type OrderDraft } from "./orderDraft.ts";
import { isListDone, listStateOf, type OrderList, ordersOf } from "./orderList.ts";
import { reasons, rejected } from "./refusals.ts";
import { RestingOrders } from "./restingOrders.ts";
import type { TradingAccount } from "./tradingAccount.ts";
import {
  hasLimit,
  isConditional,
  isOpen,
  neededFor,
  remainingOf,
  stateOf,
  type VenueOrder,
} from "./venueOrder.ts";

export interface DeskOptions {
  readonly markets: ReadonlyMap<string, Market>;
  readonly accountOf: (name: string) => TradingAccount;
  readonly ids: Ids;
  readonly log: ChangeLog;
}

/** The lives of orders: they come in, rest, wait for their trigger, fill, end, and end or wake those tied to them. */
export class OrderDesk {
  /** Of the event that is being worked on. */
  now: Millis = 0;
  readonly #options: DeskOptions;
  readonly #resting = new Map<Market, RestingOrders>();
  /** Accounts whose balances are still to be told. */
  readonly #touched = new Set<TradingAccount>();
  /** Of the request that is being answered. */
  #fills: FillState[] = [];

  constructor(options: DeskOptions) {
    this.#options = options;
    for (const market of options.markets.values()) this.#resting.set(market, new RestingOrders());
  }

  /** @throws VenueError for what Binance would refuse; then nothing has happened */
  place(account: TradingAccount, market: Market, request: NewOrder): OrderAnswer {
    const draft = draftOf(market, request);
    checkPrices(draft, this.now);
    checkCounts([draft], account);
    checkMarket(draft);
    this.checkName(account, draft.clientOrderId);
    const order = this.create(account, draft, -1);
    checkBalance(account, order);
    if (request.test) return { order: stateOf(order), fills: [] };
    this.enter(account, order);
    this.start(account, order);
    return this.answer(order);
  }

  /** The order with what it filled in this request; tells what is left to tell. */
  answer(order: VenueOrder): OrderAnswer {
    const fills = this.takeFills().filter(({ orderId }) => orderId === order.orderId);
    this.settle();
    return { order: stateOf(order), fills };
  }

  takeFills(): readonly FillState[] {
    const fills = this.#fills;
    this.#fills = [];
    return fills;
  }

  /** @throws VenueError -2010 */
  checkName(account: TradingAccount, clientOrderId: string | null): void {
    if (clientOrderId !== null && account.isTaken(clientOrderId)) throw rejected(reasons.duplicate);
  }

  create(account: TradingAccount, draft: OrderDraft, orderListId: number): VenueOrder {
    const { market, side } = draft;
    const { baseAsset, quoteAsset } = market.rules;
    const orderId = this.#options.ids.nextOrder();
    // No spread: objects made by one are slow to work on.
    return {
      market,
      side,
      type: draft.type,
      timeInForce: draft.timeInForce,
      price: draft.price,
      stop: draft.stop,
      size: draft.size,
      byValue: draft.byValue,
      account: account.name,
      orderId,
      orderListId,
      clientOrderId: draft.clientOrderId ?? this.#options.ids.nameOf(orderId),
      time: this.now,
      status: "NEW",
      executed: 0,
      spent: 0n,
      updateTime: this.now,
      isWorking: !isConditional(draft),
      workingTime: isConditional(draft) ? -1 : this.now,
      rested: false,
      hold: { asset: side === "BUY" ? quoteAsset : baseAsset, amount: 0n },
    };
  }

  /** Takes the order into the account, and locks what it needs. */
  enter(account: TradingAccount, order: VenueOrder): void {
    account.keep(order);
    relock(account, order);
    this.report(account, order, "NEW");
  }

  /** It meets the market, or waits for its trigger. */
  start(account: TradingAccount, order: VenueOrder): void {
    if (order.isWorking) {
      this.#meetMarket(account, order);
      return;
    }
    this.#restingIn(order.market).add(order);
    // Only one that comes to life with its list: others are refused.
    if (isReached(order)) this.#trigger(account, order);
  }

  /** Ends an open order. `requestId`: the name of the request that cancels it. */
  end(
    account: TradingAccount,
    order: VenueOrder,
    status: "CANCELED" | "EXPIRED",
    requestId: string | null = null,
    executionType: ExecutionType = status,
  ): void {
    if (order.status !== "PENDING_NEW") this.#restingIn(order.market).remove(order);
    order.status = status;
    order.updateTime = this.now;
    account.open.delete(order);
    relock(account, order);
    this.report(account, order, executionType, null, requestId);
    this.#endList(account, order);
  }

  /** The market has moved: orders whose limit it has reached fill, at their own price. */
  matchResting(market: Market): void {
    const skip = new Set<VenueOrder>();
    const { ladder } = market;
    for (;;) {
      const order = this.#restingIn(market).crossing(ladder.bid, ladder.ask, skip);
      if (order === null) return;
      skip.add(order);
      const account = this.#options.accountOf(order.account);
      const takings = takingsOf(order);
      if (takings.length > 0) this.#endAlternatives(account, order);
      for (const taking of takings) this.#fill(account, order, taking, true);
    }
  }

  /** Trades were made: what waited for such a price comes to life, and what that trades may wake others. */
  runTriggers(market: Market): void {
    let range = market.takeRange();
    while (range !== null) {
      const order = this.#restingIn(market).triggered(range[0], range[1]);
      if (order !== null) this.#trigger(this.#options.accountOf(order.account), order);
      const further = market.takeRange();
      if (further !== null) range = [Math.min(range[0], further[0]), Math.max(range[1], further[1])];
      else if (order === null) range = null;
    }
  }

  /** From outside, or (below 0) out of it. @throws VenueError -2010 when that much is not free */
  transfer(account: TradingAccount, asset: string, amount: Amount): void {
    if (account.wallet.free(asset) + amount < 0n) throw rejected(reasons.balance);
    account.wallet.deposit(asset, amount);
    this.#touched.add(account);
    account.tell({ kind: "balanceUpdate", time: this.now, asset, delta: fixedOf(amount) });
    this.settle();
  }

  /** Tells balances that changed, after all else. */
  settle(): void {
    for (const account of this.#touched) {
      const assets = account.wallet.takeChanged();
      if (assets.length === 0) continue;
      this.#options.log.balances(account, assets);
      if (account.listeners.size === 0) continue;
      const balances = assets.map((asset) => account.balance(asset));
      account.tell({ kind: "outboundAccountPosition", time: this.now, balances });
    }
    this.#touched.clear();
    this.#options.log.flush(this.now);
  }

  /** An order of before a restart; its account has it, and what it locks. */
  adopt(account: TradingAccount, order: VenueOrder): void {
    if (!isOpen(order)) return;
    order.hold.amount = sharedNeed(account, order);
    if (order.status !== "PENDING_NEW") this.#restingIn(order.market).add(order);
  }

  listChanged(account: TradingAccount, list: OrderList): void {
    this.#options.log.list(account, list);
  }

  report(
    account: TradingAccount,
    order: VenueOrder,
    executionType: ExecutionType,
    fill: FillState | null = null,
    requestClientOrderId: string | null = null,
  ): void {
    this.#touched.add(account);
    this.#options.log.order(order);
    if (account.listeners.size === 0) return;
    const state = stateOf(order);
    const time = this.now;
    account.tell({ kind: "executionReport", time, executionType, order: state, fill, requestClientOrderId });
  }

  #meetMarket(account: TradingAccount, order: VenueOrder): void {
    if (order.type === "LIMIT_MAKER" && wouldTake(order)) {
      this.end(account, order, "EXPIRED");
      return;
    }
    const takings = takingsOf(order);
    if (order.byValue > 0n) order.size = takings.reduce((sum, { size }) => sum + size, 0);
    const size = remainingOf(order);
    const held = takings.reduce((sum, taking) => sum + taking.size, 0);
    const all = order.timeInForce !== "FOK" || held >= size;
    if (all) {
      for (const taking of takings) if (!this.#fill(account, order, taking, false)) break;
    }
    if (!isOpen(order)) return;
    if (!hasLimit(order) || order.timeInForce !== "GTC") {
      this.end(account, order, "EXPIRED");
      return;
    }
    order.rested = true;
    this.#restingIn(order.market).add(order);
  }

  #trigger(account: TradingAccount, order: VenueOrder): void {
    this.#restingIn(order.market).remove(order);
    this.#endAlternatives(account, order);
    order.isWorking = true;
    order.workingTime = this.now;
    order.updateTime = this.now;
    this.report(account, order, "NEW");
    this.#meetMarket(account, order);
  }

  /** False: it could not be paid any more, and nothing was filled. */
  #fill(account: TradingAccount, order: VenueOrder, taking: Taking, isMaker: boolean): boolean {
    const { market, side } = order;
    const payable = this.#payable(account, order, taking);
    if (payable === 0) return false;
    const filled = { ...taking, size: payable };
    market.ladder.take(side, filled.level, payable);
    order.executed += payable;
    order.spent += market.value(filled.price, payable);
    order.status = remainingOf(order) === 0 ? "FILLED" : "PARTIALLY_FILLED";
    order.updateTime = this.now;
    if (order.status === "FILLED") {
      account.open.delete(order);
      if (order.rested) this.#restingIn(market).remove(order);
    }
    relock(account, order);
    const commission = bookFill(account, order, filled, isMaker, (symbol) =>
      this.#options.markets.get(symbol),
    );
    const taker = isMaker === (side === "BUY") ? "SELL" : "BUY";
    const id = market.print(this.now, filled.price, payable, taker);
    const fill = fillStateOf(order, id, filled, commission, this.now, isMaker);
    account.keepFill(fill);
    this.#fills.push(fill);
    this.#options.log.fill(account, fill);
    this.report(account, order, "TRADE", fill);
    if (order.status === "FILLED") this.#endList(account, order);
    return payable === taking.size;
  }

  /**
   * What the account can still pay of it. An order with a limit has locked enough; a stop that buys has locked its
   * stop's price and may have to pay more, and a market order of a list has locked nothing.
   */
  #payable(account: TradingAccount, order: VenueOrder, { price, size }: Taking): number {
    if (hasLimit(order)) return size;
    const { market, side, hold } = order;
    const { step } = market.grid;
    const each = side === "SELL" ? market.baseAmount(step) : market.value(price, step);
    const funds = account.wallet.free(hold.asset) + hold.amount;
    return Math.min(size, Number(funds / each) * step);
  }

  /** Of an OCO, the other leg ends when one of them trades or is triggered. */
  #endAlternatives(account: TradingAccount, order: VenueOrder): void {
    const list = account.lists.get(order.orderListId);
    if (list === undefined || !list.legs.includes(order)) return;
    for (const leg of list.legs) if (leg !== order && isOpen(leg)) this.end(account, leg, "EXPIRED");
  }

  /** What follows from the end of an order for those in its list. */
  #endList(account: TradingAccount, order: VenueOrder): void {
    const list = account.lists.get(order.orderListId);
    if (list === undefined || list.done) return;
    if (order === list.first && order.status === "FILLED") this.#wake(account, list);
    else if (order === list.first || order.status === "CANCELED") {
      // Whoever cancels one order of a list cancels it whole; a first order that expires takes the others along.
      const status = order.status === "CANCELED" ? "CANCELED" : "EXPIRED";
      for (const one of ordersOf(list)) if (isOpen(one)) this.end(account, one, status);
    }
    if (list.done || !isListDone(list)) return;
    list.done = true;
    this.#options.log.list(account, list);
    account.tell({ kind: "listStatus", time: this.now, list: listStateOf(list, this.now) });
  }

  /** The pending orders of a list come to life: as far as the account can pay them, and the market allows it. */
  #wake(account: TradingAccount, { legs }: OrderList): void {
    for (const leg of legs) {
      leg.status = "NEW";
      leg.updateTime = this.now;
    }
    const [one] = legs as [VenueOrder];
    const needed = legs.reduce((most, leg) => (neededFor(leg) > most ? neededFor(leg) : most), 0n);
    if (needed > account.wallet.free(one.hold.asset)) {
      for (const leg of legs) leg.status = "PENDING_NEW";
      for (const leg of legs) if (isOpen(leg)) this.end(account, leg, "EXPIRED");
      return;
    }
    relock(account, one);
    for (const leg of legs) {
      if (!isConditional(leg)) leg.workingTime = this.now;
      this.report(account, leg, "NEW");
    }
    for (const leg of legs) if (isOpen(leg)) this.start(account, leg);
  }

  #restingIn(market: Market): RestingOrders {
    return this.#resting.get(market)!;
  }
}
