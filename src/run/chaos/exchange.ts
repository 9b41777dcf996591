import { createHmac } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError } from "../../domain/errors.ts";
import { Child } from "./child.ts";
import type { FaultPlan } from "./faults.ts";
import { noFaults } from "./faults.ts";
import type { Blow } from "./schedule.ts";

export interface ExchangeOptions {
  /** What starts geosync: `node bin/geosync.js`. */
  readonly command: readonly string[];
  /** A folder of its own. */
  readonly folder: string;
  readonly seed: number;
  /** Names as Binance has them. */
  readonly symbols: readonly string[];
  readonly liquidity: number;
}

/** An order as the exchange tells of it. */
export interface VenueOrder {
  readonly symbol: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly status: string;
  readonly origQty: string;
  /** Of an order by value; else 0. */
  readonly origQuoteOrderQty: string;
  readonly executedQty: string;
  readonly cummulativeQuoteQty: string;
  readonly time: number;
  readonly updateTime: number;
}

export function isOver({ status }: VenueOrder): boolean {
  return !["NEW", "PARTIALLY_FILLED", "PENDING_NEW"].includes(status);
}

export interface VenueTrade {
  readonly id: number;
  readonly symbol: string;
  readonly orderId: number;
  readonly price: string;
  readonly qty: string;
  readonly commission: string;
  readonly commissionAsset: string;
}

/** What is true: by the exchange itself. */
export interface VenueTruth {
  readonly orders: readonly VenueOrder[];
  readonly trades: readonly VenueTrade[];
  /** Free and locked, by asset. */
  readonly balances: ReadonlyMap<string, string>;
}

/** What an account of the local exchange begins with. */
export const startBalances: Readonly<Record<string, string>> = { USDT: "10000", BTC: "1" };

/** A local exchange of a trial, as a process that can be hurt. */
export class ChaosExchange {
  readonly #options: ExchangeOptions;
  #child: Child | null = null;
  #port = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @throws ConnectionError GEO-CONNECTION when it does not come up */
  async start(): Promise<void> {
    const { command, folder, seed, symbols, liquidity } = this.#options;
    const flags = [
      ...["--port", String(this.#port), "--json", "--seed", String(seed), "--no-limits"],
      ...["--state", join(folder, "exchange.json"), "--trade-rate", "12", "--walk", "3000%"],
      ...["--liquidity", String(liquidity)],
      ...symbols.flatMap((symbol) => ["--symbol", symbol]),
      ...Object.entries(startBalances).flatMap(([asset, amount]) => ["--balance", `${asset}=${amount}`]),
    ];
    const listening = new Promise<void>((resolve, reject) => {
      const onLine = (line: { readonly event?: string; readonly url?: unknown }) => {
        if (line.event !== "listening") return;
        this.#port = Number(new URL(String(line.url)).port);
        resolve();
      };
      const child = new Child([...command, "venue", ...flags], { cwd: folder, env: process.env, onLine });
      this.#child = child;
      child.ended.then(
        ({ said }) => reject(new ConnectionError(`the local exchange has ended: ${said}`)),
        reject,
      );
    });
    await listening;
  }

  async arm(plan: FaultPlan): Promise<void> {
    await this.#admin("faults", plan);
  }

  /** Prices stand still: what stands there then goes on standing. */
  async freeze(): Promise<void> {
    await this.#admin("freeze", {});
  }

  async heal(): Promise<void> {
    await this.arm(noFaults);
  }

  async suffer(blow: Blow): Promise<void> {
    if (blow.kind === "disconnect") await this.#admin("disconnect", {});
    else if (blow.kind === "restart") await this.#admin("restart", { memory: true, downMs: blow.downMs });
    else {
      const { plan } = (await (await fetch(`${this.url}/admin/faults`)).json()) as { plan: FaultPlan };
      this.#child!.end("SIGKILL");
      await this.#child!.ended;
      await sleep(blow.downMs);
      await this.start();
      await this.arm(plan);
    }
  }

  async close(): Promise<void> {
    this.#child?.end("SIGTERM");
    await this.#child?.ended;
  }

  /** Of everything since it began. */
  async truth(): Promise<VenueTruth> {
    const orders: VenueOrder[] = [];
    const trades: VenueTrade[] = [];
    for (const name of this.#options.symbols) {
      const symbol = name.split("=")[0]!;
      orders.push(...(await this.#all<VenueOrder>("allOrders", symbol, "orderId", ({ orderId }) => orderId)));
      trades.push(...(await this.#all<VenueTrade>("myTrades", symbol, "fromId", ({ id }) => id)));
    }
    const { balances } = await this.#state();
    return {
      orders,
      trades,
      balances: new Map(balances.map(({ asset, free, locked }) => [asset, `${free} ${locked}`])),
    };
  }

  async #all<T>(path: string, symbol: string, key: string, idOf: (one: T) => number): Promise<readonly T[]> {
    const found: T[] = [];
    for (let next = 0; ; ) {
      const page = await this.#signed<readonly T[]>(path, { symbol, limit: "1000", [key]: String(next) });
      found.push(...page);
      if (page.length < 1000) return found;
      next = idOf(page.at(-1)!) + 1;
    }
  }

  async #state() {
    const response = await fetch(`${this.url}/admin/state`);
    return (await response.json()) as {
      readonly balances: readonly {
        readonly asset: string;
        readonly free: string;
        readonly locked: string;
      }[];
    };
  }

  async #signed<T>(path: string, params: Readonly<Record<string, string>>): Promise<T> {
    const { serverTime } = (await (await fetch(`${this.url}/api/v3/time`)).json()) as { serverTime: number };
    const query = new URLSearchParams({ ...params, timestamp: String(serverTime) }).toString();
    const signature = createHmac("sha256", "demo").update(query).digest("hex");
    const headers = { "X-MBX-APIKEY": "demo" };
    const response = await fetch(`${this.url}/api/v3/${path}?${query}&signature=${signature}`, { headers });
    const text = await response.text();
    if (!response.ok) throw new ConnectionError(`the local exchange refuses ${path}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** It may be away for a moment. */
  async #admin(path: string, body: unknown): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const response = await fetch(`${this.url}/admin/${path}`, {
          method: "POST",
          body: JSON.stringify(body),
        });
        if (!response.ok) throw new ConnectionError(`the local exchange refuses: ${await response.text()}`);
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(50);
      }
    }
  }
}
