import type { Fixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Order } from "../../domain/order.ts";
import type { Millis } from "../../domain/time.ts";
import { PriceFeed } from "./priceFeed.ts";
import type { Intent } from "./request.ts";
import { SimulatedConnector } from "./simulatedConnector.ts";
import type { GeoSyncSystem, VenueOptions } from "./system.ts";
import { VenueDesk } from "./venueDesk.ts";

/** A venue of the system: its desk, and its prices. */
export class LiveVenue {
  readonly desk: VenueDesk;
  readonly #prices: PriceFeed | null;
  readonly #problem: (error: unknown) => void;

  constructor(name: string, options: VenueOptions, system: GeoSyncSystem) {
    const { source, symbols = [] } = options;
    const { simulation, risk, pollMs, now } = system;
    const problem = (error: unknown) => system.onProblem(error, name);
    this.#problem = problem;
    this.desk = new VenueDesk({
      name,
      adapter: options.adapter ?? new SimulatedConnector(simulation, source === undefined),
      credentials: options.credentials ?? { apiKey: "", apiSecret: "" },
      account: options.account ?? simulation.account ?? "cash",
      ...{ risk, pollMs, now },
      onOrder: (order) => system.onOrder(order, name),
      onProblem: problem,
    });
    const told = this.desk.quote.bind(this.desk);
    this.#prices =
      source === undefined ? null : new PriceFeed(source, { venue: name, symbols, told, problem });
  }

  /** @throws ConnectionError */
  async start(): Promise<void> {
    await this.desk.start();
    await this.#prices?.start();
  }

  /** What cannot be disconnected is a problem, not a reason to leave the rest connected. */
  async stop(): Promise<void> {
    await this.#prices?.stop().catch(this.#problem);
    await this.desk.stop().catch(this.#problem);
  }

  /** What was run has ended at this price: the venue's, unless it has prices of its own. */
  async quote(instrument: Instrument, price: Fixed, time: Millis): Promise<void> {
    if (this.#prices === null) await this.desk.quote(instrument, price, time);
    else this.#prices.add(instrument.symbol);
  }

  async submit(intent: Intent): Promise<Order> {
    this.#prices?.add(intent.symbol);
    return this.desk.submit(intent);
  }
}
