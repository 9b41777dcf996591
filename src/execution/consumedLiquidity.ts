import { compareFixed, type Fixed, formatFixed, unitsToNumber } from "../domain/fixed.ts";
import { type Instrument, snapQuantity } from "../domain/instrument.ts";
import type { OrderSide } from "../domain/order.ts";
import { compareLevel, type MarketSide, sizeAt } from "./marketSide.ts";

export interface Taken {
  readonly price: Fixed;
  readonly nearest: number;
  /** What the level showed when it was taken from. */
  readonly shown: Fixed;
  /** Units of 10^-lot.scale. */
  quantity: bigint;
}

/**
 * What our simulated fills took from the levels of one side of a market. The recorded market knows nothing of them and
 * goes on showing what was taken; it stays taken until the level shows another size, or is gone. Mutable, one for each
 * instrument and side; deterministic.
 */
export class ConsumedLiquidity {
  readonly #instrument: Instrument;
  readonly #taker: OrderSide;
  /** By the price's text. */
  readonly #levels = new Map<string, Taken>();

  /** @param taker side of the orders that take: buys take from the asks */
  constructor(instrument: Instrument, taker: OrderSide) {
    this.#instrument = instrument;
    this.#taker = taker;
  }

  save(): readonly Taken[] {
    return [...this.#levels.values()];
  }

  load(levels: readonly Taken[]): void {
    for (const taken of levels) this.#levels.set(formatFixed(taken.price), taken);
  }

  /** Call with each new row, in order, before anything is taken from it. */
  see(side: MarketSide): void {
    if (this.#levels.size === 0) return;
    for (const [key, taken] of this.#levels) if (!this.#stands(side, taken)) this.#levels.delete(key);
  }

  /** Whole lots that are left at a level, in units of 10^-lot.scale; null when the source names no sizes. */
  left(price: Fixed, shown: Fixed | null): bigint | null {
    if (shown === null) return null;
    const whole = snapQuantity(this.#instrument, shown);
    if (this.#levels.size === 0) return whole;
    return whole - (this.#levels.get(formatFixed(price))?.quantity ?? 0n);
  }

  take(price: Fixed, shown: Fixed | null, quantity: bigint): void {
    if (shown === null) return;
    const key = formatFixed(price);
    const taken = this.#levels.get(key);
    if (taken !== undefined) taken.quantity += quantity;
    else {
      const nearest = unitsToNumber(price.units, price.scale);
      this.#levels.set(key, { price, nearest, shown, quantity });
    }
  }

  #stands(side: MarketSide, { price, nearest, shown }: Taken): boolean {
    const worse = this.#taker === "buy" ? 1 : -1;
    for (let level = 0; level < side.levels; level++) {
      const order = compareLevel(side, level, price, nearest) * worse;
      if (order > 0) return false;
      if (order < 0) continue;
      const size = sizeAt(side, level);
      return size !== null && compareFixed(size, shown) === 0;
    }
    // Beyond the last level that is shown it may stand as it did.
    return side.isCut;
  }
}
