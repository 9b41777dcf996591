import type { FixedColumn } from "../domain/columns.ts";
import type { MarketSide } from "../execution/marketSide.ts";
import { draw } from "./chance.ts";
import type { WireSide } from "./contract.ts";

/** Prices are whole numbers of `10^-priceScale` ("points") here, sizes of `10^-sizeScale`: both safe integers. */
export interface LadderOptions {
  readonly seed: number;
  /** Points between prices. */
  readonly tick: number;
  readonly priceScale: number;
  /** Smallest size. */
  readonly step: number;
  readonly sizeScale: number;
  /** Levels a side. */
  readonly levels: number;
  /** Points between levels, on average; a multiple of the tick. */
  readonly spacing: number;
  /** What stands at a level, on average. */
  readonly meanSize: number;
}

/** Sizes that levels have now, by price; 0: gone. */
export interface LadderChange {
  readonly bids: ReadonlyMap<number, number>;
  readonly asks: ReadonlyMap<number, number>;
}

/** Levels a side whose size differs from what chance made it at first; those taken from recover by leaving them. */
const mostRenewed = 60;

/** One side. Sizes of its levels that are no longer what chance made them, by the level's cell. */
interface Side {
  readonly sign: 1 | -1;
  readonly seed: number;
  touch: number;
  touchSize: number;
  readonly sizes: Map<number, number>;
  readonly dirty: Set<number>;
}

/**
 * The synthetic book around the last price. The best bid and ask ("touch") lie where the last trade left them; behind
 * each, every cell of a fixed grid of prices holds one level, whose place and size are drawn from seed and cell. So a
 * move of the price only changes what lies between the old window of cells and the new one, and nothing is stored but
 * the levels that were taken from or renewed: a thousand levels cost no more than ten.
 */
export class Ladder {
  updateId = 1;
  readonly #options: LadderOptions;
  readonly #bids: Side;
  readonly #asks: Side;
  readonly #prices: FixedColumn;
  readonly #sizes: FixedColumn;
  readonly #best = { price: 0, size: 0 };
  /** Every level's size is so many times what chance made it. */
  #share = 1;

  constructor(options: LadderOptions) {
    this.#options = options;
    const side = (sign: 1 | -1): Side => ({
      sign,
      seed: options.seed + sign,
      touch: 0,
      touchSize: 0,
      sizes: new Map(),
      dirty: new Set(),
    });
    this.#bids = side(-1);
    this.#asks = side(1);
    const { levels, priceScale, sizeScale } = options;
    this.#prices = { mantissas: new Float64Array(levels), scale: priceScale, wide: null };
    this.#sizes = { mantissas: new Float64Array(levels), scale: sizeScale, wide: null };
  }

  get bid(): number {
    return this.#bids.touch;
  }

  get ask(): number {
    return this.#asks.touch;
  }

  /** The market has come to `bid` and `ask`; what stands there is drawn anew, by `turn`. */
  moveTo(bid: number, ask: number, turn: number): void {
    this.updateId++;
    this.#moveSide(this.#bids, bid, turn);
    this.#moveSide(this.#asks, ask, turn);
  }

  /** A level close to the touch gets another size; those that changed longest ago are again what they were. */
  renew(turn: number): void {
    for (const side of [this.#bids, this.#asks]) {
      const cell = this.#cellOf(side.touch) + side.sign * (1 + Math.floor(draw(side.seed, turn) * 40));
      side.sizes.set(cell, this.#drawnSize(side, turn));
      side.dirty.add(this.#priceOf(cell));
      if (side.sizes.size < mostRenewed) continue;
      const [oldest] = side.sizes.keys();
      side.sizes.delete(oldest!);
      side.dirty.add(this.#priceOf(oldest!));
    }
    this.updateId++;
  }

  /** Thinner or thicker books, for tests of partial fills. */
  thin(share: number): void {
    for (const side of [this.#bids, this.#asks]) {
      const old = this.#share;
      side.touchSize = this.#whole((side.touchSize / old) * share);
      side.sizes.clear();
      this.#markCells(side, this.#cellOf(side.touch), 0, this.#options.levels);
      side.dirty.add(side.touch);
    }
    this.#share = share;
    this.updateId++;
  }

  /**
   * What an order to `side` meets, the best level first: so many levels as hold `wanted`, none beyond `limit`. One
   * view is reused.
   */
  offersTo(side: WireSide, wanted: number, limit: number): MarketSide {
    const from = side === "BUY" ? this.#asks : this.#bids;
    let held = 0;
    const levels = this.#read(from, this.#options.levels, (price, size) => {
      if ((price - limit) * from.sign > 0) return false;
      const enough = held >= wanted;
      held += size;
      return !enough;
    });
    return { prices: this.#prices, sizes: this.#sizes, start: 0, levels, isCut: false };
  }

  /** The best level is in `price` and `size` of the answer, which is reused; both are 0 when there is none. */
  best(side: "bids" | "asks"): { readonly price: number; readonly size: number } {
    const { touch, touchSize } = side === "bids" ? this.#bids : this.#asks;
    const best = this.#best;
    best.price = touch;
    best.size = touchSize;
    if (touchSize > 0) return best;
    const found = this.#read(side === "bids" ? this.#bids : this.#asks, 1, () => true) > 0;
    best.price = found ? this.#prices.mantissas[0]! : 0;
    best.size = found ? this.#sizes.mantissas[0]! : 0;
    return best;
  }

  /** The best levels as `[price, size]`. */
  top(side: "bids" | "asks", limit: number): readonly (readonly [number, number])[] {
    const levels = this.#read(side === "bids" ? this.#bids : this.#asks, limit, () => true);
    return Array.from(
      { length: levels },
      (_, l) => [this.#prices.mantissas[l]!, this.#sizes.mantissas[l]!] as const,
    );
  }

  /** An order to `taker` took that much at `price`. */
  take(taker: WireSide, price: number, size: number): void {
    const side = taker === "BUY" ? this.#asks : this.#bids;
    if (price === side.touch) side.touchSize -= size;
    else {
      const cell = this.#cellOf(price);
      side.sizes.set(cell, this.#sizeOf(side, cell) - size);
    }
    side.dirty.add(price);
    this.updateId++;
  }

  /** What changed since the last call. */
  takeChange(): LadderChange {
    return { bids: this.#changed(this.#bids), asks: this.#changed(this.#asks) };
  }

  forgetChange(): void {
    this.#bids.dirty.clear();
    this.#asks.dirty.clear();
  }

  #changed(side: Side): ReadonlyMap<number, number> {
    const changed = new Map<number, number>();
    for (const price of side.dirty) if (price > 0) changed.set(price, this.#shownAt(side, price));
    side.dirty.clear();
    return changed;
  }

  #shownAt(side: Side, price: number): number {
    if (price === side.touch) return side.touchSize;
    const cell = this.#cellOf(price);
    const distance = (cell - this.#cellOf(side.touch)) * side.sign;
    if (distance < 1 || distance >= this.#options.levels || this.#priceOf(cell) !== price) return 0;
    return this.#sizeOf(side, cell);
  }

  /** Fills the view with levels while `wants` them; how many they are. */
  #read(side: Side, limit: number, wants: (price: number, size: number) => boolean): number {
    const prices = this.#prices.mantissas;
    const sizes = this.#sizes.mantissas;
    const first = this.#cellOf(side.touch);
    let count = 0;
    for (let l = 0; l < this.#options.levels && count < limit; l++) {
      const cell = first + l * side.sign;
      const price = l === 0 ? side.touch : this.#priceOf(cell);
      if (price <= 0) break;
      const size = l === 0 ? side.touchSize : this.#sizeOf(side, cell);
      if (size === 0) continue;
      if (!wants(price, size)) break;
      prices[count] = price;
      sizes[count] = size;
      count++;
    }
    return count;
  }

  #moveSide(side: Side, touch: number, turn: number): void {
    const { levels } = this.#options;
    const [from, to] = [this.#cellOf(side.touch), this.#cellOf(touch)];
    side.dirty.add(side.touch);
    side.dirty.add(touch);
    // The cell of the old touch holds a level again, that of the new one none.
    side.dirty.add(this.#priceOf(to));
    side.dirty.add(this.#priceOf(from));
    const moved = Math.abs(to - from);
    if (moved >= levels) {
      this.#markCells(side, from, 0, levels);
      this.#markCells(side, to, 0, levels);
      side.sizes.clear();
    } else if (moved > 0) {
      // Both windows are [cell, cell + levels) outwards: they differ at either end by as much as they moved.
      const inner = (to - from) * side.sign > 0 ? from : to;
      this.#markCells(side, inner, 0, moved + 1);
      this.#markCells(side, inner, levels, levels + moved);
      this.#forgetOutside(side, to);
    }
    side.touch = touch;
    side.touchSize = this.#drawnSize(side, touch + turn);
  }

  #markCells(side: Side, first: number, from: number, to: number): void {
    for (let l = from; l < to; l++) side.dirty.add(this.#priceOf(first + l * side.sign));
  }

  /** Levels that the market has left are drawn as at first when it comes back. */
  #forgetOutside(side: Side, first: number): void {
    for (const cell of side.sizes.keys()) {
      const distance = (cell - first) * side.sign;
      if (distance < 1 || distance >= this.#options.levels) side.sizes.delete(cell);
    }
  }

  #cellOf(price: number): number {
    return Math.floor(price / this.#options.spacing);
  }

  #priceOf(cell: number): number {
    const { seed, spacing, tick } = this.#options;
    const places = spacing / tick;
    return cell * spacing + (places === 1 ? 0 : Math.floor(draw(seed, cell) * places) * tick);
  }

  #sizeOf(side: Side, cell: number): number {
    return side.sizes.get(cell) ?? this.#drawnSize(side, cell);
  }

  /** Many small levels and a few large ones, as books have. */
  #drawnSize(side: Side, index: number): number {
    const size = -Math.log(1 - draw(side.seed, index) * 0.98) + 0.05;
    return this.#whole(size * this.#options.meanSize * this.#share);
  }

  #whole(size: number): number {
    const { step } = this.#options;
    return Math.max(1, Math.round(size / step)) * step;
  }
}
