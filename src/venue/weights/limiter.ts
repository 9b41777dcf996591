import type { Millis } from "../../domain/time.ts";
import type { VenueError } from "../contract.ts";
import { Refusal } from "../http/refusal.ts";

export interface Limits {
  /** Request weight of an address in a minute. */
  readonly weightPerMinute: number;
  /** New orders of an account that were not filled. */
  readonly ordersPer10Seconds: number;
  readonly ordersPerDay: number;
  /** Requests after a 429 within its minute that are answered by 429, too; the next one is a ban. */
  readonly patience: number;
  readonly banMs: Millis;
}

/** Binance Spot's; how patient it is, it does not say. */
export const usualLimits: Limits = {
  weightPerMinute: 6000,
  ordersPer10Seconds: 100,
  ordersPerDay: 200_000,
  patience: 10,
  banMs: 120_000,
};

/** Counted all the same, but never reached. */
export const noLimits: Limits = {
  weightPerMinute: 1_000_000_000,
  ordersPer10Seconds: 1_000_000_000,
  ordersPerDay: 1_000_000_000,
  patience: 1_000_000_000,
  banMs: 0,
};

const minute = 60_000;
const tenSeconds = 10_000;
const day = 86_400_000;

/** A count in windows that start at full minutes, days …, as Binance's do. */
class Window {
  readonly #length: Millis;
  #start = 0;
  #count = 0;

  constructor(length: Millis) {
    this.#length = length;
  }

  add(now: Millis, amount: number): number {
    this.#roll(now);
    this.#count = Math.max(0, this.#count + amount);
    return this.#count;
  }

  secondsLeft(now: Millis): number {
    this.#roll(now);
    return Math.max(1, Math.ceil((this.#start + this.#length - now) / 1000));
  }

  #roll(now: Millis): void {
    const start = now - (now % this.#length);
    if (start === this.#start) return;
    this.#start = start;
    this.#count = 0;
  }
}

interface Visitor {
  readonly weight: Window;
  /** Requests that came in spite of a 429. */
  readonly deaf: Window;
  bannedUntil: Millis;
}

/** Request weights by address, new orders by account. */
export class Limiter {
  readonly limits: Limits;
  readonly #visitors = new Map<string, Visitor>();
  readonly #orders = new Map<string, { readonly short: Window; readonly long: Window }>();

  constructor(limits: Limits = usualLimits) {
    this.limits = limits;
  }

  /** Weight used this minute, this request's included. @throws Refusal 429 beyond the limit, 418 when that was ignored */
  charge(address: string, weight: number, now: Millis): number {
    const visitor = this.#visitor(address);
    if (now < visitor.bannedUntil) throw banned(visitor.bannedUntil, now);
    const used = visitor.weight.add(now, weight);
    if (used <= this.limits.weightPerMinute) return used;
    if (visitor.deaf.add(now, 1) > this.limits.patience) {
      visitor.bannedUntil = now + this.limits.banMs;
      throw banned(visitor.bannedUntil, now);
    }
    throw tooMuch(this.limits.weightPerMinute, visitor.weight.secondsLeft(now));
  }

  used(address: string, now: Millis): number {
    return this.#visitor(address).weight.add(now, 0);
  }

  /** Every request of every address is refused until then. */
  ban(address: string, until: Millis): void {
    this.#visitor(address).bannedUntil = until;
  }

  /** @throws Refusal 429 -1015 when `count` more are too many */
  checkOrders(account: string, count: number, now: Millis): void {
    const { short, long } = this.#ordersOf(account);
    const { ordersPer10Seconds, ordersPerDay } = this.limits;
    if (short.add(now, 0) + count > ordersPer10Seconds) {
      throw tooManyOrders(`${ordersPer10Seconds} orders per 10 SECOND`, short.secondsLeft(now));
    }
    if (long.add(now, 0) + count > ordersPerDay) {
      throw tooManyOrders(`${ordersPerDay} orders per 1 DAY`, long.secondsLeft(now));
    }
  }

  /** Orders that were placed, or (below 0) that were filled for the first time. */
  countOrders(account: string, count: number, now: Millis): void {
    const { short, long } = this.#ordersOf(account);
    short.add(now, count);
    long.add(now, count);
  }

  orders(account: string, now: Millis): { readonly tenSeconds: number; readonly day: number } {
    const { short, long } = this.#ordersOf(account);
    return { tenSeconds: short.add(now, 0), day: long.add(now, 0) };
  }

  #visitor(address: string): Visitor {
    let visitor = this.#visitors.get(address);
    if (visitor === undefined) {
      visitor = { weight: new Window(minute), deaf: new Window(minute), bannedUntil: 0 };
      this.#visitors.set(address, visitor);
    }
    return visitor;
  }

  #ordersOf(account: string) {
    let counts = this.#orders.get(account);
    if (counts === undefined) {
      counts = { short: new Window(tenSeconds), long: new Window(day) };
      this.#orders.set(account, counts);
    }
    return counts;
  }
}

function tooMuch(limit: number, seconds: number): VenueError {
  const message = `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`;
  return new Refusal(-1003, message, 429, null, seconds);
}

function banned(until: Millis, now: Millis): VenueError {
  const message = `Way too much request weight used; IP banned until ${until}. Please use WebSocket Streams for live updates to avoid bans.`;
  return new Refusal(-1003, message, 418, null, Math.max(1, Math.ceil((until - now) / 1000)));
}

function tooManyOrders(limit: string, seconds: number): VenueError {
  return new Refusal(-1015, `Too many new orders; current limit is ${limit}.`, 429, null, seconds);
}
