import { Account, type AccountKind } from "../account/account.ts";
import type { CostSettings } from "../domain/costs.ts";
import type { Decimal } from "../domain/decimal.ts";
import { OrderError } from "../domain/errors.ts";
import type { Approved, Command, Execution, ExecutionEvent, PlaceCommand } from "../domain/execution.ts";
import { compareFixed, type Fixed, formatFixed } from "../domain/fixed.ts";
import { type Instrument, snapQuantity, unitValue } from "../domain/instrument.ts";
import type { MarketEvent } from "../domain/market.ts";
import { isFinal, type Order } from "../domain/order.ts";
import type { AccountUpdate, CostEstimate } from "../domain/ports.ts";
import type { Millis } from "../domain/time.ts";
import { type CostModels, costModelsOf } from "./costs/costModels.ts";
import { costEstimate } from "./costs/estimate.ts";
import { realizedVolatility } from "./costs/realizedVolatility.ts";
import { PaperMarkets } from "./paperMarkets.ts";
import { commandOf, decimalOf, endedOrder, filledOrder, fixedOf, ownTrade } from "./paperOrders.ts";
import { SimulatedVenue } from "./simulatedVenue.ts";

export interface PaperOptions extends CostSettings {
  /** The very objects that the market data names. All settle in one currency. */
  readonly instruments: readonly Instrument[];
  readonly cash: Fixed;
  /** @default "cash" */
  readonly account?: AccountKind | undefined;
  /** Of a margin account. @default 1 */
  readonly leverage?: Fixed | undefined;
  /** @default "through" */
  readonly fillLimit?: "through" | "touch" | undefined;
  /** The share of an event's volume that orders may take; null: no limit. @default 10 % */
  readonly volumeLimit?: Fixed | null | undefined;
  /** Of the latency's draws. @default 1 */
  readonly seed?: number | undefined;
}

interface Placed {
  order: Order;
  readonly command: PlaceCommand;
}

type Tell = (update: AccountUpdate, time: Millis) => void;

/**
 * The paper venue itself, synchronous: orders in, fills by the simulated rules out. The same events and orders give
 * the same fills.
 */
export class PaperDesk {
  readonly account: Account;
  readonly markets: PaperMarkets;
  readonly #venue: SimulatedVenue;
  readonly #models: CostModels;
  readonly #estimate: CostEstimate;
  readonly #placed = new Map<string, Placed>();
  readonly #names = new Map<string, Placed>();
  readonly #open = new Set<Placed>();
  readonly #tell: Tell;
  #number = 0;
  #trades = 0;
  #time: Millis | null = null;

  constructor(options: PaperOptions, tell: Tell) {
    const { instruments, cash, account: kind = "cash", leverage, fillLimit = "through", seed = 1 } = options;
    this.account = new Account({ kind, currency: instruments[0]!.settle, cash, leverage });
    this.markets = new PaperMarkets(instruments, this.account);
    this.#models = costModelsOf(options, seed);
    this.#estimate = costEstimate(costModelsOf(options, seed));
    const { fees, slippage } = this.#models;
    const volumeShare = options.volumeLimit === undefined ? { units: 10n, scale: 2 } : options.volumeLimit;
    this.#venue = new SimulatedVenue({
      account: this.account,
      fees,
      slippage,
      volatilityOf: (instrument) => realizedVolatility(this.markets.closesOf(instrument)),
      fillLimit,
      entryBar: "pessimistic",
      volumeShare,
    });
    this.#tell = tell;
  }

  /** Of the last market event; null before the first. */
  get time(): Millis | null {
    return this.#time;
  }

  get open(): readonly Order[] {
    return [...this.#open].map(({ order }) => order);
  }

  /** By our name for it. */
  named(clientId: string): Order | null {
    return this.#names.get(clientId)?.order ?? null;
  }

  order(id: string): Order | null {
    return this.#placed.get(id)?.order ?? null;
  }

  /** What rests may fill on it. */
  onMarket(event: MarketEvent): void {
    const bar = this.markets.barOf(event);
    const { chunk, row } = event;
    // The venue's clock never runs backwards.
    this.#time = Math.max(this.#time ?? Number.NEGATIVE_INFINITY, chunk.times[row]!);
    if (this.#time > this.account.nextAccrual) this.account.accrue(this.#time);
    this.#venue.onMarket(event, bar);
    this.#drain();
    this.markets.observe(event);
  }

  /** @throws OrderError GEO-ORDER-REFUSED with the reason's code: without a price, or not payable at the last one */
  place(orders: readonly Order[]): readonly Order[] {
    const group = orders.length > 1 ? `exits-${this.#number + 1}` : null;
    const { latency } = this.#models;
    const commands = orders.map((order) => {
      const instrument = this.markets.instrument(order.symbol);
      const price = this.#checked(order, instrument);
      const activeFrom = this.#time! + latency.leaves() + latency.seen();
      return commandOf(order, { number: ++this.#number, instrument, price, group, activeFrom });
    });
    const ids = commands.map((command, index) => {
      const id = String(command.number);
      const order = Object.freeze({ ...orders[index]!, id, status: "open" as const });
      const placed = { order, command };
      this.#placed.set(id, placed);
      this.#names.set(order.clientId!, placed);
      this.#open.add(placed);
      this.#news({ kind: "order", order });
      return id;
    });
    for (const command of commands) this.#venue.submit(command as Command as Approved);
    this.#drain();
    return ids.map((id) => this.#placed.get(id)!.order);
  }

  /** On its way to the venue for as long as the latency says. */
  cancel(id: string): void {
    const placed = this.#placed.get(id);
    if (placed === undefined || isFinal(placed.order.status)) return;
    const { latency } = this.#models;
    const delay = latency.leaves() + latency.seen();
    const activeFrom = delay === 0 ? Number.NEGATIVE_INFINITY : (this.#time ?? 0) + delay;
    const { number } = placed.command;
    const command: Command = { kind: "cancel", number, reason: "cancelled:by-user", activeFrom };
    this.#venue.submit(command as Approved);
    this.#drain();
  }

  /** @returns the price the order is sized and checked by */
  #checked(order: Order, instrument: Instrument): Fixed {
    const last = this.markets.priceOf(instrument);
    if (last === null) throw refused(order, "refused:no-price", "no market data has come yet");
    const own = order.price ?? order.stopPrice;
    const price = own === null ? last : fixedOf(own);
    if (order.side === "sell") this.#checkHolding(order, instrument);
    else if (order.quantity === null) this.#mustHave(order, fixedOf(order.value!));
    else this.#checkCost(order, instrument, price);
    return price;
  }

  #checkCost(order: Order, instrument: Instrument, price: Fixed): void {
    const holding = this.account.holdingOf(instrument);
    const units = snapQuantity(instrument, fixedOf(order.quantity!));
    // What buys a short back frees money instead of taking it.
    const opened = holding.quantity < 0n ? units + holding.quantity : units;
    if (opened <= 0n) return;
    const purchase = { instrument, unitValue: unitValue(instrument, price), maker: false, time: this.#time! };
    this.#mustHave(order, this.#estimate.costOf(purchase, opened));
  }

  #checkHolding(order: Order, instrument: Instrument): void {
    if (this.account.kind !== "cash" || this.account.holdingOf(instrument).quantity > 0n) return;
    const isAwaited = this.open.some(({ symbol, side }) => symbol === instrument.symbol && side === "buy");
    if (!isAwaited) throw refused(order, "refused:no-position", `nothing of ${instrument.base} is held`);
  }

  #mustHave(order: Order, cost: Fixed): void {
    // What open sells will bring may pay for it: known, exactly, when it fills.
    if (this.open.some(({ side }) => side === "sell")) return;
    const free = this.account.free();
    if (compareFixed(cost, free) <= 0) return;
    const need = `it needs ${formatFixed(cost)} ${this.account.currency}, ${formatFixed(free)} is free`;
    throw refused(order, "refused:insufficient-cash", need);
  }

  #drain(): void {
    for (let events = this.#venue.drain(); events.length > 0; events = this.#venue.drain()) {
      for (const event of events) this.#take(event);
    }
  }

  #take(event: ExecutionEvent): void {
    if (event.kind === "accepted") return;
    const placed = this.#placed.get(String(event.number));
    if (placed === undefined) return;
    if (event.kind === "fill") this.#book(event, placed);
    else placed.order = endedOrder(placed.order, event.reason);
    if (isFinal(placed.order.status)) this.#open.delete(placed);
    this.#news({ kind: "order", order: placed.order });
    if (event.kind === "fill") this.#news({ kind: "balance", free: this.balances() });
  }

  #book(fill: Execution, placed: Placed): void {
    this.account.book(fill, placed.order.tag);
    placed.order = filledOrder(placed.order, fill);
    this.#trades++;
    this.#news({ kind: "trade", trade: ownTrade(fill, placed.order, this.#trades) });
  }

  balances(): Readonly<Record<string, Decimal>> {
    const amounts = [...this.account.balances].map(
      ([currency, amount]) => [currency, decimalOf(amount)] as const,
    );
    return Object.fromEntries(amounts);
  }

  #news(update: AccountUpdate): void {
    this.#tell(update, (this.#time ?? 0) + this.#models.latency.answered());
  }
}

function refused(order: Order, code: string, why: string): OrderError {
  return new OrderError("GEO-ORDER-REFUSED", `${order.symbol} ${order.side}: ${code}: ${why}`);
}
