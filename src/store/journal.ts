import type { Millis } from "../domain/time.ts";
import { blockDigest, type Digest } from "./digest.ts";
import { FrameWriter, mostKinds } from "./frames.ts";
import type { Head } from "./journalReader.ts";
import type { Sqlite, Statement } from "./sqlite.ts";

/**
 * A block takes commits until it has this many bytes: then few pages are left half empty, and few blocks need two.
 * SQLite writes whole pages of 4096 in any case: a block that grows within its page costs a commit no more than a row of
 * its own would, and reading takes a fraction of the rows.
 */
const fullBlock = 3700;

/** The writing end of the journal. Only one may be open on a database: SessionLock sees to that. */
export class Journal {
  readonly #put: Statement;
  readonly #frames = new FrameWriter();
  /** Of what comes before the block that is being filled. */
  #before: Digest;
  #first: number;
  #count = 0;
  #written: Head;
  /** Bytes of the block that are committed. */
  #writtenBytes = 0;

  constructor(database: Sqlite, head: Head) {
    // Again, after a commit that failed, it replaces what may or may not have been written.
    this.#put = database.prepare(
      "INSERT INTO block (first, count, body, digest) VALUES (?, ?, ?, ?) ON CONFLICT (first) DO UPDATE SET count = excluded.count, body = excluded.body, digest = excluded.digest",
    );
    this.#written = head;
    this.#before = head.digest;
    this.#first = head.seq + 1;
  }

  /** Where what is in the database ends. */
  get written(): Head {
    return this.#written;
  }

  /** @returns its number */
  append(kind: number, time: Millis, payload: Uint8Array): number {
    if (!Number.isInteger(kind) || kind < 0 || kind >= mostKinds)
      throw new RangeError(`journal: expected a kind from 0 to ${mostKinds - 1}, found ${kind}`);
    if (!Number.isFinite(time)) throw new RangeError(`journal: expected a finite time, found ${time}`);
    if (this.#writtenBytes >= fullBlock) this.#startBlock();
    this.#frames.add(kind, time, payload);
    this.#count++;
    return this.#first + this.#count - 1;
  }

  /** In the database on return, and durable once that is flushed. When it throws, it may be tried again. */
  write(): void {
    const seq = this.#first + this.#count - 1;
    if (seq === this.#written.seq) return;
    const body = this.#frames.written;
    const digest = blockDigest(this.#before, this.#first, this.#count, body);
    this.#put.write(this.#first, this.#count, body, digest);
    this.#written = { seq, digest };
    this.#writtenBytes = body.length;
  }

  /** Never in the middle of a batch: what was committed of the old block is all of it. */
  #startBlock(): void {
    const { seq, digest } = this.#written;
    this.#before = digest;
    this.#first = seq + 1;
    this.#count = 0;
    this.#writtenBytes = 0;
    this.#frames.clear();
  }
}
