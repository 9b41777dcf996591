import type { Millis } from "../domain/time.ts";
import { isoTime } from "../domain/time.ts";
import type { FeedRows } from "./feedRows.ts";
import { quoted, type RowFault } from "./rowFault.ts";
import { symbolOrNone } from "./symbolTable.ts";
import { parseTimeCell } from "./timeCell.ts";

/** Lines of a feed's file in, rows out (to the `FeedRows` it was made with). */
export interface FeedDecoder {
  read(text: string, line: number): void;
  /** After the last line. */
  finish(): void;
}

export interface DecoderOptions {
  readonly rows: FeedRows;
  /** Counts a bad line, or throws. */
  readonly onFault: (fault: RowFault) => void;
}

/** A fault of a whole line, which may be left out. */
export function lineFault(line: number, expected: string, found: string, hint?: string): RowFault {
  const fault = { code: "GEO-DATA-VALUE", line, column: null, expected, found, skippable: true } as const;
  return hint === undefined ? fault : { ...fault, hint };
}

/** The times of a feed's lines, which never fall. */
export class LineClock {
  #last: Millis = Number.NEGATIVE_INFINITY;

  /** The time of a cell of epoch digits, or what is wrong with it. */
  read(text: string, line: number): Millis | RowFault {
    const time = parseTimeCell(text, "epoch");
    if (time === undefined) return lineFault(line, "an epoch time", quoted(text));
    if (time < this.#last) {
      const expected = `a time not before that of the line above, ${isoTime(this.#last)}`;
      const hint = "Sort the file by the time of arrival.";
      return { ...lineFault(line, expected, isoTime(time), hint), code: "GEO-DATA-ORDER", skippable: false };
    }
    this.#last = time;
    return time;
  }
}

/** Holds a feed to the symbol that it began with: an order book is of one market. */
export class OneSymbol {
  #text: unknown;
  #symbol: string | undefined;

  /** What is wrong, or undefined. */
  check(text: unknown, line: number): RowFault | undefined {
    if (text === this.#text && this.#symbol !== undefined) return undefined;
    const symbol = typeof text === "string" ? symbolOrNone(text) : undefined;
    this.#symbol ??= symbol;
    this.#text ??= text;
    if (symbol !== undefined && symbol === this.#symbol) return undefined;
    const hint = "Split the file: one market each.";
    return lineFault(line, `the symbol ${this.#symbol ?? "of a market"}`, quoted(String(text)), hint);
  }
}
