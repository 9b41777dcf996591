import type { Level, MarketNews } from "../contract.ts";
import { money } from "../http/money.ts";

type DepthNews = Extract<MarketNews, { kind: "depth" }>;

/** Changes of a book, gathered until the next event of a depth stream leaves. */
export class BookDiffs {
  readonly #symbol: string;
  readonly #bids = new Map<string, string>();
  readonly #asks = new Map<string, string>();
  #first = 0;
  #last = 0;
  #time = 0;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  add(news: DepthNews): void {
    if (this.#first === 0) this.#first = news.firstUpdateId;
    this.#last = news.lastUpdateId;
    this.#time = news.time;
    note(this.#bids, news.bids);
    note(this.#asks, news.asks);
  }

  /** The event of all since the last one, so that each begins where the one before ended; null when nothing changed. */
  take(): string | null {
    if (this.#first === 0) return null;
    const text = `{"e":"depthUpdate","E":${this.#time},"s":"${this.#symbol}","U":${this.#first},"u":${this.#last},"b":${pairs(this.#bids)},"a":${pairs(this.#asks)}}`;
    this.#first = 0;
    this.#bids.clear();
    this.#asks.clear();
    return text;
  }
}

/** The latest quantity of a price is the one that stands. */
function note(side: Map<string, string>, levels: readonly Level[]): void {
  for (const { price, qty } of levels) side.set(money(price), money(qty));
}

function pairs(side: ReadonlyMap<string, string>): string {
  let text = "[";
  for (const [price, qty] of side) text += `${text === "[" ? "" : ","}["${price}","${qty}"]`;
  return `${text}]`;
}
