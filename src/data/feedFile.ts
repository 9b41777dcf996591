import { basename } from "node:path";
import { ValidationError } from "../domain/errors.ts";
import { createInstrument, type Instrument } from "../domain/instrument.ts";
import type { MarketChunk } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import type { Timeframe } from "../domain/time.ts";
import { BinanceDecoder } from "./binanceCapture.ts";
import { type CsvWarning, openCsv, openQuotes } from "./csvFile.ts";
import { empty } from "./csvHead.ts";
import type { CsvOptions } from "./csvOptions.ts";
import type { CsvSummary } from "./csvSummary.ts";
import type { CsvThread } from "./csvThread.ts";
import type { FeedDecoder } from "./feedDecoder.ts";
import { type FeedHead, readFeedHead } from "./feedFormat.ts";
import { FeedRows } from "./feedRows.ts";
import { faultError, type RowFault } from "./rowFault.ts";
import { symbolOrNone } from "./symbolTable.ts";
import { TardisSnapshots, TardisUpdates } from "./tardisBook.ts";
import { TextLines } from "./textLines.ts";

export interface FeedOptions extends CsvOptions {
  /** Levels a side in each picture of an order book. @default 20 */
  readonly depth?: number | undefined;
  /** What to read of a capture beside its trades: the book, or the quotes of its bookTicker stream. @default "book" */
  readonly feed?: "book" | "quotes" | undefined;
}

/** A file of market data, opened. Every reading starts anew at the top. */
export interface FeedFile<C extends MarketChunk = MarketChunk> extends MarketStream<C> {
  readonly path: string;
  /** Of its rows; those of a book or of quotes may have ticks between them. */
  readonly kind: C["kind"];
  readonly symbols: readonly string[];
  readonly instruments: readonly Instrument[];
  /** Length of a bar; null for other rows. */
  readonly timeframe: Timeframe | null;
  /** Trades are among its rows. */
  readonly hasTrades: boolean;
  readonly hasVolume: boolean;
  readonly priceOnly: boolean;
  readonly warnings: readonly CsvWarning[];
  readonly expectedRows: number;
  /** What was read, once a reading has come to its end. */
  summary(): CsvSummary;
}

const usualDepth = 20;
const usualChunkRows = 4096;

/**
 * Opens a file of bars, trades, quotes or order books, packed or not; its first lines tell which.
 * @throws ValidationError GEO-FILE, GEO-DATA-…, GEO-OPTION-VALUE
 */
export async function openFeed(
  path: string,
  options: FeedOptions = {},
  thread: CsvThread | null = null,
): Promise<FeedFile> {
  const head = await readFeedHead(path);
  if (head.format === "bars or trades") return openCsv(path, options, thread);
  if (head.format === "quotes") return openQuotes(path, options, thread);
  return new BookFile(path, head, options);
}

/** A capture of a venue's streams, or a vendor's file of order books: pictures of the book, and trades. */
class BookFile implements FeedFile {
  readonly path: string;
  readonly kind: "book" | "quote";
  readonly symbols: readonly string[];
  readonly instruments: readonly Instrument[];
  readonly timeframe = null;
  readonly hasTrades: boolean;
  readonly hasVolume = true;
  readonly priceOnly = false;
  readonly warnings = [];
  readonly expectedRows: number;
  readonly #head: FeedHead;
  readonly #options: FeedOptions;
  #summary: CsvSummary | undefined;

  /** @throws ValidationError GEO-OPTION-VALUE, GEO-DATA-SYMBOL */
  constructor(path: string, head: FeedHead, options: FeedOptions) {
    const { depth = usualDepth, feed = "book" } = options;
    if (!(Number.isInteger(depth) && depth >= 1 && depth <= 5000)) {
      throw new ValidationError("GEO-OPTION-VALUE", `depth: expected 1 to 5000 levels, found ${depth}`);
    }
    this.path = path;
    this.kind = head.format === "binance-capture" && feed === "quotes" ? "quote" : "book";
    // Where a capture's trade stream was on, a print is never far from its top.
    this.hasTrades =
      head.format === "binance-capture" && head.lines.some((line) => /"e":"(agg)?[tT]rade"/.test(line));
    this.#head = head;
    this.#options = options;
    this.symbols = [symbolOf(path, head, options)];
    this.instruments = [
      createInstrument(this.symbols[0]!, {
        ...options.instrument,
        volumeUnit: options.instrument?.volumeUnit ?? "base",
      }),
    ];
    const { offsets, lines, bytes } = head;
    this.expectedRows = Math.ceil((bytes / Math.max(1, offsets.at(-1)!)) * lines.length);
  }

  summary(): CsvSummary {
    if (this.#summary !== undefined) return this.#summary;
    throw new ValidationError("GEO-VALUE", `${this.path}: expected a file read to its end, found it unread`);
  }

  /** Rows in order of arrival; throws at the first bad line unless such are skipped. */
  async *events(): AsyncGenerator<MarketChunk, void, undefined> {
    const { hash = true, chunkRows = usualChunkRows, signal, depth = usualDepth } = this.#options;
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = this.#options;
    const faults: RowFault[] = [];
    const onFault = (fault: RowFault) => {
      if (this.#options.badRows !== "skip" || !fault.skippable) throw faultError(this.path, fault);
      faults.push(fault);
    };
    const rows = new FeedRows(this.instruments[0]!, depth, { from, to });
    const decoder = this.#decoder(rows, onFault);
    const lines = new TextLines(this.path, { gzip: this.#head.gzip, hash, signal });
    for await (const { texts, first } of lines.portions()) {
      for (let i = 0; i < texts.length && !rows.ended; i++) {
        decoder.read(texts[i]!, first + i);
        if (rows.length >= chunkRows) yield* rows.take();
      }
      if (rows.ended) lines.stop();
    }
    decoder.finish();
    yield* rows.take();
    if (rows.total === 0) throw empty(this.path, "no rows within the range that was asked for");
    this.#summary = {
      rows: rows.total,
      from: rows.first,
      to: rows.last,
      sha256: lines.sha256,
      skippedRows: faults.length,
      firstSkipped: faults[0] ?? null,
      gaps: null,
    };
  }

  #decoder(rows: FeedRows, onFault: (fault: RowFault) => void): FeedDecoder {
    const { format, names } = this.#head;
    const { feed = "book" } = this.#options;
    if (format === "binance-capture") return new BinanceDecoder({ path: this.path, rows, onFault, feed });
    if (format === "tardis-book-updates") return new TardisUpdates({ rows, onFault, names });
    return new TardisSnapshots({ rows, onFault, names });
  }
}

/** The user's name for it, else the data's own, else the file's. */
function symbolOf(path: string, head: FeedHead, { symbol, defaultSymbol }: FeedOptions): string {
  const given = symbol ?? head.symbol ?? basename(path).split(/[_.]/)[0]!;
  const name = symbolOrNone(given) ?? (defaultSymbol && symbolOrNone(defaultSymbol));
  if (name !== undefined && name !== "") return name;
  throw new ValidationError(
    "GEO-DATA-SYMBOL",
    `${path}: expected a symbol such as BTCUSDT, found ${JSON.stringify(given)}`,
    { hint: "Name the symbol with --symbol." },
  );
}
