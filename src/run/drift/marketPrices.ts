import { midsOf } from "../../domain/bestPrices.ts";
import { fixedAt } from "../../domain/columns.ts";
import type { Fixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { instrumentAt, type MarketChunk } from "../../domain/market.ts";
import type { MarketStream } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";
import type { PriceAt } from "./stages.ts";

export interface PriceQuestion {
  readonly instrument: Instrument;
  readonly time: Millis;
}

/**
 * What the market asked at these times: the last print or mid up to then; on bars the open of the bar that the time
 * lies in, which is what a market order gets, or the close of the last one. Reads the data once and keeps the answers.
 */
export async function marketPrices(
  stream: MarketStream,
  questions: readonly PriceQuestion[],
): Promise<PriceAt> {
  const waiting = new Map<Instrument, Waiting>();
  for (const { instrument, time } of questions) {
    const known = waiting.get(instrument);
    if (known === undefined) waiting.set(instrument, new Waiting(time));
    else known.times.push(time);
  }
  for (const one of waiting.values()) one.times.sort((a, b) => a - b);
  if (waiting.size > 0) {
    for await (const chunk of stream.events()) answer(chunk, waiting);
  }
  for (const one of waiting.values()) one.tell(Number.POSITIVE_INFINITY, null);
  return (instrument, time) => waiting.get(instrument)?.answers.get(time) ?? null;
}

class Waiting {
  readonly times: Millis[];
  readonly answers = new Map<Millis, Fixed | null>();
  #next = 0;
  #price: Fixed | null = null;

  constructor(time: Millis) {
    this.times = [time];
  }

  /** From `time` on the price is another one. */
  tell(time: Millis, price: Fixed | null): void {
    for (; this.#next < this.times.length && this.times[this.#next]! < time; this.#next++) {
      this.answers.set(this.times[this.#next]!, this.#price);
    }
    this.#price = price;
  }
}

function answer(chunk: MarketChunk, waiting: ReadonlyMap<Instrument, Waiting>): void {
  // The rows that derived bars are made of are there themselves.
  if (chunk.kind === "bar" && chunk.derived) return;
  const { times, length } = chunk;
  const column = chunk.kind === "bar" ? chunk.close : chunk.kind === "tick" ? chunk.price : midsOf(chunk);
  for (let row = 0; row < length; row++) {
    const one = waiting.get(instrumentAt(chunk, row));
    if (one === undefined) continue;
    // A row of offers on one side only has no mid.
    if (column.mantissas[row] === 0 && chunk.kind !== "bar" && chunk.kind !== "tick") continue;
    if (chunk.kind === "bar") one.tell(chunk.openTimes[row]!, fixedAt(chunk.open, row));
    one.tell(times[row]!, fixedAt(column, row));
  }
}
