import { type Fixed, pow10, widen } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import type { WireSide } from "./contract.ts";

/** What a market's prices come from: trades in order of time, on the exchange's clock. */
export interface PriceSource {
  /** Time of the next trade; Infinity: there is none any more. */
  readonly nextTime: Millis;
  /** The trade at `nextTime`, and on to the one after it. The object is reused. */
  next(): SourceTrade;
  /** It goes on from this price, if its prices are its own to choose. */
  moveTo?(price: number): void;
  /** How far it has come, for a restart. */
  readonly position: SourcePosition;
}

/** Price in points, size in steps of the quantity's decimals, as the ladder counts them. */
export interface SourceTrade {
  time: Millis;
  price: number;
  size: number;
  taker: WireSide;
}

/** Numbers that a source goes on from. */
export interface SourcePosition {
  readonly turn: number;
  readonly time: Millis;
  readonly price: number;
}

/** How prices and sizes are counted. */
export interface Grid {
  readonly priceScale: number;
  /** Points. */
  readonly tick: number;
  readonly sizeScale: number;
  readonly step: number;
}

/** A trade of a file. */
export interface PriceRow {
  readonly time: Millis;
  readonly price: Fixed;
  /** Null when the file has none. */
  readonly volume: Fixed | null;
  /** Of the taker. @default as the price moved */
  readonly side?: WireSide;
}

/** A bar of a file; it plays as four trades: open, the two extremes, close. */
export interface PriceBar {
  readonly openTime: Millis;
  readonly closeTime: Millis;
  readonly open: Fixed;
  readonly high: Fixed;
  readonly low: Fixed;
  readonly close: Fixed;
  readonly volume: Fixed | null;
}

/** The price nearest to it that the market can have. */
export function pointsOf(price: Fixed, { priceScale, tick }: Grid): number {
  return nearest(price, priceScale, tick);
}

/** The size nearest to it, one step at least. */
export function sizeUnitsOf(size: Fixed, { sizeScale, step }: Grid): number {
  return nearest(size, sizeScale, step);
}

/** The nearest multiple of `step`, one at least, in units of 10^-scale. */
function nearest(value: Fixed, scale: number, step: number): number {
  const exact =
    value.scale <= scale
      ? Number(widen(value.units, value.scale, scale))
      : Number(value.units) / Number(pow10(value.scale - scale));
  return Math.max(1, Math.round(exact / step)) * step;
}
