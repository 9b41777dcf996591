import { type FixedColumn, sliceColumn } from "../domain/columns.ts";
import type { MarketChunk } from "../domain/market.ts";

/** Rows [from, to) of a chunk, sharing its memory. */
export function sliceChunk<C extends MarketChunk>(chunk: C, from: number, to: number): C {
  if (from === 0 && to === chunk.length) return chunk;
  const base = {
    length: to - from,
    instrumentOf: chunk.instrumentOf?.subarray(from, to) ?? null,
    times: chunk.times.subarray(from, to),
  };
  return { ...chunk, ...base, ...columnsOf(chunk, from, to) } as C;
}

function columnsOf(chunk: MarketChunk, from: number, to: number) {
  const cut = <T extends FixedColumn | null>(column: T) => column && sliceColumn(column, from, to);
  switch (chunk.kind) {
    case "bar":
      return {
        openTimes: chunk.openTimes.subarray(from, to),
        open: cut(chunk.open),
        high: cut(chunk.high),
        low: cut(chunk.low),
        close: cut(chunk.close),
        volume: cut(chunk.volume),
      };
    case "tick":
      return {
        price: cut(chunk.price),
        volume: cut(chunk.volume),
        sides: chunk.sides?.subarray(from, to) ?? null,
        ids: chunk.ids?.slice(from, to) ?? null,
      };
    case "quote":
      return {
        bid: cut(chunk.bid),
        ask: cut(chunk.ask),
        bidSize: cut(chunk.bidSize),
        askSize: cut(chunk.askSize),
      };
    case "book": {
      const levels = (column: FixedColumn) => sliceColumn(column, from * chunk.depth, to * chunk.depth);
      return {
        bidLevels: chunk.bidLevels.subarray(from, to),
        askLevels: chunk.askLevels.subarray(from, to),
        bidPrices: levels(chunk.bidPrices),
        bidSizes: levels(chunk.bidSizes),
        askPrices: levels(chunk.askPrices),
        askSizes: levels(chunk.askSizes),
      };
    }
  }
}
