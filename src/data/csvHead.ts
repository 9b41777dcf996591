import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ValidationError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";
import { isGzip, unpacked } from "./fileBytes.ts";

/** The first complete lines of a file as text, and where each begins. */
export interface CsvHead {
  readonly lines: readonly string[];
  /** Byte at which each line begins. */
  readonly offsets: readonly number[];
  /** Size of the text in bytes; of a packed file an estimate. */
  readonly bytes: number;
  /** Whether the head is the whole file. */
  readonly complete: boolean;
  /** The file is packed by gzip; lines and offsets are those of what it holds. */
  readonly gzip: boolean;
}

const headBytes = 512 * 1024;
const headLines = 2001;

/**
 * Reads the head of a text file.
 * @throws ValidationError GEO-FILE when it is missing, unreadable or no file; GEO-DATA-EMPTY when it holds nothing;
 * GEO-DATA-HEADER when it is not text that CSV could be in
 */
export async function readHead(path: string): Promise<CsvHead> {
  const size = await regularFileSize(path);
  if (size === 0) throw empty(path, "an empty file");
  const { buffer, bytes, complete, gzip } = await readStart(path, size);
  if (buffer.length === 0) throw empty(path, "an empty file");
  refuseForeign(path, buffer);
  const offsets: number[] = [];
  let from = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
  while (from < buffer.length && offsets.length < headLines) {
    const newline = buffer.indexOf(10, from);
    if (newline < 0 && !complete) break;
    offsets.push(from);
    from = newline < 0 ? buffer.length + 1 : newline + 1;
  }
  const lines = offsets.length === 0 ? [] : linesOf(buffer.toString("utf8", offsets[0], from - 1));
  if (lines.length === 0 || (lines.length === 1 && lines[0]!.includes("\r"))) throw noLines(path, buffer);
  return { lines, offsets, bytes, complete, gzip };
}

/** Of text without its last newline. */
function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return text.includes("\r") ? lines.map((line) => line.replace(/\r$/, "")) : lines;
}

export function empty(path: string, found: string): ValidationError {
  return new ValidationError(
    "GEO-DATA-EMPTY",
    `${path}: expected a header and rows of market data, found ${found}`,
    {
      hint: "Export or download the data again.",
    },
  );
}

async function regularFileSize(path: string): Promise<number> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (cause) {
    throw await unreadable(path, cause);
  }
  if (found.isFile()) return found.size;
  const what = found.isDirectory() ? "a directory" : "a device or pipe";
  const files = found.isDirectory() ? await csvFilesIn(path) : [];
  throw new ValidationError("GEO-FILE", `${path}: expected a file of market data, found ${what}`, {
    hint: files.length > 0 ? `Name a file in it, such as ${files[0]}.` : "Name a regular file.",
  });
}

interface Start extends Pick<CsvHead, "bytes" | "complete" | "gzip"> {
  readonly buffer: Buffer;
}

async function readStart(path: string, size: number): Promise<Start> {
  const handle = await openFile(path);
  try {
    const read = async (length: number, position: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    if (isGzip(await read(2, 0))) return await unpackedStart(path, handle, size, await read(4, size - 4));
    const buffer = await read(Math.min(size, headBytes), 0);
    return { buffer, bytes: size, complete: buffer.length === size, gzip: false };
  } finally {
    await handle.close();
  }
}

async function unpackedStart(
  path: string,
  handle: FileHandle,
  size: number,
  trailer: Buffer,
): Promise<Start> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of unpacked(path, handle, null)) {
    pieces.push(piece);
    length += piece.length;
    if (length > headBytes) break;
  }
  const complete = length <= headBytes;
  // The file's last four bytes say how long it is unpacked, unless it is of several parts or of 4 GiB.
  const said = trailer.length === 4 ? trailer.readUInt32LE() : 0;
  const bytes = complete ? length : said >= length ? said : Math.max(length, size * 4);
  return { buffer: Buffer.concat(pieces).subarray(0, headBytes), bytes, complete, gzip: true };
}

/** @throws ValidationError GEO-FILE with the nearest name in the folder as a suggestion */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (cause) {
    throw await unreadable(path, cause);
  }
}

async function unreadable(path: string, cause: unknown): Promise<ValidationError> {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code !== "ENOENT" && code !== "ENOTDIR") {
    const reason = code === "EACCES" || code === "EPERM" ? "no permission to read it" : String(cause);
    return new ValidationError("GEO-FILE", `${path}: expected a readable file, found ${reason}`, { cause });
  }
  const near = didYouMean(basename(path), await csvFilesIn(dirname(path)));
  return new ValidationError("GEO-FILE", `${path}: expected a file, found none.${near}`, {
    hint: "Check the path; it is relative to the working directory.",
    cause,
  });
}

async function csvFilesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => /\.(csv|tsv|txt|ndjson)(\.gz)?$/i.test(name)).sort();
  } catch {
    return [];
  }
}

/** Formats that are known by their first bytes, with the way out. */
const foreign: ReadonlyArray<readonly [magic: string, what: string, hint: string]> = [
  ["1f8b", "a gzip file within a gzip file", "Unpack it first: gunzip FILE."],
  ["504b0304", "a zip or Excel (xlsx) file", "Unpack it first, or save the sheet as CSV."],
  ["d0cf11e0", "an Excel (xls) file", "Save the sheet as CSV."],
  ["28b52ffd", "a zstd file", "Unpack it first: unzstd FILE."],
  ["425a68", "a bzip2 file", "Unpack it first: bunzip2 FILE."],
  ["fd377a58", "an xz file", "Unpack it first: unxz FILE."],
  ["50415231", "a Parquet file", "Convert it to CSV first."],
  ["fffe", "UTF-16 text", "Save it as UTF-8: iconv -f UTF-16 -t UTF-8."],
  ["feff", "UTF-16 text", "Save it as UTF-8: iconv -f UTF-16 -t UTF-8."],
];

function refuseForeign(path: string, head: Buffer): void {
  const start = head.subarray(0, 4).toString("hex");
  const known = foreign.find(([magic]) => start.startsWith(magic));
  const text = head.toString("latin1", 0, 256).trimStart();
  const [what, hint] = known?.slice(1) ??
    (head.includes(0) ? ["binary data (a zero byte)", "Save it as UTF-8 text."] : undefined) ??
    (/^[[{]/.test(text) ? ["JSON", "Convert it to CSV first."] : undefined) ??
    (/^<(?:!doctype|html|\?xml)/i.test(text)
      ? ["a web page", "The download failed; fetch the file itself."]
      : undefined) ?? [undefined, undefined];
  if (what === undefined) return;
  throw new ValidationError("GEO-DATA-HEADER", `${path}: expected CSV or NDJSON text, found ${what}`, {
    hint,
  });
}

function noLines(path: string, head: Buffer): ValidationError {
  const mac = head.includes(13) && !head.includes(10);
  const found = mac ? "rows that end in CR alone" : "a first line of more than 512 KiB";
  return new ValidationError(
    "GEO-DATA-HEADER",
    `${path}: expected rows that end in LF or CR LF, found ${found}`,
    {
      hint: mac ? "Convert the line ends: tr '\\r' '\\n'." : "Check that this is CSV or NDJSON text.",
    },
  );
}
