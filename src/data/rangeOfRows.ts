import { type FixedColumn, fixedAt } from "../domain/columns.ts";
import { compareFixed, type Fixed } from "../domain/fixed.ts";
import type { BarChunk, MarketChunk } from "../domain/market.ts";
import { extremes } from "./extremes.ts";

type Field = "open" | "high" | "low" | "close";

/** Open, high, low and close of a run of bars or trades, exactly. */
export class RangeOfRows {
  #open: Fixed | null = null;
  #high: Fixed | null = null;
  #low: Fixed | null = null;
  #close: Fixed | null = null;

  get isEmpty(): boolean {
    return this.#open === null;
  }

  /** Quotes and books add nothing: what is bid or asked for has not been paid. */
  add(chunk: MarketChunk): void {
    if (chunk.kind === "quote" || chunk.kind === "book") return;
    const [open, high, low, close] =
      chunk.kind === "bar"
        ? [chunk.open, chunk.high, chunk.low, chunk.close]
        : [chunk.price, chunk.price, chunk.price, chunk.price];
    this.#open ??= fixedAt(open, 0);
    this.#close = fixedAt(close, chunk.length - 1);
    this.#high = extreme(this.#high, high, chunk.length, 1);
    this.#low = extreme(this.#low, low, chunk.length, -1);
  }

  /** The first of a bar's prices that the rows do not bear out, and what they say; null when all agree. */
  difference(bar: BarChunk, row: number): { readonly field: Field; readonly found: Fixed } | null {
    const found = { open: this.#open!, high: this.#high!, low: this.#low!, close: this.#close! };
    for (const field of ["high", "low", "open", "close"] as const) {
      if (compareFixed(found[field], fixedAt(bar[field], row)) !== 0) return { field, found: found[field] };
    }
    return null;
  }
}

function extreme(before: Fixed | null, column: FixedColumn, length: number, direction: 1 | -1): Fixed {
  const [lowest, highest] = extremes(column, 0, length);
  const cell = fixedAt(column, direction === 1 ? highest : lowest);
  return before === null || compareFixed(cell, before) * direction > 0 ? cell : before;
}
