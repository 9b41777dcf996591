import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { Candle } from "../connectivity/marketApi.ts";
import { ValidationError } from "../domain/errors.ts";
import { isoTime, type Millis, parseIso } from "../domain/time.ts";

const header = "timestamp,symbol,open,high,low,close,volume";

/** One row of the file. */
export interface CandleRow {
  readonly openTime: Millis;
  readonly text: string;
}

/**
 * A CSV file of candles that grows at its end, whole rows at a time. A row that was cut off when the last writer was
 * stopped is taken away on opening; nothing else ever is.
 */
export class CandleFile {
  readonly path: string;
  readonly symbol: string;
  /** Of the rows that were there; null when there were none. */
  readonly first: CandleRow | null;
  readonly last: CandleRow | null;
  readonly #descriptor: number;

  /** @throws ValidationError GEO-FILE when it cannot be written, GEO-DATA-HEADER when it is another file */
  constructor(path: string, symbol: string) {
    this.path = path;
    this.symbol = symbol;
    this.#descriptor = this.#open();
    try {
      const { size } = fstatSync(this.#descriptor);
      this.#check(size);
      const end = this.#lastLineEnd(size);
      ftruncateSync(this.#descriptor, end);
      this.first = end > header.length + 1 ? this.#rowFrom(header.length + 1) : null;
      this.last = this.first === null ? null : this.#lastRow(end);
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  rowOf(candle: Candle): string {
    const { openTime, open, high, low, close, volume } = candle;
    return [isoTime(openTime), this.symbol, open, high, low, close, volume].join(",");
  }

  /** All of them or, when the process ends meanwhile, some and part of one, which the next opening takes away. */
  append(candles: readonly Candle[]): void {
    if (candles.length === 0) return;
    const { size } = fstatSync(this.#descriptor);
    const rows = candles.map((candle) => `${this.rowOf(candle)}\n`).join("");
    this.#write(size === 0 ? `${header}\n${rows}` : rows, size);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #open(): number {
    try {
      return openSync(this.path, "a+");
    } catch (cause) {
      throw new ValidationError("GEO-FILE", `${this.path}: cannot be written: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  #check(size: number): void {
    const found = this.#text(0, Math.min(size, header.length + 1));
    if (`${header}\n`.startsWith(found)) return;
    throw new ValidationError(
      "GEO-DATA-HEADER",
      `${this.path}: expected a file that data download began, with the header ${header}, found ${JSON.stringify(found.slice(0, 60))}`,
      { hint: "Name another file with --out; this one was left as it is." },
    );
  }

  /** Offset behind the last line end; 0 when there is none. */
  #lastLineEnd(size: number): number {
    for (let end = size; end > 0; end -= Math.min(end, 4096)) {
      const from = Math.max(0, end - 4096);
      const at = this.#text(from, end - from).lastIndexOf("\n");
      if (at >= 0) return from + at + 1;
    }
    return 0;
  }

  #lastRow(end: number): CandleRow {
    const from = Math.max(header.length + 1, end - 4096);
    const text = this.#text(from, end - 1 - from);
    return this.#read(text.slice(text.lastIndexOf("\n") + 1));
  }

  #rowFrom(offset: number): CandleRow {
    return this.#read(this.#text(offset, 4096).split("\n")[0]!);
  }

  #read(text: string): CandleRow {
    const [time = "", symbol] = text.split(",");
    const openTime = parseIso(time);
    if (openTime !== undefined && symbol === this.symbol) return { openTime, text };
    throw new ValidationError(
      "GEO-DATA-VALUE",
      `${this.path}: expected rows of ${this.symbol} that begin with a time, found ${JSON.stringify(text.slice(0, 80))}`,
      { hint: "Name another file with --out; this one was left as it is." },
    );
  }

  /** ASCII alone, so that bytes are characters. */
  #text(from: number, length: number): string {
    const bytes = Buffer.alloc(length);
    return bytes.toString("latin1", 0, readSync(this.#descriptor, bytes, 0, length, from));
  }

  #write(text: string, size: number): void {
    try {
      writeSync(this.#descriptor, text);
    } catch (cause) {
      ftruncateSync(this.#descriptor, size);
      throw new ValidationError("GEO-OUTPUT", `${this.path}: ${(cause as Error).message}`, { cause });
    }
  }
}
