import { compareFixed } from "../../domain/fixed.ts";
import type { ApiKey } from "../auth/keys.ts";
import { checkSigned, notPermitted } from "../auth/signature.ts";
import { type AccountNews, type Exchange, VenueError } from "../contract.ts";
import type { VenueClock } from "../faults/clock.ts";
import type { Limiter } from "../weights/limiter.ts";
import { type Operation, paramsOf, weightOf } from "./operation.ts";
import type { Params } from "./params.ts";
import { Refusal, refusalJson, statusOf } from "./refusal.ts";

export interface DeskOptions {
  readonly exchange: Exchange;
  readonly limiter: Limiter;
  readonly clock: VenueClock;
  /** Called after each change, before anyone is told of it: what it saves is what the venue remembers. */
  readonly save?: () => void;
}

export interface Visit {
  readonly operation: Operation;
  readonly params: Params;
  readonly address: string;
  /** Thrown by the protocol's own checks, which come first; limits count such requests, too. */
  readonly key: () => ApiKey | null;
  /** What the signature may be of; null: the session is trusted and needs none. */
  readonly payloads: (() => readonly string[]) | null;
  /** By the WebSocket API, where a key is a parameter as well. @default false */
  readonly ws?: boolean;
}

export interface Outcome {
  readonly status: number;
  /** JSON of the answer or of the refusal. */
  readonly text: string;
  readonly refusal: VenueError | null;
  readonly account: string;
  readonly usedWeight: number;
  /** Only of what places orders. */
  readonly orderCounts: { readonly tenSeconds: number; readonly day: number } | null;
  readonly retryAfterSeconds: number | null;
}

/** Where requests of all protocols end: key, limits, signature, parameters, the exchange, memory, in this order. */
export class Desk {
  readonly exchange: Exchange;
  readonly limiter: Limiter;
  readonly clock: VenueClock;
  readonly #save: () => void;
  readonly #known = new Map<string, () => void>();
  readonly #outbox: (() => void)[] = [];
  #busy = false;
  #ids = 0;

  constructor({ exchange, limiter, clock, save = () => {} }: DeskOptions) {
    this.exchange = exchange;
    this.limiter = limiter;
    this.clock = clock;
    this.#save = save;
  }

  /** Never throws for what a client may do wrong. */
  serve(visit: Visit): Outcome {
    const now = this.clock.real();
    const counted = { usedWeight: 0, account: "", orderCounts: null as Outcome["orderCounts"] };
    try {
      const text = this.#run(visit, now, counted);
      return { status: 200, text, refusal: null, retryAfterSeconds: null, ...counted };
    } catch (error) {
      const refusal = error instanceof VenueError ? error : unexpected(error);
      const retryAfterSeconds = refusal instanceof Refusal ? refusal.retryAfterSeconds : null;
      if (counted.usedWeight === 0) counted.usedWeight = this.limiter.used(visit.address, now);
      return {
        status: statusOf(refusal),
        text: refusalJson(refusal),
        refusal,
        retryAfterSeconds,
        ...counted,
      };
    }
  }

  /** Does something to the exchange; what it tells the world leaves when it has been saved. */
  change<T>(work: () => T): T {
    if (this.#busy) return work();
    this.#busy = true;
    try {
      return work();
    } finally {
      this.#save();
      this.#busy = false;
      for (const tell of this.#outbox.splice(0)) tell();
    }
  }

  /** Runs `tell` when the change that it is about has been saved. */
  afterwards(tell: () => void): void {
    if (this.#busy) this.#outbox.push(tell);
    else tell();
  }

  /** Stops counting fills. */
  close(): void {
    for (const stop of this.#known.values()) stop();
    this.#known.clear();
  }

  #run(
    { operation, params, address, key, payloads, ws = false }: Visit,
    now: number,
    counted: { usedWeight: number; account: string; orderCounts: Outcome["orderCounts"] },
  ): string {
    const { exchange, limiter } = this;
    counted.usedWeight = limiter.charge(address, weightOf(operation, params), now);
    const serverTime = this.clock.said();
    if (operation.security !== "NONE") {
      const owner = key();
      if (owner === null) throw notPermitted();
      if (payloads !== null && operation.security !== "KEY") {
        checkSigned(owner, params, payloads(), serverTime);
      }
      if (operation.security === "TRADE" && !owner.canTrade) throw notPermitted();
      counted.account = owner.account;
    }
    params.refuseOthers(paramsOf(operation, ws));
    const { account } = counted;
    const call = { exchange, params, account, limiter, now, serverTime, newId: () => this.#newId() };
    // Whatever is asked moves the market on first, and that may fill orders.
    if (operation.orders === undefined) return this.change(() => operation.run(call));
    this.#watch(account);
    limiter.checkOrders(account, operation.orders, now);
    limiter.countOrders(account, operation.orders, now);
    counted.orderCounts = limiter.orders(account, now);
    try {
      return this.change(() => operation.run(call));
    } catch (error) {
      limiter.countOrders(account, -operation.orders, now);
      counted.orderCounts = limiter.orders(account, now);
      throw error;
    }
  }

  /** Orders no longer count against their limits once they were filled in part. */
  #watch(account: string): void {
    if (this.#known.has(account)) return;
    const stop = this.exchange.onAccount(account, (news) => {
      if (isFirstFill(news)) this.limiter.countOrders(account, -1, this.clock.real());
    });
    this.#known.set(account, stop);
  }

  /** 22 characters, as Binance makes them. */
  #newId(): string {
    return `${Math.floor(this.clock.real()).toString(36)}${(++this.#ids).toString(36)}`.padStart(22, "v");
  }
}

function isFirstFill(news: AccountNews): boolean {
  return (
    news.kind === "executionReport" &&
    news.fill !== null &&
    compareFixed(news.fill.qty, news.order.executedQty) === 0
  );
}

/** A bug of the venue's: the client sees what Binance shows, we see where it came from. */
function unexpected(error: unknown): VenueError {
  process.emitWarning(error instanceof Error ? error : String(error), { code: "VENUE" });
  return new VenueError(-1000, "An unknown error occurred while processing the request.");
}
