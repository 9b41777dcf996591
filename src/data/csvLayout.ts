import type { VolumeUnit } from "../domain/instrument.ts";
import type { BatchShape } from "./rowBatch.ts";
import type { TimeFormat } from "./timeCell.ts";

/** What a column of the file is used for. 0 and above: a number, stored in that slot of a RowBatch. */
export const role = {
  ignored: -1,
  time: -2,
  /** The clock of a file that keeps date and time of day apart. */
  clock: -3,
  symbol: -4,
  side: -5,
  /** Whether the buyer was the maker: then the taker sold. */
  buyerMaker: -6,
  id: -7,
} as const;

/** What the rows of a CSV file are. */
export type RowKind = "bar" | "tick" | "quote" | "funding";

/** How one CSV file is to be read; worked out once from its head. */
export interface CsvLayout {
  readonly path: string;
  /** The file is packed; bytes and lines are those of what it holds. */
  readonly gzip: boolean;
  readonly kind: RowKind;
  /** Bars made of one price: open = high = low = close, known at their stamp. */
  readonly priceOnly: boolean;
  readonly delimiter: string;
  readonly decimalComma: boolean;
  readonly timeFormat: TimeFormat;
  /** Header cells as written, or made up names when there is no header. */
  readonly names: readonly string[];
  /** Role of each column, see `role`. */
  readonly roles: readonly number[];
  readonly shape: BatchShape;
  readonly hasVolume: boolean;
  readonly volumeUnit: VolumeUnit | undefined;
  /** Byte and 1-based line at which the first row starts. */
  readonly firstByte: number;
  readonly firstLine: number;
}
