import { fixedAt } from "../domain/columns.ts";
import { type Fixed, formatFixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type BookChunk, instrumentAt, type MarketChunk, type QuoteChunk } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import type { MarketStream } from "../domain/ports.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { Facts, SeenRecord } from "../report/explanation.ts";
import type { SeenRow } from "./explainMoment.ts";

/** Rows of one instant that are shown; prints of one time can be thousands. */
const mostRows = 10;

type Place = Omit<SeenRow, "index">;

/** Market streams, watched a chunk at a time, so that the rows of the present instant can be looked up. */
export class WatchedStreams {
  /** Rows before it are no longer asked for. */
  since: Millis = Number.NEGATIVE_INFINITY;
  /** Of each stream those that reach to `since`: the next ones are read before the last instant of one is over. */
  readonly #chunks: (readonly MarketChunk[])[] = [];

  watch(streams: readonly MarketStream[]): readonly MarketStream[] {
    return streams.map((stream) => {
      const place = this.#chunks.push([]) - 1;
      return { events: () => this.#remember(stream, place) };
    });
  }

  /** The rows that became known at `time`, in the order of the streams, and how many there were besides. */
  at(time: Millis): { readonly rows: readonly Place[]; readonly more: number } {
    const rows: Place[] = [];
    let more = 0;
    for (const chunk of this.#chunks.flat()) {
      for (let row = firstAt(chunk.times, time); row < chunk.length && chunk.times[row] === time; row++) {
        if (rows.length < mostRows) rows.push({ chunk, row });
        else more++;
      }
    }
    return { rows, more };
  }

  async *#remember(stream: MarketStream, place: number): AsyncGenerator<MarketChunk> {
    for await (const chunk of stream.events()) {
      const { since } = this;
      this.#chunks[place] = [...this.#chunks[place]!.filter((old) => lastTime(old) >= since), chunk];
      yield chunk;
    }
  }
}

function lastTime({ times, length }: MarketChunk): Millis {
  return times[length - 1] ?? Number.NEGATIVE_INFINITY;
}

/** The first row at or after `time`. */
function firstAt(times: Float64Array, time: Millis): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function instrumentOf({ chunk, row }: Place): Instrument {
  return instrumentAt(chunk, row);
}

/** When its first price was formed. */
export function openTimeOf({ chunk, row }: Place): Millis {
  return chunk.kind === "bar" ? chunk.openTimes[row]! : chunk.times[row]!;
}

/** Does the venue match orders against it? */
export function isMatched({ chunk }: Place): boolean {
  return chunk.kind !== "bar" || !chunk.derived;
}

export interface PriceRange {
  readonly first: Fixed;
  readonly low: Fixed;
  readonly high: Fixed;
}

/** The prices that an order of that side could meet; null: none stood there. */
export function rangeOf({ chunk, row }: Place, side: OrderSide): PriceRange | null {
  if (chunk.kind === "bar") {
    return {
      first: fixedAt(chunk.open, row),
      low: fixedAt(chunk.low, row),
      high: fixedAt(chunk.high, row),
    };
  }
  const price = chunk.kind === "tick" ? fixedAt(chunk.price, row) : otherSide(chunk, row, side);
  return price === null ? null : { first: price, low: price, high: price };
}

function otherSide(chunk: QuoteChunk | BookChunk, row: number, side: OrderSide): Fixed | null {
  if (chunk.kind === "quote") return fixedAt(side === "buy" ? chunk.ask : chunk.bid, row);
  const [levels, prices] =
    side === "buy" ? [chunk.askLevels, chunk.askPrices] : [chunk.bidLevels, chunk.bidPrices];
  return levels[row] === 0 ? null : fixedAt(prices, row * chunk.depth);
}

export function seenRecord(seen: SeenRow): SeenRecord {
  const { chunk, row } = seen;
  const bar = chunk.kind === "bar" ? chunk : null;
  return {
    kind: chunk.kind,
    symbol: instrumentOf(seen).symbol,
    index: seen.index,
    timeframe: bar?.timeframe.label ?? null,
    openTime: bar === null ? null : isoTime(bar.openTimes[row]!),
    values: valuesOf(seen),
  };
}

function valuesOf(seen: SeenRow): Facts {
  const { chunk, row } = seen;
  const cell = (column: Parameters<typeof fixedAt>[0]) => formatFixed(fixedAt(column, row));
  if (chunk.kind === "bar") {
    const { open, high, low, close, volume } = chunk;
    return { open: cell(open), high: cell(high), low: cell(low), close: cell(close), volume: cell(volume) };
  }
  if (chunk.kind === "tick") return { price: cell(chunk.price), volume: cell(chunk.volume) };
  const [bid, ask] = [otherSide(chunk, row, "sell"), otherSide(chunk, row, "buy")];
  return {
    ...(bid === null ? {} : { bid: formatFixed(bid) }),
    ...(ask === null ? {} : { ask: formatFixed(ask) }),
  };
}
