import { columnOf } from "../../src/domain/columns.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { BarChunk, MarketEvent, TickChunk } from "../../src/domain/market.ts";
import { timeframeOf } from "../../src/domain/time.ts";

export const minute = 60_000;

/** A one-row chunk: the bar from minute `index` to the next, its prices as "open high low close" or one for all four. */
export function bar(
  instrument: Instrument,
  index: number,
  prices: string,
  volume = "0",
): MarketEvent & { chunk: BarChunk } {
  const [open, high = open, low = open, close = open] = prices.split(" ") as [string, ...string[]];
  const openTime = index * minute;
  return {
    row: 0,
    chunk: {
      kind: "bar",
      length: 1,
      instruments: [instrument],
      instrumentOf: null,
      timeframe: timeframeOf(minute),
      openTimes: Float64Array.of(openTime),
      times: Float64Array.of(openTime + minute),
      open: cell(open),
      high: cell(high),
      low: cell(low),
      close: cell(close),
      volume: cell(volume),
      derived: false,
    },
  };
}

/** A one-row chunk: a print at `time`. */
export function tick(
  instrument: Instrument,
  time: number,
  price: string,
  volume = "1",
): MarketEvent & { chunk: TickChunk } {
  return {
    row: 0,
    chunk: {
      kind: "tick",
      length: 1,
      instruments: [instrument],
      instrumentOf: null,
      times: Float64Array.of(time),
      price: cell(price),
      volume: cell(volume),
      sides: null,
      ids: null,
    },
  };
}

export function cell(text: string): BarChunk["open"] {
  return columnOf([parseFixed(text)]);
}
