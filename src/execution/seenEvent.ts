import type { FixedColumn } from "../domain/columns.ts";
import type { OrderNumber } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketEvent, OfferedChunk, TradedChunk } from "../domain/market.ts";
import type { Millis } from "../domain/time.ts";
import { type Prices, pointPrices } from "./fillRules.ts";
import { availableUnits } from "./liquidity.ts";
import type { Resting } from "./resting.ts";

const none: FixedColumn = { mantissas: new Float64Array(0), scale: 0, wide: null };

/** An event of the present instant, copied from the engine's reused one; reused itself at a later instant. */
export class SeenEvent {
  /** Counts the events of a run from 1. */
  serial = 0;
  instrument: Instrument;
  /** One of the two is there: what was traded, or what is offered. */
  traded: TradedChunk | null = null;
  offered: OfferedChunk | null = null;
  row = 0;
  /** Of what was traded. */
  readonly prices: Prices = { open: none, high: none, low: none, close: none, row: 0, isTick: false };
  /** When the event's first price was formed; the stamp of its fills. */
  openTime: Millis = 0;
  bar = 0;
  /** A trade of an instrument whose quotes or book are known: what can be taken stands there. */
  besideBook = false;
  /** The one order that it is for; null: all. */
  only: OrderNumber | null = null;
  readonly #share: Fixed | null;
  /** What its volume still gives, in units of the lot; null: no limit; undefined: not asked for yet. */
  #left: bigint | null | undefined = null;

  /** @param share of the volume that our orders may take together; null: no limit */
  constructor(event: MarketEvent, instrument: Instrument, share: Fixed | null) {
    this.instrument = instrument;
    this.#share = share;
    this.show(event, instrument);
  }

  /** Points it at another event; serial, bar and besideBook are for its owner to set. */
  show({ chunk, row }: MarketEvent, instrument: Instrument): void {
    this.instrument = instrument;
    this.row = row;
    this.only = null;
    this.openTime = chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!;
    this.#left = this.#share === null ? null : undefined;
    // Bars and ticks first: they are most of what comes.
    if (chunk.kind === "bar" || chunk.kind === "tick") {
      this.traded = chunk;
      this.offered = null;
      pointPrices(this.prices, chunk, row);
    } else {
      this.traded = null;
      this.offered = chunk;
    }
  }

  /** An order uses only prices formed at or after it became active: a bar under way is not for it. */
  isFor({ command, doneWith }: Resting): boolean {
    if (this.only !== null && command.number !== this.only) return false;
    return this.openTime >= command.activeFrom && doneWith !== this.serial;
  }

  /**
   * What the traded volume gives of `quantity`, buys and sells together; with `whole` all of it or nothing. Given once
   * and no more.
   */
  take(quantity: bigint, whole: boolean): bigint {
    if (this.#left === undefined) {
      this.#left = availableUnits(this.traded!, this.row, this.instrument, this.#share);
    }
    if (this.#left === null) return quantity;
    if (whole && quantity > this.#left) return 0n;
    const taken = quantity < this.#left ? quantity : this.#left;
    this.#left -= taken;
    return taken;
  }
}
