import type { InstrumentOptions } from "../domain/instrument.ts";
import type { Millis, Timeframe } from "../domain/time.ts";

export interface CsvOptions {
  /** Names a file of one symbol; in a file with a symbol column it selects that symbol. @default the file's name up to the first `_` or `.` */
  readonly symbol?: string | undefined;
  /** Names a file of one symbol whose name does not start with a symbol. @default such a file is refused */
  readonly defaultSymbol?: string | undefined;
  /** Venue and market rules of every instrument in the file. */
  readonly instrument?: InstrumentOptions | undefined;
  /** Length of a bar. @default the most common step between the first bars */
  readonly timeframe?: Timeframe | undefined;
  /** What the stamps of bars mean. @default "open" */
  readonly stamp?: "open" | "close" | undefined;
  /** First openTime (of bars) or time (of ticks) to deliver. */
  readonly from?: Millis | undefined;
  /** End of the range, exclusive. */
  readonly to?: Millis | undefined;
  /** Rows of each symbol before `from` that are delivered all the same. @default 0 */
  readonly warmupRows?: number | undefined;
  /** Names of columns; a name that the file lacks is refused. @default the usual spellings */
  readonly timeColumn?: string | undefined;
  readonly priceColumn?: string | undefined;
  readonly volumeColumn?: string | undefined;
  /**
   * `skip` drops and counts malformed rows, impossible prices and exact repetitions. Times out of order and
   * duplicates that disagree are refused in any case: which row is right is not ours to say. @default "refuse"
   */
  readonly badRows?: "refuse" | "skip" | undefined;
  /** Rows of a chunk. @default 65536 */
  readonly chunkRows?: number | undefined;
  /** Whether the summary carries the SHA-256 of the file; costs about a third of the reading speed. @default true */
  readonly hash?: boolean | undefined;
  /** Ends the reading between two blocks with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** `csv-parse` takes the slow way for every row; tests hold the two to each other. @default "auto" */
  readonly parser?: "auto" | "csv-parse" | undefined;
}
