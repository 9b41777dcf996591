import { fixedAt } from "../domain/columns.ts";
import type { Fixed } from "../domain/fixed.ts";
import { instrumentAt, type MarketEvent } from "../domain/market.ts";
import { isFinal } from "../domain/order.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { SessionEvent } from "../run/session/events.ts";
import type { SessionHandle } from "../run/session/handle.ts";
import type { Step } from "../run/session/step.ts";
import type { OrderView, StatusView, TickView } from "./contract.ts";
import type { Feed } from "./feed.ts";
import { equityView, exactly, orderView, positionViews, signalView, tradeView } from "./views.ts";

/** Positions and equity move with every price: they are told so often, and at once when something was traded. */
const pictureMs = 250;

interface LastTick {
  readonly price: Fixed;
  readonly volume: Fixed;
  readonly time: Millis;
}

/** Turns what happens in a session into news, and wakes those who wait for an order's end. */
export class Publisher {
  readonly #handle: SessionHandle;
  readonly #feed: Feed;
  readonly #statusOf: () => StatusView;
  readonly #waiting = new Map<string, Set<(order: OrderView) => void>>();
  #touched = new Set<number>();
  #fills: number;
  #signals: number;
  #priced = false;
  #told = { positions: "", status: "" };
  readonly #lastTicks = new Map<string, LastTick>();
  readonly #timer: NodeJS.Timeout;

  constructor(handle: SessionHandle, feed: Feed, statusOf: () => StatusView) {
    this.#handle = handle;
    this.#feed = feed;
    this.#statusOf = statusOf;
    const { fills, signals } = handle.core.history;
    this.#fills = fills.all().at(-1)?.seq ?? 0;
    this.#signals = signals.all().at(-1)?.seq ?? 0;
    this.#timer = setInterval(() => this.#tellPictures(), pictureMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  onEvent(event: SessionEvent): void {
    if ("id" in event) this.#touched.add(Number(event.id));
    if (event.event === "halted" || event.event === "resumed" || event.event === "stopping")
      this.tellStatus();
    if (event.event === "status") this.tellStatus();
  }

  onStep({ events, executions }: Step): void {
    for (const event of executions) if ("number" in event) this.#touched.add(event.number);
    if (events.length > 0) {
      this.#priced = true;
      for (const event of events) this.#tick(event);
    }
    this.#tellOrders();
    if (this.#tellTrades()) {
      this.#priced = true;
      this.#tellPictures();
    }
    this.#tellSignals();
  }

  /** Calls back with the order's next state that is its end. @returns what takes the wish back */
  onEnd(id: string, done: (order: OrderView) => void): () => void {
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    waiting.add(done);
    return () => {
      waiting.delete(done);
      if (waiting.size === 0) this.#waiting.delete(id);
    };
  }

  tellStatus(): void {
    if (!this.#feed.isWanted("status")) return;
    const status = this.#statusOf();
    // Time goes on anyway: that alone is no news.
    const { uptime_seconds: _, time: __, data_age_ms: ___, ...lasting } = status;
    const text = JSON.stringify(lasting);
    if (text === this.#told.status) return;
    this.#told.status = text;
    this.#feed.publish("status", null, status);
  }

  /** The last of each symbol since this process began. */
  ticks(): readonly TickView[] {
    return [...this.#lastTicks].map(([symbol, last]) => tickView(symbol, last));
  }

  #tick({ chunk, row }: MarketEvent): void {
    if (chunk.hidden === true || chunk.kind === "book" || chunk.kind === "quote") return;
    const isBar = chunk.kind === "bar";
    if (isBar && chunk.derived) return;
    const { symbol } = instrumentAt(chunk, row);
    const price = fixedAt(isBar ? chunk.close : chunk.price, row);
    const last = { price, volume: fixedAt(chunk.volume, row), time: chunk.times[row]! };
    this.#lastTicks.set(symbol, last);
    if (this.#feed.isWanted("ticks")) this.#feed.publish("ticks", symbol, tickView(symbol, last));
  }

  #tellOrders(): void {
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched].sort((a, b) => a - b);
    this.#touched = new Set();
    const { core } = this.#handle;
    for (const id of touched) {
      const waiting = this.#waiting.get(String(id));
      if (waiting === undefined && !this.#feed.isWanted("orders")) continue;
      const order = core.history.order(id);
      if (order === null) continue;
      const view = orderView(core, order);
      if (this.#feed.isWanted("orders")) this.#feed.publish("orders", order.symbol, view);
      if (waiting !== undefined && isFinal(view.status)) for (const done of [...waiting]) done(view);
    }
  }

  #tellTrades(): boolean {
    const fresh = this.#handle.core.history.fills.after(({ seq }) => seq <= this.#fills);
    for (const fill of fresh) {
      this.#fills = fill.seq;
      if (this.#feed.isWanted("trades")) this.#feed.publish("trades", fill.symbol, tradeView(fill));
    }
    return fresh.length > 0;
  }

  #tellSignals(): void {
    const fresh = this.#handle.core.history.signals.after(({ seq }) => seq <= this.#signals);
    for (const signal of fresh) {
      this.#signals = signal.seq;
      if (this.#feed.isWanted("signals")) this.#feed.publish("signals", signal.symbol, signalView(signal));
    }
  }

  #tellPictures(): void {
    if (!this.#priced) return;
    this.#priced = false;
    const { core } = this.#handle;
    if (!core.isStarted) return;
    if (this.#feed.isWanted("equity")) this.#feed.publish("equity", null, equityView(core));
    if (!this.#feed.isWanted("positions")) return;
    const positions = positionViews(core);
    const text = JSON.stringify(positions);
    if (text === this.#told.positions) return;
    this.#told.positions = text;
    this.#feed.publish("positions", null, { positions });
  }
}

function tickView(symbol: string, { price, volume, time }: LastTick): TickView {
  return { symbol, price: exactly(price), volume: exactly(volume), timestamp: isoTime(time) };
}
