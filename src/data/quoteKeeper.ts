import type { BestPrices, MarketApi } from "../connectivity/marketApi.ts";
import { zero } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import type { LiveChange } from "./liveStatus.ts";
import { type Level, parseLevel } from "./localBook.ts";

export interface QuoteKeeperOptions {
  readonly api: MarketApi;
  readonly symbol: string;
  deliver(time: Millis, bid: Level, ask: Level): void;
  onChange(change: LiveChange): void;
}

/** Best bid and ask as they change; sizes of 0 while they are not known. */
export class QuoteKeeper {
  readonly #options: QuoteKeeperOptions;
  #sequence = Number.NEGATIVE_INFINITY;
  #last: { readonly time: Millis; readonly bid: Level; readonly ask: Level } | null = null;

  constructor(options: QuoteKeeperOptions) {
    this.#options = options;
  }

  take({ time, sequence, bid, ask }: BestPrices): void {
    if (sequence !== null && sequence <= this.#sequence) return;
    const [best, worst] = [parseLevel(...bid), parseLevel(...ask)];
    if (best === undefined || worst === undefined || best.near > worst.near) {
      const found = `bid ${bid[0]} and ask ${ask[0]}`;
      this.#options.onChange({ kind: "ignored", reason: `a quote that makes no sense: ${found}` });
      return;
    }
    this.#sequence = sequence ?? this.#sequence;
    this.#last = { time, bid: best, ask: worst };
    this.#options.deliver(time, best, worst);
  }

  /** The stream broke off. */
  lost(): void {
    // A venue that came back from a restart may count anew.
    this.#sequence = Number.NEGATIVE_INFINITY;
    if (this.#last === null) return;
    const { time, bid, ask } = this.#last;
    this.#last = null;
    this.#options.deliver(time, { ...bid, size: zero }, { ...ask, size: zero });
  }

  /** Without a stream: the best prices as REST has them now. */
  async poll(): Promise<void> {
    const { api, symbol } = this.#options;
    const { time, sequence, bids, asks } = await api.book(symbol, 5);
    if (bids[0] !== undefined && asks[0] !== undefined) {
      this.take({ time, sequence, bid: bids[0], ask: asks[0] });
    }
  }
}
