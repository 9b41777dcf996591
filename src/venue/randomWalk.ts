import { dayMs, type Millis } from "../domain/time.ts";
import { draw, drawNormal } from "./chance.ts";
import type { Grid, PriceSource, SourcePosition, SourceTrade } from "./priceSource.ts";

export interface WalkOptions {
  /** Standard deviation of a year's logarithmic return. @default 0.6, as Bitcoin's */
  readonly volatility?: number;
  /** On average; the intervals are exponential. @default 2 */
  readonly tradesPerSecond?: number;
}

const drawsPerTrade = 5;
const yearMs = 365 * dayMs;

/**
 * A geometric random walk of trades. The same seed and start give the same trades, however often and whenever it is
 * asked; all there is to remember is a number, a time and a price.
 */
export class RandomWalk implements PriceSource {
  nextTime: Millis;
  readonly #seed: number;
  readonly #grid: Grid;
  readonly #meanSize: number;
  readonly #perMs: number;
  readonly #deviation: number;
  readonly #trade: SourceTrade = { time: 0, price: 0, size: 0, taker: "BUY" };
  #turn: number;
  /** Of the last trade, not snapped: a tick may be more than a step of the walk. */
  #price: number;
  #time: Millis;

  /** @param meanSize of a trade */
  constructor(seed: number, from: SourcePosition, grid: Grid, meanSize: number, options: WalkOptions = {}) {
    const { volatility = 0.6, tradesPerSecond = 2 } = options;
    this.#seed = seed;
    this.#grid = grid;
    this.#meanSize = meanSize;
    this.#perMs = tradesPerSecond / 1000;
    this.#deviation = volatility / Math.sqrt(yearMs);
    this.#turn = from.turn;
    this.#price = from.price;
    this.#time = from.time;
    this.nextTime = this.#afterInterval();
  }

  get position(): SourcePosition {
    return { turn: this.#turn, time: this.#time, price: this.#price };
  }

  next(): SourceTrade {
    const { tick, step } = this.#grid;
    const first = this.#turn * drawsPerTrade;
    const elapsed = this.nextTime - this.#time;
    const move = this.#deviation * Math.sqrt(elapsed) * drawNormal(this.#seed, first + 1);
    this.#price = Math.max(tick, this.#price * Math.exp(move));
    this.#time = this.nextTime;
    const trade = this.#trade;
    trade.time = this.#time;
    trade.price = Math.max(1, Math.round(this.#price / tick)) * tick;
    // Exponential sizes: many small trades, a few large ones.
    const size = -Math.log(1 - draw(this.#seed, first + 3)) * this.#meanSize;
    trade.size = Math.max(1, Math.round(size / step)) * step;
    trade.taker = draw(this.#seed, first + 4) < 0.5 ? "SELL" : "BUY";
    this.#turn++;
    this.nextTime = this.#afterInterval();
    return trade;
  }

  moveTo(price: number): void {
    this.#price = price;
  }

  #afterInterval(): Millis {
    const interval = -Math.log(1 - draw(this.#seed, this.#turn * drawsPerTrade)) / this.#perMs;
    return this.#time + Math.max(1, Math.round(interval));
  }
}
