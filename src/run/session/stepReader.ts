import { columnOf, type FixedColumn } from "../../domain/columns.ts";
import { type Fixed, parseFixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { MarketChunk } from "../../domain/market.ts";
import type { Millis } from "../../domain/time.ts";
import { ByteReader } from "./bytes.ts";
import type { RowFormat } from "./rowFormat.ts";
import { nothing, type Step } from "./step.ts";
import type { Definition } from "./stepWriter.ts";
import { unpackText } from "./text.ts";

/** A chunk that rows are still added to; nobody sees it before `seal`. */
interface Growing {
  readonly chunk: { -readonly [K in keyof MarketChunk]: MarketChunk[K] };
  readonly format: RowFormat;
  readonly times: number[];
  readonly openTimes: number[];
  readonly cells: number[][];
  /** In place of `cells` where the format is wide. */
  readonly texts: Fixed[][];
  readonly bidLevels: number[];
  readonly askLevels: number[];
  readonly sides: number[];
  readonly ids: string[];
}

/**
 * Reads what `StepWriter` wrote. Rows of one format that are read before a `seal` share a chunk, as they would in a
 * file: whole columns first, then the engine.
 */
export class StepReader {
  readonly instruments: Instrument[] = [];
  readonly #known: readonly Instrument[];
  readonly #formats: RowFormat[] = [];
  readonly #growing: (Growing | undefined)[] = [];
  readonly #bytes = new ByteReader();

  /** @param known instruments that are there already, in the order of the journal: an instrument is its object */
  constructor(known: readonly Instrument[] = []) {
    this.#known = known;
  }

  /** As it counts from now on. */
  define(definition: Definition): Definition {
    if (definition.kind === "format") {
      this.#formats.push(definition.format);
      return definition;
    }
    const instrument = this.#known[this.instruments.length] ?? definition.instrument;
    this.instruments.push(instrument);
    return { kind: "instrument", instrument };
  }

  /** Its events may be looked at after the next `seal`. */
  read(time: Millis, bytes: Uint8Array): Step {
    const from = this.#bytes;
    from.open(bytes);
    const count = from.uint();
    const events = count === 1 ? [this.#readRow(time)] : count === 0 ? nothing : this.#readRows(count, time);
    if (from.isDone) return { time, events, executions: nothing, commands: nothing };
    const rest = unpackText(from.text(), this.instruments) as Pick<Step, "executions" | "commands">;
    return { time, events, ...rest };
  }

  /** Finishes the chunks of all rows read so far. */
  seal(): void {
    for (const growing of this.#growing) if (growing !== undefined) finish(growing);
    this.#growing.length = 0;
  }

  #readRows(count: number, time: Millis) {
    return Array.from({ length: count }, () => this.#readRow(time));
  }

  #readRow(time: Millis): { chunk: MarketChunk; row: number } {
    const from = this.#bytes;
    const number = from.uint();
    let growing = this.#growing[number];
    if (growing === undefined) {
      growing = grow(this.#formats[number]!, this.instruments);
      this.#growing[number] = growing;
    }
    const { format, times, cells } = growing;
    const row = times.push(time) - 1;
    if (format.kind === "bar") growing.openTimes.push(from.double());
    if (format.wide || format.kind === "book") this.#readCells(growing);
    else for (let column = 0; column < cells.length; column++) cells[column]!.push(from.int());
    if (format.sides === true) growing.sides.push(from.int());
    if (format.ids === true) growing.ids.push(from.text());
    return { chunk: growing.chunk as MarketChunk, row };
  }

  #readCells(growing: Growing): void {
    const from = this.#bytes;
    const { format, cells, texts } = growing;
    let [bids, asks] = [1, 1];
    if (format.kind === "book") {
      bids = from.uint();
      asks = from.uint();
      growing.bidLevels.push(bids);
      growing.askLevels.push(asks);
    }
    const depth = format.depth ?? 1;
    for (let column = 0; column < cells.length; column++) {
      const filled = column < 2 ? bids : asks;
      for (let i = 0; i < depth; i++) {
        if (format.wide) texts[column]!.push(i < filled ? parseFixed(from.text()) : noFixed);
        else cells[column]!.push(i < filled ? from.int() : 0);
      }
    }
  }
}

const noFixed: Fixed = { units: 0n, scale: 0 };

function grow(format: RowFormat, instruments: readonly Instrument[]): Growing {
  const columns = format.scales;
  return {
    chunk: {
      kind: format.kind,
      instruments: [instruments[format.instrument]!],
      instrumentOf: null,
      ...(format.hidden && { hidden: true }),
    } as unknown as Growing["chunk"],
    format,
    times: [],
    openTimes: [],
    cells: columns.map(() => []),
    texts: columns.map(() => []),
    bidLevels: [],
    askLevels: [],
    sides: [],
    ids: [],
  };
}

/** Puts the columns in place: the chunk is one like any other from now on. */
function finish({ chunk, format, times, openTimes, cells, texts, ...rest }: Growing): void {
  const columns = format.scales.map((scale, i): FixedColumn => {
    return format.wide ? columnOf(texts[i]!) : { mantissas: Float64Array.from(cells[i]!), scale, wide: null };
  });
  Object.assign(chunk, { length: times.length, times: Float64Array.from(times) });
  if (format.kind === "bar") {
    const [open, high, low, close, volume] = columns;
    const { timeframe, derived } = format;
    const values = { open, high, low, close, volume, timeframe, derived };
    Object.assign(chunk, { ...values, openTimes: Float64Array.from(openTimes) });
  } else if (format.kind === "tick") {
    const [price, volume] = columns;
    const sides = format.sides === true ? Int8Array.from(rest.sides) : null;
    Object.assign(chunk, { price, volume, sides, ids: format.ids === true ? rest.ids : null });
  } else if (format.kind === "quote") {
    const [bid, ask, bidSize = null, askSize = null] = columns;
    Object.assign(chunk, { bid, ask, bidSize, askSize });
  } else {
    const [bidPrices, bidSizes, askPrices, askSizes] = columns;
    const levels = {
      bidLevels: Uint16Array.from(rest.bidLevels),
      askLevels: Uint16Array.from(rest.askLevels),
    };
    Object.assign(chunk, { depth: format.depth, ...levels, bidPrices, bidSizes, askPrices, askSizes });
  }
}
