import type { MarketApi, PublicTrade, TradesSince } from "../connectivity/marketApi.ts";
import type { Millis } from "../domain/time.ts";
import { isPassing, type LiveChange, reasonOf } from "./liveStatus.ts";
import { backoffMs, type Timers } from "./liveTimers.ts";
import { Serial } from "./serial.ts";

export interface TradeKeeperOptions {
  readonly api: MarketApi;
  readonly symbol: string;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  deliver(trade: PublicTrade): void;
  onChange(change: LiveChange): void;
}

/**
 * Turns a stream of trades that come late, twice, out of order or not at all into all trades since the first, once and
 * in order. Where the venue counts its trades a missing one shows at once; elsewhere what may have been missed is asked
 * for after every loss of the stream.
 */
export class TradeKeeper {
  readonly #options: TradeKeeperOptions;
  readonly #serial = new Serial();
  readonly #seen = new RecentIds();
  #last: PublicTrade | null = null;
  #interrupted = false;

  constructor(options: TradeKeeperOptions) {
    this.#options = options;
  }

  take(trade: PublicTrade): void | Promise<void> {
    if (this.#serial.isIdle && this.#continues(trade)) return this.#accept(trade);
    return this.#serial.run(async () => {
      if (this.#isCountedAnew(trade)) this.#begin();
      if (this.#isKnown(trade)) return;
      if (!this.#continues(trade)) await this.#fillUpTo(trade);
      this.#accept(trade);
    });
  }

  /** What comes next may leave something out. */
  lost(): void {
    this.#interrupted = true;
  }

  /** Asks for what has been traded in the meantime. */
  catchUp(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#last !== null) await this.#ask();
    });
  }

  #continues(trade: PublicTrade): boolean {
    if (this.#last === null) return true;
    if (!this.#options.api.traits.countedTrades) return !this.#interrupted;
    return Number(trade.id) === Number(this.#last.id) + 1;
  }

  #isKnown(trade: PublicTrade): boolean {
    if (this.#last === null) return false;
    if (this.#options.api.traits.countedTrades) return Number(trade.id) <= Number(this.#last.id);
    return this.#seen.has(trade.id);
  }

  /** Later, but of a smaller number: the venue lost its memory, as sandboxes do when they are reset. */
  #isCountedAnew(trade: PublicTrade): boolean {
    if (this.#last === null || !this.#options.api.traits.countedTrades) return false;
    return trade.time > this.#last.time && Number(trade.id) <= Number(this.#last.id);
  }

  #begin(): void {
    this.#last = null;
    this.#options.onChange({ kind: "ignored", reason: "what came before: the venue counts its trades anew" });
  }

  #accept(trade: PublicTrade): void {
    if (this.#isKnown(trade) || this.#options.signal.aborted) return;
    this.#last = trade;
    if (!this.#options.api.traits.countedTrades) this.#seen.add(trade.id);
    this.#options.deliver(trade);
  }

  async #fillUpTo(trade: PublicTrade): Promise<void> {
    const { timers, signal, onChange } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const reached = await this.#ask();
        if (reached.time >= trade.time || this.#isKnown(trade) || this.#continues(trade)) {
          this.#interrupted = false;
          return;
        }
        onChange({ kind: "retrying", reason: `REST has not come to trade ${trade.id} yet` });
      } catch (error) {
        if (!isPassing(error)) throw error;
        onChange({ kind: "retrying", reason: reasonOf(error) });
      }
      await timers.sleep(backoffMs(attempt, timers), signal);
    }
  }

  /** Accepts what REST has after the last trade. @returns the last trade that it showed, or else we had */
  async #ask(): Promise<{ readonly time: Millis }> {
    const { api, symbol, onChange, signal } = this.#options;
    let reached = this.#last!;
    let rows = 0;
    while (!signal.aborted) {
      const page = await api.trades(symbol, this.#since());
      const fresh = page.filter((trade) => !this.#isKnown(trade));
      for (const trade of inOrder(fresh, api.traits.countedTrades)) this.#accept(trade);
      rows += fresh.length;
      reached = page.at(-1) ?? reached;
      if (fresh.length === 0) break;
    }
    if (rows > 0) onChange({ kind: "filled", rows });
    return reached;
  }

  #since(): TradesSince {
    const last = this.#last!;
    return this.#options.api.traits.countedTrades ? { afterId: last.id } : { time: last.time };
  }
}

function inOrder(trades: readonly PublicTrade[], counted: boolean): readonly PublicTrade[] {
  return [...trades].sort((a, b) => (counted ? Number(a.id) - Number(b.id) : a.time - b.time));
}

/** The last some thousand ids: enough for what streams repeat, and memory stays as it is. */
class RecentIds {
  static readonly #most = 20_000;
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= RecentIds.#most) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
