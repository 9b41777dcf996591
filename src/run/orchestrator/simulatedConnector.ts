import { columnOf } from "../../domain/columns.ts";
import type { Decimal } from "../../domain/decimal.ts";
import { OrderError } from "../../domain/errors.ts";
import type { Fixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { TickChunk } from "../../domain/market.ts";
import type { Order, OrderId } from "../../domain/order.ts";
import type { Credentials, ExecutionAdapter } from "../../domain/ports.ts";
import type { Position } from "../../domain/position.ts";
import type { Millis } from "../../domain/time.ts";
import { PaperAdapter } from "../../execution/paperAdapter.ts";
import { type SimulationSettings, settingsOf } from "../options.ts";

interface Seen {
  /** The connector's own: paper markets are kept by the very object. */
  readonly instrument: Instrument;
  price: Fixed;
  time: Millis;
}

/**
 * A venue that is not there: the paper adapter, with the fills and costs of a backtest. Its prices are told to it. Where
 * they stand still (the last close of a run), an order meets the same price again the moment it is placed, so that a
 * market order fills there; where they move, orders wait for the next price.
 */
export class SimulatedConnector implements ExecutionAdapter {
  readonly #settings: SimulationSettings;
  readonly #stands: boolean;
  readonly #seen = new Map<string, Seen>();
  readonly #credentials: Credentials = { apiKey: "", apiSecret: "" };
  /** Made with the first price: its currency is that of the account. */
  #paper: PaperAdapter | null = null;
  #currency: string | null = null;
  #connected = false;
  #time: Millis = Number.NEGATIVE_INFINITY;

  constructor(settings: Partial<SimulationSettings>, stands: boolean) {
    this.#settings = settingsOf(settings);
    this.#stands = stands;
  }

  async connect(_credentials: Credentials): Promise<void> {
    this.#connected = true;
    await this.#paper?.connect(this.#credentials);
  }

  async disconnect(): Promise<void> {
    this.#connected = false;
    await this.#paper?.disconnect();
  }

  /** A price of a symbol. Time never runs backwards here. */
  async quote(instrument: Instrument, price: Fixed, time: Millis): Promise<void> {
    const seen = this.#seen.get(instrument.symbol);
    if (seen !== undefined) Object.assign(seen, { price, time });
    else await this.#learn(instrument, price, time);
    const known = this.#seen.get(instrument.symbol);
    if (known !== undefined) this.#tell(known);
  }

  /** @throws OrderError GEO-ORDER-REFUSED, as a venue would */
  async placeOrder(order: Order): Promise<Order> {
    const seen = this.#seen.get(order.symbol);
    if (this.#paper === null || seen === undefined) throw this.#unpriced(order);
    const placed = await this.#paper.placeOrder(order);
    if (!this.#stands) return placed;
    this.#tell(seen);
    return this.#paper.getOrderStatus(placed.id);
  }

  async cancelOrder(id: OrderId): Promise<boolean> {
    return this.#known(id).cancelOrder(id);
  }

  async getOrderStatus(id: OrderId): Promise<Order> {
    return this.#known(id).getOrderStatus(id);
  }

  async getPositions(): Promise<Position[]> {
    return this.#paper?.getPositions() ?? [];
  }

  async getBalance(): Promise<Record<string, Decimal>> {
    return this.#paper?.getBalance() ?? {};
  }

  async #learn(given: Instrument, price: Fixed, time: Millis): Promise<void> {
    // A price that is told says nothing of how much was traded at it.
    const instrument = Object.freeze({ ...given, volumeUnit: "unknown" as const });
    if (this.#paper === null) {
      const { latency, ...settings } = this.#settings;
      const { cash, account, leverage, fillLimit, seed } = settings;
      const waits = this.#stands ? undefined : latency;
      const options = { ...settings, cash, account, leverage, fillLimit, seed, latency: waits };
      this.#paper = new PaperAdapter({ ...options, instruments: [instrument], volumeLimit: null });
      this.#currency = instrument.settle;
      if (this.#connected) await this.#paper.connect(this.#credentials);
    } else if (instrument.settle === this.#currency) {
      this.#paper.add(instrument);
    } else {
      // It may be run all the same; only its orders have no account here.
      return;
    }
    this.#seen.set(instrument.symbol, { instrument, price, time });
  }

  #tell({ instrument, price, time }: Seen): void {
    this.#time = Math.max(this.#time + 1, time);
    this.#paper!.onMarket({ chunk: tickOf(instrument, price, this.#time), row: 0 });
  }

  #unpriced({ symbol, side }: Order): OrderError {
    const account = this.#currency === null ? "" : `, and holds ${this.#currency} only`;
    return new OrderError(
      "GEO-ORDER-REFUSED",
      `${symbol} ${side}: refused:no-price: the simulated venue has seen no price of it${account}`,
      { hint: "Run a strategy on its data first, or give the venue a data source." },
    );
  }

  #known(id: OrderId): PaperAdapter {
    if (this.#paper !== null) return this.#paper;
    throw new OrderError("GEO-ORDER-REQUEST", `order ${id}: expected an order of this account, found none`);
  }
}

function tickOf(instrument: Instrument, price: Fixed, time: Millis): TickChunk {
  return {
    kind: "tick",
    length: 1,
    instruments: [instrument],
    instrumentOf: null,
    times: Float64Array.of(time),
    price: columnOf([price]),
    volume: columnOf([{ units: 0n, scale: 0 }]),
    sides: null,
    ids: null,
  };
}
