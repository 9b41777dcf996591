import { GeoSyncError, ValidationError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Metrics } from "../metrics/panel.ts";
import type { Companion, SessionHandle } from "../run/session/handle.ts";
import type { HistoricOrder } from "../run/session/orderHistory.ts";
import { metricsOf } from "../run/session/report.ts";
import type { UserAction } from "../run/session/userCommand.ts";
import { version } from "../run/version.ts";
import { AskedKeys, usedBefore } from "./askedKeys.ts";
import { Chart } from "./chart.ts";
import * as contract from "./contract.ts";
import { Feed } from "./feed.ts";
import { Lists, type OrderFilter } from "./lists.ts";
import { Publisher } from "./publisher.ts";
import { amountsOf, checkKey, checkPrices, momentFrom, parse } from "./requests.ts";
import { instrumentNamed } from "./symbols.ts";
import * as views from "./views.ts";

/** How long an answer waits for an order's end. */
const settleMs = 1000;

export interface Asked {
  /** The client's name for the request: asked a second time it is not done again. At most 200 characters. */
  readonly key?: string | null | undefined;
}

/**
 * The application service that every face serves: it validates, does, and says, in the words of the contract. All of
 * its methods throw GeoSyncError; `failureOf` says how a face tells it.
 */
export class TradingService implements Companion {
  readonly feed = new Feed();
  readonly lists: Lists;
  readonly #handle: SessionHandle;
  readonly #chart: Chart;
  readonly #publisher: Publisher;
  readonly #began = performance.now();
  readonly #unwatch: () => void;
  readonly #asked: AskedKeys;
  #received: number | null = null;
  #stopping = false;
  #lastMessage: contract.StatusView["last_message"] = null;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
    this.lists = new Lists(handle);
    this.#asked = new AskedKeys(handle.path);
    this.#chart = new Chart(handle);
    this.#publisher = new Publisher(handle, this.feed, () => this.status());
    this.#unwatch = handle.watch({
      onStep: (step) => {
        if (step.events.length > 0) this.#received = performance.now();
        this.#chart.add(step);
        this.#publisher.onStep(step);
      },
      onEvent: (event) => {
        if (event.event === "stopping") this.#stopping = true;
        if (event.event === "status") {
          const { level, kind, message, time } = event;
          this.#lastMessage = { level, kind, message, timestamp: time };
        }
        this.#publisher.onEvent(event);
      },
    });
  }

  /** Ready: market data have come, and it is not about to end. */
  get isReady(): boolean {
    return this.#handle.core.isStarted && !this.#stopping;
  }

  /** Where its session is kept. */
  get path(): string {
    return this.#handle.path;
  }

  get instruments(): readonly Instrument[] {
    return this.#handle.instruments;
  }

  async close(): Promise<void> {
    this.#unwatch();
    this.#publisher.close();
  }

  status(): contract.StatusView {
    const { core, name, mode, venue, instruments, strategies } = this.#handle;
    const because = core.risk.haltedBecause(core.engine.time);
    return {
      status: this.#statusWord(because),
      uptime_seconds: Math.floor((performance.now() - this.#began) / 1000),
      version,
      ...{ session: name, mode, venue, symbols: instruments.map(({ symbol }) => symbol) },
      strategies: [...strategies],
      time: views.momentOf(core.engine.time),
      data_age_ms: this.#received === null ? null : Math.round(performance.now() - this.#received),
      halted_because: because,
      last_message: this.#lastMessage,
    };
  }

  #statusWord(because: string | null): contract.StatusView["status"] {
    const { core } = this.#handle;
    if (core.isFinished) return "finished";
    if (this.#stopping) return "stopping";
    if (because !== null) return "halted";
    return core.isStarted ? "running" : "starting";
  }

  positions(): { readonly positions: readonly contract.PositionView[] } {
    return { positions: views.positionViews(this.#handle.core) };
  }

  balance(): contract.BalanceView {
    return views.balanceView(this.#handle.core);
  }

  equity(): contract.EquityView {
    return views.equityView(this.#handle.core);
  }

  /** Oldest first, since this process began. */
  equityCurve(limit: number): readonly contract.EquityPointView[] {
    return this.#chart.equity(limit);
  }

  candles(symbol: string, limit: number): readonly contract.CandleView[] {
    const { symbol: name } = this.instrument(symbol);
    return this.#chart.candles(name, limit).map((candle) => ({ ...candle, symbol }));
  }

  /** The last of each symbol since this process began. */
  ticks(): readonly contract.TickView[] {
    return this.#publisher.ticks();
  }

  risk(): contract.RiskView {
    return views.riskView(this.#handle);
  }

  metrics(): Metrics {
    return metricsOf(this.#handle);
  }

  /** Newest first. */
  orders(filter: OrderFilter = {}): readonly contract.OrderView[] {
    return this.lists.orders(filter).items;
  }

  /** @throws GEO-NOT-FOUND */
  order(id: string): contract.OrderView {
    return this.#view(this.#find(id));
  }

  /** Newest first. */
  trades(symbol?: string, limit?: number): readonly contract.TradeView[] {
    return this.lists.trades({ symbol, limit }).items;
  }

  /** Newest first. */
  signals(symbol?: string, limit?: number): readonly contract.SignalView[] {
    return this.lists.signals({ symbol, limit }).items;
  }

  /**
   * Places an order; the answer waits a second for its end. One that risk or venue refuse is `rejected`, with a reason.
   * @throws GEO-VALUE, GEO-NOT-FOUND (symbol), GEO-ORDER-REQUEST, GEO-CONFLICT (key), GEO-NOT-READY
   */
  async placeOrder(input: unknown, { key }: Asked = {}): Promise<contract.OrderView> {
    const request = parse(contract.orderRequest, input, "order");
    checkPrices(request);
    const { symbol } = this.instrument(request.symbol);
    const amounts = amountsOf(request, {
      ...{ quantity: "quantity", notional: "value", price: "limit", stop_price: "stop" },
      ...{ stop_loss: "stopLoss", take_profit: "takeProfit" },
    });
    const id = this.#do(
      {
        kind: "order",
        order: {
          ...{ symbol, side: request.side, ...amounts },
          ...(request.time_in_force && { timeInForce: request.time_in_force }),
          ...(request.expires_at && { expires: momentFrom(request.expires_at) }),
          ...(request.post_only && { postOnly: true }),
          ...(request.reduce_only && { reduceOnly: true }),
          ...(request.tag && { tag: request.tag }),
        },
      },
      key,
    );
    return this.#settled(id!, request.symbol);
  }

  /** The order that takes its place. @throws as `placeOrder`; GEO-CONFLICT when it has ended */
  async amendOrder(id: string, input: unknown, { key }: Asked = {}): Promise<contract.OrderView> {
    const request = parse(contract.amendRequest, input, "amend");
    if (Object.keys(request).length === 0)
      throw new ValidationError("GEO-VALUE", "amend: expected quantity, price or stop_price, found none");
    const order = this.#find(id);
    if (order.reason !== null && !this.#wasAsked(key)) throw ended(order);
    const changes = amountsOf(request, { quantity: "quantity", price: "limit", stop_price: "stop" });
    const next = this.#do({ kind: "amend", id: order.id, changes }, key);
    return this.#settled(next!);
  }

  /** `success: false`: it had ended before. @throws GEO-NOT-FOUND, GEO-NOT-READY */
  async cancelOrder(id: string, { key }: Asked = {}): Promise<contract.CancelResult> {
    const order = this.#find(id);
    if (order.reason !== null && !this.#wasAsked(key)) return { success: false, order: this.#view(order) };
    this.#do({ kind: "cancel", id: order.id }, key);
    const view = await this.#settled(order.id);
    return { success: view.status === "cancelled", order: view };
  }

  /** What was open, newest first, each as it is then. */
  async cancelAll(symbol?: string, { key }: Asked = {}): Promise<readonly contract.OrderView[]> {
    const asked = `cancel ${symbol === undefined ? "all" : this.instrument(symbol).symbol}`;
    let cancelling: readonly Promise<unknown>[] = [];
    const ids = this.#once(key, asked, () => {
      const open = this.orders({ symbol, status: "open" }).map(({ order_id }) => order_id);
      cancelling = open.map((id) => this.cancelOrder(id));
      return open;
    });
    await Promise.all(cancelling);
    return ids.map((id) => this.order(id));
  }

  /** The signal as it was taken down. @throws as `placeOrder` */
  async submitSignal(input: unknown, { key }: Asked = {}): Promise<contract.SignalView> {
    const request = parse(contract.signalRequest, input, "signal");
    const { symbol, action, confidence, metadata } = request;
    const amounts = amountsOf(request, { quantity: "quantity", price: "price" });
    if (amounts.price !== undefined && amounts.quantity === undefined)
      throw new ValidationError("GEO-VALUE", "signal.price: expected a quantity beside it, found none");
    const name = this.instrument(symbol).symbol;
    const id = this.#do(
      { kind: "signal", signal: { symbol: name, action, confidence, metadata, ...amounts } },
      key,
    );
    if (id !== null) await this.#settled(id);
    const text = JSON.stringify(metadata);
    // The one of this order; of those without one, the last that is the same.
    const found = this.#handle.core.history.signals.find((one) => {
      if (id !== null) return one.order === id;
      return one.by === "user" && one.symbol === name && one.action === action && isJson(one.metadata, text);
    });
    if (found === null) throw new GeoSyncError("GEO-NOT-FOUND", "signal: it is kept no more");
    return { ...views.signalView(found), symbol };
  }

  /** The kill switch: lasts until it is lifted, restarts included. With `flatten` everything is closed, too. */
  halt(input: unknown = {}, { key }: Asked = {}): contract.StatusView {
    const { reason, flatten } = parse(contract.haltRequest, input, "halt");
    this.#once(key, `halt ${flatten} ${reason}`, () => {
      this.#handle.halt(reason, flatten);
      return null;
    });
    return this.status();
  }

  /** A halt with `flatten`. */
  kill(input: unknown = {}, asked: Asked = {}): contract.StatusView {
    return this.halt({ ...parse(contract.killRequest, input, "kill"), flatten: true }, asked);
  }

  resume({ key }: Asked = {}): contract.StatusView {
    this.#once(key, "resume", () => {
      this.#handle.lift();
      return null;
    });
    return this.status();
  }

  /** @throws GEO-VALUE, GEO-NOT-FOUND */
  instrument(symbol: string): Instrument {
    return instrumentNamed(symbol, this.#handle.instruments);
  }

  #find(id: string): HistoricOrder {
    const order = /^[1-9]\d{0,14}$/.test(id) ? this.#handle.core.history.order(Number(id)) : null;
    if (order !== null) return order;
    throw new GeoSyncError("GEO-NOT-FOUND", `order: no order has the id "${id.slice(0, 40)}"`);
  }

  #view(order: HistoricOrder, symbol = order.symbol): contract.OrderView {
    return { ...views.orderView(this.#handle.core, order), symbol };
  }

  #wasAsked(key: string | null | undefined): boolean {
    return typeof key === "string" && this.#handle.core.users.before(key) !== null;
  }

  /** What is no step of the journal, once. @returns the orders that it was about */
  #once(key: string | null = null, asked: string, work: () => readonly string[] | null): readonly string[] {
    checkKey(key);
    if (this.#wasAsked(key)) throw usedBefore(key!);
    return this.#asked.once(key, asked, work);
  }

  #do(action: UserAction, key: string | null = null): number | null {
    checkKey(key);
    if (key !== null && this.#asked.has(key)) throw usedBefore(key);
    const before = key === null ? null : this.#handle.core.users.before(key);
    if (before !== null && JSON.stringify(before.action) !== JSON.stringify(action)) throw usedBefore(key!);
    if (this.#stopping) throw new GeoSyncError("GEO-NOT-READY", "the session is stopping");
    const { order, refused } = before?.answer ?? this.#handle.request({ key, ...action });
    if (refused !== null)
      throw new GeoSyncError(refused.code, refused.message, { hint: refused.hint ?? undefined });
    return order;
  }

  /** The order at its end, or as it is when the time is over. */
  async #settled(id: number, symbol?: string): Promise<contract.OrderView> {
    const order = this.#find(String(id));
    const view = this.#view(order, symbol);
    if (views.isSettled(view)) return view;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        forget();
        resolve(this.#view(this.#handle.core.history.order(id) ?? order, symbol));
      };
      const forget = this.#publisher.onEnd(String(id), done);
      const timer = setTimeout(done, settleMs);
    });
  }
}

function isJson(value: unknown, text: string): boolean {
  return JSON.stringify(value) === text;
}

function ended({ id, reason }: HistoricOrder): GeoSyncError {
  return new GeoSyncError("GEO-CONFLICT", `order ${id}: it has ended (${reason})`);
}
