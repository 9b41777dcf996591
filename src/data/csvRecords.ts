import { type Parser, parse } from "csv-parse";
import { type Block, type Blocks, longestRow } from "./csvBlocks.ts";
import type { CsvLayout } from "./csvLayout.ts";
import { faultError } from "./rowFault.ts";

export interface CsvRecord {
  readonly cells: readonly string[];
  /** 1-based line at which the record starts. */
  readonly line: number;
}

const portionBytes = 1 << 18;

/**
 * Records of a file from byte `from` of `block` on, quoted cells (with delimiters, quotes and line ends inside)
 * included. Import this module lazily: few files need csv-parse.
 * @param line 1-based line of the first of them
 * @throws ValidationError GEO-DATA-VALUE for quotes that do not close, after the records before them
 */
export async function* quotedRecords(
  layout: CsvLayout,
  reader: Blocks,
  block: Block,
  from: number,
  line: number,
): AsyncGenerator<readonly CsvRecord[], void, undefined> {
  let records: CsvRecord[] = [];
  let next = line;
  const parser = parse({
    delimiter: layout.delimiter,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    // An unclosed quote would otherwise take the rest of the file into one cell.
    max_record_size: longestRow,
    on_record: (cells: string[], { lines }) => {
      records.push({ cells, line: next });
      next = line + lines;
      return null;
    },
  });
  parser.resume();
  const taken = (): readonly CsvRecord[] => {
    const all = records;
    records = [];
    return all;
  };
  try {
    for await (const portion of portions(reader, block, from)) {
      await fed(parser, portion);
      yield taken();
    }
    await fed(parser, null);
    yield taken();
  } catch (cause) {
    if (!isCsvError(cause)) throw cause;
    yield taken();
    throw faultError(
      layout.path,
      {
        code: "GEO-DATA-VALUE",
        line: next,
        column: null,
        expected: "cells whose quotes open and close properly",
        found: `what csv-parse calls ${cause.code}`,
        hint: "Correct the quotes in that row.",
        skippable: false,
      },
      cause,
    );
  } finally {
    parser.destroy();
  }
}

/** Copies, as the blocks are used again while the parser still holds what it was given. */
async function* portions(reader: Blocks, first: Block, from: number): AsyncGenerator<Buffer> {
  const nothing = Buffer.alloc(0);
  let start = from;
  for (let block: Block | null = first; block !== null; block = await reader.next(nothing)) {
    for (let p = Math.max(start, block.start); p < block.end; p += portionBytes) {
      yield Buffer.from(block.bytes.subarray(p, Math.min(p + portionBytes, block.end)));
    }
    start = 0;
  }
}

/** Resolves when the parser has worked through the bytes (null: the end of the file). */
function fed(parser: Parser, bytes: Buffer | null): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once("error", reject);
    const done = (error?: Error | null) => {
      if (error) return;
      parser.off("error", reject);
      resolve();
    };
    if (bytes === null) parser.end(done);
    else parser.write(bytes, done);
  });
}

function isCsvError(cause: unknown): cause is Error & { readonly code: string } {
  return cause instanceof Error && String((cause as { code?: unknown }).code).startsWith("CSV_");
}
