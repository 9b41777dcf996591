import type { FixedColumn } from "../domain/columns.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketEvent, OfferedChunk, TradedChunk } from "../domain/market.ts";
import type { Millis } from "../domain/time.ts";
import { type Prices, pointPrices } from "./fillRules.ts";

/** An event of the present instant, copied from the engine's reused one; reused itself at a later instant. */
export interface Seen {
  /** Counts the events of a run from 1. */
  serial: number;
  instrument: Instrument;
  /** One of the two is there: what was traded, or what is offered. */
  traded: TradedChunk | null;
  offered: OfferedChunk | null;
  row: number;
  /** Of what was traded. */
  prices: Prices;
  /** When the event's first price was formed; the stamp of its fills. */
  openTime: Millis;
  bar: number;
  /** What its volume still gives, in units of the lot; null: no limit; undefined: not asked for yet. */
  left: bigint | null | undefined;
  /** A trade of an instrument whose quotes or book are known: what can be taken stands there. */
  besideBook: boolean;
}

const none: FixedColumn = { mantissas: new Float64Array(0), scale: 0, wide: null };

export function seenOf(event: MarketEvent, instrument: Instrument): Seen {
  const seen: Seen = {
    serial: 0,
    instrument,
    traded: null,
    offered: null,
    row: 0,
    prices: { open: none, high: none, low: none, close: none, row: 0, isTick: false },
    openTime: 0,
    bar: 0,
    left: null,
    besideBook: false,
  };
  pointSeen(seen, event, instrument);
  return seen;
}

/** Points it at another event; serial, bar, left and besideBook are for its owner to set. */
export function pointSeen(seen: Seen, { chunk, row }: MarketEvent, instrument: Instrument): void {
  seen.instrument = instrument;
  seen.row = row;
  seen.openTime = chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!;
  // Bars and ticks first: they are most of what comes.
  if (chunk.kind === "bar" || chunk.kind === "tick") {
    seen.traded = chunk;
    seen.offered = null;
    pointPrices(seen.prices, chunk, row);
  } else {
    seen.traded = null;
    seen.offered = chunk;
  }
}
