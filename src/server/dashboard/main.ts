import { AccountStrip } from "./account.ts";
import { Api, ApiError } from "./api.ts";
import { ask } from "./dialogs.ts";
import { byId } from "./dom.ts";
import { EquityChart } from "./equityChart.ts";
import { amountText } from "./format.ts";
import { Header } from "./header.ts";
import { KillSwitch } from "./killSwitch.ts";
import { Market } from "./market.ts";
import { Model } from "./model.ts";
import { tell } from "./news.ts";
import { type Link, Stream } from "./stream.ts";
import { ordersTable, positionsTable, signalsTable, tradesTable } from "./tables.ts";
import { startTheme } from "./theme.ts";
import { Ticket } from "./ticket.ts";
import { askForToken } from "./tokenPrompt.ts";
import type { Equity, Frame, Order, Status, Trade } from "./wire.ts";

/** Points of the equity curve that are fetched. */
const points = 2000;

/** The page: news come in, the parts that show them are told, once a frame of the screen. */
class Dashboard {
  readonly #api = new Api();
  readonly #model = new Model();
  readonly #header = new Header();
  readonly #account = new AccountStrip();
  readonly #market = new Market(this.#api, this.#model, () => this.#want("market"));
  readonly #equity = new EquityChart(byId("equityChart"));
  readonly #ticket = new Ticket(this.#api);
  readonly #kill = new KillSwitch(this.#api, (status) => this.#showStatus(status));
  readonly #tables = {
    positions: positionsTable(),
    orders: ordersTable((order) => void this.#cancel(order)),
    trades: tradesTable(),
    signals: signalsTable(),
  };
  readonly #stream = new Stream(
    {
      onFrame: (frame) => this.#take(frame),
      onLink: (link) => this.#linked(link),
      onLatency: (ms) => this.#header.showLatency(ms),
      onLost: () => void this.#checkToken(),
    },
    () => this.#api.token,
  );
  /** What is to be shown anew. */
  #wanted = new Set<string>();

  start(): void {
    startTheme(() => {
      this.#market.recolor();
      this.#equity.recolor();
    });
    byId("cancelAll").addEventListener("click", () => this.#askToCancelAll());
    this.#connect();
  }

  /** Whether the session lets this page in comes first: a refused WebSocket would not say. */
  async #connect(): Promise<void> {
    try {
      this.#showStatus(await this.#api.status());
    } catch (error) {
      if (isRefused(error)) return this.#askForToken();
    }
    this.#stream.open();
  }

  async #checkToken(): Promise<void> {
    const refused = await this.#api.status().then(() => false, isRefused);
    if (refused) this.#askForToken();
  }

  #askForToken(): void {
    this.#stream.pause();
    askForToken(this.#api, () => void this.#connect());
  }

  #linked(link: Link): void {
    this.#header.showLink(link);
    document.body.dataset.link = link;
    if (link === "live") this.#reload().catch(() => undefined);
  }

  /** What no news tell: the charts as they were until now. */
  async #reload(): Promise<void> {
    const [curve] = await Promise.all([this.#api.equityCurve(points), this.#market.reload()]);
    this.#equity.set(curve);
    const { equity } = this.#model;
    if (equity !== null) this.#addEquity(equity);
    this.#want("market");
  }

  #take(frame: Frame): void {
    this.#model.apply(frame);
    const { channel, type, data } = frame;
    if (channel === "status") this.#showStatus(data as Status);
    if (channel === "equity") this.#addEquity(data as Equity);
    if (channel === "ticks" && type === "update") {
      this.#header.dataCame();
      this.#market.moved();
    }
    if (channel === "trades" && type === "update") tellTrade(data as Trade);
    this.#want(channel ?? "");
  }

  #addEquity({ timestamp, equity, drawdown }: Equity): void {
    if (timestamp !== null) this.#equity.add({ timestamp, equity, drawdown });
  }

  #showStatus(status: Status): void {
    this.#model.status = status;
    this.#header.showStatus(status);
    this.#market.showStatus(status);
    this.#ticket.showStatus(status);
    this.#kill.show(status);
    this.#want("market");
  }

  #want(part: string): void {
    if (this.#wanted.size === 0) requestAnimationFrame(() => this.#show());
    this.#wanted.add(part);
  }

  #show(): void {
    const wanted = this.#wanted;
    this.#wanted = new Set();
    const { equity, positions, openOrders, trades, signals } = this.#model;
    if (equity !== null) this.#account.show(equity);
    if (wanted.has("positions"))
      this.#tables.positions.show(positions.filter(({ quantity }) => Number(quantity) !== 0));
    if (wanted.has("orders")) this.#tables.orders.show(openOrders);
    if (wanted.has("trades")) this.#tables.trades.show(trades);
    if (wanted.has("signals")) this.#tables.signals.show(signals);
    byId("cancelAll").hidden = openOrders.length < 2;
    if (["market", "ticks", "orders", "positions", "trades"].some((part) => wanted.has(part))) {
      this.#market.show();
      this.#ticket.showMarket(this.#market.symbol, this.#market.price);
    }
  }

  async #cancel({ order_id }: Order): Promise<void> {
    try {
      const { success } = await this.#api.cancelOrder(order_id);
      tell(success ? `Order ${order_id} cancelled` : `Order ${order_id} had ended before`);
      // Its button is gone.
      byId("ordersTitle").focus();
    } catch (error) {
      tell(
        `Order ${order_id} was not cancelled. ${error instanceof ApiError ? error.message : "No answer."}`,
        "bad",
      );
    }
  }

  #askToCancelAll(): void {
    const count = this.#model.openOrders.length;
    ask({
      title: `Cancel all ${count} open orders?`,
      text: "Stops and take-profits that guard positions are among them.",
      yes: "Cancel all",
      act: () => this.#api.cancelAll(),
    });
  }
}

function tellTrade({ side, quantity, price, symbol }: Trade): void {
  tell(
    `${side === "buy" ? "Bought" : "Sold"} ${amountText(quantity)} ${symbol} at ${amountText(price)}`,
    "good",
  );
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

new Dashboard().start();
