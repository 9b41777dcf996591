import { GeoSyncError } from "../domain/errors.ts";
import { blockDigest, type Digest, sameDigest } from "./digest.ts";
import { type JournalEntry, readFrames } from "./frames.ts";
import type { Sqlite, Statement } from "./sqlite.ts";

/** A row of the table `block`: `count` entries from number `first` on. */
interface Block {
  readonly first: number;
  readonly count: number;
  readonly body: Uint8Array;
  readonly digest: Digest;
}

/** Where a journal ends. */
export interface Head {
  /** Number of the last entry; 0: none. */
  readonly seq: number;
  /** Of the last block, or the origin. */
  readonly digest: Digest;
}

const blocksAtOnce = 64;
const columns = "SELECT first, count, body, digest FROM block";

/** Reads what was committed, and holds each block to its digest and to the block before. */
export class JournalReader {
  readonly #path: string;
  readonly #origin: Digest;
  readonly #before: Statement;
  readonly #from: Statement;

  /** @param origin what the first block follows */
  constructor(database: Sqlite, origin: Digest) {
    this.#path = database.path;
    this.#origin = origin;
    this.#before = database.prepare(`${columns} WHERE first < ? ORDER BY first DESC LIMIT 1`);
    const holder = "SELECT max(first) FROM block WHERE first <= ?";
    this.#from = database.prepare(
      `${columns} WHERE first >= ifnull((${holder}), 0) ORDER BY first LIMIT ${blocksAtOnce}`,
    );
  }

  /** The end, with its last block checked. @throws GeoSyncError GEO-SESSION */
  head(): Head {
    const last = this.#blockBefore(Number.MAX_SAFE_INTEGER);
    if (last === undefined) return { seq: 0, digest: this.#origin };
    const { seq, digest } = this.#headBefore(last.first);
    this.#check(last, seq, digest);
    return { seq: last.first + last.count - 1, digest: last.digest };
  }

  /**
   * What was committed from `fromSeq` on, in chunks, up to the end at the time the last of them is read.
   * @throws GeoSyncError GEO-SESSION at the first block that is missing, changed or cut
   */
  *entries(fromSeq = 1): Generator<readonly JournalEntry[], void, undefined> {
    for (let next = fromSeq, more = true; more; ) {
      more = false;
      // The last block of the page before comes again: it may have grown since.
      const blocks = this.#from.all(next).map(blockOf);
      let { seq, digest } = this.#headBefore(blocks[0]?.first ?? 1);
      for (const block of blocks) {
        const entries = this.#check(block, seq, digest, next);
        ({ digest } = block);
        seq = block.first + block.count - 1;
        if (entries.length === 0) continue;
        more = true;
        next = seq + 1;
        yield entries;
      }
    }
  }

  #headBefore(first: number): Head {
    const block = this.#blockBefore(first);
    if (block === undefined) return { seq: 0, digest: this.#origin };
    return { seq: block.first + block.count - 1, digest: block.digest };
  }

  #blockBefore(first: number): Block | undefined {
    const row = this.#before.get(first);
    return row === undefined ? undefined : blockOf(row);
  }

  /** @returns its entries, from `from` on */
  #check(block: Block, lastSeq: number, before: Digest, from = block.first): readonly JournalEntry[] {
    const { first, count, body } = block;
    if (first !== lastSeq + 1) {
      const found =
        first > lastSeq + 1
          ? `the entries ${lastSeq + 1} to ${first - 1} missing`
          : `a block that begins at ${first}`;
      throw this.#damaged(`expected entry ${lastSeq + 1} after entry ${lastSeq}, found ${found}`);
    }
    const which = `the entries ${first} to ${first + count - 1}`;
    if (!sameDigest(blockDigest(before, first, count, body), block.digest)) {
      throw this.#damaged(`expected ${which} as they were written, found other bytes (the digest differs)`);
    }
    const entries = readFrames(body, first, count, from);
    if (entries === undefined)
      throw this.#damaged(`expected ${which} to be ${count} whole entries, found others`);
    return entries;
  }

  #damaged(message: string): GeoSyncError {
    return new GeoSyncError("GEO-SESSION", `${this.#path}: ${message}`, { hint: damagedHint });
  }
}

export const damagedHint =
  "The journal was changed, or copied in part, after it was written: restore the session's folder from a whole copy.";

function blockOf([first, count, body, digest]: readonly unknown[]): Block {
  const { buffer, byteOffset, length } = body as Buffer;
  return {
    first: Number(first),
    count: Number(count),
    // Views of a Buffer take several times as long to make as those of a plain array, and there is one for each entry.
    body: new Uint8Array(buffer, byteOffset, length),
    digest: digest as Digest,
  };
}
