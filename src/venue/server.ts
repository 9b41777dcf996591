import type { AddressInfo } from "node:net";
import type { Millis } from "../domain/time.ts";
import { Audit } from "./admin/audit.ts";
import { KeyRing, type NewKey } from "./auth/keys.ts";
import type { LocalExchange } from "./exchange.ts";
import { VenueClock } from "./faults/clock.ts";
import { Faults } from "./faults/faults.ts";
import type { FaultPlan } from "./faults/schema.ts";
import { createApp } from "./http/app.ts";
import { Desk } from "./http/desk.ts";
import type { SavedExchange } from "./savedState.ts";
import type { VenueFile } from "./serverMemory.ts";
import { StreamHub } from "./stream/hub.ts";
import { type Sockets, serveSockets } from "./stream/sockets.ts";
import { Limiter, type Limits, usualLimits } from "./weights/limiter.ts";

export interface VenueOptions {
  /** Makes the exchange, and anew when it has lost its memory. @param saved what it shall go on from */
  readonly createExchange: (clock: () => Millis, saved: SavedExchange | undefined) => LocalExchange;
  /** Where orders and balances outlive the process. @default nowhere */
  readonly file?: VenueFile;
  readonly keys: readonly NewKey[];
  readonly limits?: Limits;
  readonly faults?: FaultPlan;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** 0: the system picks one. @default 0 */
  readonly port?: number;
  /** How often the market moves on. @default 20 */
  readonly tickMs?: Millis;
  /** Someone asked it to stop. */
  readonly onStop?: () => void;
}

export interface Venue {
  readonly url: string;
  readonly port: number;
  /** Anew after a restart. */
  readonly exchange: LocalExchange;
  readonly faults: Faults;
  readonly audit: Audit;
  /** Cuts all connections, stays away for `downMs`, and comes back on the same port. */
  restart(options: { readonly memory: boolean; readonly downMs: Millis }): Promise<void>;
  close(): Promise<void>;
}

/** Opens the venue's doors. @throws when the port is taken */
export async function startVenue(options: VenueOptions): Promise<Venue> {
  const server = new VenueServer(options);
  await server.open(options.port ?? 0);
  return server;
}

/** What there is between two restarts. */
interface Opened {
  readonly exchange: LocalExchange;
  readonly sockets: Sockets;
  readonly close: () => Promise<void>;
}

class VenueServer implements Venue {
  readonly faults = new Faults();
  readonly audit = new Audit();
  readonly #options: VenueOptions;
  readonly #clock = new VenueClock();
  readonly #keys = new KeyRing();
  readonly #host: string;
  #port = 0;
  #limiter: Limiter;
  #opened: Opened | null = null;
  #closed = false;

  constructor(options: VenueOptions) {
    this.#options = options;
    this.#host = options.host ?? "127.0.0.1";
    this.#limiter = new Limiter(options.limits ?? usualLimits);
    for (const key of options.keys) this.#keys.add(key);
    if (options.faults !== undefined) this.#arm(options.faults);
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${this.#port}`;
  }

  get exchange(): LocalExchange {
    return this.#opened!.exchange;
  }

  async open(port: number, kept: LocalExchange | null = null): Promise<void> {
    const { file, tickMs = 20 } = this.#options;
    const exchange = kept ?? this.#options.createExchange(this.#clock.market, file?.load() ?? undefined);
    if (kept === null) file?.follow(exchange);
    const save = file === undefined ? {} : { save: () => file.save() };
    const desk = new Desk({ exchange, limiter: this.#limiter, clock: this.#clock, ...save });
    const hub = new StreamHub(desk);
    const { faults, audit } = this;
    const shared = { desk, keys: this.#keys, faults, audit };
    const app = await createApp({ ...shared, exchange, controls: this.#controls() });
    const sockets = await serveSockets(app.server, { ...shared, hub });
    const ticks = setInterval(() => desk.change(() => exchange.advance()), tickMs);
    this.#opened = {
      exchange,
      sockets,
      async close() {
        clearInterval(ticks);
        hub.close();
        desk.close();
        sockets.close();
        await app.close();
      },
    };
    await app.listen({ host: this.#host, port });
    this.#port = (app.server.address() as AddressInfo).port;
  }

  async restart({ memory, downMs }: { readonly memory: boolean; readonly downMs: Millis }): Promise<void> {
    const { exchange } = this;
    await this.#opened!.close();
    if (!memory) {
      this.#options.file?.forget();
      this.#limiter = new Limiter(this.#limiter.limits);
    }
    if (downMs > 0) await new Promise((resolve) => setTimeout(resolve, downMs));
    if (!this.#closed) await this.open(this.#port, memory ? exchange : null);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#opened?.close();
    this.#options.file?.close();
  }

  #arm(plan: FaultPlan): void {
    this.faults.arm(plan);
    this.#clock.skew(plan.clock);
  }

  #controls() {
    return {
      arm: (plan: FaultPlan) => this.#arm(plan),
      restart: (options: { readonly memory: boolean; readonly downMs: Millis }) => void this.restart(options),
      disconnect: () => this.#opened!.sockets.cut(),
      stop: () => this.#options.onStop?.(),
    };
  }
}
