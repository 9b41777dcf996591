import { columnOf } from "../../src/domain/columns.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { TickChunk } from "../../src/domain/market.ts";

/** Trade prints: time, price and volume as decimal texts. */
export function printChunk(
  instrument: Instrument,
  rows: readonly (readonly [time: number, price: string, volume: string])[],
): TickChunk {
  return {
    kind: "tick",
    length: rows.length,
    instruments: [instrument],
    instrumentOf: null,
    times: Float64Array.from(rows, ([time]) => time),
    price: columnOf(rows.map(([, price]) => parseFixed(price))),
    volume: columnOf(rows.map(([, , volume]) => parseFixed(volume))),
    sides: null,
    ids: null,
  };
}
