import { largestMantissa } from "../domain/columns.ts";
import { earliest, latest } from "../domain/time.ts";
import { type CsvLayout, role } from "./csvLayout.ts";
import { fourDigits, longDigits, pairs } from "./digits.ts";
import { powersOfTen, type RowBatch } from "./rowBatch.ts";
import type { SymbolTable } from "./symbolTable.ts";

/** Why the scanner stopped: all lines read, the batch is full, or a line that only the plain parser can read. */
export type ScanStop = "end" | "full" | "odd";

const comma = 44;
const point = 46;
const newline = 10;
const carriageReturn = 13;
const quote = 34;
const zero = 48;

const intPowers = Int32Array.from({ length: 10 }, (_, n) => 10 ** n);

/**
 * Reads lines of bytes straight into the columns of a batch. This is the hot loop of the whole reader: mutable,
 * unrolled and free of allocation. It only knows the common forms (plain decimals, ISO times, epoch digits) and
 * leaves every other line, faulty ones included, to `storeRow`, which is also the measure of its truth.
 */
export class CsvScanner {
  /** 1-based number of the line at which the next scan starts. */
  line: number;
  stop: ScanStop = "end";
  readonly #roles: Int32Array;
  readonly #delimiter: number;
  readonly #point: number;
  readonly #iso: boolean;
  readonly #epoch: boolean;
  readonly #symbols: SymbolTable;
  /** The bytes of the last date, most often that of the next row as well: "2024", "-01-", "31". */
  #year = 0;
  #month = 0;
  /** None yet: no two bytes are that much. */
  #day = 0x10000;
  #dateMs = 0;
  #lastSymbol: Uint8Array = new Uint8Array(0);
  #lastSymbolIndex = 0;

  constructor(layout: CsvLayout, symbols: SymbolTable) {
    const joined = layout.roles.includes(role.clock);
    this.line = layout.firstLine;
    this.#roles = Int32Array.from(layout.roles);
    this.#delimiter = layout.delimiter.charCodeAt(0);
    this.#point = layout.decimalComma ? comma : point;
    this.#iso = layout.timeFormat === "iso" && !joined;
    this.#epoch = layout.timeFormat === "epoch" && !joined;
    this.#symbols = symbols;
  }

  /**
   * Scans the lines that begin in bytes[from, to), each of which must end with a newline. Returns the start of the
   * first line that was not read and says in `stop` why.
   */
  scan(bytes: Buffer, from: number, to: number, batch: RowBatch): number {
    const roles = this.#roles;
    const columns = roles.length;
    const last = columns - 1;
    const delimiter = this.#delimiter;
    const decimalPoint = this.#point;
    const { numbers, scales, stamps, lines, capacity } = batch;
    const { prices } = batch.shape;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let row = batch.length;
    let line = this.line;
    let p = from;
    let start = from;
    this.stop = "end";

    rows: while (p < to) {
      start = p;
      if (bytes[p] === newline || (bytes[p] === carriageReturn && bytes[p + 1] === newline)) {
        p += bytes[p] === newline ? 1 : 2;
        line++;
        continue;
      }
      if (row === capacity) {
        this.stop = "full";
        break;
      }
      for (let c = 0; c < columns; c++) {
        const use = roles[c]!;
        if (use >= 0) {
          // A number: up to nine digits on either side of the point, and in all, stay in 32-bit arithmetic.
          let negative = false;
          let first = p;
          let whole = fourDigits(view.getInt32(p, true));
          if (whole >= 0) p += 4;
          else {
            whole = 0;
            negative = bytes[p] === 45;
            if (negative) first = ++p;
          }
          let digit = bytes[p]! - zero;
          while (digit >>> 0 < 10) {
            whole = (Math.imul(whole, 10) + digit) | 0;
            digit = bytes[++p]! - zero;
          }
          let digits = p - first;
          let decimals = 0;
          let mantissa = whole;
          const group = use < prices ? 0 : 1;
          const scale = scales[group]!;
          if (digit === decimalPoint - zero) {
            const second = ++p;
            // Most cells have as many decimals as the column.
            let fraction = scale < 4 ? pairs[view.getUint16(p)]! : fourDigits(view.getInt32(p, true));
            if (fraction >= 0) p += scale < 4 ? 2 : 4;
            else fraction = 0;
            digit = bytes[p]! - zero;
            while (digit >>> 0 < 10) {
              fraction = (Math.imul(fraction, 10) + digit) | 0;
              digit = bytes[++p]! - zero;
            }
            decimals = p - second;
            if (digits + decimals <= 9) mantissa = (Math.imul(whole, intPowers[decimals]!) + fraction) | 0;
            else {
              // Two exact parts whose sum is at most 2^53 - 1 add up exactly; a larger sum fails the test below.
              const high = digits <= 9 ? whole : longDigits(bytes, first, second - 1);
              const low = decimals <= 9 ? fraction : longDigits(bytes, second, p);
              mantissa = high * powersOfTen[decimals <= 22 ? decimals : 22]! + low;
            }
            digits += decimals;
          } else if (digits > 9) mantissa = longDigits(bytes, first, p);
          // NaN from longDigits fails as well.
          if (digits === 0 || !(mantissa <= largestMantissa)) {
            this.stop = "odd";
            break rows;
          }
          if (decimals !== scale) {
            if (decimals < scale) mantissa *= powersOfTen[scale - decimals]!;
            else if (!batch.raise(group, decimals, mantissa, row)) mantissa = Number.POSITIVE_INFINITY;
            if (mantissa > largestMantissa) {
              this.stop = "odd";
              break rows;
            }
          }
          numbers[use]![row] = negative && mantissa > 0 ? -mantissa : mantissa;
        } else if (use === role.ignored) {
          let byte = bytes[p]!;
          while (byte !== delimiter && byte !== newline && byte !== quote) byte = bytes[++p]!;
        } else if (use === role.time) {
          const end = this.#iso
            ? this.#isoTime(bytes, view, p, stamps, row)
            : this.#epoch
              ? this.#epochTime(bytes, p, stamps, row)
              : -1;
          if (end < 0) {
            this.stop = "odd";
            break rows;
          }
          p = end;
        } else {
          const end = this.#textCell(bytes, p, use, batch, row);
          if (end < 0) {
            this.stop = "odd";
            break rows;
          }
          p = end;
        }
        if (c < last) {
          if (bytes[p] !== delimiter) {
            this.stop = "odd";
            break rows;
          }
          p++;
        }
      }
      if (bytes[p] === carriageReturn) p++;
      if (bytes[p] !== newline) {
        this.stop = "odd";
        break;
      }
      p++;
      lines[row] = line++;
      row++;
    }

    batch.length = row;
    this.line = line;
    return this.stop === "end" ? p : start;
  }

  /** 2024-01-31, then nothing or " 09:30", seconds, up to nine decimals, "Z" or "+00:00". End of the cell, or -1. */
  #isoTime(bytes: Buffer, view: DataView, p: number, stamps: Float64Array, row: number): number {
    const year = view.getInt32(p);
    const month = view.getInt32(p + 4);
    const day = view.getInt16(p + 8);
    if (day !== this.#day || month !== this.#month || year !== this.#year) {
      if (!this.#setDate(view, p)) return -1;
      this.#year = year;
      this.#month = month;
      this.#day = day;
    }
    const separator = bytes[p + 10];
    if (separator !== 32 && separator !== 84) {
      stamps[row] = this.#dateMs;
      return p + 10;
    }
    const hour = pairs[view.getUint16(p + 11)]!;
    const minute = pairs[view.getUint16(p + 14)]!;
    if ((hour | minute) < 0 || hour > 23 || minute > 59 || bytes[p + 13] !== 58) return -1;
    let ms = hour * 3_600_000 + minute * 60_000;
    let nanos = 0;
    p += 16;
    if (bytes[p] === 58) {
      const second = pairs[view.getUint16(p + 1)]!;
      if (second < 0 || second > 59) return -1;
      ms += second * 1000;
      p += 3;
      if (bytes[p] === point) {
        const first = ++p;
        let fraction = 0;
        let digit = bytes[p]! - zero;
        while (digit >= 0 && digit <= 9) {
          fraction = (fraction * 10 + digit) | 0;
          digit = bytes[++p]! - zero;
        }
        const digits = p - first;
        if (digits === 0 || digits > 9) return -1;
        nanos = fraction * powersOfTen[9 - digits]!;
      }
    }
    if (bytes[p] === 90) p++;
    else if (bytes[p] === 43) {
      const zone = pairs[view.getUint16(p + 1)]! | pairs[view.getUint16(p + 4)]!;
      if (zone !== 0 || bytes[p + 3] !== 58) return -1;
      p += 6;
    }
    const whole = this.#dateMs + ms;
    if (nanos === 0) stamps[row] = whole;
    else {
      const millis = Math.floor(nanos / 1e6);
      stamps[row] = whole + millis + (nanos - millis * 1e6) / 1e6;
    }
    return p;
  }

  /** The date that begins at p: 2024-01-31. False when there is none that is allowed. */
  #setDate(view: DataView, p: number): boolean {
    const century = pairs[view.getUint16(p)]!;
    const years = pairs[view.getUint16(p + 2)]!;
    const month = pairs[view.getUint16(p + 5)]!;
    const day = pairs[view.getUint16(p + 8)]!;
    const dashes = view.getUint8(p + 4) === 45 && view.getUint8(p + 7) === 45;
    if ((century | years | month | day) < 0 || !dashes) return false;
    const year = century * 100 + years;
    const time = Date.UTC(year, month - 1, day);
    const date = new Date(time);
    const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    // The last moment that is allowed is the first of 2200; the plain parser decides about that day.
    if (!real || year < 1800 || time < earliest || time >= latest) return false;
    this.#dateMs = time;
    return true;
  }

  /** Digits of epoch s (up to 10), ms (11 to 13), µs (14 to 16) or ns (19). End of the cell, or -1. */
  #epochTime(bytes: Buffer, p: number, stamps: Float64Array, row: number): number {
    let high = 0;
    let i = p;
    let digit = bytes[i]! - zero;
    for (; i < p + 9 && digit >= 0 && digit <= 9; digit = bytes[++i]! - zero) high = (high * 10 + digit) | 0;
    let low = 0;
    for (; i < p + 18 && digit >= 0 && digit <= 9; digit = bytes[++i]! - zero) low = (low * 10 + digit) | 0;
    const digits = i - p;
    let ms: number;
    let nanos = 0;
    // A leading zero would hide the magnitude that the unit is told by.
    if (digits < 9 || bytes[p] === zero) return -1;
    if (digits <= 10) ms = (high * powersOfTen[digits - 9]! + low) * 1000;
    else if (digits <= 13) ms = high * powersOfTen[digits - 9]! + low;
    else if (digits <= 16) {
      const micros = high * powersOfTen[digits - 9]! + low;
      ms = Math.floor(micros / 1000);
      nanos = (micros - ms * 1000) * 1000;
    } else {
      if (digits < 18 || digit < 0 || digit > 9) return -1;
      const middle = Math.floor(low / 1e5);
      ms = high * 1e4 + middle;
      nanos = (low - middle * 1e5) * 10 + digit;
      i++;
    }
    if (ms > latest) return -1;
    stamps[row] = ms + nanos / 1e6;
    return i;
  }

  /** Symbol, side and id cells. End of the cell, or -1. */
  #textCell(bytes: Buffer, p: number, use: number, batch: RowBatch, row: number): number {
    if (use === role.symbol && this.#sameSymbol(bytes, p)) {
      batch.symbols![row] = this.#lastSymbolIndex;
      return p + this.#lastSymbol.length;
    }
    let end = p;
    let byte = bytes[end]!;
    // Blanks at either end and letters beyond ASCII are for the plain parser.
    while (byte !== this.#delimiter && byte > 32 && byte < 127 && byte !== quote) byte = bytes[++end]!;
    if (byte !== this.#delimiter && byte !== newline && byte !== carriageReturn) return -1;
    if (use === role.id) {
      batch.ids![row] = bytes.toString("latin1", p, end);
      return end;
    }
    if (use === role.side) {
      const first = bytes[p]! | 32;
      const buy =
        end - p === 3 && first === 98 && (bytes[p + 1]! | 32) === 117 && (bytes[p + 2]! | 32) === 121;
      const sell =
        end - p === 4 &&
        first === 115 &&
        (bytes[p + 1]! | 32) === 101 &&
        (bytes[p + 2]! | 32) === 108 &&
        (bytes[p + 3]! | 32) === 108;
      if (!buy && !sell) return -1;
      batch.sides![row] = buy ? 1 : -1;
      return end;
    }
    if (use !== role.symbol) return -1;
    const index = this.#symbols.indexOf(bytes.toString("latin1", p, end));
    if (index === undefined) return -1;
    batch.symbols![row] = index;
    this.#lastSymbol = Uint8Array.prototype.slice.call(bytes, p, end);
    this.#lastSymbolIndex = index;
    return end;
  }

  #sameSymbol(bytes: Buffer, p: number): boolean {
    const symbol = this.#lastSymbol;
    for (let i = 0; i < symbol.length; i++) if (bytes[p + i] !== symbol[i]) return false;
    const end = bytes[p + symbol.length];
    return symbol.length > 0 && (end === this.#delimiter || end === newline || end === carriageReturn);
  }
}
