import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { type Block, type Blocks, blockBytes, longestRow, slack } from "./csvBlocks.ts";
import { unpacked } from "./fileBytes.ts";

const newline = 10;

/** The blocks of what a gzip file holds, like those of a plain file: whole lines, the last one ended by a newline. */
export class PackedBlocks implements Blocks {
  readonly #pieces: AsyncGenerator<Buffer, void, undefined>;
  readonly #hash: Hash | null;
  #buffers: readonly [Buffer, Buffer];
  /** What did not fit into the last block. */
  #left: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(path: string, handle: FileHandle, hash: boolean) {
    const buffer = () => Buffer.allocUnsafeSlow(longestRow + blockBytes + slack);
    this.#hash = hash ? createHash("sha256") : null;
    this.#pieces = unpacked(path, handle, this.#hash);
    this.#buffers = [buffer(), buffer()];
  }

  async next(rest: Buffer): Promise<Block | null> {
    const [bytes, other] = this.#buffers;
    this.#buffers = [other, bytes];
    const start = longestRow - rest.length;
    rest.copy(bytes, start);
    let end = longestRow;
    while (end < longestRow + blockBytes && (await this.#refill())) {
      const taken = this.#left.copy(bytes, end, 0, longestRow + blockBytes - end);
      this.#left = this.#left.subarray(taken);
      end += taken;
    }
    if (end === start) return null;
    if (this.#ended && bytes[end - 1] !== newline) bytes[end++] = newline;
    return { bytes, start, end, last: this.#ended };
  }

  async settle(): Promise<void> {
    await this.#pieces.return();
  }

  async sha256(): Promise<string | null> {
    if (this.#hash === null) return null;
    for (this.#left = Buffer.alloc(0); await this.#refill(); this.#left = Buffer.alloc(0));
    return this.#hash.digest("hex");
  }

  async #refill(): Promise<boolean> {
    while (this.#left.length === 0 && !this.#ended) {
      const { value, done } = await this.#pieces.next();
      if (done === true) this.#ended = true;
      else this.#left = value;
    }
    return this.#left.length > 0;
  }
}
