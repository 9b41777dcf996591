import { columnOf, type FixedColumn, fixedAt, largestMantissa, largestScale } from "./columns.ts";
import { addFixed, type Fixed, formatFixed } from "./fixed.ts";
import type { OfferedChunk } from "./market.ts";

/** The best price of each side, row by row. */
interface Best {
  readonly bids: FixedColumn;
  readonly asks: FixedColumn;
  /** Cells from one row to the next. */
  readonly step: number;
  /** Something stands on both sides. */
  readonly stands: (row: number) => boolean;
}

/** Half-way between best bid and best ask of each row, exactly; 0 where a side is empty and there is no mid. */
export function midsOf(chunk: OfferedChunk): FixedColumn {
  const best = bestOf(chunk);
  const { bids, asks, step, stands } = best;
  const scale = Math.max(bids.scale, asks.scale) + 1;
  const exact = (row: number) => midOf(fixedAt(bids, row * step), fixedAt(asks, row * step));
  if (scale > largestScale) {
    const none: Fixed = { units: 0n, scale: 0 };
    return columnOf(Array.from({ length: chunk.length }, (_, row) => (stands(row) ? exact(row) : none)));
  }
  // Half of a sum is five tenths of it: whole numbers on the next scale.
  const [bidFactor, askFactor] = [5 * 10 ** (scale - 1 - bids.scale), 5 * 10 ** (scale - 1 - asks.scale)];
  const mantissas = new Float64Array(chunk.length);
  const wide = new Map<number, string>();
  for (let row = 0; row < chunk.length; row++) {
    if (!stands(row)) continue;
    const cell = row * step;
    const mid = bids.mantissas[cell]! * bidFactor + asks.mantissas[cell]! * askFactor;
    // NaN, the mark of a wide cell, fails the test, too.
    if (mid <= largestMantissa) mantissas[row] = mid;
    else {
      mantissas[row] = Number.NaN;
      wide.set(row, formatFixed(exact(row)));
    }
  }
  return { mantissas, scale, wide: wide.size === 0 ? null : wide };
}

/** The best price that stands on a side of a row; null when none does. */
export function bestPrice(chunk: OfferedChunk, row: number, side: "bid" | "ask"): Fixed | null {
  if (chunk.kind === "quote") {
    const [price, size] = side === "bid" ? [chunk.bid, chunk.bidSize] : [chunk.ask, chunk.askSize];
    return size?.mantissas[row] === 0 ? null : fixedAt(price, row);
  }
  const [prices, levels] =
    side === "bid" ? [chunk.bidPrices, chunk.bidLevels] : [chunk.askPrices, chunk.askLevels];
  return levels[row] === 0 ? null : fixedAt(prices, row * chunk.depth);
}

function bestOf(chunk: OfferedChunk): Best {
  if (chunk.kind === "quote") {
    const { bid: bids, ask: asks, bidSize, askSize } = chunk;
    const stands = (row: number) => bidSize?.mantissas[row] !== 0 && askSize?.mantissas[row] !== 0;
    return { bids, asks, step: 1, stands };
  }
  const { bidPrices: bids, askPrices: asks, bidLevels, askLevels, depth } = chunk;
  const stands = (row: number) => bidLevels[row]! > 0 && askLevels[row]! > 0;
  return { bids, asks, step: depth, stands };
}

function midOf(bid: Fixed, ask: Fixed): Fixed {
  const { units, scale } = addFixed(bid, ask);
  return { units: units * 5n, scale: scale + 1 };
}
