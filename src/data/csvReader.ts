import type { FileHandle } from "node:fs/promises";
import { type Block, BlockReader, type Blocks, longestRow, type Span } from "./csvBlocks.ts";
import { openFile } from "./csvHead.ts";
import type { CsvLayout } from "./csvLayout.ts";
import { storeRow } from "./csvRow.ts";
import { CsvScanner } from "./csvScanner.ts";
import { PackedBlocks } from "./packedBlocks.ts";
import { RowBatch } from "./rowBatch.ts";
import { faultError, type RowFault } from "./rowFault.ts";
import type { SymbolTable } from "./symbolTable.ts";

/** Short calls let the compiler optimise the scanner as a whole, its end included, after the first few. */
const firstScanBytes = 1 << 11;
const scanBytes = 1 << 16;

export interface ReadPlan {
  /** The most rows of a batch, and how it goes on when one is full: another batch, or the same one grown. */
  readonly capacity: number;
  readonly grow: boolean;
  readonly hash: boolean;
  readonly parser: "auto" | "csv-parse";
  readonly signal: AbortSignal | undefined;
  /** Of a file that is read in parts: this one's bytes. It has no quoted cells, for they may hold line ends. */
  readonly span?: Span | undefined;
}

/**
 * Bytes of one file to batches of rows in file order. Common rows take the scanner, odd ones the plain parser, and
 * from the first quoted cell on csv-parse reads the rest. Cells are checked here, the sense of a row by RowChecker.
 */
export class CsvReader {
  sha256: string | null = null;
  readonly #layout: CsvLayout;
  readonly #symbols: SymbolTable;
  readonly #plan: ReadPlan;
  /** Counts a bad row, or throws when bad rows are refused. */
  readonly #onFault: (fault: RowFault) => void;
  #batch: RowBatch;
  /** Batches begin small: whoever waits for the first has work while the others are read. */
  #nextRows = 4096;
  #stopped = false;

  constructor(layout: CsvLayout, symbols: SymbolTable, plan: ReadPlan, onFault: (fault: RowFault) => void) {
    this.#layout = layout;
    this.#symbols = symbols;
    this.#plan = plan;
    this.#onFault = onFault;
    this.#batch = this.#newBatch();
  }

  /** The rows still to come are not wanted: only the hash is finished. */
  stop(): void {
    this.#stopped = true;
  }

  /** Rows before a fault are given before it is thrown. */
  async *batches(): AsyncGenerator<RowBatch, void, undefined> {
    const handle = await openFile(this.#layout.path);
    let reader: Blocks | undefined;
    try {
      reader = await this.#blocks(handle);
      try {
        yield* this.#rows(reader);
      } catch (fault) {
        if (this.#batch.length > 0) yield this.#batch;
        throw fault;
      }
      if (this.#batch.length > 0 && !this.#stopped) yield this.#batch;
      this.sha256 = await reader.sha256();
    } finally {
      await reader?.settle();
      await handle.close();
    }
  }

  async *#rows(reader: Blocks): AsyncGenerator<RowBatch, void, undefined> {
    const scanner = new CsvScanner(this.#layout, this.#symbols);
    let skip = this.#layout.firstByte;
    let stretch = firstScanBytes;
    let rest: Buffer = Buffer.alloc(0);
    for (let block = await reader.next(rest); block !== null; block = await reader.next(rest)) {
      this.#plan.signal?.throwIfAborted();
      const { bytes } = block;
      let p = block.start + skip;
      skip = 0;
      if (this.#plan.parser === "csv-parse") return yield* this.#quotedRows(reader, block, p, scanner.line);
      const end = bytes.lastIndexOf(10, block.end - 1) + 1;
      while (p < end) {
        if (this.#stopped) return;
        p = scanner.scan(bytes, p, Math.min(p + stretch, end), this.#batch);
        stretch = Math.min(stretch + firstScanBytes, scanBytes);
        if (scanner.stop === "full") yield* this.#makeRoom();
        else if (scanner.stop === "odd") {
          const eol = bytes.indexOf(10, p);
          const line = bytes.toString("utf8", p, bytes[eol - 1] === 13 ? eol - 1 : eol);
          if (line.includes('"')) {
            if (this.#plan.span !== undefined) throw new Error("a quoted cell in a part of a file");
            return yield* this.#quotedRows(reader, block, p, scanner.line);
          }
          this.#store(line.split(this.#layout.delimiter), scanner.line++);
          p = eol + 1;
        }
      }
      rest = bytes.subarray(Math.max(end, block.start), block.end);
      if (rest.length > longestRow) throw faultError(this.#layout.path, tooLong(scanner.line));
    }
  }

  /** The rest of the file through csv-parse. */
  async *#quotedRows(
    reader: Blocks,
    block: Block,
    from: number,
    line: number,
  ): AsyncGenerator<RowBatch, void, undefined> {
    const { quotedRecords } = await import("./csvRecords.ts");
    for await (const records of quotedRecords(this.#layout, reader, block, from, line)) {
      this.#plan.signal?.throwIfAborted();
      for (const record of records) {
        if (this.#batch.length === this.#batch.capacity) yield* this.#makeRoom();
        if (this.#stopped) return;
        this.#store(record.cells, record.line);
      }
    }
  }

  #store(cells: readonly string[], line: number): void {
    const fault = storeRow(cells, line, this.#layout, this.#symbols, this.#batch);
    if (fault !== undefined) this.#onFault(fault);
  }

  *#makeRoom(): Generator<RowBatch, void, undefined> {
    if (this.#plan.grow) {
      this.#batch.grow(Math.ceil(this.#batch.capacity * 1.25) + 1024);
      return;
    }
    yield this.#batch;
    this.#batch = this.#newBatch();
  }

  #newBatch(): RowBatch {
    const { capacity, grow } = this.#plan;
    const rows = grow ? capacity : Math.min(this.#nextRows, capacity);
    this.#nextRows *= 2;
    return new RowBatch(this.#layout.shape, rows);
  }

  async #blocks(handle: FileHandle): Promise<Blocks> {
    const { path, gzip } = this.#layout;
    if (gzip) return new PackedBlocks(path, handle, this.#plan.hash);
    const span = this.#plan.span ?? { from: 0, to: (await handle.stat()).size };
    return new BlockReader(handle, span, this.#plan.hash);
  }
}

function tooLong(line: number): RowFault {
  const expected = "a row of at most 1 MiB";
  return { code: "GEO-DATA-VALUE", line, column: null, expected, found: "a longer one", skippable: false };
}
