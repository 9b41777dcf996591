import { type FixedColumn, fixedAt } from "../../domain/columns.ts";
import { formatFixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { instrumentAt, type MarketChunk } from "../../domain/market.ts";
import type { Millis } from "../../domain/time.ts";
import { ByteWriter } from "./bytes.ts";
import { cellsOf, columnsOf, formatOf, isWide, type RowFormat } from "./rowFormat.ts";
import type { Step } from "./step.ts";
import { packText } from "./text.ts";

/** What a journal must hold before the steps that use it: instruments and formats of rows, numbered from 0. */
export type Definition =
  | { readonly kind: "instrument"; readonly instrument: Instrument }
  | { readonly kind: "format"; readonly format: RowFormat };

/** Writes steps as bytes. What they have in common it defines once, in the order of its first use. */
export class StepWriter {
  readonly #define: (time: Millis, definition: Definition) => void;
  readonly #bytes = new ByteWriter();
  readonly #instruments = new Map<Instrument, number>();
  readonly #formats = new Map<string, number>();
  /** Of the chunk written last: rows of a chunk tend to have one format. */
  #chunk: MarketChunk | null = null;
  #columns: readonly FixedColumn[] = [];
  #time: Millis = 0;
  /** The row written last, and the number of its format: most rows are like the one before. */
  #last: {
    readonly chunk: MarketChunk;
    readonly instrument: Instrument;
    readonly wide: boolean;
    readonly number: number;
  } | null = null;

  /** @param define told of each new definition, before the step that needs it is returned */
  constructor(define: (time: Millis, definition: Definition) => void) {
    this.#define = define;
  }

  /** A journal goes on: what it has defined so far. */
  know(definitions: Iterable<Definition>): void {
    for (const one of definitions) {
      if (one.kind === "instrument") this.#instruments.set(one.instrument, this.#instruments.size);
      else this.#formats.set(JSON.stringify(one.format), this.#formats.size);
    }
  }

  /** The numbers of the instruments must be known to what is written outside of market rows, too. */
  instrumentNumber(instrument: Instrument): number {
    const known = this.#instruments.get(instrument);
    if (known !== undefined) return known;
    this.#define(this.#time, { kind: "instrument", instrument });
    this.#instruments.set(instrument, this.#instruments.size);
    return this.#instruments.size - 1;
  }

  /** Valid until the next call. */
  write({ time, events, executions, commands }: Step): Uint8Array {
    const to = this.#bytes;
    this.#time = time;
    to.length = 0;
    to.uint(events.length);
    for (const { chunk, row } of events) this.#writeRow(chunk, row);
    if (executions.length > 0 || commands.length > 0) {
      to.text(packText({ executions, commands }, (instrument) => this.instrumentNumber(instrument)));
    }
    return to.take();
  }

  #writeRow(chunk: MarketChunk, row: number): void {
    if (chunk !== this.#chunk) {
      this.#chunk = chunk;
      this.#columns = columnsOf(chunk);
    }
    const wide = isWide(chunk, row, this.#columns);
    const to = this.#bytes;
    to.uint(this.#formatNumber(chunk, row, wide));
    if (chunk.kind === "bar") to.double(chunk.openTimes[row]!);
    if (chunk.kind === "book") {
      to.uint(chunk.bidLevels[row]!);
      to.uint(chunk.askLevels[row]!);
    }
    for (let i = 0; i < this.#columns.length; i++) this.#writeCells(chunk, row, i, wide);
    if (chunk.kind !== "tick") return;
    if (chunk.sides !== null) to.int(chunk.sides[row]!);
    if (chunk.ids !== null) to.text(chunk.ids[row]!);
  }

  #writeCells(chunk: MarketChunk, row: number, index: number, wide: boolean): void {
    const column = this.#columns[index]!;
    const [from, end] = cellsOf(chunk, row, index);
    for (let i = from; i < end; i++) {
      if (wide) this.#bytes.text(formatFixed(fixedAt(column, i)));
      else this.#bytes.int(column.mantissas[i]!);
    }
  }

  #formatNumber(chunk: MarketChunk, row: number, wide: boolean): number {
    const instrument = instrumentAt(chunk, row);
    const last = this.#last;
    if (last !== null && last.wide === wide && last.instrument === instrument && last.chunk === chunk)
      return last.number;
    const number = this.#numberOf(formatOf(chunk, row, (one) => this.instrumentNumber(one)));
    this.#last = { chunk, instrument, wide, number };
    return number;
  }

  #numberOf(format: RowFormat): number {
    const key = JSON.stringify(format);
    const known = this.#formats.get(key);
    if (known !== undefined) return known;
    this.#define(this.#time, { kind: "format", format });
    this.#formats.set(key, this.#formats.size);
    return this.#formats.size - 1;
  }
}
