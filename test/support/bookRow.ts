import { columnOf } from "../../src/domain/columns.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { BookChunk, QuoteChunk } from "../../src/domain/market.ts";

/** A one-row chunk of a book: bids and asks as "10x1 9x2", best first. */
export function book(instrument: Instrument, bids: string, asks: string, depth = 5, time = 0): BookChunk {
  const side = (text: string) => {
    const levels = text.split(" ").filter((level) => level !== "");
    const cells = (part: 0 | 1) =>
      columnOf(Array.from({ length: depth }, (_, l) => parseFixed(levels[l]?.split("x")[part] ?? "0")));
    return { levels: Uint16Array.of(levels.length), prices: cells(0), sizes: cells(1) };
  };
  const [bid, ask] = [side(bids), side(asks)];
  return {
    kind: "book",
    length: 1,
    instruments: [instrument],
    instrumentOf: null,
    times: Float64Array.of(time),
    depth,
    bidLevels: bid.levels,
    askLevels: ask.levels,
    bidPrices: bid.prices,
    bidSizes: bid.sizes,
    askPrices: ask.prices,
    askSizes: ask.sizes,
  };
}

/** A one-row chunk of quotes: bid and ask as "10x1", or as "10" where sizes are not known. */
export function quote(instrument: Instrument, bid: string, ask: string, time = 0): QuoteChunk {
  const price = (text: string) => columnOf([parseFixed(text.split("x")[0]!)]);
  const size = (text: string) => {
    const cell = text.split("x")[1];
    return cell === undefined ? null : columnOf([parseFixed(cell)]);
  };
  return {
    kind: "quote",
    length: 1,
    instruments: [instrument],
    instrumentOf: null,
    times: Float64Array.of(time),
    bid: price(bid),
    ask: price(ask),
    bidSize: size(bid),
    askSize: size(ask),
  };
}
