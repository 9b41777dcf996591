import type { Millis } from "../domain/time.ts";
import { tradingDay } from "./lossLimits.ts";

export interface OrderRateState {
  /** Times of the last orders sent, oldest first: as many as one second may hold. */
  readonly sent: readonly Millis[];
  readonly day: number | null;
  readonly today: number;
}

/** Counts orders sent: within any second (the last 1,000 ms, half-open) and within the UTC day, of event time. */
export class OrderRate {
  readonly #perSecond: number;
  readonly #perDay: number;
  /** A ring of the last `perSecond` times: the second is full when its oldest is younger than a second. */
  readonly #times: Float64Array;
  #next = 0;
  #day: number | null = null;
  #today = 0;

  constructor(perSecond: number | undefined, perDay: number | undefined) {
    this.#perSecond = perSecond ?? 0;
    this.#perDay = perDay ?? 0;
    this.#times = new Float64Array(this.#perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  refuses(time: Millis): "refused:order-rate" | "refused:orders-per-day" | null {
    if (this.#perSecond > 0 && this.#times[this.#next]! > time - 1000) return "refused:order-rate";
    if (this.#perDay > 0 && this.#today >= this.#perDay && this.#day === tradingDay(time))
      return "refused:orders-per-day";
    return null;
  }

  count(time: Millis): void {
    if (this.#perSecond > 0) {
      this.#times[this.#next] = time;
      this.#next = (this.#next + 1) % this.#perSecond;
    }
    if (this.#perDay === 0) return;
    const day = tradingDay(time);
    if (day !== this.#day) {
      this.#day = day;
      this.#today = 0;
    }
    this.#today++;
  }

  state(): OrderRateState {
    const { length } = this.#times;
    const sent = Array.from({ length }, (_, i) => this.#times[(this.#next + i) % length]!);
    return { sent: sent.filter(Number.isFinite), day: this.#day, today: this.#today };
  }

  restore({ sent, day, today }: OrderRateState): void {
    this.#times.fill(Number.NEGATIVE_INFINITY);
    this.#next = 0;
    this.#day = null;
    // The limit may have been changed since: the youngest count.
    for (const time of this.#perSecond > 0 ? sent.slice(-this.#perSecond) : []) {
      this.#times[this.#next] = time;
      this.#next = (this.#next + 1) % this.#perSecond;
    }
    this.#day = day;
    this.#today = today;
  }
}
