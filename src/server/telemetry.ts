import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { SessionEvent } from "../run/session/events.ts";
import type { SessionHandle } from "../run/session/handle.ts";
import { version } from "../run/version.ts";
import type { AuditEntry } from "./access.ts";
import { EventLoopLag } from "./eventLoopLag.ts";
import type { TradingService } from "./service.ts";
import type { SocketCounts } from "./socket/counts.ts";

export type Face = AuditEntry["face"];

/** Seconds. */
const fast = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const slow = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

const states = ["starting", "running", "halted", "stopping", "finished"] as const;

/** A session's measurements for Prometheus. Counters count from the start of this process. */
export class Telemetry {
  readonly #registry = new Registry();
  readonly #lag = new EventLoopLag();
  readonly #unwatch: () => void;
  readonly #events = this.#counter("geosync_market_events_total", "Market events that reached the engine");
  readonly #orders = this.#counter("geosync_orders_total", "Orders asked for by strategy or user", [
    ...["symbol", "side", "type"],
  ]);
  readonly #fills = this.#counter("geosync_fills_total", "Fills", ["symbol", "side"]);
  readonly #rejects = this.#counter("geosync_rejects_total", "Orders refused by risk or venue", ["reason"]);
  readonly #reconnects = this.#counter("geosync_reconnects_total", "Reconnections of market data streams");
  readonly #sent = this.#histogram(
    "geosync_order_send_seconds",
    "From the market data an order was decided on to the order leaving for the venue",
    fast,
  );
  readonly #answered = this.#histogram(
    "geosync_venue_answer_seconds",
    "From an order leaving to the venue's answer",
    slow,
  );
  readonly #calls = this.#histogram("geosync_api_request_seconds", "API calls that succeeded", fast, [
    ...["face", "action"],
  ]);
  readonly #errors = this.#counter("geosync_api_errors_total", "API calls that failed", ["face", "code"]);

  constructor(handle: SessionHandle, service: TradingService) {
    this.#watchProcess();
    this.#watchService(handle, service);
    this.#unwatch = handle.watch({
      onStep: ({ events }) => this.#events.inc(events.length),
      onEvent: (event) => this.#take(event),
    });
  }

  /** Of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of it, in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** @param action what was called, one of few: no ids in it */
  apiCall(face: Face, action: string, seconds: number): void {
    this.#calls.observe({ face, action }, seconds);
  }

  apiError(face: Face, code: string): void {
    this.#errors.inc({ face, code });
  }

  /** Shows what the WebSocket counts. */
  watchSockets(counts: SocketCounts): void {
    this.#gauge("geosync_websocket_clients", "WebSocket clients connected", () => counts.clients);
    const shown = [
      ["geosync_websocket_frames_total", "Frames handed to WebSockets", "frames"],
      ["geosync_websocket_conflated_total", "Frames left out for newer ones, to slow clients", "conflated"],
      ["geosync_websocket_too_slow_total", "WebSocket clients cut off because they were slow", "tooSlow"],
    ] as const;
    for (const [name, help, count] of shown) {
      const collect = function (this: Counter) {
        this.reset();
        this.inc(counts[count]);
      };
      new Counter({ name, help, registers: [this.#registry], collect });
    }
  }

  close(): void {
    this.#unwatch();
    this.#lag.close();
  }

  #take(event: SessionEvent): void {
    switch (event.event) {
      case "order":
        this.#orders.inc({ symbol: event.symbol, side: event.side, type: event.type });
        break;
      case "fill":
        this.#fills.inc({ symbol: event.symbol, side: event.side });
        break;
      case "ended":
        if (event.reason.startsWith("refused:")) this.#rejects.inc({ reason: event.reason });
        break;
      case "sent":
        this.#sent.observe(event.afterMs / 1000);
        break;
      case "answered":
        this.#answered.observe(event.afterMs / 1000);
        break;
      case "status":
        if (event.kind === "reconnecting") this.#reconnects.inc();
    }
  }

  #watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    // Ours is of a fixed window; these begin anew with each reader, and are no numbers before the first second.
    for (const { name } of this.#registry.getMetricsAsArray())
      if (name.startsWith("nodejs_eventloop_lag")) this.#registry.removeSingleMetric(name);
  }

  #watchService({ name, mode, venue }: SessionHandle, service: TradingService): void {
    const about = { version, session: name, mode, venue };
    this.#labelled("geosync_info", "The session", Object.keys(about), () => [[about, 1]]);
    this.#labelled("geosync_session_state", "1 for the state that the session is in", ["state"], () => {
      const { status } = service.status();
      return states.map((state) => [{ state }, state === status ? 1 : 0]);
    });
    this.#gauge("geosync_halted", "1 while nothing may be opened", () => (service.risk().halted ? 1 : 0));
    this.#gauge(
      "geosync_data_age_seconds",
      "Since the last market data came; absent before the first",
      () => {
        const { data_age_ms } = service.status();
        return data_age_ms === null ? null : data_age_ms / 1000;
      },
    );
    const equity = "geosync_equity";
    this.#labelled(equity, "Equity, in the account's currency", ["currency"], () => {
      const { currency, equity } = service.equity();
      return [[{ currency }, equity.toNumber()]];
    });
    this.#gauge(
      "geosync_drawdown_ratio",
      "Equity below its peak, 0 or less; absent before it is measured",
      () => {
        return service.equity().drawdown;
      },
    );
    this.#gauge("geosync_max_drawdown_ratio", "The deepest drawdown so far, 0 or less", () => {
      return service.equity().max_drawdown;
    });
    this.#gauge("geosync_open_orders", "Orders that are open", () => service.risk().open_orders);
    this.#labelled("geosync_position", "Quantity held, below 0 when short", ["symbol"], () =>
      service.positions().positions.map(({ symbol, quantity }) => [{ symbol }, quantity.toNumber()]),
    );
    const lag = "Wait of what is due in the event loop, over ten seconds";
    this.#labelled("geosync_event_loop_lag_seconds", lag, ["quantile"], () =>
      this.#lag.seconds().map(([quantile, seconds]) => [{ quantile: String(quantile) }, seconds]),
    );
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.#registry] });
  }

  /** Read when it is asked for; null: there is none now. */
  #gauge(name: string, help: string, read: () => number | null): void {
    this.#labelled(name, help, [], () => {
      const value = read();
      return value === null ? [] : [[{}, value]];
    });
  }

  #labelled(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => readonly (readonly [labels: Record<string, string>, value: number])[],
  ): void {
    const collect = function (this: Gauge<string>) {
      this.reset();
      // Without labels a reset leaves a 0.
      if (labelNames.length === 0) this.remove();
      for (const [labels, value] of read()) this.set(labels, value);
    };
    new Gauge({ name, help, labelNames, registers: [this.#registry], collect });
  }
}
