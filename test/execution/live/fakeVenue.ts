import { Decimal } from "../../../src/domain/decimal.ts";
import { ConnectionError, OrderError } from "../../../src/domain/errors.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { isFinal, type Order } from "../../../src/domain/order.ts";
import type {
  AccountUpdate,
  ProtectiveExits,
  TradingAdapter,
  VenueAbilities,
} from "../../../src/domain/ports.ts";
import { FakeBook, type VenueOrder } from "./fakeBook.ts";
import type { FakeClock } from "./fakeClock.ts";
import { allAbilities, type Faults, insufficient, limited } from "./venueFaults.ts";

/** A spot venue in memory, with seeded faults on every way in and out. */
export class FakeVenue extends FakeBook {
  /** Why orders are refused; null: they aren't. */
  refuseWith: string | null = null;
  /** Pairs of stop and target are; and single orders that sell, too. */
  refusePairs = false;
  refuseExits = false;
  tradesNameOrders = false;
  /** How many orders with a stop may stand. */
  mostStops = Number.POSITIVE_INFINITY;
  readonly abilities: VenueAbilities;
  readonly #instrument: Instrument;
  #listeners: ((update: AccountUpdate) => void)[] = [];
  #down = false;
  #lists = 0;

  constructor(
    clock: FakeClock,
    instrument: Instrument,
    { seed = 1, faults = {} as Faults, abilities = allAbilities } = {},
  ) {
    super(clock, seed, faults);
    this.#instrument = instrument;
    this.abilities = abilities;
  }

  /** The market moves: resting orders fill, stops trigger. */
  moveTo(price: number | string): void {
    this.price = new Decimal(price);
    for (const one of this.open()) this.match(one);
  }

  /** The user's own hand. */
  manual(side: "buy" | "sell", quantity: string): void {
    const order = { symbol: this.#instrument.symbol, side, type: "market" } as Order;
    const one = this.add({ ...order, quantity: new Decimal(quantity) }, null, null);
    this.fill(one, new Decimal(quantity));
  }

  /** A resting order that is not ours. */
  foreign(clientId = "someone-else"): void {
    const symbol = this.#instrument.symbol;
    const order = { symbol, side: "buy", type: "limit", quantity: new Decimal(1), price: new Decimal(1) };
    this.add(order as Order, clientId, null);
  }

  /** One that locks coins. */
  foreignSell(quantity: string): VenueOrder {
    const order = { symbol: this.#instrument.symbol, side: "sell", type: "limit", price: new Decimal(999) };
    return this.add({ ...order, quantity: new Decimal(quantity) } as Order, "someone-else", null);
  }

  /** Someone takes a part of it. */
  partly(one: VenueOrder, quantity: string): void {
    this.fill(one, new Decimal(quantity));
  }

  /** Someone cancels it at the venue. */
  cancelOutside(clientId: string): void {
    const one = this.find(clientId)!;
    this.cancel(one);
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
          return this.view(one);
        }),
      getBalance: () => run(() => ({ BTC: this.balances.base, USDT: this.balances.quote })),
      findOrder: (_, clientId) =>
        run(() => {
          const one = this.find(clientId);
          return one === undefined || this.clock.now < one.hiddenUntil ? null : this.view(one);
        }),
      cancelByClientId: (_, clientId) =>
        run(() => {
          const one = this.find(clientId);
          if (one === undefined || isFinal(one.status) || this.clock.now < one.hiddenUntil) return false;
          this.cancel(one);
          return true;
        }),
      openOrders: () =>
        run(() =>
          this.open()
            .filter(({ hiddenUntil }) => this.clock.now >= hiddenUntil)
            .map((one) => this.view(one)),
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

  #delay(): number {
    return 5 + Math.floor(this.random() * 40);
  }

  async #request<T>(process: { alive: boolean }, work: () => T): Promise<T> {
    await this.#leaves(process);
    const failed = this.chance(this.faults.unreachable);
    // Whether it arrived before the connection broke, nobody knows.
    const result = failed && this.random() < 0.5 ? null : { value: work() };
    await this.clock.wait(this.#delay());
    await this.#living(process);
    if (this.chance(this.faults.limited)) throw limited();
    if (failed || result === null) throw new ConnectionError("the connection was cut");
    return result.value;
  }

  /** What a process was about to say when it died may have left, or not. */
  async #leaves(process: { alive: boolean }): Promise<void> {
    await this.clock.wait(this.#delay());
    if (!process.alive && this.random() < 0.5) await new Promise(() => {});
  }

  /** The answer reaches nobody when the process has died. */
  async #living({ alive }: { alive: boolean }): Promise<void> {
    if (!alive) await new Promise(() => {});
  }

  async #place<T>(process: { alive: boolean }, work: () => T): Promise<T> {
    await this.#leaves(process);
    const { faults } = this;
    const unknown = () => new OrderError("GEO-ORDER-UNKNOWN", "no answer in time");
    const giveUp = async (ms: number): Promise<never> => {
      await this.clock.wait(ms);
      await this.#living(process);
      throw this.random() < 0.5 ? unknown() : new ConnectionError("the connection was cut");
    };
    if (this.chance(faults.limited)) {
      await this.#living(process);
      throw limited();
    }
    if (this.chance(faults.lost)) return await giveUp(1000);
    if (this.chance(faults.late)) {
      this.clock.after(1000 + this.random() * 3900, () => this.#quietly(work));
      return await giveUp(900);
    }
    if (this.chance(faults.acceptThenTimeOut)) {
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
    this.#refuseStop();
    if (this.refusePairs || this.refuseExits)
      throw new OrderError("GEO-ORDER-REFUSED", "No order lists for this symbol.");
    const common = { symbol, side, quantity, price: null, stopPrice: null };
    const stop = { ...common, type: "stop", stopPrice: stopLoss!.price } as unknown as Order;
    const target = { ...common, type: "limit", price: takeProfit!.price } as unknown as Order;
    const list = ++this.#lists;
    if (this.reached(stop))
      throw new OrderError("GEO-ORDER-REFUSED", "Stop price would trigger immediately.");
    if (this.limitReached(target))
      throw new OrderError("GEO-ORDER-REFUSED", "Order would immediately match and take.");
    if (quantity.gt(this.freeBase())) throw insufficient();
    return [
      this.view(this.add(stop, stopLoss!.clientId, list)),
      this.view(this.add(target, takeProfit!.clientId, list)),
    ];
  }

  #refuseStop(): void {
    const standing = this.open().filter(({ order, triggered }) => order.stopPrice != null && !triggered);
    if (standing.length >= this.mostStops)
      throw new OrderError("GEO-ORDER-REFUSED", "Filter failure: MAX_NUM_ALGO_ORDERS");
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
    if (order.stopPrice != null) this.#refuseStop();
    if (order.type === "stop" && order.timeInForce !== "GTC")
      throw new OrderError("GEO-ORDER-REFUSED", "A stop has no time in force.");
    const value = order.value ?? order.quantity!.times(order.price ?? this.price);
    if (order.side === "sell" && order.quantity!.gt(this.freeBase())) throw insufficient();
    if (order.side === "buy" && value.gt(this.balances.quote)) throw insufficient();
    if (order.type === "stop" && this.reached(order))
      throw new OrderError("GEO-ORDER-REFUSED", "Stop price would trigger immediately.");
    if (order.postOnly === true && this.limitReached(order))
      throw new OrderError("GEO-ORDER-REFUSED", "Order would immediately match and take.");
    const one = this.add(order, order.clientId!, list);
    this.match(one);
    if (!isFinal(one.status) && (order.timeInForce === "IOC" || order.timeInForce === "FOK"))
      this.cancel(one, "expired");
    return this.view(one);
  }

  tell(update: AccountUpdate): void {
    const { faults } = this;
    if (this.chance(faults.gap) && !this.#down) this.breakStream(500 + this.random() * 3000);
    if (this.#down || this.chance(faults.swallowed)) return;
    const send = (ms: number): void => {
      this.clock.after(ms, () => {
        if (!this.#down) for (const listener of this.#listeners) listener(update);
      });
    };
    send(this.chance(faults.delayed) ? this.random() * 4000 : this.#delay());
    if (this.chance(faults.duplicated)) send(this.random() * 6000);
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
