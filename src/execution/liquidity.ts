import { fixedAt } from "../domain/columns.ts";
import { type Fixed, multiplyFixed } from "../domain/fixed.ts";
import { type Instrument, snapQuantity } from "../domain/instrument.ts";
import type { TradedChunk } from "../domain/market.ts";

/**
 * How much of an event's volume our orders may take together, in units of the lot; null when that is unknown. Only a
 * volume counted in the base currency says anything about quantities.
 */
export function availableUnits(
  chunk: TradedChunk,
  row: number,
  instrument: Instrument,
  share: Fixed | null,
): bigint | null {
  if (share === null || instrument.volumeUnit !== "base") return null;
  return snapQuantity(instrument, multiplyFixed(fixedAt(chunk.volume, row), share));
}
