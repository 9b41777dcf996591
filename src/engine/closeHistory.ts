import { numberAt } from "../domain/columns.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, type TradedChunk } from "../domain/market.ts";

interface Segment {
  readonly chunk: TradedChunk;
  readonly from: number;
  readonly to: number;
}

/** Chunks shorter than this (a live feed's) are copied at once, for keeping them would cost more than their closes. */
const worthKeeping = 64;

/**
 * Closes of one instrument up to now. Remembers only where they stand; an array is made when a strategy asks, so that
 * those which never ask pay nothing for each bar.
 */
export class CloseHistory {
  readonly #instrument: Instrument;
  readonly #most: number;
  #values = new Float64Array(1024);
  #count = 0;
  #waiting: Segment[] = [];
  #chunk: TradedChunk | null = null;
  #from = 0;
  #row = -1;

  /** @param most as many closes are shown, the newest */
  constructor(instrument: Instrument, most = Number.POSITIVE_INFINITY) {
    this.#instrument = instrument;
    this.#most = most;
  }

  save(): Float64Array {
    return this.values;
  }

  load(values: Float64Array): void {
    this.#count = values.length;
    this.#values = new Float64Array(Math.max(this.#values.length, values.length));
    this.#values.set(values);
  }

  /** Rows of one chunk come in order. */
  observe(chunk: TradedChunk, row: number): void {
    if (chunk !== this.#chunk) this.#turn(chunk, row);
    this.#row = row;
  }

  /**
   * The buffer behind the array holds nothing later than now, so no view of it can reach ahead; it is for strategies
   * alone, and whatever they write into it stays with them.
   */
  get values(): Float64Array {
    this.#collect();
    return this.#newest();
  }

  #newest(): Float64Array {
    return this.#values.subarray(Math.max(0, this.#count - this.#most), this.#count);
  }

  #turn(chunk: TradedChunk, row: number): void {
    if (this.#chunk !== null) {
      this.#waiting.push({ chunk: this.#chunk, from: this.#from, to: this.#row });
      if (this.#chunk.length < worthKeeping || Number.isFinite(this.#most)) this.#copyWaiting();
    }
    this.#chunk = chunk;
    this.#from = row;
  }

  #collect(): void {
    this.#copyWaiting();
    if (this.#chunk === null || this.#from > this.#row) return;
    this.#copy({ chunk: this.#chunk, from: this.#from, to: this.#row });
    this.#from = this.#row + 1;
  }

  #copyWaiting(): void {
    for (const segment of this.#waiting) this.#copy(segment);
    this.#waiting.length = 0;
  }

  #copy({ chunk, from, to }: Segment): void {
    const column = chunk.kind === "bar" ? chunk.close : chunk.price;
    for (let row = from; row <= to; row++) {
      if (chunk.instrumentOf !== null && instrumentAt(chunk, row) !== this.#instrument) continue;
      if (this.#count === this.#values.length) this.#grow();
      this.#values[this.#count++] = numberAt(column, row);
    }
  }

  /** Into a new array: strategies may look at the old one. */
  #grow(): void {
    const kept = this.#count > 2 * this.#most ? this.#newest() : this.#values;
    const grown = new Float64Array(kept.length * 2);
    grown.set(kept);
    this.#values = grown;
    this.#count = kept.length;
  }
}
