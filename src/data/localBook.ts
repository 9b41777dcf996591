import { compareFixed, type Fixed, unitsToNumber } from "../domain/fixed.ts";
import { parseNumberCell } from "./numberCell.ts";

/** What stands at one price. */
export interface Level {
  readonly price: Fixed;
  readonly size: Fixed;
  /** The double nearest to the price, for the first look. */
  readonly near: number;
}

/** The level of two cells of text, or undefined when they are no price above 0 and size of 0 or more. */
export function parseLevel(price: unknown, size: unknown): Level | undefined {
  const exactPrice = parseAmount(price);
  const exactSize = parseAmount(size);
  if (exactPrice === undefined || exactSize === undefined) return undefined;
  if (exactPrice.units <= 0n || exactSize.units < 0n) return undefined;
  return { price: exactPrice, size: exactSize, near: unitsToNumber(exactPrice.units, exactPrice.scale) };
}

/** An amount of 0 or more; undefined for other text. Venues pad with zeros to eight decimals; without them amounts stay within the mantissa of a column. */
export function parseAmount(text: unknown): Fixed | undefined {
  if (typeof text !== "string") return undefined;
  const padded = /^\d+\.\d*?(0+)$/.exec(text);
  const cell = parseNumberCell(padded === null ? text : text.slice(0, -padded[1]!.length), false);
  return cell === undefined ? undefined : { units: cell.units, scale: cell.decimals };
}

/**
 * A whole order book, kept up to date by absolute sizes: 0 takes a level away. Mutable; rows are pictures of it. Best
 * levels stand last, as it is there that nearly all changes happen and an array grows cheaply.
 */
export class LocalBook {
  readonly bids: Level[] = [];
  readonly asks: Level[] = [];

  setBid(level: Level): void {
    put(this.bids, level, 1);
  }

  setAsk(level: Level): void {
    put(this.asks, level, -1);
  }

  clear(): void {
    this.bids.length = 0;
    this.asks.length = 0;
  }

  /** Someone would pay more than another asks: no exchange leaves that standing. Bid = ask happens. */
  get isCrossed(): boolean {
    const [bid, ask] = [this.bids.at(-1), this.asks.at(-1)];
    return bid !== undefined && ask !== undefined && compare(bid, ask) > 0;
  }
}

/** `direction` 1: prices rise towards the best level; -1: they fall. */
function put(levels: Level[], level: Level, direction: 1 | -1): void {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare(levels[middle]!, level) * direction;
    if (order === 0) {
      if (level.size.units === 0n) levels.splice(middle, 1);
      else levels[middle] = level;
      return;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  if (level.size.units !== 0n) levels.splice(low, 0, level);
}

/** Rounding to the nearest double keeps order, so only equal doubles need the exact look. */
function compare(a: Level, b: Level): number {
  return a.near === b.near ? compareFixed(a.price, b.price) : a.near < b.near ? -1 : 1;
}
