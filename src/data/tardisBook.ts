import type { Millis } from "../domain/time.ts";
import { type DecoderOptions, type FeedDecoder, LineClock, lineFault, OneSymbol } from "./feedDecoder.ts";
import { LocalBook, parseLevel } from "./localBook.ts";
import { quoted } from "./rowFault.ts";

export interface TardisOptions extends DecoderOptions {
  /** Cells of the header. */
  readonly names: readonly string[];
}

/** What both kinds of Tardis files share: rows of cells with the time of arrival and the symbol. */
abstract class TardisDecoder implements FeedDecoder {
  protected readonly book = new LocalBook();
  protected readonly options: TardisOptions;
  readonly #clock = new LineClock();
  readonly #symbol = new OneSymbol();
  readonly #time: number;
  readonly #symbolColumn: number;

  constructor(options: TardisOptions) {
    this.options = options;
    const local = options.names.indexOf("local_timestamp");
    this.#time = local >= 0 ? local : options.names.indexOf("timestamp");
    this.#symbolColumn = options.names.indexOf("symbol");
  }

  read(text: string, line: number): void {
    const { names, onFault } = this.options;
    const row = text.trim();
    if (line === 1 || row === "") return;
    const cells = row.split(",");
    if (cells.length !== names.length) {
      onFault(lineFault(line, `${names.length} cells`, `${cells.length}: ${quoted(row)}`));
      return;
    }
    const time = this.#clock.read(cells[this.#time]!, line);
    if (typeof time === "object") {
      onFault(time);
      return;
    }
    const other = this.#symbolColumn < 0 ? undefined : this.#symbol.check(cells[this.#symbolColumn], line);
    if (other !== undefined) {
      onFault(other);
      return;
    }
    this.take(cells, time, line);
  }

  abstract finish(): void;
  protected abstract take(cells: readonly string[], time: Millis, line: number): void;

  protected picture(time: Millis, line: number): void {
    const { rows, onFault } = this.options;
    const crossed = this.book.isCrossed;
    rows.addBook(time, crossed ? null : this.book);
    if (crossed) onFault(lineFault(line, "a bid below the ask", "a crossed book"));
  }
}

/**
 * `incremental_book_L2`: a changed level a row. Rows of one time of arrival came in one message and make one picture;
 * rows marked `is_snapshot` begin the book anew.
 */
export class TardisUpdates extends TardisDecoder {
  readonly #snapshot: number;
  readonly #side: number;
  readonly #price: number;
  readonly #amount: number;
  /** Time and line of the message under way; null before the first. */
  #under: { readonly time: Millis; line: number } | null = null;
  #inSnapshot = false;
  #known = false;

  constructor(options: TardisOptions) {
    super(options);
    const column = (name: string) => options.names.indexOf(name);
    this.#snapshot = column("is_snapshot");
    this.#side = column("side");
    this.#price = column("price");
    this.#amount = column("amount");
  }

  protected take(cells: readonly string[], time: Millis, line: number): void {
    if (this.#under !== null && this.#under.time !== time) this.finish();
    const side = cells[this.#side]!;
    const level = parseLevel(cells[this.#price], cells[this.#amount]);
    if (level === undefined || (side !== "bid" && side !== "ask")) {
      const found = quoted(cells.join(","));
      this.options.onFault(lineFault(line, "bid or ask, a price and an amount", found));
      return;
    }
    const isSnapshot = cells[this.#snapshot] === "true";
    if (isSnapshot && !this.#inSnapshot) this.book.clear();
    this.#inSnapshot = isSnapshot;
    this.#known ||= isSnapshot;
    // Changes of a book whose beginning is not there tell nothing.
    if (!this.#known) return;
    if (side === "bid") this.book.setBid(level);
    else this.book.setAsk(level);
    this.#under = { time, line };
  }

  finish(): void {
    const under = this.#under;
    this.#under = null;
    if (under !== null) this.picture(under.time, under.line);
  }
}

/** `book_snapshot_N`: a whole picture a row, in columns such as asks[0].price; cells of absent levels are empty. */
export class TardisSnapshots extends TardisDecoder {
  readonly #levels: ReadonlyArray<{ side: "bids" | "asks"; price: number; amount: number }>;

  constructor(options: TardisOptions) {
    super(options);
    this.#levels = options.names.flatMap((name, price) => {
      const match = /^(bids|asks)\[(\d+)\]\.price$/.exec(name);
      if (match === null) return [];
      const side = match[1] as "bids" | "asks";
      return [{ side, price, amount: options.names.indexOf(`${side}[${match[2]}].amount`) }];
    });
  }

  protected take(cells: readonly string[], time: Millis, line: number): void {
    this.book.clear();
    for (const { side, price, amount } of this.#levels) {
      if (cells[price] === "") continue;
      const level = parseLevel(cells[price], cells[amount]);
      if (level === undefined) {
        const found = quoted(`${cells[price]},${cells[amount] ?? ""}`);
        this.options.onFault(lineFault(line, "a price and an amount", found));
        return;
      }
      if (side === "bids") this.book.setBid(level);
      else this.book.setAsk(level);
    }
    this.picture(time, line);
  }

  finish(): void {}
}
