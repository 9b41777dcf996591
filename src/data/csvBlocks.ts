import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** A stretch of the file: bytes[start, end). The buffer is used again two blocks later. */
export interface Block {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly last: boolean;
}

/** A file as blocks in order, and the digest of its bytes. */
export interface Blocks {
  /** The next block, with `rest` (at most `longestRow` bytes of the last block) in front; null at the end. */
  next(rest: Buffer): Promise<Block | null>;
  /** Waits for the read that is under way; the file may be closed then. */
  settle(): Promise<void>;
  /** SHA-256 of the whole file in hex, null when it was not asked for; reads what has not been read. */
  sha256(): Promise<string | null>;
}

/** Bytes [from, to) of a file. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Longest row: what is left of one block must fit before the next. */
export const longestRow = 1 << 20;
export const blockBytes = 2 << 20;
/** The scanner may look a few bytes past the end of a line. */
export const slack = 64;

/**
 * Reads a file in blocks, the next while the last is being scanned. Each block starts with what the reader left over
 * of the one before, so that lines are never torn; the last one ends with a newline.
 */
export class BlockReader implements Blocks {
  readonly #handle: FileHandle;
  readonly #end: number;
  readonly #hash: Hash | null;
  #buffers: readonly [Buffer, Buffer];
  #position: number;
  #ahead: Promise<{ readonly bytesRead: number }>;

  constructor(handle: FileHandle, { from, to }: Span, hash: boolean) {
    const bytes = Math.min(blockBytes, to - from);
    const buffer = () => Buffer.allocUnsafeSlow(longestRow + bytes + slack);
    this.#handle = handle;
    this.#position = from;
    this.#end = to;
    this.#hash = hash ? createHash("sha256") : null;
    this.#buffers = [buffer(), bytes < to - from ? buffer() : Buffer.alloc(0)];
    this.#ahead = this.#read();
  }

  async next(rest: Buffer): Promise<Block | null> {
    const { bytesRead } = await this.#ahead;
    if (bytesRead === 0) return null;
    const [bytes, other] = this.#buffers;
    this.#position += bytesRead;
    this.#hash?.update(bytes.subarray(longestRow, longestRow + bytesRead));
    rest.copy(bytes, longestRow - rest.length);
    this.#buffers = [other, bytes];
    const last = this.#position >= this.#end;
    this.#ahead = last ? Promise.resolve({ bytesRead: 0 }) : this.#read();
    // A read that fails while nobody waits for it must not end the process; `next` reports it.
    this.#ahead.catch(() => {});
    let end = longestRow + bytesRead;
    if (last && bytes[end - 1] !== 10) bytes[end++] = 10;
    return { bytes, start: longestRow - rest.length, end, last };
  }

  async settle(): Promise<void> {
    await this.#ahead.catch(() => {});
  }

  async sha256(): Promise<string | null> {
    if (this.#hash === null) return null;
    while ((await this.next(Buffer.alloc(0))) !== null);
    return this.#hash.digest("hex");
  }

  #read(): Promise<{ readonly bytesRead: number }> {
    const length = Math.min(blockBytes, this.#end - this.#position);
    return this.#handle.read(this.#buffers[0], longestRow, length, this.#position);
  }
}
