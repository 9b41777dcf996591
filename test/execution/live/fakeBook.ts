import { Decimal } from "../../../src/domain/decimal.ts";
import { isFinal, type Order, type OrderStatus } from "../../../src/domain/order.ts";
import type { AccountUpdate, OwnTrade } from "../../../src/domain/ports.ts";
import { type Random, seededRandom } from "../../../src/domain/random.ts";
import type { FakeClock } from "./fakeClock.ts";
import type { Faults } from "./venueFaults.ts";

export interface VenueOrder {
  readonly order: Order;
  readonly id: string;
  readonly clientId: string | null;
  status: OrderStatus;
  filled: Decimal;
  quantity: Decimal | null;
  triggered: boolean;
  list: number | null;
  readonly born: number;
  hiddenUntil: number;
  reason: string | null;
}

const nothing = new Decimal(0);

/** The orders, trades and balances of a spot venue, and how they match. */
export abstract class FakeBook {
  readonly clock: FakeClock;
  readonly random: Random;
  faults: Faults;
  price = new Decimal(100);
  readonly orders: VenueOrder[] = [];
  readonly trades: OwnTrade[] = [];
  /** Requests to place an order that arrived, by client id. */
  readonly arrived: string[] = [];
  balances = { base: new Decimal(0), quote: new Decimal(100_000) };

  constructor(clock: FakeClock, seed: number, faults: Faults) {
    this.clock = clock;
    this.random = seededRandom(seed);
    this.faults = faults;
  }

  abstract tell(update: AccountUpdate): void;

  open(): VenueOrder[] {
    return this.orders.filter(({ status }) => !isFinal(status));
  }

  find(clientId: string): VenueOrder | undefined {
    return this.orders.findLast((one) => one.clientId === clientId);
  }

  chance(probability = 0): boolean {
    return probability > 0 && this.random() < probability;
  }

  freeBase(): Decimal {
    const lists = new Set<number>();
    let locked = nothing;
    for (const { order, quantity, filled, list } of this.open()) {
      if (order.side !== "sell" || (list !== null && lists.has(list))) continue;
      if (list !== null) lists.add(list);
      locked = locked.plus(quantity!.minus(filled));
    }
    return this.balances.base.minus(locked);
  }

  add(order: Order, clientId: string | null, list: number | null): VenueOrder {
    const { now } = this.clock;
    const one: VenueOrder = {
      order,
      id: `v${this.orders.length + 1}`,
      clientId,
      status: "open",
      filled: nothing,
      quantity: order.quantity,
      triggered: false,
      list,
      born: now,
      hiddenUntil: this.chance(this.faults.hidden) ? now + this.random() * 800 : 0,
      reason: null,
    };
    this.orders.push(one);
    this.tell({ kind: "order", order: this.view(one) });
    return one;
  }

  reached({ side, stopPrice }: Order): boolean {
    return side === "sell" ? this.price.lte(stopPrice!) : this.price.gte(stopPrice!);
  }

  limitReached({ side, price }: Order): boolean {
    return side === "sell" ? this.price.gte(price!) : this.price.lte(price!);
  }

  match(one: VenueOrder): void {
    if (isFinal(one.status)) return;
    const { order } = one;
    const { type } = order;
    if ((type === "stop" || type === "stop_limit") && !one.triggered) {
      if (!this.reached(order)) return;
      one.triggered = true;
    }
    const limited = type === "limit" || type === "stop_limit";
    if (limited && !this.limitReached(order)) return;
    if (one.quantity === null)
      one.quantity = order.value!.dividedBy(this.price).toDecimalPlaces(4, Decimal.ROUND_DOWN);
    let rest = one.quantity.minus(one.filled);
    if (limited && this.chance(this.faults.partial)) rest = this.part(rest);
    // One market order may well take several trades.
    while (rest.gt(0) && !isFinal(one.status)) {
      const part = this.chance(this.faults.partial) ? this.part(rest) : rest;
      this.fill(one, part);
      rest = rest.minus(part);
    }
  }

  part(quantity: Decimal): Decimal {
    const part = quantity.times(this.random()).toDecimalPlaces(4, Decimal.ROUND_DOWN);
    return part.gt(0) ? part : quantity;
  }

  fill(one: VenueOrder, quantity: Decimal): void {
    const { order } = one;
    const value = quantity.times(this.price);
    const buys = order.side === "buy";
    const sign = buys ? 1 : -1;
    // Binance's way: what is bought pays its fee in itself.
    const fee = buys ? quantity.times("0.001") : value.times("0.001");
    this.balances.base = this.balances.base.plus(quantity.times(sign)).minus(buys ? fee : 0);
    this.balances.quote = this.balances.quote.minus(value.times(sign)).minus(buys ? 0 : fee);
    one.filled = one.filled.plus(quantity);
    const trade: OwnTrade = {
      id: String(1000 + this.trades.length),
      orderId: one.id,
      clientId: one.clientId,
      symbol: order.symbol,
      side: order.side,
      time: this.clock.now,
      price: this.price,
      quantity,
      fee: { amount: fee, currency: buys ? "BTC" : "USDT" },
      maker: order.type === "limit",
    };
    this.trades.push(trade);
    one.status = one.quantity !== null && one.filled.gte(one.quantity) ? "filled" : "partially_filled";
    this.tell({ kind: "order", order: this.view(one) });
    this.tell({ kind: "trade", trade: this.random() < 0.7 ? trade : { ...trade, clientId: null } });
    // A pair ends with the first fill of one of the two.
    for (const other of this.open())
      if (other !== one && one.list !== null && other.list === one.list) this.end(other, "expired");
  }

  cancel(one: VenueOrder, reason = "canceled"): void {
    this.end(one, reason);
    for (const other of this.open())
      if (one.list !== null && other.list === one.list) this.end(other, reason);
  }

  end(one: VenueOrder, reason: string): void {
    one.status = "cancelled";
    one.reason = reason;
    this.tell({ kind: "order", order: this.view(one) });
  }

  view(one: VenueOrder): Order {
    const { order, id, status, filled, quantity, clientId, reason } = one;
    return {
      ...order,
      id,
      status,
      inDoubt: false,
      quantity,
      price: order.price ?? null,
      stopPrice: order.stopPrice ?? null,
      filledQuantity: filled,
      averagePrice: null,
      reason: status === "cancelled" ? reason : null,
      tag: null,
      clientId: clientId ?? "web_1",
    };
  }
}
