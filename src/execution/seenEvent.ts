import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketChunk, MarketEvent } from "../domain/market.ts";
import type { Millis } from "../domain/time.ts";
import { type Prices, pointPrices, pricesOf } from "./fillRules.ts";
import { availableUnits } from "./liquidity.ts";

/** An event of the present instant, copied from the engine's reused one; reused itself at a later instant. */
export class SeenEvent {
  /** Counts the events of a run from 1. */
  serial = 0;
  instrument: Instrument;
  readonly prices: Prices;
  chunk: MarketChunk;
  row: number;
  /** When the event's first price was formed; the stamp of its fills. */
  openTime: Millis = 0;
  bar = 0;
  readonly #share: Fixed | null;
  /** What its volume still gives, in units of the lot; null: no limit; undefined: not asked for yet. */
  #left: bigint | null | undefined = null;

  /** @param share of the volume that our orders may take together; null: no limit */
  constructor({ chunk, row }: MarketEvent, instrument: Instrument, share: Fixed | null) {
    this.instrument = instrument;
    this.prices = pricesOf(chunk, row);
    this.chunk = chunk;
    this.row = row;
    this.#share = share;
  }

  show({ chunk, row }: MarketEvent, instrument: Instrument): void {
    this.instrument = instrument;
    this.chunk = chunk;
    this.row = row;
    pointPrices(this.prices, chunk, row);
    this.#left = this.#share === null ? null : undefined;
  }

  /** What there is of `quantity`, buys and sells together; with `whole` all of it or nothing. Given once and no more. */
  take(quantity: bigint, whole: boolean): bigint {
    if (this.#left === undefined) {
      this.#left = availableUnits(this.chunk, this.row, this.instrument, this.#share);
    }
    if (this.#left === null) return quantity;
    if (whole && quantity > this.#left) return 0n;
    const taken = quantity < this.#left ? quantity : this.#left;
    this.#left -= taken;
    return taken;
  }
}
