import type { Instrument } from "../domain/instrument.ts";
import type { Millis } from "../domain/time.ts";

/** A FIFO match of an entry with an exit. Integers on the scales named; exact texts are made by the reader. */
export interface Trade {
  readonly instrument: Instrument;
  readonly side: "long" | "short";
  /** Units of 10^-lot.scale. */
  readonly quantity: bigint;
  readonly entryTime: Millis;
  readonly entryBar: number;
  readonly entryPrice: bigint;
  readonly exitTime: Millis;
  readonly exitBar: number;
  readonly exitPrice: bigint;
  readonly priceScale: number;
  /** Entry and exit fees of this share of the fills, pro rata; the last share takes the remainder. */
  readonly fees: bigint;
  /** Net of fees. */
  readonly pnl: bigint;
  readonly moneyScale: number;
  readonly entryTag: string | null;
  readonly exitTag: string | null;
}
