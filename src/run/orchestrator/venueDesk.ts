import { Decimal } from "../../domain/decimal.ts";
import { GeoSyncError, OrderError } from "../../domain/errors.ts";
import { type Fixed, formatUnits } from "../../domain/fixed.ts";
import { createInstrument, type Instrument } from "../../domain/instrument.ts";
import { createOrder, type Order, type OrderId, type OrderInput } from "../../domain/order.ts";
import type { Credentials, ExecutionAdapter } from "../../domain/ports.ts";
import type { RiskLimits } from "../../domain/riskLimits.ts";
import type { Millis } from "../../domain/time.ts";
import { InDoubt, KeyedOrders } from "./keyedOrders.ts";
import { KnownOrders } from "./knownOrders.ts";
import { isForWant, type NothingHeld, nothingToExit, nothingToSell } from "./noPosition.ts";
import { isTrading, OrderNews } from "./orderNews.ts";
import { clientIdOf, type Intent } from "./request.ts";
import { type Admission, RiskGate } from "./riskGate.ts";
import { SimulatedConnector } from "./simulatedConnector.ts";
import { VenueAccount } from "./venueAccount.ts";

export interface VenueDeskOptions {
  readonly name: string;
  readonly adapter: ExecutionAdapter;
  readonly credentials: Credentials;
  readonly account: "cash" | "margin";
  readonly risk: RiskLimits | null;
  readonly pollMs: number;
  readonly now: () => Millis;
  readonly onOrder: (order: Order) => void;
  readonly onProblem: (error: unknown) => void;
}

/** Between two looks at equity while prices move, in ms. */
const lookEvery = 1000;

/**
 * Sends orders to one venue, one after another, so that each is judged by what the one before has left; and follows
 * them until they end.
 */
export class VenueDesk {
  readonly name: string;
  readonly #options: VenueDeskOptions;
  readonly #account: VenueAccount;
  readonly #gate: RiskGate;
  readonly #orders = new KnownOrders();
  readonly #keys = new KeyedOrders();
  readonly #news: OrderNews;
  readonly #instruments = new Map<string, Instrument>();
  /** Last prices by symbol, also of those that nothing is known of yet. */
  readonly #marks = new Map<string, Fixed>();
  #line: Promise<unknown> = Promise.resolve();
  #running = false;
  #lookedAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: VenueDeskOptions) {
    const { name, adapter, account, risk, pollMs, now, onProblem } = options;
    this.name = name;
    this.#options = options;
    this.#account = new VenueAccount(account);
    this.#gate = new RiskGate(risk, this.#account, now);
    this.#news = new OrderNews({
      adapter,
      // Orders of a simulated venue only change when it is told a price, and are looked at then.
      pollMs: adapter instanceof SimulatedConnector ? null : pollMs,
      open: () => this.#orders.open,
      take: (order) => this.#take(order),
      problem: onProblem,
    });
  }

  get orders(): readonly Order[] {
    return this.#orders.all;
  }

  order(id: OrderId): Order | null {
    return this.#orders.find(id);
  }

  async start(): Promise<void> {
    const { adapter, credentials } = this.#options;
    await adapter.connect(credentials);
    this.#running = true;
    this.#news.start();
    // What losses are counted from.
    if (this.#gate.watchesLosses) await this.#next(() => this.#look());
  }

  /** Lets what is being sent come to its end first. */
  async stop(): Promise<void> {
    await this.#line;
    this.#running = false;
    this.#news.stop();
    await this.#options.adapter.disconnect();
  }

  /** What the market is at: the mark of what is held, and what a simulated venue trades at. */
  quote(instrument: Instrument, price: Fixed, time: Millis): Promise<void> {
    return this.#next(async () => {
      const { adapter, now } = this.#options;
      this.#marks.set(instrument.symbol, price);
      if (adapter instanceof SimulatedConnector) await adapter.quote(this.#learn(instrument), price, time);
      const own = this.#instruments.get(instrument.symbol);
      if (own !== undefined) this.#account.holdingOf(own).mark(price);
      if (!this.#running) return;
      if (adapter instanceof SimulatedConnector) await this.#news.ask();
      if (this.#gate.watchesLosses && now() - this.#lookedAt >= lookEvery) await this.#look();
    });
  }

  /** @throws OrderError GEO-ORDER-REFUSED by the policy or the venue, GEO-ORDER-UNKNOWN, GEO-ORDER-REQUEST */
  async submit(intent: Intent): Promise<Order> {
    const { key, action, symbol, quantity, price } = intent;
    if (key === null) return this.#next(() => this.#send(intent)).catch(unwrapDoubt);
    const order = await this.#keys.submit(
      key,
      JSON.stringify([action, symbol, action === "exit" ? null : quantity, price]),
      () => this.#next(() => this.#send(intent)),
      (admission) => this.#next(() => this.#settle(intent, admission)),
    );
    return this.#orders.latest(order);
  }

  async #send(intent: Intent): Promise<Order> {
    const { adapter } = this.#options;
    const instrument = await this.#instrumentOf(intent.symbol);
    const earlier = intent.key === null ? null : await this.#find(intent);
    // Sent under this key by a process that is gone.
    if (earlier !== null) return this.#track(earlier, this.#gate.adopt(earlier, instrument));
    await this.#look();
    const order = createOrder({
      ...this.#sideAndSize(intent, instrument),
      symbol: intent.symbol,
      type: intent.price === null ? "market" : "limit",
      price: intent.price,
      ...(intent.key !== null && { clientId: clientIdOf(intent.key) }),
    });
    const admission = this.#gate.admit(order, instrument);
    try {
      return this.#track(await adapter.placeOrder(order), admission);
    } catch (error) {
      // It may be there: it goes on counting as open.
      if (error instanceof GeoSyncError && error.code === "GEO-ORDER-UNKNOWN")
        throw new InDoubt(admission, error);
      this.#gate.withdraw(admission);
      throw this.#explained(error, order, instrument);
    }
  }

  /** The refusal of a sell that only lacks what it would sell says so, whoever refused it. */
  #explained(error: unknown, order: Order, instrument: Instrument): unknown {
    const lacks = order.side === "sell" && this.#account.kind === "cash" && this.#unitsOf(instrument) === 0n;
    return lacks && isForWant(error) ? nothingToSell(order, instrument, this.#nothing, error) : error;
  }

  /** What became of an order in doubt; it is never sent again. */
  async #settle(intent: Intent, admission: Admission): Promise<Order> {
    const found = await this.#find(intent).catch((cause: unknown) => {
      throw new InDoubt(admission, cause);
    });
    if (found !== null) return this.#track(found, admission);
    const what = `${intent.symbol} ${intent.action}: what became of the order is not known yet`;
    const cause = new OrderError("GEO-ORDER-UNKNOWN", what, {
      hint: "Ask again with the same key; look at the venue before you give it another.",
    });
    throw new InDoubt(admission, cause);
  }

  async #find({ symbol, key }: Intent): Promise<Order | null> {
    const { adapter } = this.#options;
    return isTrading(adapter) ? adapter.findOrder(symbol, clientIdOf(key!)) : null;
  }

  /** An exit closes what it finds: a short is closed by buying. */
  #sideAndSize({ action, quantity }: Intent, instrument: Instrument): Pick<OrderInput, "side" | "quantity"> {
    if (action !== "exit") return { side: action, quantity: quantity! };
    const units = this.#unitsOf(instrument);
    if (units === 0n) throw nothingToExit(instrument, this.#nothing);
    return {
      side: units > 0n ? "sell" : "buy",
      quantity: formatUnits(units > 0n ? units : -units, instrument.lot.scale),
    };
  }

  /** What the venue says is held, in lots; below 0 a short. */
  #unitsOf(instrument: Instrument): bigint {
    return this.#account.holdingOf(instrument).quantity;
  }

  get #nothing(): NothingHeld {
    return { venue: this.name, simulated: this.#options.adapter instanceof SimulatedConnector };
  }

  #track(order: Order, admission: Admission): Order {
    this.#orders.add(order, admission);
    this.#gate.follow(admission, { ...order, filledQuantity: new Decimal(0), averagePrice: null }, order);
    this.#tell(order);
    this.#news.wake();
    return order;
  }

  #take(order: Order): void {
    const known = this.#orders.take(order);
    if (known === null) return;
    this.#gate.follow(known.admission, known.before, order);
    this.#tell(order);
    if (this.#gate.watchesLosses) void this.#next(() => this.#look()).catch(this.#options.onProblem);
  }

  #tell(order: Order): void {
    try {
      this.#options.onOrder(order);
    } catch (error) {
      this.#options.onProblem(error);
    }
  }

  /** At the account, and at what the loss limits make of it. */
  async #look(): Promise<void> {
    this.#lookedAt = this.#options.now();
    await this.#account.refresh(this.#options.adapter, (symbol) => this.#instrumentOf(symbol));
    if (this.#gate.look() === "flatten") await this.#flatten();
  }

  async #flatten(): Promise<void> {
    for (const { symbol } of this.#account.positions) {
      const intent: Intent = {
        action: "exit",
        venue: this.name,
        symbol,
        quantity: null,
        price: null,
        key: null,
      };
      await this.#send(intent).catch(this.#options.onProblem);
    }
  }

  async #instrumentOf(symbol: string): Promise<Instrument> {
    const known = this.#instruments.get(symbol);
    if (known !== undefined) return known;
    const { adapter, name } = this.#options;
    return this.#learn(
      isTrading(adapter) ? await adapter.instrument(symbol) : createInstrument(symbol, { venue: name }),
    );
  }

  /** Kept by the object: the policy tells markets apart by it. */
  #learn(instrument: Instrument): Instrument {
    const known = this.#instruments.get(instrument.symbol);
    if (known !== undefined) return known;
    this.#instruments.set(instrument.symbol, instrument);
    const mark = this.#marks.get(instrument.symbol);
    const holding = this.#account.holdingOf(instrument);
    if (mark !== undefined) holding.mark(mark);
    return instrument;
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#line.then(step);
    this.#line = result.catch(() => {});
    return result;
  }
}

function unwrapDoubt(error: unknown): never {
  throw error instanceof InDoubt ? error.cause : error;
}
