import { intervalOf, type Millis, type Timeframe } from "../domain/time.ts";
import type { MarketNews } from "./contract.ts";
import { type Klines, klineInterval } from "./klines.ts";

/** Of a kline under way; its close is told at once. */
const updateMs = 1000;

interface Watched {
  readonly name: string;
  readonly interval: Timeframe;
  /** The kline under way. */
  start: Millis;
  end: Millis;
  changed: boolean;
  told: Millis;
}

/** News of the klines that someone watches: each second while they change, and once when they close. */
export class KlineNews {
  readonly #symbol: string;
  readonly #klines: Klines;
  readonly #tell: (news: MarketNews) => void;
  readonly #watched = new Map<string, Watched>();
  /** When the next watched kline closes. */
  #nextEnd = Number.POSITIVE_INFINITY;

  constructor(symbol: string, klines: Klines, tell: (news: MarketNews) => void) {
    this.#symbol = symbol;
    this.#klines = klines;
    this.#tell = tell;
  }

  watch(name: string, now: Millis): void {
    if (this.#watched.has(name)) return;
    const interval = klineInterval(name);
    const [start, end] = intervalOf(now, interval);
    this.#watched.set(name, { name, interval, start, end, changed: false, told: now });
    this.#nextEnd = Math.min(this.#nextEnd, end);
  }

  traded(): void {
    for (const watched of this.#watched.values()) watched.changed = true;
  }

  /** Time has come to `now`, and nothing at or after it has been added: klines that end by then are closed. */
  close(now: Millis): void {
    if (now < this.#nextEnd) return;
    this.#klines.extend(now);
    this.#nextEnd = Number.POSITIVE_INFINITY;
    for (const watched of this.#watched.values()) {
      while (now >= watched.end) {
        // The exchange's time is the kline's end, whenever it is noticed.
        this.#tellOf(watched, watched.end);
        [watched.start, watched.end] = intervalOf(watched.end, watched.interval);
        watched.changed = false;
      }
      this.#nextEnd = Math.min(this.#nextEnd, watched.end);
    }
  }

  tick(now: Millis): void {
    for (const watched of this.#watched.values()) {
      if (watched.changed && now - watched.told >= updateMs) this.#tellOf(watched, now);
    }
  }

  #tellOf(watched: Watched, time: Millis): void {
    const { name, interval, start, end } = watched;
    watched.told = time;
    watched.changed = false;
    const kline = this.#klines.at(interval, start, end, time);
    if (kline !== null) this.#tell({ kind: "kline", symbol: this.#symbol, interval: name, time, kline });
  }
}
