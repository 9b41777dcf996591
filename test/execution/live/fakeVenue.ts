import { Decimal } from "../../../src/domain/decimal.ts";
import { ConnectionError, OrderError } from "../../../src/domain/errors.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { isFinal, type Order, type OrderStatus } from "../../../src/domain/order.ts";
import type {
  AccountUpdate,
  OwnTrade,
  ProtectiveExits,
  TradingAdapter,
  VenueAbilities,
} from "../../../src/domain/ports.ts";
import { type Random, seededRandom } from "../../../src/domain/random.ts";
import type { FakeClock } from "./fakeClock.ts";
import { allAbilities, type Faults, insufficient, limited } from "./venueFaults.ts";

interface VenueOrder {
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

/** A spot venue in memory, with seeded faults on every way in and out. */
export class FakeVenue {
  readonly clock: FakeClock;
  readonly random: Random;
  readonly abilities: VenueAbilities;
  faults: Faults;
  price = new Decimal(100);
  readonly orders: VenueOrder[] = [];
  readonly trades: OwnTrade[] = [];
  /** Requests to place an order that arrived, by client id. */
  readonly arrived: string[] = [];
  /** Why orders are refused; null: they aren't. */
  refuseWith: string | null = null;
  /** Pairs of stop and target are; and single orders that sell, too. */
  refusePairs = false;
  refuseExits = false;
  tradesNameOrders = false;
  balances = { base: new Decimal(0), quote: new Decimal(100_000) };
  readonly #instrument: Instrument;
  #listeners: ((update: AccountUpdate) => void)[] = [];
  #down = false;
  #lists = 0;

  constructor(
    clock: FakeClock,
    instrument: Instrument,
    { seed = 1, faults = {} as Faults, abilities = allAbilities } = {},
  ) {
    this.clock = clock;
    this.#instrument = instrument;
    this.random = seededRandom(seed);
    this.faults = faults;
    this.abilities = abilities;
  }

  open(): VenueOrder[] {
    return this.orders.filter(({ status }) => !isFinal(status));
  }

  find(clientId: string): VenueOrder | undefined {
    return this.orders.findLast((one) => one.clientId === clientId);
  }

  /** The market moves: resting orders fill, stops trigger. */
  moveTo(price: number | string): void {
    this.price = new Decimal(price);
    for (const one of this.open()) this.#match(one);
  }

  /** The user's own hand. */
  manual(side: "buy" | "sell", quantity: string): void {
    const order = { symbol: this.#instrument.symbol, side, type: "market" } as Order;
    const one = this.#add({ ...order, quantity: new Decimal(quantity) }, null, null);
    this.#fill(one, new Decimal(quantity));
  }

  /** A resting order that is not ours. */
  foreign(clientId = "someone-else"): void {
    const symbol = this.#instrument.symbol;
    const order = { symbol, side: "buy", type: "limit", quantity: new Decimal(1), price: new Decimal(1) };
    this.#add(order as Order, clientId, null);
  }

  /** Someone takes a part of it. */
  partly(one: VenueOrder, quantity: string): void {
    this.#fill(one, new Decimal(quantity));
  }

  /** Someone cancels it at the venue. */
  cancelOutside(clientId: string): void {
    const one = this.find(clientId)!;
    this.#cancel(one);
  }

  breakStream(ms: number): void {
    this.#down = true;
    this.clock.after(ms, () => {
      this.#down = false;
      for (const listener of this.#listeners) listener({ kind: "gap", reason: "reconnected" });
    });
  }

  /** A connection of a process that can die. */
  adapter(process: { alive: boolean }): TradingAdapter {
    const run = <T>(work: () => T): Promise<T> => this.#request(process, work);
    const own = (symbol: string) => this.trades.filter((trade) => trade.symbol === symbol);
    return {
      abilities: this.abilities,
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      instrument: () => Promise.resolve(this.#instrument),
      getPositions: () => Promise.resolve([]),
      cancelOrder: () => Promise.reject(new Error("not used")),
      placeOrder: (order) => this.#place(process, () => this.#accept(order, null)),
      placeExits: (exits) => this.#place(process, () => this.#acceptExits(exits)),
      getOrderStatus: (id) =>
        run(() => {
          const one = this.orders.find((order) => order.id === id);
          if (one === undefined) throw new OrderError("GEO-ORDER-REFUSED", "no such order");
          return this.#view(one);
        }),
      getBalance: () => run(() => ({ BTC: this.balances.base, USDT: this.balances.quote })),
      findOrder: (_, clientId) =>
        run(() => {
          const one = this.find(clientId);
          return one === undefined || this.clock.now < one.hiddenUntil ? null : this.#view(one);
        }),
      cancelByClientId: (_, clientId) =>
        run(() => {
          const one = this.find(clientId);
          if (one === undefined || isFinal(one.status) || this.clock.now < one.hiddenUntil) return false;
          this.#cancel(one);
          return true;
        }),
      openOrders: () =>
        run(() =>
          this.open()
            .filter(({ hiddenUntil }) => this.clock.now >= hiddenUntil)
            .map((one) => this.#view(one)),
        ),
      ownTrades: (symbol, since) =>
        run(() => {
          const all = own(symbol).map((trade) =>
            this.tradesNameOrders ? trade : { ...trade, clientId: null },
          );
          if ("time" in since) return all.filter(({ time }) => time >= since.time);
          return all.filter(({ id }) => BigInt(id) > BigInt(since.id));
        }),
      updates: () => this.#updates(process),
    };
  }

  #chance(probability = 0): boolean {
    return probability > 0 && this.random() < probability;
  }

  #delay(): number {
    return 5 + Math.floor(this.random() * 40);
  }

  async #request<T>(process: { alive: boolean }, work: () => T): Promise<T> {
    await this.clock.wait(this.#delay());
    const failed = this.#chance(this.faults.unreachable);
    // Whether it arrived before the connection broke, nobody knows.
    const result = failed && this.random() < 0.5 ? null : { value: work() };
    await this.clock.wait(this.#delay());
    await this.#living(process);
    if (this.#chance(this.faults.limited)) throw limited();
    if (failed || result === null) throw new ConnectionError("the connection was cut");
    return result.value;
  }

  /** The answer reaches nobody when the process has died. */
  async #living({ alive }: { alive: boolean }): Promise<void> {
    if (!alive) await new Promise(() => {});
  }

  async #place<T>(process: { alive: boolean }, work: () => T): Promise<T> {
    await this.clock.wait(this.#delay());
    const { faults } = this;
    const unknown = () => new OrderError("GEO-ORDER-UNKNOWN", "no answer in time");
    const giveUp = async (ms: number): Promise<never> => {
      await this.clock.wait(ms);
      await this.#living(process);
      throw this.random() < 0.5 ? unknown() : new ConnectionError("the connection was cut");
    };
    if (this.#chance(faults.limited)) {
      await this.#living(process);
      throw limited();
    }
    if (this.#chance(faults.lost)) return await giveUp(1000);
    if (this.#chance(faults.late)) {
      this.clock.after(1000 + this.random() * 3900, () => this.#quietly(work));
      return await giveUp(900);
    }
    if (this.#chance(faults.acceptThenTimeOut)) {
      this.#quietly(work);
      return await giveUp(1000);
    }
    const result = work();
    await this.clock.wait(this.#delay());
    await this.#living(process);
    return result;
  }

  #quietly(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof OrderError)) throw error;
    }
  }

  #acceptExits({ symbol, side, quantity, stopLoss, takeProfit }: ProtectiveExits): readonly Order[] {
    this.arrived.push(stopLoss!.clientId, takeProfit!.clientId);
    this.#refuseWhenAsked();
    if (this.refusePairs || this.refuseExits)
      throw new OrderError("GEO-ORDER-REFUSED", "No order lists for this symbol.");
    const common = { symbol, side, quantity, price: null, stopPrice: null };
    const stop = { ...common, type: "stop", stopPrice: stopLoss!.price } as unknown as Order;
    const target = { ...common, type: "limit", price: takeProfit!.price } as unknown as Order;
    const list = ++this.#lists;
    if (this.#reached(stop))
      throw new OrderError("GEO-ORDER-REFUSED", "Stop price would trigger immediately.");
    if (this.#limitReached(target))
      throw new OrderError("GEO-ORDER-REFUSED", "Order would immediately match and take.");
    if (quantity.gt(this.#freeBase())) throw insufficient();
    return [
      this.#view(this.#add(stop, stopLoss!.clientId, list)),
      this.#view(this.#add(target, takeProfit!.clientId, list)),
    ];
  }

  #refuseWhenAsked(): void {
    if (this.refuseWith !== null) throw new OrderError("GEO-ORDER-REFUSED", this.refuseWith);
  }

  #accept(order: Order, list: number | null): Order {
    this.arrived.push(order.clientId!);
    this.#refuseWhenAsked();
    if (this.refuseExits && order.side === "sell")
      throw new OrderError("GEO-ORDER-REFUSED", "No selling today.");
    const same = this.find(order.clientId!);
    if (same !== undefined && !isFinal(same.status))
      throw new OrderError("GEO-ORDER-REFUSED", "Duplicate order sent.");
    const value = order.value ?? order.quantity!.times(order.price ?? this.price);
    if (order.side === "sell" && order.quantity!.gt(this.#freeBase())) throw insufficient();
    if (order.side === "buy" && value.gt(this.balances.quote)) throw insufficient();
    if (order.type === "stop" && this.#reached(order))
      throw new OrderError("GEO-ORDER-REFUSED", "Stop price would trigger immediately.");
    if (order.postOnly === true && this.#limitReached(order))
      throw new OrderError("GEO-ORDER-REFUSED", "Order would immediately match and take.");
    const one = this.#add(order, order.clientId!, list);
    this.#match(one);
    if (!isFinal(one.status) && (order.timeInForce === "IOC" || order.timeInForce === "FOK"))
      this.#cancel(one, "expired");
    return this.#view(one);
  }

  #freeBase(): Decimal {
    const lists = new Set<number>();
    let locked = nothing;
    for (const { order, quantity, filled, list } of this.open()) {
      if (order.side !== "sell" || (list !== null && lists.has(list))) continue;
      if (list !== null) lists.add(list);
      locked = locked.plus(quantity!.minus(filled));
    }
    return this.balances.base.minus(locked);
  }

  #add(order: Order, clientId: string | null, list: number | null): VenueOrder {
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
      hiddenUntil: this.#chance(this.faults.hidden) ? now + this.random() * 800 : 0,
      reason: null,
    };
    this.orders.push(one);
    this.#tell({ kind: "order", order: this.#view(one) });
    return one;
  }

  #reached({ side, stopPrice }: Order): boolean {
    return side === "sell" ? this.price.lte(stopPrice!) : this.price.gte(stopPrice!);
  }

  #limitReached({ side, price }: Order): boolean {
    return side === "sell" ? this.price.gte(price!) : this.price.lte(price!);
  }

  #match(one: VenueOrder): void {
    if (isFinal(one.status)) return;
    const { order } = one;
    const { type } = order;
    if ((type === "stop" || type === "stop_limit") && !one.triggered) {
      if (!this.#reached(order)) return;
      one.triggered = true;
    }
    const limited = type === "limit" || type === "stop_limit";
    if (limited && !this.#limitReached(order)) return;
    if (one.quantity === null)
      one.quantity = order.value!.dividedBy(this.price).toDecimalPlaces(4, Decimal.ROUND_DOWN);
    let rest = one.quantity.minus(one.filled);
    if (limited && this.#chance(this.faults.partial)) rest = this.#part(rest);
    // One market order may well take several trades.
    while (rest.gt(0) && !isFinal(one.status)) {
      const part = this.#chance(this.faults.partial) ? this.#part(rest) : rest;
      this.#fill(one, part);
      rest = rest.minus(part);
    }
  }

  #part(quantity: Decimal): Decimal {
    const part = quantity.times(this.random()).toDecimalPlaces(4, Decimal.ROUND_DOWN);
    return part.gt(0) ? part : quantity;
  }

  #fill(one: VenueOrder, quantity: Decimal): void {
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
    this.#tell({ kind: "order", order: this.#view(one) });
    this.#tell({ kind: "trade", trade: this.random() < 0.7 ? trade : { ...trade, clientId: null } });
    // A pair ends with the first fill of one of the two.
    for (const other of this.open())
      if (other !== one && one.list !== null && other.list === one.list) this.#end(other, "expired");
  }

  #cancel(one: VenueOrder, reason = "canceled"): void {
    this.#end(one, reason);
    for (const other of this.open())
      if (one.list !== null && other.list === one.list) this.#end(other, reason);
  }

  #end(one: VenueOrder, reason: string): void {
    one.status = "cancelled";
    one.reason = reason;
    this.#tell({ kind: "order", order: this.#view(one) });
  }

  #view(one: VenueOrder): Order {
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

  #tell(update: AccountUpdate): void {
    const { faults } = this;
    if (this.#chance(faults.gap) && !this.#down) this.breakStream(500 + this.random() * 3000);
    if (this.#down || this.#chance(faults.swallowed)) return;
    const send = (ms: number): void => {
      this.clock.after(ms, () => {
        if (!this.#down) for (const listener of this.#listeners) listener(update);
      });
    };
    send(this.#chance(faults.delayed) ? this.random() * 4000 : this.#delay());
    if (this.#chance(faults.duplicated)) send(this.random() * 6000);
  }

  async *#updates(process: { alive: boolean }): AsyncGenerator<AccountUpdate> {
    const queue: AccountUpdate[] = [{ kind: "gap", reason: "connected" }];
    let wake = () => {};
    this.#listeners.push((update) => {
      if (!process.alive) return;
      queue.push(update);
      wake();
    });
    while (process.alive) {
      while (queue.length > 0) yield queue.shift()!;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
